#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws the latency over the numbers of phones and servers, and latency and energy over the weight of
energy for several battery levels (Fig. 5 and 6 of arXiv:2511.01695). Runs mec-associate for each
point of a sweep file, writes CSV and JSON, and draws the figure. The same command goes on where it
stopped; runs with other flags are repeated."""

import argparse
import csv
import dataclasses
import json
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError as error:
    sys.exit(f"association-sweeps: {error}: install python3-matplotlib, and use /usr/bin/python3")

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import add_version, run
from output_folder import locked, save_whole, write_whole
from run_executor import add_executor_flags, do_runs, make_executor, require_whole
from run_folder import is_whole
from sweep_file import Flags, read_sweep
from sweep_runs import make_runs

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
    parser.add_argument("--sweeps", type=Path, default=SWEEPS, help="JSON file of a sweep")
    parser.add_argument("--slots", type=int, default=40, help="slots per point, 2 or more")
    add_executor_flags(parser)
    return parser.parse_args()


def read_parts(arguments):
    """Parts of the sweep file with the number of slots that is asked for. Each has two axes: variants,
    and numbers."""
    parts = []
    for part in read_sweep(arguments.sweeps):
        if [axis.get_numbers() is None for axis in part.axes] != [True, False]:
            raise RuntimeError(
                f"{arguments.sweeps}: {part.name}: expected a grid of variants and of numbers"
            )
        slots = Flags({"slots": str(arguments.slots)})
        parts.append(dataclasses.replace(part, flags=part.flags.joined(slots), seeds=[1]))
    return parts


def read_row(part, point, run):
    """Means of a point over its slots."""
    with open(run.folder / "associations.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    row = {"group": part.name, "variant": point[0], "value": json.loads(point[1])}
    for name in COLUMNS:
        series = [float(each[name]) for each in rows]
        row[name] = sum(series) / len(series)
    return row


def simulate_all(arguments, parts):
    """A row of each point, in the order of the file."""
    output = arguments.output.absolute()
    executor = make_executor(arguments, output)
    program = arguments.program.resolve()
    runs = {
        (part.name, point): (part, run)
        for part in parts
        for (point, _), run in make_runs(part, program, output, len(parts) == 1).items()
    }
    waiting = [run for _, run in runs.values() if not is_whole(run, redo=True, any_build=False)]
    notes = do_runs(executor, waiting, len(runs))
    require_whole(waiting, notes, len(runs))
    return [read_row(part, point, run) for (_, point), (part, run) in runs.items()]


def write_tables(arguments, rows):
    lines = []
    writer = csv.writer(type("Lines", (), {"write": lines.append}), lineterminator="\n")
    writer.writerow(["group", "variant", "value", *COLUMNS])
    for row in rows:
        values = [f"{row[name]:.6g}" for name in COLUMNS]
        writer.writerow([row["group"], row["variant"], row["value"], *values])
    document = {"slots": arguments.slots, "rows": rows}
    write_whole(arguments.output / "association-sweeps.csv", "".join(lines))
    write_whole(arguments.output / "association-sweeps.json", json.dumps(document, indent=2) + "\n")


def draw_panel(axes, parts, rows, panel):
    name, column, label, is_log = panel
    variants, numbers = parts[name].axes
    for variant in variants.points:
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
    axes.xaxis.set_major_locator(FixedLocator(numbers.get_numbers()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
    axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
    axes.set_xlabel(numbers.label)
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)


def draw(arguments, parts, rows):
    parts = {part.name: part for part in parts}
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 9.5})
    figure, panels = plt.subplots(2, 3, figsize=(11, 6), constrained_layout=True)
    places = [panels[0][0], panels[0][1], *panels[1]]
    known = [panel for panel in PANELS if panel[0] in parts]
    for axes, panel in zip(places, known):
        draw_panel(axes, parts, rows, panel)
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
    parts = read_parts(arguments)
    with locked(arguments.output):
        rows = simulate_all(arguments, parts)
        write_tables(arguments, rows)
        draw(arguments, parts, rows)
    print_table(rows)
    print(f"\n{arguments.output}/association-sweeps.{{csv,json,svg,png}}")


if __name__ == "__main__":
    run("association-sweeps", main)
