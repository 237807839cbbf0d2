#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Latency against the numbers of phones and servers, and latency and energy against the weight of
energy by level of the batteries (Fig. 5 and 6 of arXiv:2511.01695): runs mec-associate for each
point of a sweep file, writes CSV and JSON, and draws the figure. The same command goes on where it
stopped; runs of other flags are done again."""

import argparse
import csv
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import add_version, run
from output_folder import locked, save_whole, write_whole
from run_executor import add_executor_flags, do_runs, make_executor, require_whole
from run_folder import Run, get_build, is_whole, name_folder

SWEEPS = Path(__file__).resolve().parents[1] / "study" / "association.json"
# Colours that readers with any colour vision tell apart, markers and dashes for print.
STYLES = {
    "random": ("#CC79A7", "D", "-"),
    "max-sinr": ("#56B4E9", "X", (0, (1, 1))),
    "max-compute": ("#E69F00", "^", "-"),
    "tma": ("#111111", "s", (0, (2, 3))),
    "greedy": ("#009E73", "v", "-"),
    "move-swap": ("#0072B2", "o", (0, (5, 2))),
    "low battery": ("#D55E00", "v", "-"),
    "full battery": ("#0072B2", "o", (0, (5, 2))),
}
# A panel: group, column, label, whether the axis of values is logarithmic.
PANELS = (
    ("devices", "slotLatencyS", "latency of P1 (s)", False),
    ("servers", "slotLatencyS", "latency of P1 (s)", False),
    ("energyWeight", "slotLatencyS", "latency of P1 (s)", True),
    ("energyWeight", "tokenLatencyS", "latency at token level (s)", True),
    ("energyWeight", "energyJ", "transmission energy (mJ a task)", True),
)
COLUMNS = ("slotLatencyS", "tokenLatencyS", "energyJ", "bandShare")
MILLI = 1e3


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "association-sweeps")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-associate")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--sweeps", type=Path, default=SWEEPS, help="JSON of groups and variants")
    parser.add_argument("--slots", type=int, default=40, help="of each point, 2 or more")
    add_executor_flags(parser)
    return parser.parse_args()


def read_sweeps(path):
    try:
        sweeps = json.loads(path.read_text())
        for group in sweeps["groups"].values():
            group["text"], group["flag"], group["values"][0], group["arguments"]
            for variant in group["variants"]:
                sweeps["variants"][variant]
        sweeps["baseArguments"]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        parts = "groups, variants and baseArguments"
        raise RuntimeError(f"{path}: {error!r}, expected {parts}") from error
    return sweeps


def make_run(arguments, sweeps, build, group, variant, value):
    """The run of a point."""
    folder = arguments.output.absolute() / "runs" / group / name_folder(variant) / str(value)
    flags = (
        f"--slots={arguments.slots}",
        f"--{sweeps['groups'][group]['flag']}={value}",
        *sweeps["baseArguments"],
        *sweeps["groups"][group]["arguments"],
        *sweeps["variants"][variant],
    )
    return Run(folder, arguments.program.resolve(), flags, build=build)


def read_row(point, run):
    """Means of a point over its slots."""
    with open(run.folder / "associations.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    row = dict(zip(("group", "variant", "value"), point))
    for name in COLUMNS:
        series = [float(each[name]) for each in rows]
        row[name] = sum(series) / len(series)
    return row


def simulate_all(arguments, sweeps):
    """A row of each point, in the order of the file."""
    executor = make_executor(arguments, arguments.output.absolute())
    build = get_build(arguments.program.resolve())
    runs = {
        (name, variant, value): make_run(arguments, sweeps, build, name, variant, value)
        for name, group in sweeps["groups"].items()
        for variant in group["variants"]
        for value in group["values"]
    }
    waiting = [run for run in runs.values() if not is_whole(run, redo=True, any_build=False)]
    notes = do_runs(executor, waiting, len(runs))
    require_whole(waiting, notes, len(runs))
    return [read_row(point, run) for point, run in runs.items()]


def write_tables(arguments, sweeps, rows):
    lines = []
    writer = csv.writer(type("Lines", (), {"write": lines.append}), lineterminator="\n")
    writer.writerow(["group", "variant", "value", *COLUMNS])
    for row in rows:
        values = [f"{row[name]:.6g}" for name in COLUMNS]
        writer.writerow([row["group"], row["variant"], row["value"], *values])
    document = {"slots": arguments.slots, "sweeps": sweeps, "rows": rows}
    write_whole(arguments.output / "association-sweeps.csv", "".join(lines))
    write_whole(arguments.output / "association-sweeps.json", json.dumps(document, indent=2) + "\n")


def draw_panel(axes, sweeps, rows, panel):
    name, column, label, is_log = panel
    group = sweeps["groups"][name]
    for variant in group["variants"]:
        colour, marker, dashes = STYLES.get(variant, ("#777777", ".", "-"))
        mine = [row for row in rows if (row["group"], row["variant"]) == (name, variant)]
        scale = MILLI if column == "energyJ" else 1
        axes.plot(
            [row["value"] for row in mine],
            [scale * row[column] for row in mine],
            color=colour,
            marker=marker,
            markersize=4.5,
            linewidth=1.4,
            linestyle=dashes,
            label=variant,
        )
    if is_log:
        axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(group["values"]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
    axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
    axes.set_xlabel(group["text"])
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)


def draw(arguments, sweeps, rows):
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 9.5})
    figure, panels = plt.subplots(2, 3, figsize=(11, 6), constrained_layout=True)
    places = [panels[0][0], panels[0][1], *panels[1]]
    known = [panel for panel in PANELS if panel[0] in sweeps["groups"]]
    for axes, panel in zip(places, known):
        draw_panel(axes, sweeps, rows, panel)
    panels[0][2].axis("off")
    for axes, beside, title in (
        (panels[0][1], panels[0][2], "Association"),
        (panels[1][2], panels[1][2], "P1 by move-swap"),
    ):
        handles, labels = axes.get_legend_handles_labels()
        if handles:
            place = "upper left" if beside is panels[0][2] else "lower left"
            beside.legend(handles, labels, title=title, loc=place, frameon=False)
    save_whole(figure, arguments.output / "association-sweeps", dpi=150)


def print_table(rows):
    print(f"{'group':<14}{'variant':<14}{'value':>8}" + "".join(f"{name:>15}" for name in COLUMNS))
    for row in rows:
        texts = "".join(f"{row[name]:>15.5g}" for name in COLUMNS)
        print(f"{row['group']:<14}{row['variant']:<14}{row['value']:>8g}{texts}")


def main():
    arguments = parse_arguments()
    if arguments.slots < 2:
        raise ValueError(f"--slots: {arguments.slots}, expected a number of at least 2")
    sweeps = read_sweeps(arguments.sweeps)
    with locked(arguments.output):
        rows = simulate_all(arguments, sweeps)
        write_tables(arguments, sweeps, rows)
        draw(arguments, sweeps, rows)
    print_table(rows)
    print(f"\n{arguments.output}/association-sweeps.{{csv,json,svg,png}}")


if __name__ == "__main__":
    run("association-sweeps", main)
