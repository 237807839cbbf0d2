#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Fits the law of a step's time on half of the cells that measure-batches.mjs has measured, and says
how far it is from the other half. A step of T tokens, with logits of S of them, takes

  max(w + a T, f ceil(T / tile) tile) + s S + sum of max(p c (k + c/2), m k) + q sum of v

for chunks of c tokens behind k others, and sequences with one token behind v others. Times are
relative least squares. A number is left out where Bayes' information criterion on the cells that are
fitted says so: these cells do not tell it apart from the others."""

import argparse
import csv
import json
import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[2] / "study"))
from console_program import add_version, run
from output_folder import write_whole

NUMBERS = {
    "w": "ms, the weights once",
    "a": "ms a token, beside reading the weights",
    "f": "ms a token of a tile, where computing is the longer",
    "s": "ms a row of logits",
    "p": "ms a pair of a chunk's token and one before it",
    "m": "ms a token in front of a chunk, at least",
    "q": "ms a token in front of a single one",
}
TILES = [1, 2, 4, 8, 16]
COLUMNS = ["pass", "sequences", "context", "tokensEach", "logits", "wallMs", "cpuMs"]
KINDS = ["each", "last"]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_version(parser, "judge-law")
    parser.add_argument("--cells", required=True, type=Path, help="CSV of measure-batches.mjs")
    parser.add_argument(
        "--time", default="cpu", choices=["cpu", "wall"],
        help="the processor's, which other programs disturb less, or on the clock",
    )
    parser.add_argument(
        "--of", default="median", choices=["median", "minimum"], help="of the passes over a cell"
    )
    parser.add_argument("--output", type=Path, help="file for everything in JSON")
    return parser.parse_args()


class Cells:
    """What was measured: an array of numbers by column, and times, cells x passes."""

    def __init__(self, keys, times):
        self.times = times
        self.n, self.k, self.c = (np.array([key[i] for key in keys], float) for i in range(3))
        self.kinds = [key[3] for key in keys]
        self.tokens = self.n * self.c
        self.rows = np.where([kind == "each" for kind in self.kinds], self.tokens, self.n)
        self.is_chunk = self.c > 1

    def select(self, chosen):
        part = object.__new__(Cells)
        for name, value in vars(self).items():
            chosen_values = np.array(value)[chosen]
            setattr(part, name, list(chosen_values) if name == "kinds" else chosen_values)
        return part


def read_cells(path, column):
    """Cells, and the text about what was measured."""
    with open(path, newline="") as file:
        lines = file.read().splitlines()
    about = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
    reader = csv.DictReader(line for line in lines if not line.startswith("#"))
    if reader.fieldnames != COLUMNS:
        raise ValueError(f"{path}: expected the columns {','.join(COLUMNS)}")
    times = {}
    for row in reader:
        try:
            key = tuple(int(row[name]) for name in COLUMNS[1:4]) + (row["logits"],)
            number, time = int(row["pass"]), float(row[column])
        except (TypeError, ValueError):
            raise ValueError(f"{path}, line {reader.line_num}: expected numbers") from None
        if min(key[:3]) < 1 or key[3] not in KINDS or not 0 < time < float("inf"):
            raise ValueError(f"{path}, line {reader.line_num}: expected a cell and a time above 0")
        if number in times.setdefault(key, {}):
            raise ValueError(f"{path}, line {reader.line_num}: a cell twice in pass {number}")
        times[key][number] = time
    passes = {tuple(sorted(each)) for each in times.values()}
    if len(passes) != 1:
        raise ValueError(f"{path}: expected all cells in every pass")
    keys = sorted(times)
    return Cells(keys, np.array([[times[key][i] for i in sorted(times[key])] for key in keys])), about


# ---- The law --------------------------------------------------------------------------------


def predict(law, cells):
    """Times of the cells, ms."""
    dense = np.maximum(
        law["w"] + law["a"] * cells.tokens,
        law["f"] * law["tile"] * np.ceil(cells.tokens / law["tile"]),
    )
    pairs = cells.c * (cells.k + cells.c / 2)
    chunk = np.maximum(law["p"] * pairs, law["m"] * cells.k)
    attention = np.where(cells.is_chunk, chunk, law["q"] * cells.k)
    return dense + law["s"] * cells.rows + cells.n * attention


def solve(matrix, goal):
    """Least squares with numbers of at least 0, and the sum of squares that is left: the least of the
    numbers that come out negative is left out until none does. A row of the matrix for each number."""
    scale = np.sqrt(np.sum(matrix**2, axis=1))
    kept = np.flatnonzero(scale)
    rows = matrix[kept] / scale[kept, None]
    products, moments = rows @ rows.T, rows @ goal
    result = np.zeros(len(matrix))
    left = goal @ goal
    some = np.arange(len(kept))
    while len(some):
        values = np.linalg.lstsq(products[np.ix_(some, some)], moments[some], rcond=1e-13)[0]
        if values.min() >= 0:
            result[kept[some]] = values / scale[kept[some]]
            left -= moments[some] @ values
            break
        some = np.delete(some, np.argmin(values))
    return result, left


def list_borders(values):
    """One below all values, between neighbours, and above all."""
    values = np.unique(values)
    return [-np.inf, *((values[1:] + values[:-1]) / 2), np.inf] if len(values) else [np.inf]


def fit(cells, times, names):
    """The law with some of the numbers, the others 0, by relative least squares, and the sum of its
    squared errors. Once it is known on which side of each maximum a cell is, the law is linear: the
    borders between the sides are tried, by the tokens of a step and by those of a chunk."""
    knees = list_borders(cells.tokens) if "f" in names else [np.inf]
    lengths = list_borders(cells.c[cells.is_chunk]) if "m" in names else [-np.inf]
    single = np.where(cells.is_chunk, 0, cells.n * cells.k)
    chunk = np.where(cells.is_chunk, cells.n * cells.k, 0)
    pairs = chunk * cells.c * (1 + cells.c / 2 / cells.k)
    chosen = [list(NUMBERS).index(name) for name in names]
    ones = np.ones(len(times))
    best, least = None, np.inf
    for tile in TILES if "f" in names else [1]:
        tiled = tile * np.ceil(cells.tokens / tile)
        columns = np.array([ones, cells.tokens, tiled, cells.rows, pairs, chunk, single]) / times
        for knee in knees:
            reads = cells.tokens < knee
            for length in lengths:
                is_least = cells.c < length
                sides = np.array([reads, reads, ~reads, ones, ~is_least, is_least, ones])
                values, left = solve((columns * sides)[chosen], ones)
                # Where the borders are those of the law that they give, both sums are the same.
                if left - 1e-9 >= least:
                    continue
                law = {**dict.fromkeys(NUMBERS, 0.0), **dict(zip(names, map(float, values))), "tile": tile}
                squares = np.sum((predict(law, cells) / times - 1) ** 2)
                if squares < least:
                    best, least = law, squares
    return best, least


def choose(cells, times):
    """The law with the numbers that the cells tell apart."""
    count = len(times)

    def judge(names):
        law, squares = fit(cells, times, names)
        # A tile is chosen with f.
        numbers = len(names) + ("f" in names)
        return count * np.log(squares / count + 1e-12) + numbers * np.log(count), names, law

    best = judge(list(NUMBERS))
    while len(best[1]) > 1:
        fewer = min(
            (judge([each for each in best[1] if each != name]) for name in best[1]),
            key=lambda candidate: candidate[0],
        )
        if fewer[0] >= best[0]:
            break
        best = fewer
    _, names, law = best
    return law, [name for name in names if law[name] > 0]


# ---- The judgement --------------------------------------------------------------------------


def list_splits(cells):
    """What is fitted, by what it tests. Each True is fitted, the others are predicted."""
    position = sum(
        np.searchsorted(np.unique(values), values) for values in (cells.n, cells.k, cells.c)
    )
    is_draft = np.array([kind == "each" for kind in cells.kinds]) & cells.is_chunk
    middle = np.median(np.unique(cells.n))
    return {
        "checkerboard": position % 2 == 0,
        "its other half": position % 2 == 1,
        "more sequences": cells.n <= middle,
        "verified drafts": ~is_draft,
    }


def summarise(errors):
    """Median and 90th percentile of how far off, and the median with sign, %."""
    size = 100 * np.abs(errors)
    return {
        "medianPercent": float(np.median(size)),
        "p90Percent": float(np.percentile(size, 90)),
        "biasPercent": float(100 * np.median(errors)),
    }


def fit_one(feature, times):
    """A law of one number, by relative least squares."""
    ratio = feature / times
    return np.sum(ratio) / np.sum(ratio**2)


def judge_split(cells, times, fitted):
    """A law from the cells that are fitted, and errors on the others, also of simpler laws."""
    known, others = cells.select(fitted), cells.select(~fitted)
    law, names = choose(known, times[fitted])
    line, _ = fit(known, times[fitted], ["w", "a"])
    ones = np.ones(len(times))
    predictions = {
        "law": predict(law, others),
        "w + a T": predict(line, others),
        "in proportion to T": fit_one(known.tokens, times[fitted]) * others.tokens,
        "the same for all": fit_one(ones[fitted], times[fitted]) * ones[~fitted],
    }
    return {
        "law": law,
        "numbers": names,
        "fittedCells": int(fitted.sum()),
        "predictedCells": int((~fitted).sum()),
        "errors": {
            name: summarise(values / times[~fitted] - 1) for name, values in predictions.items()
        },
    }


def describe_repeats(cells, average):
    """How far passes are from each other: half the interquartile range over the median; and the
    even passes from the odd ones as a prediction is."""
    low, middle, high = np.percentile(cells.times, [25, 50, 75], axis=1)
    repeats = {"passes": cells.times.shape[1], "spread": summarise((high - low) / 2 / middle)}
    if cells.times.shape[1] > 1:
        odd, even = average(cells.times[:, ::2], axis=1), average(cells.times[:, 1::2], axis=1)
        repeats["evenFromOdd"] = summarise(odd / even - 1)
    return repeats


def judge(cells, average):
    times = average(cells.times, axis=1)
    splits = {
        name: judge_split(cells, times, fitted)
        for name, fitted in list_splits(cells).items()
        if fitted.sum() >= len(NUMBERS) and (~fitted).sum() > 0
    }
    if "checkerboard" not in splits:
        raise ValueError(f"expected more cells than {len(times)}")
    fitted = list_splits(cells)["checkerboard"]
    predicted = predict(splits["checkerboard"]["law"], cells)
    return {
        "splits": splits,
        "repeats": describe_repeats(cells, average),
        "cells": [
            {
                "sequences": int(cells.n[i]),
                "context": int(cells.k[i]),
                "tokensEach": int(cells.c[i]),
                "logits": cells.kinds[i],
                "measuredMs": float(times[i]),
                "predictedMs": float(predicted[i]),
                "fitted": bool(fitted[i]),
            }
            for i in range(len(times))
        ],
    }


def format_row(name, errors):
    return (
        f"  {name:<34}{errors['medianPercent']:>8.1f}{errors['p90Percent']:>8.1f}"
        f"{errors['biasPercent']:>+8.1f}"
    )


def print_report(report):
    main = report["splits"]["checkerboard"]
    print(report["about"])
    print(
        f"{len(report['cells'])} cells, {report['of']} of {report['repeats']['passes']} passes, "
        f"{report['time']} time; the wall clock runs {report['wallOverCpu']:.2f} times as long as the "
        "processor"
    )
    print("\nThe law, of the checkerboard's half:")
    for name in main["numbers"]:
        tile = f", tile {main['law']['tile']}" if name == "f" else ""
        print(f"  {name} = {main['law'][name]:.4g} {NUMBERS[name]}{tile}")
    left_out = [name for name in NUMBERS if name not in main["numbers"]]
    if left_out:
        print(f"  left out: {', '.join(left_out)}")
    print(f"\nErrors on the {main['predictedCells']} cells that were not fitted, %:")
    print(f"  {'':<34}{'median':>8}{'P90':>8}{'bias':>8}")
    for name, errors in main["errors"].items():
        print(format_row(name, errors))
    if "evenFromOdd" in report["repeats"]:
        print(format_row("odd passes for the even ones", report["repeats"]["evenFromOdd"]))
    print("\nThe law fitted on other cells:")
    for name, split in list(report["splits"].items())[1:]:
        label = f"{name} ({split['predictedCells']} of {len(report['cells'])})"
        print(format_row(label, split["errors"]["law"]))
    spread = report["repeats"]["spread"]
    print(
        f"\nSpread of the passes, half the interquartile range: median {spread['medianPercent']:.1f} %, "
        f"P90 {spread['p90Percent']:.1f} %"
    )


def main():
    arguments = parse_arguments()
    cells, about = read_cells(arguments.cells, arguments.time + "Ms")
    other, _ = read_cells(arguments.cells, "wallMs" if arguments.time == "cpu" else "cpuMs")
    ratio = float(np.median(other.times / cells.times))
    report = {
        "about": about,
        "time": arguments.time,
        "of": arguments.of,
        "wallOverCpu": ratio if arguments.time == "cpu" else 1 / ratio,
        **judge(cells, {"median": np.median, "minimum": np.min}[arguments.of]),
    }
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        write_whole(arguments.output, json.dumps(report, indent=1) + "\n")
    print_report(report)


if __name__ == "__main__":
    run("judge-law", main)
