#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws the latency over the number of MLUs under four policies. Runs mec-offload for each point, prints
a table, writes it as CSV and JSON, and draws the figure. The same command goes on where it stopped;
runs with other flags are repeated."""

import argparse
import csv
import json
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError as error:
    sys.exit(f"latency-by-users: {error}: install python3-matplotlib, and use /usr/bin/python3")

matplotlib.use("Agg")
import matplotlib.pyplot as plt

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import add_version, run
from output_folder import locked, save_whole, write_whole
from run_executor import add_executor_flags, do_runs, make_executor, require_whole
from run_folder import Run, get_build, is_whole

# Colours that readers with any colour vision tell apart, and markers for print.
STYLES = {
    "always-local": ("#999999", "s"),
    "always-offload": ("#D55E00", "^"),
    "random": ("#CC79A7", "D"),
    "fixed": ("#E69F00", "v"),
    "optimal": ("#0072B2", "o"),
}
MEANS = {
    "meanLatencyS": "latency, s",
    "meanReward": "reward, 1/s",
    "meanAccuracy": "accuracy",
    "meanHallucination": "hallucination",
    "meanEnergyJ": "energy, J",
    "violationRate": "violations",
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "latency-by-users")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-offload")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--mlus", default="2,3,4,5",
                        help="numbers of MLUs (mobile LLM users), separated by commas")
    parser.add_argument(
        "--policies",
        default="always-local,always-offload,random,optimal",
        help="policies, with commas",
    )
    parser.add_argument("--cells", type=int, default=40, help="independent cells per point")
    parser.add_argument("--slots", type=int, default=100, help="slots per cell")
    parser.add_argument("--profile", default="llama-3.1-8b-ecld", help="profile of the model of the MLUs")
    add_executor_flags(parser)
    return parser.parse_args()


def simulate_all(arguments, policies, numbers):
    """Summaries by policy and number of MLUs."""
    program = arguments.program.resolve()
    output = arguments.output.absolute()
    executor = make_executor(arguments, output)
    build = get_build(program)
    runs = {}
    for policy in policies:
        for mlus in numbers:
            flags = (
                f"--policy={policy}",
                f"--mlus={mlus}",
                f"--cells={arguments.cells}",
                f"--slots={arguments.slots}",
                f"--profile={arguments.profile}",
            )
            runs[policy, mlus] = Run(output / "runs" / f"{policy}-{mlus}", program, flags, build=build)
    waiting = [run for run in runs.values() if not is_whole(run, redo=True, any_build=False)]
    notes = do_runs(executor, waiting, len(runs))
    require_whole(waiting, notes, len(runs))
    return {
        point: json.loads((run.folder / "summary.json").read_text()) for point, run in runs.items()
    }


def print_table(summaries, policies, numbers):
    print(f"{'policy':<16}{'K':>3}" + "".join(f"{title:>17}" for title in MEANS.values()))
    for policy in policies:
        for mlus in numbers:
            row = f"{policy:<16}{mlus:>3}"
            for name in MEANS:
                summary = summaries[policy, mlus]
                half = (summary[name + "Ci95"][1] - summary[name + "Ci95"][0]) / 2
                row += f"{summary[name]:>10.4f} ±{half:<5.3f}"
            print(row)


def write_tables(arguments, summaries, policies, numbers):
    rows = []
    for policy in policies:
        for mlus in numbers:
            summary = summaries[policy, mlus]
            row = {"policy": policy, "mlus": mlus}
            for name in MEANS:
                row[name] = summary[name]
                row[name + "Low"], row[name + "High"] = summary[name + "Ci95"]
            rows.append(row)
    lines = []
    writer = csv.DictWriter(type("Lines", (), {"write": lines.append}), rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    write_whole(arguments.output / "latency-by-users.csv", "".join(lines))
    document = {
        "cells": arguments.cells,
        "slots": arguments.slots,
        "profile": arguments.profile,
        "intervals": "95 %, Student's t over cells",
        "rows": rows,
    }
    write_whole(
        arguments.output / "latency-by-users.json", json.dumps(document, indent=2) + "\n"
    )


def draw(arguments, summaries, policies, numbers):
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 11})
    figure, axes = plt.subplots(figsize=(6.8, 4.2), constrained_layout=True)
    for i, policy in enumerate(policies):
        colour, marker = STYLES.get(policy, ("black", "x"))
        # A little apart, so that intervals of neighbours can be told from each other.
        places = [mlus + 0.04 * (i - (len(policies) - 1) / 2) for mlus in numbers]
        means = [summaries[policy, mlus]["meanLatencyS"] for mlus in numbers]
        intervals = [summaries[policy, mlus]["meanLatencySCi95"] for mlus in numbers]
        # An interval without width can miss its mean by a rounding.
        below = [max(mean - low, 0) for mean, (low, _) in zip(means, intervals)]
        above = [max(high - mean, 0) for mean, (_, high) in zip(means, intervals)]
        axes.errorbar(
            places,
            means,
            yerr=[below, above],
            color=colour,
            marker=marker,
            markersize=5,
            linewidth=1.2,
            elinewidth=1.4,
            capsize=4,
            capthick=1.4,
            label=policy,
        )
    axes.set_xlabel("mobile LLM users in the cell, K")
    axes.set_ylabel("mean latency of a task (s)")
    axes.set_xticks(numbers)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.set_title(
        f"{arguments.profile}, tasks of 1 Mbit. Mean and 95 % interval over {arguments.cells} "
        f"cells of {arguments.slots} slots",
        fontsize=9,
        loc="left",
    )
    # Beside the data, in the order in which the lines end.
    handles, labels = axes.get_legend_handles_labels()
    last = numbers[-1]
    order = sorted(
        range(len(labels)), key=lambda i: -summaries[labels[i], last]["meanLatencyS"]
    )
    axes.legend(
        [handles[i] for i in order],
        [labels[i] for i in order],
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
    )
    save_whole(figure, arguments.output / "latency-by-users", dpi=150)


def main():
    arguments = parse_arguments()
    policies = arguments.policies.split(",")
    numbers = [int(mlus) for mlus in arguments.mlus.split(",")]
    with locked(arguments.output):
        summaries = simulate_all(arguments, policies, numbers)
        write_tables(arguments, summaries, policies, numbers)
        draw(arguments, summaries, policies, numbers)
    print_table(summaries, policies, numbers)
    print(f"\n{arguments.output}/latency-by-users.{{csv,json,svg,png}}")


if __name__ == "__main__":
    run("latency-by-users", main)
