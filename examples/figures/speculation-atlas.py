#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws where speculative decoding is faster than the server alone, over uplink rate, acceptance and
load. Runs mec-speculate for each mode, finds the uplink rates at which lock-step and conventional
decoding are equally fast, and compares both with the closed forms. Prints tables, writes them as CSV
and JSON, and draws the figure."""

import argparse
import concurrent.futures
import math
import os
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError as error:
    sys.exit(f"speculation-atlas: {error}: install python3-matplotlib, and use /usr/bin/python3")

matplotlib.use("Agg")

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import add_version, run, show_progress
from output_folder import locked
from speculation_panels import draw
from speculation_points import DEVICE_ONLY, SERVER_ONLY, SPECULATIVE, STREAMING, Study
from speculation_rate import get_break_even_uplink
from speculation_tables import DISCIPLINES, print_tables, write_tables
from student_interval import get_interval, require_runs

# Of the panels with constant times.
UPLINKS_BPS = (1e3, 2e3, 4e3, 7e3, 12e3, 20e3, 40e3, 100e3, 300e3, 1e6)
MAP_UPLINKS_BPS = (1.5e3, 3e3, 6e3, 12e3, 25e3, 50e3, 150e3, 600e3)
MAP_ACCEPTANCES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MAP_DEVICES = (1, 2, 3, 4, 6, 10, 20)


def parse_numbers(name, convert, low, high):
    """A function that reads numbers with commas, in order."""

    def parse(text):
        try:
            numbers = sorted({convert(word) for word in text.split(",")})
        except ValueError:
            raise ValueError(f"--{name}={text}: expected numbers with commas") from None
        if not (low <= numbers[0] and numbers[-1] <= high):
            raise ValueError(f"--{name}={text}: expected numbers from {low} to {high}")
        return numbers

    return parse


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "speculation-atlas")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-speculate")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--draftTokenS", type=float, default=0.01, help="constant time of a draft, s")
    parser.add_argument("--verifyS", type=float, default=0.025,
                        help="constant time of a pass of the server, s")
    parser.add_argument("--downlinkS", type=float, default=0.002,
                        help="constant time of the downlink of a verdict, s")
    parser.add_argument("--window", type=int, default=8,
                        help="drafts per window in the panels over the uplink rate")
    parser.add_argument("--acceptances", default="0.6,0.9",
                        help="two acceptances for the panels over the uplink rate, separated by a comma")
    parser.add_argument("--tokens", type=int, default=30000, help="tokens per point with constant times")
    parser.add_argument(
        "--breakEvenTokens", type=int, default=200000,
        help="tokens of each run in the search for a break-even"
    )
    parser.add_argument("--pairs", default="qwen3,gpt2", help="two presets of --pair, separated by a comma")
    parser.add_argument(
        "--devices", default="1,2,5,10,30,100", help="numbers of phones per server, separated by commas"
    )
    parser.add_argument(
        "--windows", default="1,2,4,8",
        help="windows over the load, of which the best is taken, separated by commas"
    )
    parser.add_argument(
        "--answers", type=int, default=40,
        help="answers of all phones over the load; each phone has at least 2"
    )
    parser.add_argument("--answerTokens", default="ns3::UniformRandomVariable[Min=64|Max=256]")
    parser.add_argument("--runs", type=int, default=5, help="independent runs per load, 2 or more")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of runs at a time")
    return parser.parse_args()


def list_points(study):
    """What to simulate: function and arguments by panel and key."""
    arguments = study.arguments
    modes = (*SPECULATIVE, SERVER_ONLY)
    points = {}
    for acceptance in arguments.acceptances:
        # The longest first.
        for is_low in (True, False):
            points["breakEven", acceptance, is_low] = study.find_break_even, acceptance, is_low
    for devices in reversed(arguments.devices):
        for pair in arguments.pairs:
            for discipline in DISCIPLINES:
                for mode in (*SPECULATIVE, STREAMING, SERVER_ONLY, DEVICE_ONLY):
                    for number in range(1, arguments.runs + 1):
                        key = pair, discipline, mode, devices, number
                        points["load", *key] = study.simulate_pair, *key
    for mode in modes:
        for acceptance in arguments.acceptances:
            for uplink in UPLINKS_BPS:
                key = mode, acceptance, uplink, arguments.window
                points["uplink", *key] = study.simulate_uplink, *key
        for acceptance in MAP_ACCEPTANCES:
            for uplink in MAP_UPLINKS_BPS:
                key = mode, acceptance, uplink, None
                points["uplinkMap", *key] = study.simulate_uplink, *key
            for devices in MAP_DEVICES:
                key = mode, acceptance, devices
                points["loadMap", *key] = study.simulate_load, *key
    return points


def simulate_all(study):
    """Results of all points by their keys."""
    points = list_points(study)
    with concurrent.futures.ThreadPoolExecutor(study.arguments.jobs) as pool:
        waiting = {key: pool.submit(*call) for key, call in points.items()}
        try:
            show_progress(0, len(waiting), "points")
            for done, each in enumerate(concurrent.futures.as_completed(waiting.values()), 1):
                each.result()
                show_progress(done, len(waiting), "points")
        except BaseException:
            for each in waiting.values():
                each.cancel()
            study.processes.stop()
            raise
    return {key: each.result() for key, each in waiting.items()}


def summarise_pair(runs):
    """A row of runs of a pair of models."""
    mean, low, high = get_interval([run["tokensPerS"] for run in runs], False)
    row = {"window": "/".join(str(w) for w in sorted({run["window"] for run in runs}))}
    row.update({"tokensPerS": mean, "tokensPerSLow": low, "tokensPerSHigh": high})
    for name in ("joulesPerToken", "passesPerToken"):
        row[name] = sum(run[name] for run in runs) / len(runs)
    return row


def summarise(study, results):
    """Rows of all panels, and break-evens."""
    arguments = study.arguments
    rows = [
        {"panel": key[0], **row}
        for key, row in results.items()
        if key[0] in ("uplink", "uplinkMap", "loadMap")
    ]
    rows.sort(key=lambda row: row["panel"])
    for pair in arguments.pairs:
        for discipline in DISCIPLINES:
            for devices in arguments.devices:
                for mode in (*SPECULATIVE, STREAMING, SERVER_ONLY, DEVICE_ONLY):
                    key = "load", pair, discipline, mode, devices
                    runs = [results[*key, number] for number in range(1, arguments.runs + 1)]
                    names = dict(zip(("panel", "pair", "discipline", "mode", "devices"), key))
                    rows.append({**names, **summarise_pair(runs)})
    rest_s = arguments.verifyS + arguments.downlinkS
    break_evens = []
    for acceptance in arguments.acceptances:
        closed = get_break_even_uplink(
            acceptance, arguments.window, arguments.draftTokenS, study.window_bits, rest_s
        )
        for is_low, closed_bps in zip((True, False), closed):
            simulated = results["breakEven", acceptance, is_low]
            known = simulated is not None and math.isfinite(closed_bps)
            break_evens.append(
                {
                    "acceptance": acceptance,
                    "window": arguments.window,
                    "end": "low" if is_low else "high",
                    "closedFormBps": closed_bps if math.isfinite(closed_bps) else None,
                    "simulatedBps": simulated,
                    "error": simulated / closed_bps - 1 if known else None,
                }
            )
    return rows, break_evens


def main():
    arguments = parse_arguments()
    require_runs(arguments.runs)
    if arguments.jobs < 1:
        raise ValueError("--jobs: expected at least 1")
    arguments.acceptances = parse_numbers("acceptances", float, 0, 1)(arguments.acceptances)
    arguments.devices = parse_numbers("devices", int, 1, 1000)(arguments.devices)
    arguments.windows = parse_numbers("windows", int, 1, 1000)(arguments.windows)
    arguments.pairs = arguments.pairs.split(",")
    if len(arguments.acceptances) != 2:
        raise ValueError("--acceptances: expected two")
    if len(set(arguments.pairs)) != 2:
        raise ValueError("--pairs: expected two")
    study = Study(arguments)
    with locked(arguments.output):
        rows, break_evens = summarise(study, simulate_all(study))
        write_tables(arguments, rows, break_evens)
        draw(study, rows, break_evens)
    print_tables(arguments, rows, break_evens)
    print(f"\n{arguments.output}/speculation-atlas.{{csv,json,svg,png}}, speculation-break-evens.csv")


if __name__ == "__main__":
    run("speculation-atlas", main)
