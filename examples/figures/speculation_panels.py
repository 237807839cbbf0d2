# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The figure of speculation-atlas.py."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from output_folder import save_whole
from speculation_rate import best_rate_per_s, loaded_rate_per_s, rate_per_s

# Colours that readers with any colour vision tell apart, of different grey, markers, widths and
# dashes for print; server-only and device-only as in serving-by-load.
STYLES = {
    "conventional": ("#0072B2", "o", 1.6, "-"),
    "lock-step": ("#009E73", "v", 1.6, (0, (5, 2))),
    "event": ("#AA3377", "D", 1.6, "-"),
    "streaming": ("#56B4E9", "X", 1.1, (0, (1, 1))),
    "server-only": ("#E69F00", "^", 2.8, "-"),
    "device-only": ("#111111", "s", 1.2, (0, (2, 3))),
}
HATCHES = {"event": "", "conventional": "////", "lock-step": "----", "server-only": "...."}
MODES = tuple(HATCHES)  # that are compared: their text is the large model's. Of equals the first.
FULL_BITS = 16 * 50257  # of GPT-2's whole distribution, at 16 bits a word
GRID = 160  # points of a map's closed forms in each direction
TITLES = {"batching": "continuous batching", "fcfs": "one pass at a time"}


def format_plain(value, place):
    return f"{value:g}"


def set_log(axis):
    axis.set_major_formatter(FuncFormatter(format_plain))
    axis.set_minor_formatter(NullFormatter())


def finish(axes, title):
    axes.set_title(title, fontsize=9.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)


def draw_uplink(axes, study, rows, break_evens, acceptance):
    """Rates over the uplink: closed forms as lines, simulations as markers."""
    arguments = study.arguments
    points = [row for row in rows if row["acceptance"] == acceptance]
    uplinks = sorted({row["uplinkBps"] for row in points})
    line = np.geomspace(uplinks[0], uplinks[-1], 400)
    highest = 0
    for mode in MODES:
        colour, marker, width, dashes = STYLES[mode]
        if mode == "server-only":
            rates = np.full(len(line), 1 / arguments.verifyS)
        else:
            rates = rate_per_s(mode, acceptance, arguments.window, study.get_times(line))
        axes.plot(line / 1e3, rates, color=colour, linewidth=width, linestyle=dashes)
        mine = sorted((r["uplinkBps"], r["tokensPerS"]) for r in points if r["mode"] == mode)
        axes.plot(
            [uplink / 1e3 for uplink, _ in mine],
            [rate for _, rate in mine],
            color=colour,
            marker=marker,
            markersize=4.5,
            linestyle="",
        )
        highest = max(highest, *rates, *(rate for _, rate in mine))
    axes.set_ylim(0, 1.12 * highest)
    axes.set_xscale("log")
    set_log(axes.xaxis)
    for row in break_evens:
        if row["acceptance"] != acceptance or row["closedFormBps"] is None:
            continue
        axes.axvline(row["closedFormBps"] / 1e3, color="#555555", linewidth=0.8, linestyle=":")
        if row["simulatedBps"] is not None:
            axes.plot(
                row["simulatedBps"] / 1e3,
                rate_per_s(
                    "conventional",
                    acceptance,
                    arguments.window,
                    study.get_times(row["simulatedBps"]),
                ),
                color="#111111",
                marker="*",
                markersize=11,
                markerfacecolor="white",
                zorder=5,
            )
    axes.set_xlabel("uplink, ids (kbit/s)")
    axes.set_ylabel("tokens/s")
    finish(axes, f"acceptance {acceptance:g}, window {arguments.window}")
    share = (study.window_bits + arguments.window * (FULL_BITS - 16)) / study.window_bits
    top = axes.secondary_xaxis(
        "top", functions=(lambda kbps: kbps * share / 1e3, lambda mbps: mbps * 1e3 / share)
    )
    set_log(top.xaxis)
    top.set_xlabel("uplink, whole distributions (Mbit/s)", fontsize=8)
    top.tick_params(labelsize=8)


def draw_map(axes, rates, across, acceptances, rows, column):
    """Regions of the fastest mode by the closed forms, and the fastest simulated ones as markers."""
    fastest = np.argmax([rates[mode] for mode in MODES], axis=0)
    for index, mode in enumerate(MODES):
        if not (fastest == index).any():
            continue
        region = axes.contourf(
            across,
            acceptances,
            fastest == index,
            levels=[0.5, 1.5],
            colors=[to_rgba(STYLES[mode][0], 0.18)],
            hatches=[HATCHES[mode]],
        )
        for collection in getattr(region, "collections", [region]):
            collection.set_edgecolor(to_rgba(STYLES[mode][0], 0.5))
            collection.set_linewidth(0)
    best = {}
    for row in rows:
        place = row[column], row["acceptance"]
        if place not in best or row["tokensPerS"] > best[place]["tokensPerS"]:
            best[place] = row
    for mode in MODES:
        places = [place for place, row in best.items() if row["mode"] == mode]
        if places:
            colour, marker, _, _ = STYLES[mode]
            axes.plot(
                [place[0] * (1e-3 if column == "uplinkBps" else 1) for place in places],
                [place[1] for place in places],
                color=colour,
                marker=marker,
                markersize=4.5,
                linestyle="",
            )
    axes.set_xscale("log")
    set_log(axes.xaxis)
    axes.set_ylim(acceptances[0], acceptances[-1])
    axes.set_ylabel("acceptance")


def draw_line_of(axes, across, acceptances, difference, style):
    if difference.min() < 0 < difference.max():
        axes.contour(
            across, acceptances, difference, levels=[0], colors=[style[0]], linestyles=[style[1]]
        )


def draw_uplink_map(axes, study, rows):
    """The fastest mode over acceptance and uplink, each with its best window."""
    uplinks = [row["uplinkBps"] for row in rows]
    across = np.geomspace(min(uplinks) / 1.3, max(uplinks) * 1.3, GRID)
    acceptances = np.linspace(0.15, 0.98, GRID)
    bps, a = np.meshgrid(across, acceptances)
    times = study.get_times(bps)
    rates = {mode: best_rate_per_s(mode, a, times) for mode in MODES if mode != "server-only"}
    rates["server-only"] = np.full(a.shape, 1 / study.arguments.verifyS)
    draw_map(axes, rates, across / 1e3, acceptances, rows, "uplinkBps")
    for mode in ("conventional", "lock-step"):
        style = STYLES[mode][0], "dashed" if mode == "lock-step" else "solid"
        difference = rates[mode] - rates["server-only"]
        draw_line_of(axes, across / 1e3, acceptances, difference, style)
    axes.set_xlabel("uplink, ids (kbit/s)")
    axes.set_title("one phone, fastest mode, best windows", fontsize=9.5)


def draw_load_map(axes, study, rows):
    """The fastest mode over acceptance and devices, at a server with one pass at a time."""
    devices = [row["devices"] for row in rows]
    across = np.geomspace(min(devices) / 1.15, max(devices) * 1.15, GRID)
    acceptances = np.linspace(0.15, 0.98, GRID)
    phones, a = np.meshgrid(across, acceptances)
    phones = np.maximum(phones, 1)
    times = study.get_times(rows[0]["uplinkBps"])
    windows = study.arguments.windows
    rates = {
        mode: loaded_rate_per_s(mode, a, windows, times, phones)
        for mode in MODES
        if mode != "server-only"
    }
    rates["server-only"] = 1 / (phones * study.arguments.verifyS)
    draw_map(axes, rates, across, acceptances, rows, "devices")
    axes.set_xlabel("phones of a server")
    axes.set_title("fastest mode, one pass at a time", fontsize=9.5)


def draw_load(axes, arguments, rows, pair, discipline):
    """Rates of a pair of models over phones, with intervals."""
    for mode, (colour, marker, width, dashes) in STYLES.items():
        mine = [
            row
            for row in rows
            if (row["pair"], row["discipline"], row["mode"]) == (pair, discipline, mode)
        ]
        devices = [row["devices"] for row in mine]
        axes.fill_between(
            devices,
            [row["tokensPerSLow"] for row in mine],
            [row["tokensPerSHigh"] for row in mine],
            color=colour,
            alpha=0.25,
            linewidth=0,
        )
        axes.plot(
            devices,
            [row["tokensPerS"] for row in mine],
            color=colour,
            marker=marker,
            markersize=4.5,
            linewidth=width,
            linestyle=dashes,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    is_narrow = axes.get_ylim()[1] < 40 * axes.get_ylim()[0]
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if is_narrow else (1,)))
    set_log(axes.xaxis)
    set_log(axes.yaxis)
    axes.set_xlabel("phones of a server")
    axes.set_ylabel("tokens/s of a phone")
    finish(axes, f"{pair}: {TITLES[discipline]}")


def draw_legend(axes, arguments):
    handles = []
    for mode, (colour, marker, width, dashes) in STYLES.items():
        label = f"{mode}: small model's text" if mode == "device-only" else mode
        line = {"color": colour, "marker": marker, "linewidth": width, "linestyle": dashes}
        handles.append(Line2D([], [], markersize=4.5, label=label, **line))
    grey = "#444444"
    handles += [
        Line2D([], [], color=grey, linewidth=0.8, linestyle=":", label="break-even, closed form"),
        Line2D(
            [],
            [],
            color="#111111",
            marker="*",
            markersize=10,
            markerfacecolor="white",
            linestyle="",
            label="break-even, simulated",
        ),
    ]
    axes.axis("off")
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, 1.05), frameon=False)
    axes.text(
        0.02,
        0.2,
        "First row and last column: constant times.\n"
        "There, lines and regions of the same colour\n"
        "are closed forms, markers are simulations.\n"
        "Lines on a map: above them conventional\n"
        "(solid) or lock-step (dashed) is faster than\n"
        "server-only.\n"
        f"By load: best of windows {', '.join(map(str, arguments.windows))}.",
        transform=axes.transAxes,
        fontsize=8.5,
        va="center",
    )


def draw(study, rows, break_evens):
    arguments = study.arguments
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 9, "hatch.linewidth": 0.5})
    figure, panels = plt.subplots(3, 3, figsize=(11, 10), constrained_layout=True)
    by_panel = {
        name: [row for row in rows if row["panel"] == name]
        for name in ("uplink", "uplinkMap", "load", "loadMap")
    }
    for axes, acceptance in zip(panels[0], arguments.acceptances):
        draw_uplink(axes, study, by_panel["uplink"], break_evens, acceptance)
    draw_uplink_map(panels[0][2], study, by_panel["uplinkMap"])
    for column, discipline in enumerate(TITLES):
        for row, pair in enumerate(arguments.pairs, 1):
            draw_load(panels[row][column], arguments, by_panel["load"], pair, discipline)
    draw_load_map(panels[1][2], study, by_panel["loadMap"])
    draw_legend(panels[2][2], arguments)
    figure.suptitle(
        f"Constant times: {1e3 * arguments.draftTokenS:g} ms a draft, "
        f"{1e3 * arguments.verifyS:g} ms a pass, {1e3 * arguments.downlinkS:g} ms down; device-only "
        f"would have {1 / arguments.draftTokenS:g} tokens/s there. By load: mean of "
        f"{arguments.runs} runs, 95 % interval",
        fontsize=9.5,
        x=0.01,
        ha="left",
    )
    save_whole(figure, arguments.output / "speculation-atlas", dpi=150)
