#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Prints by how much the optimum of problem P1 lowers the latency, compared with Random, Max-SINR and
Max-Compute with uniform shares, greedy, and two-phase matching. Runs mec-associate for each number of
devices and servers, on the same slots, and prints a row for each. Intervals are of 95 %, by the jackknife
over slots."""

import argparse
import csv
import math
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import Processes, add_version, run

ROWS = "30x10,60x10,90x10,120x10,150x10,180x10,90x4,90x8,90x16,90x20"
SEARCH = "--ns3::llmmec::AssociationSearchPolicy::Shares=uniform"
READING = "--ns3::llmmec::MaxComputeAssociationPolicy::Reading=server"
RULES = {
    "random": ("random", "uniform"),
    "max-sinr": ("max-sinr", "uniform"),
    "max-compute": ("max-compute", "uniform"),
    "greedy": ("greedy", "uniform"),
    "tma": ("tma", "uniform", SEARCH),
    "tma, optimal": ("tma", "optimal"),
    "one server": ("max-compute", "uniform", READING),
    "optimum": ("move-swap", "optimal"),
}
BASELINES = ("random", "max-sinr", "max-compute")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "association-table")
    parser.add_argument("--program", type=Path, default="build/mec-associate", help="mec-associate")
    parser.add_argument("--rows", default=ROWS, help="numbers of devices x servers, separated by commas")
    parser.add_argument("--slots", type=int, default=40, help="slots of each row")
    parser.add_argument("--payload", default="ids", help="what a phone sends for a draft, see mec-speculate")
    arguments = parser.parse_args()
    if arguments.slots < 2:
        sys.exit(f"association-table: --slots={arguments.slots}: expected at least 2")
    return arguments


def read_columns(path):
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in ("latencyS", "objective", "bound")}


def measure(processes, arguments, devices, servers):
    """Latency, objective and bound of each slot by rule."""
    columns = {}
    for name, (association, shares, *more) in RULES.items():
        with tempfile.TemporaryDirectory() as folder:
            command = [str(arguments.program), f"--devices={devices}", f"--servers={servers}"]
            command += [f"--association={association}", f"--shares={shares}", *more]
            command += [f"--slots={arguments.slots}", f"--payload={arguments.payload}"]
            error = processes.call([*command, f"--output={folder}"])
            if error:
                raise RuntimeError(error)
            columns[name] = read_columns(Path(folder) / "associations.csv")
    return columns


def reduce(columns, others):
    """Mean reduction of the optimum's latency against others, in %, and half its interval."""
    optimum = columns["optimum"]["latencyS"]
    sums = {name: sum(columns[name]["latencyS"]) for name in others}

    def without(slot):
        left = sum(optimum) - (optimum[slot] if slot is not None else 0)
        reductions = []
        for name in others:
            base = sums[name] - (columns[name]["latencyS"][slot] if slot is not None else 0)
            reductions.append(100 * (1 - left / base))
        return sum(reductions) / len(others)

    n = len(optimum)
    parts = [without(slot) for slot in range(n)]
    mean = sum(parts) / n
    normal = 1.96
    half = normal * math.sqrt((n - 1) / n * sum((part - mean) ** 2 for part in parts))
    return without(None), half


def main():
    arguments = parse_arguments()
    processes = Processes()
    means = []
    for row in arguments.rows.split(","):
        devices, servers = row.split("x")
        columns = measure(processes, arguments, devices, servers)
        cells = [reduce(columns, (name,)) for name in BASELINES]
        means.append(reduce(columns, BASELINES))
        cells.append(means[-1])
        cells += [reduce(columns, (name,)) for name in RULES if name not in (*BASELINES, "optimum")]
        optimum = columns["optimum"]
        bound = sum(optimum["bound"]) / sum(optimum["objective"])
        text = "  ".join(f"{mean:5.1f} ±{half:3.1f}" for mean, half in cells)
        print(f"{devices:>3}  {servers:>2}  {text}  {bound:.4f}", flush=True)
    half = math.sqrt(sum(half**2 for _, half in means)) / len(means)
    print(f"mean of all rows: {sum(mean for mean, _ in means) / len(means):.1f} ±{half:.1f}")


if __name__ == "__main__":
    run("association-table", main)
