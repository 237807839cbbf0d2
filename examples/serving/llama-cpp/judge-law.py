#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Fits the law of a step's time (CoefficientStepTimeModel) on half of the cells that
measure-batches.mjs has measured, and says how far it is from the other half. A step of T tokens,
with logits of S of them, takes

  max(w + a T, f tile ceil(T / tile)) + s S + sum of max(p c (k + c/2), qm k) + q sum of v

for chunks of c tokens after k others, and single tokens with v tokens of context, their own
included. All numbers are fitted together by least squares of relative errors. One is left out where
that lowers Bayes' information criterion of the cells that are fitted: they do not tell it from the
others.

A cell is fitted where the sum of its places among the numbers of sequences, of tokens of context
and of tokens each is even, as the squares of one colour on a chessboard; the others are predicted.
"""

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
    "a": "ms a token",
    "f": "ms a token of whole tiles",
    "s": "ms a row of logits",
    "p": "ms a pair of a chunk's token and one of its context",
    "qm": "ms a token of a chunk's context, at least",
    "q": "ms a token of a single one's context",
}
TILES = [1, 2, 4, 8, 16]
# What they are called in a file of data/serving, in microseconds.
FILE_KEYS = {
    "w": "weightsUs",
    "a": "activationUsPerToken",
    "f": "gemmUsPerToken",
    "s": "sequenceUs",
    "p": "prefillAttentionUsPerPair",
    "q": "decodeKvUsPerToken",
    "qm": "multiQueryKvUsPerToken",
}
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
    values = [[time for _, time in sorted(times[key].items())] for key in keys]
    return Cells(keys, np.array(values)), about


# ---- The law --------------------------------------------------------------------------------


def predict(law, cells):
    """Times of the cells, ms."""
    dense = np.maximum(
        law["w"] + law["a"] * cells.tokens,
        law["f"] * law["tile"] * np.ceil(cells.tokens / law["tile"]),
    )
    pairs = cells.c * (cells.k + cells.c / 2)
    chunk = np.maximum(law["p"] * pairs, law["qm"] * cells.k)
    attention = np.where(cells.is_chunk, chunk, law["q"] * (cells.k + 1))
    return dense + law["s"] * cells.rows + cells.n * attention


def solve(matrix, goal):
    """Least squares with numbers of at least 0, and the sum of squares that is left: the least of
    the numbers that come out negative is left out until none does. A row of the matrix for each."""
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
    lengths = list_borders(cells.c[cells.is_chunk]) if "qm" in names else [-np.inf]
    single = np.where(cells.is_chunk, 0, cells.n * (cells.k + 1))
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
                law = {**dict.fromkeys(NUMBERS, 0.0), **dict(zip(names, values)), "tile": tile}
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
    """Which cells are fitted, the others being predicted: the chessboard's; more sequences than any
    fitted step has; and verified drafts, chunks with logits of all tokens, from single tokens and
    chunks with logits of the last one."""
    position = sum(
        np.searchsorted(np.unique(values), values) for values in (cells.n, cells.k, cells.c)
    )
    is_draft = np.array([kind == "each" for kind in cells.kinds]) & cells.is_chunk
    middle = np.median(np.unique(cells.n))
    return {
        "chessboard": position % 2 == 0,
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
    repeats = {"passes": cells.times.shape[1]}
    if cells.times.shape[1] > 1:
        repeats["spread"] = summarise((high - low) / 2 / middle)
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
    if "chessboard" not in splits:
        raise ValueError(f"expected more cells than {len(times)}")
    fitted = list_splits(cells)["chessboard"]
    predicted = predict(splits["chessboard"]["law"], cells)
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


def name_law(report):
    """The report with laws as data/serving has them."""
    splits = {}
    for name, split in report["splits"].items():
        law = {key: 1000 * float(split["law"][number]) for number, key in FILE_KEYS.items()}
        law["tileTokens"] = split["law"]["tile"]
        splits[name] = {**split, "law": law}
    return {**report, "splits": splits}


def format_row(name, errors):
    return (
        f"  {name:<34}{errors['medianPercent']:>8.1f}{errors['p90Percent']:>8.1f}"
        f"{errors['biasPercent']:>+8.1f}"
    )


def print_report(report):
    main = report["splits"]["chessboard"]
    print(report["about"])
    print(
        f"{len(report['cells'])} cells, {report['of']} of {report['repeats']['passes']} passes, "
        f"{report['time']} time; the wall clock runs {report['wallOverCpu']:.2f} times as long as "
        "the processor"
    )
    print("\nThe law, of the chessboard's half:")
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
    if "spread" in report["repeats"]:
        spread = report["repeats"]["spread"]
        print(
            "\nSpread of the passes over a cell, half the interquartile range: "
            f"median {spread['medianPercent']:.1f} %, P90 {spread['p90Percent']:.1f} %"
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
        write_whole(arguments.output, json.dumps(name_law(report), indent=1) + "\n")
    print_report(report)


if __name__ == "__main__":
    run("judge-law", main)
