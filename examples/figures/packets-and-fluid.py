#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The same studies over the fluid link and over packets: runs mec-offload for each point of a sweep file,
with the same cells over both, prints what packets add to the latency of a task, part by part, and which
policies change places, writes both as CSV and JSON, and draws the figure. The same command goes on where
it stopped; runs of other flags are done again."""

import argparse
import csv
import dataclasses
import io
import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import add_version, run
from output_folder import locked, write_whole
from packet_waterfall import ADDED_PARTS, PARTS, get_unexplained, pair_tasks, read_tasks, split_latency
from policy_ranks import EQUAL, VERDICTS, compare
from run_executor import add_executor_flags, do_runs, make_executor, require_whole
from run_folder import is_whole
from student_interval import get_mean_interval
from sweep_file import Flags, read_sweep
from sweep_runs import make_runs

SWEEP = Path(__file__).resolve().parents[1] / "study" / "packets.json"
AXES = ["setting", "policy", "link", "mlus"]
LINKS = ["fluid", "packets"]
# Columns of slots.csv that policies are compared by, and their units.
METRICS = {"meanLatencyS": "s", "reward": "1/s", "meanEnergyJ": "J"}
MILLI = 1e3
UNEXPLAINED = 1e-3  # of the fluid upload: more is neither header nor preamble nor rounding
ROUNDING = 1e-6  # of times in files


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "packets-and-fluid")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-offload")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--sweep", type=Path, default=SWEEP,
                        help="JSON file of a sweep of settings, policies, links and numbers of MLUs "
                        "(default: examples/study/packets.json)")
    parser.add_argument("--seeds", type=int,
                        help="number of seeds, 2 or more (default: those of the file)")
    parser.add_argument("--slots", type=int,
                        help="slots of a cell, 1 or more (default: those of the file)")
    add_executor_flags(parser)
    return parser.parse_args()


def read_part(arguments):
    """The sweep of the file with the seeds and slots that are asked for."""
    for name, least in (("seeds", 2), ("slots", 1)):
        value = getattr(arguments, name)
        if value is not None and value < least:
            raise ValueError(f"--{name}: {value}, expected a number of at least {least}")
    parts = read_sweep(arguments.sweep)
    axes = [axis.name for axis in parts[0].axes]
    if len(parts) > 1 or axes != AXES:
        raise ValueError(
            f"{arguments.sweep}: grid: has the axes {', '.join(axes)}, expected {', '.join(AXES)}"
        )
    part = parts[0]
    links = list(part.axes[AXES.index("link")].points)
    if links != LINKS:
        raise ValueError(
            f"{arguments.sweep}: grid.link: {', '.join(links)}, expected {', '.join(LINKS)}"
        )
    tasks = part.flags.values.get("tasks", "auto")
    if tasks != "yes":
        raise ValueError(f"{arguments.sweep}: flags.tasks: {tasks}, expected yes")
    if arguments.slots is not None:
        part = dataclasses.replace(
            part, flags=part.flags.joined(Flags({"slots": str(arguments.slots)}))
        )
    seeds = list(range(1, arguments.seeds + 1)) if arguments.seeds else part.seeds
    if len(seeds) < 2:
        raise ValueError(f"{arguments.sweep}: seeds: {len(seeds)}, expected at least 2")
    return dataclasses.replace(part, seeds=seeds)


def simulate_all(arguments, part):
    """Folders of the runs by setting, policy, link, number of MLUs and seed."""
    output = arguments.output.absolute()
    executor = make_executor(arguments, output)
    if not arguments.program.is_file():
        raise ValueError(f"--program: {arguments.program}, expected the built mec-offload")
    runs = make_runs(part, arguments.program.resolve(), output, True)
    waiting = [run for run in runs.values() if not is_whole(run, redo=True, any_build=False)]
    notes = do_runs(executor, waiting, len(runs))
    require_whole(waiting, notes, len(runs))
    return {(*point, seed): run.folder for (point, seed), run in runs.items()}


def get_mean(values):
    return sum(values) / len(values)


def list_values(part, name):
    return list(part.axes[AXES.index(name)].points)


def read_cells(folder):
    """Means of the columns over the slots of each cell, by cell and column."""
    cells = {}
    with open(folder / "slots.csv", newline="") as file:
        for row in csv.DictReader(file):
            cells.setdefault(int(row["cell"]), []).append(row)
    return {
        cell: {name: get_mean([float(row[name]) for row in rows]) for name in METRICS}
        for cell, rows in cells.items()
    }


def read_values(part, folders):
    """Values by setting, number of MLUs and metric, then by policy and link, one a cell and seed."""
    values = {}
    for (setting, policy, link, mlus, _), folder in folders.items():
        cells = read_cells(folder)
        for name in METRICS:
            series = values.setdefault((setting, int(mlus), name), {})
            series.setdefault((policy, link), []).extend(cells[c][name] for c in sorted(cells))
    return values


def get_flags(part, setting):
    """Values of the flags that all runs of a setting have."""
    return part.flags.joined(part.axes[AXES.index("setting")].points[setting]).values


def splits(part, setting):
    """Whether the latency over packets is split in a setting. Only there do uploads have one rate over
    both links: that of their slot, which no other slot begins in."""
    flags = get_flags(part, setting)
    return flags.get("slotBarrier", "1") == "1" and flags.get("interference", "Slot") == "Slot"


def find_late_slots(duration, folder):
    """Slots that began when the one before had ended and not with their own time, by cell and number.
    Bursts of the one before may still be on the air. duration: of a slot, s."""
    starts = {}
    late = set()
    with open(folder / "slots.csv", newline="") as file:
        for row in csv.DictReader(file):
            cell, slot, start = row["cell"], row["slot"], float(row["startS"])
            if start - starts.get(cell, start - duration) > duration * (1 + ROUNDING):
                late.add((cell, slot))
            starts[cell] = start
    return late


def make_waterfall(part, folders):
    """A row by setting, number of MLUs and policy: intervals of each part over cells, ms, of what is
    counted and of what is measured, and the largest share of an upload that is neither."""
    rows = []
    for setting in filter(lambda each: splits(part, each), list_values(part, "setting")):
        for mlus in list_values(part, "mlus"):
            for policy in list_values(part, "policy"):
                rows.append(split_point(part, folders, setting, policy, mlus))
    return rows


def split_point(part, folders, setting, policy, mlus):
    cells = {}
    beyond = {False: [0.0], True: [0.0]}  # by whether the slot was late
    tasks_beyond = []
    duration = float(get_flags(part, setting).get("slotS", 1))
    for seed in part.seeds:
        pair = [folders[setting, policy, link, mlus, seed] for link in LINKS]
        tasks = [read_tasks(folder / "tasks.csv") for folder in pair]
        late = find_late_slots(duration, pair[1])
        for fluid, packets in pair_tasks(*tasks, pair[1] / "tasks.csv"):
            parts = split_latency(fluid, packets)
            parts["fluid"] = float(fluid["latencyS"])
            parts["packets"] = float(packets["latencyS"])
            cells.setdefault((seed, int(fluid["cell"])), []).append(parts)
            share = abs(get_unexplained(fluid, packets) or 0.0)
            beyond[(fluid["cell"], fluid["slot"]) in late].append(share)
            tasks_beyond.append(share > UNEXPLAINED)
    means = [
        {name: MILLI * get_mean([task[name] for task in tasks]) for name in tasks[0]}
        for tasks in cells.values()
    ]
    row = {"setting": setting, "mlus": int(mlus), "policy": policy, "cells": len(cells)}
    for name in ("fluid", "packets", *PARTS):
        row[name] = get_mean_interval([mean[name] for mean in means])
    row["added"] = get_mean_interval([mean["packets"] - mean["fluid"] for mean in means])
    row["addedPercent"] = get_mean_interval(
        [100 * (mean["packets"] / mean["fluid"] - 1) for mean in means]
    )
    row["counted"] = sum(row[name][0] for name in ("headers", "preambles", "downlink"))
    row["beyondMost"], row["beyondMostLate"] = max(beyond[False]), max(beyond[True])
    row["beyondTasks"] = get_mean(tasks_beyond)
    return row


def make_ranks(part, values):
    """A row for each pair of policies by setting, number of MLUs and metric."""
    return [
        {"setting": setting, "mlus": mlus, "metric": name, "comparison": comparison}
        for (setting, mlus, name), series in values.items()
        for comparison in compare(series, list_values(part, "policy"))
    ]


def print_waterfall(rows):
    print("What packets add to the latency of a task, ms; mean and half of its 95 % interval over "
          f"{rows[0]['cells']} cells.\nCounted: headers, preambles and downlink.\n")
    head = f"{'setting':<9}{'policy':<16}{'K':>2}{'fluid':>9}{'added':>16}{'%':>7}{'counted':>9}"
    print(head + "".join(f"{name:>14}" for name in ADDED_PARTS))
    for row in rows:
        added = f"{row['added'][0]:.2f} ±{(row['added'][2] - row['added'][1]) / 2:.2f}"
        text = f"{row['setting']:<9}{row['policy']:<16}{row['mlus']:>2}{row['fluid'][0]:>9.1f}"
        text += f"{added:>16}{row['addedPercent'][0]:>7.2f}{row['counted']:>9.2f}"
        print(text + "".join(f"{round(row[name][0], 3) + 0.0:>14.3f}" for name in ADDED_PARTS))
    most, late = (100 * max(row[name] for row in rows) for name in ("beyondMost", "beyondMostLate"))
    share = 100 * get_mean([row["beyondTasks"] for row in rows])
    print(f"\nAir time beyond headers and preambles, % of the fluid upload: at most {most:.2g} where a slot "
          f"begins in time, {late:.3g} where it waits\nfor the one before; more than {100 * UNEXPLAINED:g} "
          f"in {share:.2f} % of the tasks")


def count_verdicts(ranks):
    """Numbers of pairs by setting and metric, then by verdict."""
    counts = {}
    for row in ranks:
        of = counts.setdefault((row["setting"], row["metric"]), dict.fromkeys(VERDICTS, 0))
        of[row["comparison"].get_verdict()] += 1
    return counts


def format_share(difference):
    half = abs(difference.share * (difference.high - difference.low) / 2 / difference.mean) \
        if difference.mean else 0
    return f"{100 * difference.share:.2f} ±{100 * half:.2f}"


def print_ranks(ranks):
    print("\nPairs of policies, at all K, by what becomes of their order from the fluid link to packets; "
          f"less than {100 * EQUAL:g} %\nor an interval with 0 is a tie\n")
    print(f"{'setting':<9}{'by':<14}" + "".join(f"{name:>12}" for name in VERDICTS))
    for (setting, metric), of in count_verdicts(ranks).items():
        print(f"{setting:<9}{metric:<14}" + "".join(f"{of[name]:>12}" for name in VERDICTS))
    print("\nPairs whose order is not the same: first less second, % of their mean, with half of its "
          "paired 95 % interval\n")
    print(f"{'setting':<9}{'by':<14}{'K':>2}  {'first':<16}{'second':<16}{'fluid':>18}{'packets':>18}"
          "  verdict")
    for row in ranks:
        each = row["comparison"]
        verdict = each.get_verdict()
        if verdict not in ("same order", "tie"):
            print(f"{row['setting']:<9}{row['metric']:<14}{row['mlus']:>2}  {each.first:<16}"
                  f"{each.second:<16}{format_share(each.fluid):>18}{format_share(each.packets):>18}"
                  f"  {verdict}")


def to_csv(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[f"{x:.9g}" if isinstance(x, float) else x for x in row] for row in rows])
    return text.getvalue()


def write_waterfall(arguments, rows):
    names = ["fluid", "packets", "added", *PARTS]
    ends = ("Ms", "LowMs", "HighMs")
    header = ["setting", "policy", "mlus", "cells", *(name + end for name in names for end in ends)]
    header += ["addedPercent", "addedPercentLow", "addedPercentHigh", "countedMs"]
    header += ["beyondMost", "beyondMostLate", "beyondTasks"]
    table = [
        [row["setting"], row["policy"], row["mlus"], row["cells"],
         *(value for name in names for value in row[name]), *row["addedPercent"], row["counted"],
         row["beyondMost"], row["beyondMostLate"], row["beyondTasks"]]
        for row in rows
    ]
    write_whole(arguments.output / "packets-and-fluid.csv", to_csv(header, table))


def write_ranks(arguments, ranks):
    ends = ("", "Low", "High")
    header = ["setting", "metric", "unit", "mlus", "first", "second"]
    header += [name + end for name in ("fluid", "packets", "change") for end in ends] + ["verdict"]
    table = []
    for row in ranks:
        each = row["comparison"]
        table.append(
            [row["setting"], row["metric"], METRICS[row["metric"]], row["mlus"], each.first,
             each.second, each.fluid.mean, each.fluid.low, each.fluid.high, each.packets.mean,
             each.packets.low, each.packets.high, *each.change, each.get_verdict()]
        )
    write_whole(arguments.output / "policy-ranks.csv", to_csv(header, table))


def write_json(arguments, part, waterfall, values, ranks):
    document = {
        "flags": part.flags.values,
        "settings": {
            name: flags.values for name, flags in part.axes[AXES.index("setting")].points.items()
        },
        "seeds": part.seeds,
        "intervals": "95 %, Student's t over cells, paired",
        "waterfallMs": waterfall,
        "means": [
            {"setting": setting, "mlus": mlus, "metric": name, "policy": policy, "link": link,
             "mean": get_mean_interval(series)}
            for (setting, mlus, name), of in values.items()
            for (policy, link), series in of.items()
        ],
        "ranks": [
            {**row, "comparison": dataclasses.asdict(row["comparison"]),
             "verdict": row["comparison"].get_verdict()}
            for row in ranks
        ],
    }
    write_whole(arguments.output / "packets-and-fluid.json", json.dumps(document, indent=2) + "\n")


def main():
    arguments = parse_arguments()
    part = read_part(arguments)
    with locked(arguments.output):
        folders = simulate_all(arguments, part)
        values = read_values(part, folders)
        waterfall = make_waterfall(part, folders)
        ranks = make_ranks(part, values)
        # matplotlib takes its time, and a refusal needs none of it.
        from packets_figure import draw

        most = max(int(mlus) for mlus in list_values(part, "mlus"))
        settings, policies = list_values(part, "setting"), list_values(part, "policy")
        draw(settings, policies, most, waterfall, values, arguments.output / "packets-and-fluid")
        write_waterfall(arguments, waterfall)
        write_ranks(arguments, ranks)
        write_json(arguments, part, waterfall, values, ranks)
    if waterfall:
        print_waterfall(waterfall)
    print_ranks(ranks)
    print(f"\n{arguments.output}/packets-and-fluid.{{csv,json,svg,png}}, policy-ranks.csv")


if __name__ == "__main__":
    run("packets-and-fluid", main)
