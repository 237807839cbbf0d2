#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Where a phone that drafts for a server is faster than a server that answers alone, over uplink
rate, acceptance and load: runs mec-speculate for each mode, finds where lock-step and conventional
decoding are equally fast, compares both with the closed forms, prints tables, writes them as CSV and
JSON, and draws the figure."""

import argparse
import concurrent.futures
import csv
import json
import math
import os
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import Processes, add_version, run, shows_progress
from output_folder import locked, write_whole
from speculation_panels import draw
from speculation_rate import (
    Times,
    best_rate_per_s,
    get_break_even_uplink,
    loaded_rate_per_s,
    rate_per_s,
)
from student_interval import get_interval, require_runs

SPECULATIVE = ("conventional", "lock-step", "event")
SERVER_ONLY = "server-only"
DEVICE_ONLY = "device-only"
STREAMING = "streaming"
DISCIPLINES = ("batching", "fcfs")
HEADER_BITS = 320
ID_BITS = 16
# Of the panels with constant times.
UPLINKS_BPS = (1e3, 2e3, 4e3, 7e3, 12e3, 20e3, 40e3, 100e3, 300e3, 1e6)
MAP_UPLINKS_BPS = (1.5e3, 3e3, 6e3, 12e3, 25e3, 50e3, 150e3, 600e3)
MAP_ACCEPTANCES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MAP_DEVICES = (1, 2, 3, 4, 6, 10, 20)
FAST_UPLINK_BPS = 1e6  # of the map over devices
LEAST_ANSWERS = 2  # of each phone, so that not all is the time when the last are still answered
LOCAL = ("program", "output", "jobs")  # arguments that change no result
# Uplinks this many times above and below the one at which device and server take equally long are
# searched for break-evens, until they are known to this share.
SEARCH = 32
PRECISION = 0.005
COLUMNS = (
    "panel",
    "pair",
    "discipline",
    "mode",
    "acceptance",
    "uplinkBps",
    "devices",
    "window",
    "tokensPerS",
    "tokensPerSLow",
    "tokensPerSHigh",
    "joulesPerToken",
    "passesPerToken",
    "closedFormTokensPerS",
)


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
    parser.add_argument("--draftTokenS", type=float, default=0.01, help="constant: a draft, s")
    parser.add_argument("--verifyS", type=float, default=0.025, help="constant: a pass, s")
    parser.add_argument("--downlinkS", type=float, default=0.002, help="constant: a verdict, s")
    parser.add_argument("--window", type=int, default=8, help="drafts of a window over uplinks")
    parser.add_argument("--acceptances", default="0.6,0.9", help="two over uplinks, with a comma")
    parser.add_argument("--tokens", type=int, default=30000, help="of a point with constant times")
    parser.add_argument(
        "--breakEvenTokens", type=int, default=200000, help="of each try to find a break-even"
    )
    parser.add_argument("--pairs", default="qwen3,gpt2", help="two presets, with a comma")
    parser.add_argument(
        "--devices", default="1,2,5,10,30,100", help="phones of a server, with commas"
    )
    parser.add_argument(
        "--windows", default="1,2,4,8", help="of which the best counts by load, with commas"
    )
    parser.add_argument(
        "--answers", type=int, default=40, help="of all phones together, by load; of each at least 2"
    )
    parser.add_argument("--answerTokens", default="ns3::UniformRandomVariable[Min=64|Max=256]")
    parser.add_argument("--runs", type=int, default=5, help="independent runs by load, 2 to 13")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs side by side")
    return parser.parse_args()


class Study:
    """Simulates points, and knows the closed forms of those with constant times."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.processes = Processes()
        self.window_bits = HEADER_BITS + ID_BITS * arguments.window

    def list_constants(self, mode):
        """Flags of constant times of a mode that uses a server."""
        arguments = self.arguments
        flags = [f"--verifyS={arguments.verifyS}", f"--downlinkS={arguments.downlinkS}"]
        return flags if mode == SERVER_ONLY else [f"--draftTokenS={arguments.draftTokenS}", *flags]

    def simulate(self, flags):
        """What summary.json says of a run."""
        arguments = self.arguments
        with tempfile.TemporaryDirectory(prefix=".run-", dir=arguments.output) as folder:
            command = [str(arguments.program), "--baselines=0", f"--output={folder}", *flags]
            error = self.processes.call(command)
            if error:
                raise RuntimeError(error)
            return json.loads((Path(folder) / "summary.json").read_text())

    def get_times(self, uplink_bps):
        arguments = self.arguments
        return Times(
            arguments.draftTokenS,
            HEADER_BITS / uplink_bps,
            ID_BITS / uplink_bps,
            arguments.verifyS,
            arguments.downlinkS,
            arguments.verifyS,
        )

    def list_point(self, mode, acceptance, uplink_bps, window, tokens):
        """Flags of a device that has a server for itself, with constant times."""
        flags = [f"--mode={mode}", f"--uplinkBps={uplink_bps}", f"--tokens={tokens}"]
        if mode in SPECULATIVE:
            flags += [f"--acceptance={acceptance}", f"--window={window}"]
        return self.list_constants(mode) + flags

    def get_closed_form(self, mode, acceptance, uplink_bps, window):
        """Tokens a second of such a device; with the best window where it is none."""
        times = self.get_times(uplink_bps)
        if mode == SERVER_ONLY:
            return 1 / times.pre_verify_s
        if window is None:
            return float(best_rate_per_s(mode, acceptance, times))
        return float(rate_per_s(mode, acceptance, window, times))

    def simulate_uplink(self, mode, acceptance, uplink_bps, window):
        """A row of a panel over uplinks."""
        typed = "optimal" if window is None else window
        flags = self.list_point(mode, acceptance, uplink_bps, typed, self.arguments.tokens)
        return {
            "mode": mode,
            "acceptance": acceptance,
            "uplinkBps": uplink_bps,
            "devices": 1,
            "window": typed,
            **pick(self.simulate(flags)),
            "closedFormTokensPerS": self.get_closed_form(mode, acceptance, uplink_bps, window),
        }

    def simulate_windows(self, mode, flags):
        """Summary of the fastest of all windows, with it; by list of flags."""
        if mode in (SERVER_ONLY, DEVICE_ONLY):
            return {"window": "", **pick(self.simulate(flags))}
        summaries = [
            {"window": window, **pick(self.simulate([*flags, f"--window={window}"]))}
            for window in self.arguments.windows
        ]
        return max(summaries, key=lambda summary: summary["tokensPerS"])

    def simulate_load(self, mode, acceptance, devices):
        """A row of the map over devices, at a server with constant times and one pass at a time."""
        arguments = self.arguments
        flags = [
            *self.list_constants(mode),
            f"--mode={mode}",
            "--discipline=fcfs",
            f"--uplinkBps={FAST_UPLINK_BPS}",
            f"--devices={devices}",
            f"--tokens={max(arguments.tokens // (5 * devices), 1)}",
        ]
        if mode in SPECULATIVE:
            flags.append(f"--acceptance={acceptance}")
        times = self.get_times(FAST_UPLINK_BPS)
        closed = 1 / (devices * arguments.verifyS)
        if mode != SERVER_ONLY:
            closed = loaded_rate_per_s(mode, acceptance, arguments.windows, times, devices)
        return {
            "discipline": "fcfs",
            "mode": mode,
            "acceptance": acceptance,
            "uplinkBps": FAST_UPLINK_BPS,
            "devices": devices,
            **self.simulate_windows(mode, flags),
            "closedFormTokensPerS": float(closed),
        }

    def simulate_pair(self, pair, discipline, mode, devices, number):
        """A run of a pair of models, over the radio."""
        arguments = self.arguments
        flags = [
            f"--pair={pair}",
            *([] if mode == DEVICE_ONLY else [f"--discipline={discipline}"]),  # it asks no server
            f"--mode={mode}",
            f"--devices={devices}",
            f"--answers={max(math.ceil(arguments.answers / devices), LEAST_ANSWERS)}",
            f"--tokens={arguments.answerTokens}",
            f"--RngRun={number}",
        ]
        return self.simulate_windows(mode, flags)

    def find_break_even(self, acceptance, is_low):
        """Uplink at which lock-step and conventional decoding are equally fast, bit/s, below or
        above the one at which a device drafts as long as it waits for a verdict; none where there is
        no such uplink."""
        arguments = self.arguments
        draft_s = arguments.window * arguments.draftTokenS
        rest_s = arguments.verifyS + arguments.downlinkS
        if draft_s <= rest_s:
            return None
        inner = self.window_bits / (draft_s - rest_s)
        outer = inner / SEARCH if is_low else inner * SEARCH

        def is_faster(uplink_bps):
            conventional, lock_step = (
                self.simulate(
                    self.list_point(
                        mode, acceptance, uplink_bps, arguments.window, arguments.breakEvenTokens
                    )
                )["tokensPerS"]
                for mode in ("conventional", "lock-step")
            )
            return lock_step > conventional

        if is_faster(outer):
            return None
        while abs(math.log(outer / inner)) > PRECISION:
            middle = math.sqrt(inner * outer)
            if is_faster(middle):
                inner = middle
            else:
                outer = middle
        return math.sqrt(inner * outer)


def pick(summary):
    return {name: summary[name] for name in ("tokensPerS", "joulesPerToken", "passesPerToken")}


def show_progress(done, of):
    if shows_progress():
        end = "\r" + " " * 60 + "\r" if done == of else ""
        bar = "#" * (30 * done // of)
        print(f"\r[{bar:<30}] {done} of {of} points{end}", end="", file=sys.stderr, flush=True)


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
            show_progress(0, len(waiting))
            for done, each in enumerate(concurrent.futures.as_completed(waiting.values()), 1):
                each.result()
                show_progress(done, len(waiting))
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


def format_value(value):
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value


def write_csv(path, names, rows):
    lines = []
    writer = csv.writer(type("Lines", (), {"write": lines.append}), lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([format_value(row.get(name)) for name in names])
    write_whole(path, "".join(lines))


def write_tables(arguments, rows, break_evens):
    write_csv(arguments.output / "speculation-atlas.csv", COLUMNS, rows)
    write_csv(arguments.output / "speculation-break-evens.csv", list(break_evens[0]), break_evens)
    settings = {name: value for name, value in vars(arguments).items() if name not in LOCAL}
    document = {
        "settings": settings,
        "intervals": "95 %, Student's t over runs, of logarithms",
        "breakEvens": break_evens,
        "rows": rows,
    }
    write_whole(
        arguments.output / "speculation-atlas.json", json.dumps(document, indent=2) + "\n"
    )


def find_fastest(rows, column):
    """Mode of the highest value by place on a map."""
    best = {}
    for row in rows:
        place = row["acceptance"], row["uplinkBps"], row["devices"]
        if place not in best or row[column] > best[place][column]:
            best[place] = row
    return {place: row["mode"] for place, row in best.items()}


def print_tables(arguments, rows, break_evens):
    print("Uplinks at which lock-step and conventional decoding are equally fast, kbit/s")
    print(f"{'acceptance':>10}{'end':>6}{'closed form':>13}{'simulated':>11}{'error':>8}")
    for row in break_evens:
        values = [row["closedFormBps"], row["simulatedBps"]]
        texts = "".join(
            f"{'none' if value is None else format(value / 1e3, '.3f'):>12}" for value in values
        )
        error = "" if row["error"] is None else f"{100 * row['error']:+.1f} %"
        print(f"{row['acceptance']:>10g}{row['end']:>6}{texts}{error:>8}")
    for panel, over in (("uplinkMap", "uplink rates"), ("loadMap", "devices")):
        points = [row for row in rows if row["panel"] == panel]
        simulated = find_fastest(points, "tokensPerS")
        closed = find_fastest(points, "closedFormTokensPerS")
        same = sum(simulated[place] == mode for place, mode in closed.items())
        counts = ", ".join(
            f"{mode} {list(simulated.values()).count(mode)}"
            for mode in (*SPECULATIVE, SERVER_ONLY)
        )
        print(
            f"\nFastest over acceptance and {over}: {counts}; "
            f"as by the closed forms at {same} of {len(closed)} points"
        )
    modes = (*SPECULATIVE, STREAMING, SERVER_ONLY, DEVICE_ONLY)
    print("\nTokens/s of a phone, with the best window of each mode (in brackets)")
    print(f"{'pair':<8}{'server':<10}{'phones':>6}" + "".join(f"{m:>16}" for m in modes))
    for pair in arguments.pairs:
        for discipline in DISCIPLINES:
            for devices in arguments.devices:
                texts = ""
                for mode in modes:
                    key = ("load", pair, discipline, mode, devices)
                    row = next(row for row in rows if get_load_key(row) == key)
                    window = f" ({row['window']})" if row["window"] else ""
                    texts += f"{format(row['tokensPerS'], '.4g') + window:>16}"
                print(f"{pair:<8}{discipline:<10}{devices:>6}{texts}")


def get_load_key(row):
    return tuple(row.get(name) for name in ("panel", "pair", "discipline", "mode", "devices"))


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
