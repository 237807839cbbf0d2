# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The atlas of speculative decoding as files and printed tables."""

import csv
import json

from output_folder import write_whole
from speculation_points import DEVICE_ONLY, SERVER_ONLY, SPECULATIVE, STREAMING

DISCIPLINES = ("batching", "fcfs")
LOCAL = ("program", "output", "jobs")  # arguments that change no result
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
