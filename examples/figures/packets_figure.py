# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws what packets add to the latency of a task, part by part, and the latency of each policy over both
links in each setting."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import LogLocator, NullLocator

from output_folder import save_whole
from packet_waterfall import ADDED_PARTS
from student_interval import get_mean_interval

# Colours that readers with any colour vision tell apart, and hatches for print.
PARTS = {
    "headers": ("#0072B2", ""),
    "preambles": ("#111111", ""),
    "retries": ("#D55E00", "xxx"),
    "waiting": ("#999999", ""),
    "serverQueue": ("#F0E442", ""),
    "downlink": ("#56B4E9", "///"),
    "downlinkQueue": ("#E69F00", "..."),
    "cap": ("#CC79A7", ""),
}
LINKS = {"fluid": ("#0072B2", "o", "fluid link"), "packets": ("#D55E00", "s", "packets")}
SETTINGS = {
    "slots": "slots apart, rates of the slot (the paper)",
    "active": "slots apart, rates by what is on the air",
    "queue": "slots that overlap",
}
LEAST_MS = 0.01  # parts that stay below this on average at all points are left out
BAR = 0.8
GAP = 1.0  # between the bars of two policies


def draw_bars(axes, rows, names):
    """Stacked bars of the parts by policy and number of MLUs."""
    policies = [name for name in dict.fromkeys(row["policy"] for row in rows)
                if any(row["added"][0] for row in rows if row["policy"] == name)]
    place = 0.0
    ticks, labels = [], []
    for policy in policies:
        mine = [row for row in rows if row["policy"] == policy]
        for row in mine:
            below, above = 0.0, 0.0
            for name in names:
                colour, hatch = PARTS[name]
                value = row[name][0]
                axes.bar(place, value, BAR, bottom=above if value >= 0 else below, color=colour,
                         hatch=hatch, edgecolor="white", linewidth=0)
                above, below = above + max(value, 0), below + min(value, 0)
            mean, low, high = row["added"]
            axes.errorbar(place, mean, yerr=[[max(mean - low, 0)], [max(high - mean, 0)]],
                          color="black", capsize=2.5, elinewidth=1, capthick=1)
            ticks.append(place)
            labels.append(str(row["mlus"]))
            place += 1
        middle = place - (len(mine) + 1) / 2
        axes.annotate(policy, (middle, 0), (0, -24), ("data", "axes fraction"), "offset points",
                      ha="center", va="top", fontsize=10)
        place += GAP
    axes.set_xticks(ticks, labels)
    axes.annotate("K", (0, 0), (-14, -5), "axes fraction", "offset points", va="top")
    axes.set_ylabel("latency that packets add (ms)")
    axes.set_xlim(-1, place - GAP)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    handles = [plt.Rectangle((0, 0), 1, 1, facecolor=PARTS[name][0], hatch=PARTS[name][1],
                             edgecolor="white", linewidth=0) for name in names]
    axes.legend(handles, [ADDED_PARTS[name] for name in names], loc="center left",
                bbox_to_anchor=(1.01, 0.5), frameon=False)


def draw_links(axes, setting, series, policies):
    """Latency of each policy over both links."""
    for i, policy in enumerate(policies):
        for link, (colour, marker, label) in LINKS.items():
            mean, low, high = get_mean_interval(series[policy, link])
            # On a logarithmic axis an interval that reaches 0 ends at a tenth of its mean.
            left = mean - max(low, mean / 10)
            axes.errorbar(mean, -i - (0.13 if link == "packets" else -0.13),
                          xerr=[[max(left, 0)], [max(high - mean, 0)]], color=colour, marker=marker,
                          markersize=5, capsize=3, elinewidth=1.2, linestyle="none",
                          label=label if i == 0 else None)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks([-i for i in range(len(policies))], policies)
    axes.set_xlabel("mean latency of a task (s)")
    axes.set_title(SETTINGS.get(setting, setting), fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", alpha=0.3)


def draw(settings, policies, most, waterfall, values, path):
    """Writes path.svg and path.png. most: the number of MLUs of the lower panels; waterfall: rows of the
    parts; values: by setting, number of MLUs and metric, then by policy and link, one a cell."""
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 10, "hatch.linewidth": 0.6})
    figure = plt.figure(figsize=(12, 8), layout="constrained")
    figure.get_layout_engine().set(hspace=0.06, wspace=0.04)
    grid = figure.add_gridspec(2, len(settings), height_ratios=(1.25, 1))
    cells = len(next(iter(values.values()))[policies[0], "fluid"])
    if waterfall:
        first = [row for row in waterfall if row["setting"] == waterfall[0]["setting"]]
        names = [name for name in ADDED_PARTS if any(abs(row[name][0]) >= LEAST_MS for row in first)]
        draw_bars(figure.add_subplot(grid[0, :]), first, names)
    shared = None
    for i, setting in enumerate(settings):
        axes = figure.add_subplot(grid[1, i], sharex=shared)
        shared = shared or axes
        draw_links(axes, setting, values[setting, most, "meanLatencyS"], policies)
        if i:
            axes.set_yticklabels([])
        else:
            axes.legend(frameon=False, loc="lower right")
    figure.suptitle(
        f"What packets add, and latency over both links at K = {most}. Mean and 95 % interval over "
        f"{cells} cells, the same over both links",
        fontsize=10, x=0.01, ha="left",
    )
    save_whole(figure, path, dpi=150)
    plt.close(figure)
