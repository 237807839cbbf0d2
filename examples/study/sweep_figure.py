# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws what a sweep has measured: a panel a metric, a line for each combination of the other axes
of the grid, with intervals over the seeds."""

import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, LogFormatter, NullLocator

from output_folder import save_whole
from sweep_results import describe_missing

# Colours that readers with any colour vision tell apart, and markers and dashes for print.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#000000"]
MARKERS = "os^vDPX*"
DASHES = ["-", (0, (5, 2)), (0, (1, 1)), (0, (5, 1, 1, 1))]
MOST_TICKS = 12  # values that are written at the bottom one by one
# How far lines stand from each other along the bottom, as a share of the smallest step.
APART = 0.03
APART_NAMES = 0.12  # where the axis has names instead of numbers
LETTERS = 30  # of the names along the bottom of a panel that fit side by side


def get_places(part):
    """Where the points of the axis along the bottom stand, and whether they are numbers."""
    axis = next(axis for axis in part.axes if axis.name == part.x)
    numbers = axis.get_numbers()
    return numbers or list(range(len(axis.points))), bool(numbers)


def group_lines(part, rows):
    """Rows of each line by its name, in the order of the grid."""
    index = [axis.name for axis in part.axes].index(part.x)
    lines = {}
    for row in rows:
        others = [
            f"{axis.name} {text}" if axis.get_numbers() else text
            for i, (axis, text) in enumerate(zip(part.axes, row.point))
            if i != index
        ]
        lines.setdefault(", ".join(others), []).append(row)
    return lines


def shift(places, line, lines, is_log, are_numbers):
    """Places of one of the lines, a little apart, so that their intervals can be told apart."""
    steps = [abs(b - a) for a, b in zip(sorted(places), sorted(places)[1:]) if b != a]
    most = 0.6 / lines  # the lines of one place stay apart from those of the next
    share = min(APART if are_numbers else APART_NAMES, most) * (line - (lines - 1) / 2)
    if is_log or not steps:
        return [place * (1 + share / 3) for place in places] if is_log else places
    return [place + share * min(steps) for place in places]


def draw_panel(axes, part, lines, metric, label):
    places, are_numbers = get_places(part)
    values = []
    for i, (name, rows) in enumerate(lines.items()):
        known = [
            (place, *row.means[metric])
            for place, row in zip(
                shift(places, i, len(lines), "x" in part.log, are_numbers), rows
            )
            if row.means[metric][0] is not None
        ]
        if not known:
            continue
        x, means, lows, highs = map(list, zip(*known))
        # Of one run alone there is no interval, and one of equal values can miss by a rounding.
        below = [0 if low is None else max(mean - low, 0) for mean, low in zip(means, lows)]
        above = [0 if high is None else max(high - mean, 0) for mean, high in zip(means, highs)]
        values += [mean - less for mean, less in zip(means, below)]
        values += [mean + more for mean, more in zip(means, above)]
        axes.errorbar(
            x,
            means,
            yerr=[below, above] if any(below + above) else None,
            color=COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % len(MARKERS)],
            markersize=5,
            linestyle=DASHES[i // len(COLOURS) % len(DASHES)] if are_numbers else "none",
            linewidth=1.3,
            elinewidth=1.3,
            capsize=3.5,
            capthick=1.3,
            label=name,
        )
    set_scales(axes, part, places, are_numbers, values)
    axes.set_xlabel(next(axis.label for axis in part.axes if axis.name == part.x))
    axes.set_ylabel("\n".join(textwrap.wrap(label, 44)))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)


def set_scales(axes, part, places, are_numbers, values):
    if "x" in part.log:
        axes.set_xscale("log")
    if len(places) <= MOST_TICKS or not are_numbers:
        axes.xaxis.set_major_locator(FixedLocator(places))
        axes.xaxis.set_minor_locator(NullLocator())
    axis = next(axis for axis in part.axes if axis.name == part.x)
    if are_numbers:
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    else:
        crowded = sum(map(len, axis.points)) > LETTERS
        axes.set_xticks(
            places, axis.points, rotation=25 if crowded else 0, ha="right" if crowded else "center"
        )
        axes.set_xlim(places[0] - 0.5, places[-1] + 0.5)
    if "y" in part.log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1, 0.5)))
    elif values and min(values) >= 0 and max(values) - min(values) > 0.2 * max(values):
        axes.set_ylim(bottom=0)


def draw(part, rows, failed, path):
    """Writes path.svg and path.png. failed: runs that are missing in the means."""
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 11})
    lines = group_lines(part, rows)
    columns = min(len(part.metrics), 3)
    height = -(-len(part.metrics) // columns)
    figure, panels = plt.subplots(
        height, columns, figsize=(1.6 + 4.8 * columns, 0.6 + 3.6 * height), squeeze=False,
        layout="constrained",
    )
    figure.get_layout_engine().set(wspace=0.06, hspace=0.06)
    for axes, (metric, label) in zip(panels.flat, part.metrics.items()):
        draw_panel(axes, part, lines, metric, label)
    for axes in panels.flat[len(part.metrics):]:
        axes.axis("off")
    seeds = f"Mean and 95 % interval over {len(part.seeds)} seeds" if len(part.seeds) > 1 else "One seed"
    if failed:
        seeds += f"; {failed} of {len(part.seeds) * len(rows)} runs failed and are not in it"
    seeds = "\n".join([seeds, *describe_missing(part, rows)])
    figure.suptitle(f"{part.title}\n{seeds}", fontsize=10, x=0.01, ha="left")
    if len(lines) > 1:
        handles, labels = panels.flat[0].get_legend_handles_labels()
        panels[0][-1].legend(
            handles, labels, loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=10
        )
    save_whole(figure, path, dpi=150)
    plt.close(figure)
