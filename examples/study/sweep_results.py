# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Means of the metrics of a sweep with intervals over the seeds, as tables."""

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from output_folder import write_whole

sys.path.append(str(Path(__file__).resolve().parents[1] / "figures"))
from student_interval import get_mean_interval

ROUNDING = 1e-12  # relative: a smaller interval is one of equal values


@dataclass(frozen=True)
class Row:
    """A point of the grid: its whole runs, how many of them have each metric, and (mean, low, high) by
    metric. low and high are None where there is one run alone, all three where there is none."""

    point: tuple[str, ...]
    runs: int
    counts: dict[str, int]
    means: dict[str, tuple]


def make_rows(part, values):
    """A row for each point of the grid. values: metrics by (point, seed) of whole runs."""
    rows = []
    for point in part.list_points():
        found = [values[point, seed] for seed in part.seeds if (point, seed) in values]
        known = {
            name: [each[name] for each in found if each[name] is not None] for name in part.metrics
        }
        counts = {name: len(series) for name, series in known.items()}
        means = {name: get_mean_interval(series) for name, series in known.items()}
        rows.append(Row(point, len(found), counts, means))
    return rows


def describe_missing(part, rows):
    """A sentence for each metric that some whole runs do not have."""
    runs = sum(row.runs for row in rows)
    for name in part.metrics:
        missing = runs - sum(row.counts[name] for row in rows)
        if missing:
            yield f"{missing} of {runs} runs have no {name} and are not in its means"


def to_csv(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if value is None else value for value in row] for row in rows])
    return text.getvalue()


def write_tables(part, rows, values, path):
    """path.csv: the means; path-runs.csv: the values of each run."""
    names = [axis.name for axis in part.axes]
    columns = [name + end for name in part.metrics for end in ("", "Low", "High", "Runs")]
    write_whole(
        path.with_name(f"{path.name}.csv"),
        to_csv(
            [*names, "runs", *columns],
            [[*row.point, row.runs, *(x for name in part.metrics
                                      for x in (*row.means[name], row.counts[name]))]
             for row in rows],
        ),
    )
    write_whole(
        path.with_name(f"{path.name}-runs.csv"),
        to_csv(
            [*names, "seed", *part.metrics],
            [[*point, seed, *values[point, seed].values()]
             for point in part.list_points() for seed in part.seeds if (point, seed) in values],
        ),
    )


def format_mean(mean, low, high):
    if mean is None:
        return "-"
    if low is None:
        return f"{mean:.5g}"
    half = (high - low) / 2
    return f"{mean:.5g} ± {half if half > ROUNDING * abs(mean) else 0:.2g}"


def print_table(part, rows):
    lines = [[*(axis.name for axis in part.axes), "runs", *part.metrics]]
    for row in rows:
        means = [format_mean(*each) for each in row.means.values()]
        lines.append([*row.point, str(row.runs), *means])
    widths = [max(map(len, column)) for column in zip(*lines)]
    print(f"{part.title}; mean and half of its 95 % interval over {len(part.seeds)} seeds\n"
          if len(part.seeds) > 1 else f"{part.title}; one seed\n")
    for line in lines:
        texts = (text.ljust(width) if i < len(part.axes) else text.rjust(width)
                 for i, (text, width) in enumerate(zip(line, widths)))
        print("  ".join(texts).rstrip())
    for sentence in describe_missing(part, rows):
        print(sentence)
