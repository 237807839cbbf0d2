#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws time to first token, time per token and latency over the load. Compares four policies of phones
that have a server with continuous batching, and four disciplines of a server that gets all questions.
Runs mec-serve for each point, prints a table, writes it as CSV and JSON, and draws the figure."""

import argparse
import concurrent.futures
import csv
import json
import os
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError as error:
    sys.exit(f"serving-by-load: {error}: install python3-matplotlib, and use /usr/bin/python3")

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import Processes, add_version, run, show_progress
from output_folder import locked, save_whole, write_whole
from student_interval import get_interval, require_runs

BATCHING = "ContinuousBatching"
# Colours that readers with any colour vision tell apart, of different grey, and markers for print.
# Lines that others may cover are wide.
POLICIES = {
    "device": ("#111111", "s", 1.5),
    "random": ("#CC79A7", "D", 1.5),
    "server": ("#E69F00", "^", 2.8),
    "faster": ("#0072B2", "o", 1.2),
}
DISCIPLINES = {
    BATCHING: ("#E69F00", "^", 2.8),
    "ProcessorSharing": ("#009E73", "v", 2.8),
    "FirstComeFirstServed": ("#111111", "P", 1.2),
    "DedicatedServer": ("#56B4E9", "X", 1.5),
}
# With an even chance, a median would lie between the times of devices and of servers.
SERVER_SHARE = 0.75
PANELS = {
    "ttftS": "time to first token (s)",
    "tpotS": "time per token (s)",
    "latencyS": "latency (s)",
}
QUANTILES = ("p50", "p95")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "serving-by-load")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-serve")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument(
        "--rates",
        default="0.05,0.1,0.2,0.3,0.6,1,2,3,5,7,9,11,14,20",
        help="questions per second in the cell, separated by commas",
    )
    parser.add_argument("--runs", type=int, default=5, help="independent runs per point, 2 or more")
    parser.add_argument("--mlus", type=int, default=100, help="phones in the cell")
    parser.add_argument("--durationS", type=float, default=600, help="duration in which phones ask, s")
    parser.add_argument("--serving", default="rtx4090-llama-3.1-8b",
                        help="times of the server: a name of data/serving, a file, or roofline:DEVICE:MODEL")
    parser.add_argument("--ttftLimitS", type=float, default=5,
                        help="limit of the time to first token for goodput, s")
    parser.add_argument("--tpotLimitS", type=float, default=0.2,
                        help="limit of the time per token for goodput, s")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of runs at a time")
    return parser.parse_args()


def simulate(processes, arguments, policy, discipline, rate, number):
    """Run a point once. Its quantiles, and the share of its answers that are complete in time."""
    folder = arguments.output / f"{policy}-{discipline}-{rate:g}-run{number}"
    command = [
        str(arguments.program),
        f"--policy={policy}",
        f"--serverDiscipline={discipline}",
        f"--rate={rate}",
        f"--mlus={arguments.mlus}",
        f"--durationS={arguments.durationS}",
        f"--serving={arguments.serving}",
        f"--RngRun={number}",
        f"--output={folder}",
    ]
    if policy == "random":
        command.append(f"--ns3::llmmec::RandomRequestPolicy::ServerShare={SERVER_SHARE}")
    error = processes.call(command)
    if error:
        raise RuntimeError(error)
    summary = json.loads((folder / "summary.json").read_text())
    with open(folder / "requests.csv", newline="") as file:
        requests = list(csv.DictReader(file))
    if not requests:
        raise RuntimeError(f"{folder}: no question was asked, expected a higher --rate or --durationS")
    result = {
        f"{name}{quantile}": summary[name][quantile]
        for name in PANELS
        if name in summary
        for quantile in QUANTILES
    }
    in_time = sum(
        row["isLost"] == "0"
        and float(row["latencyS"])
        <= arguments.ttftLimitS + arguments.tpotLimitS * (int(row["answerTokens"]) - 1)
        for row in requests
    )
    result["inTime"] = in_time / len(requests)
    return result


def simulate_all(arguments, servers, rates):
    """Results of all runs by policy, discipline and rate."""
    runs = range(1, arguments.runs + 1)
    points = [(*server, rate) for server in servers for rate in rates]
    processes = Processes()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = {
            (point, number): pool.submit(simulate, processes, arguments, *point, number)
            for point in points
            for number in runs
        }
        try:
            show_progress(0, len(waiting), "runs")
            for done, each in enumerate(concurrent.futures.as_completed(waiting.values()), 1):
                each.result()
                show_progress(done, len(waiting), "runs")
        except BaseException:
            for each in waiting.values():
                each.cancel()
            processes.stop()
            raise
    return {point: [waiting[point, number].result() for number in runs] for point in points}


def summarise(results):
    """Interval by name of each point."""
    rows = {}
    for point, runs in results.items():
        # A run in which every answer has one token has no time per token.
        names = [name for name in runs[0] if all(name in one for one in runs)]
        rows[point] = {
            name: get_interval([one[name] for one in runs], name == "inTime") for name in names
        }
        mean, low, high = rows[point]["inTime"]
        rows[point]["inTime"] = mean, max(low, 0), min(high, 1)
    return rows


def print_table(rows):
    names = [f"{name}{quantile}" for name in PANELS for quantile in QUANTILES] + ["inTime"]
    print(f"{'policy':<8}{'discipline':<22}{'rate':>6}" + "".join(f"{n:>13}" for n in names))
    for (policy, discipline, rate), row in rows.items():
        texts = "".join(f"{row[n][0]:>13.4g}" if n in row else f"{'-':>13}" for n in names)
        print(f"{policy:<8}{discipline:<22}{rate:>6g}{texts}")


def write_tables(arguments, rows):
    names = [f"{name}{quantile}" for name in PANELS for quantile in QUANTILES] + ["inTime"]
    lines = []
    writer = csv.writer(type("Lines", (), {"write": lines.append}), lineterminator="\n")
    ends = ("", "Low", "High")
    writer.writerow(["policy", "discipline", "rate"] + [n + end for n in names for end in ends])
    for point, row in rows.items():
        values = [value for n in names for value in row.get(n, ("", "", ""))]
        writer.writerow([*point] + [f"{v:.6g}" if v != "" else "" for v in values])
    document = {
        "mlus": arguments.mlus,
        "durationS": arguments.durationS,
        "runs": arguments.runs,
        "serving": arguments.serving,
        "randomServerShare": SERVER_SHARE,
        "ttftLimitS": arguments.ttftLimitS,
        "tpotLimitS": arguments.tpotLimitS,
        "intervals": "95 %, Student's t over runs; of times, of their logarithms",
        "rows": [
            {"policy": p, "discipline": d, "rate": r, **{n: list(v) for n, v in row.items()}}
            for (p, d, r), row in rows.items()
        ],
    }
    write_whole(arguments.output / "serving-by-load.csv", "".join(lines))
    write_whole(arguments.output / "serving-by-load.json", json.dumps(document, indent=2) + "\n")


def draw_line(axes, rates, intervals, style, quantile):
    colour, marker, width = style
    means, lows, highs = zip(*intervals)
    axes.fill_between(rates, lows, highs, color=colour, alpha=0.25, linewidth=0)
    is_median = quantile != "p95"
    axes.plot(
        rates,
        means,
        color=colour,
        marker=marker if is_median else None,
        markersize=4 + width / 2,
        linewidth=width if is_median else width * 0.7,
        linestyle="-" if is_median else (0, (4, 2)),
    )


def draw_panel(axes, arguments, rows, lines, name, rates):
    """A panel: lines is style by (policy, discipline)."""
    for server, style in lines.items():
        if name == "inTime":
            share = [[100 * end for end in rows[(*server, rate)][name]] for rate in rates]
            draw_line(axes, rates, share, style, None)
            continue
        for quantile in QUANTILES:
            key = name + quantile
            known = [rate for rate in rates if key in rows[(*server, rate)]]
            if known:
                draw_line(axes, known, [rows[(*server, r)][key] for r in known], style, quantile)
    axes.set_xscale("log")
    plain = FuncFormatter(lambda value, place: f"{value:g}")
    if name == "inTime":
        axes.set_ylim(-3, 103)
        axes.set_ylabel("answers in time (%)")
    else:
        axes.set_yscale("log")
        is_narrow = axes.get_ylim()[1] < 100 * axes.get_ylim()[0]
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if is_narrow else (1,)))
        axes.yaxis.set_major_formatter(plain)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylabel(PANELS[name])
    axes.xaxis.set_major_formatter(plain)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)


def draw_legend(axes, lines, title):
    share = f"random: server for {100 * SERVER_SHARE:g} %"
    lines = {share if label == "random" else label: style for label, style in lines.items()}
    handles = [
        Line2D([], [], color=colour, marker=marker, markersize=5, linewidth=width, label=label)
        for label, (colour, marker, width) in lines.items()
    ]
    handles += [
        Line2D([], [], color="#444444", linewidth=1.5, label="P50"),
        Line2D([], [], color="#444444", linewidth=1.1, linestyle=(0, (4, 2)), label="P95"),
    ]
    axes.legend(
        handles=handles, title=title, loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False
    )


def draw(arguments, rows, rates):
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 9.5})
    figure, panels = plt.subplots(2, 3, figsize=(11, 6), sharex=True, constrained_layout=True)
    policies = {(policy, BATCHING): style for policy, style in POLICIES.items()}
    disciplines = {("server", name): style for name, style in DISCIPLINES.items()}
    for axes, name in zip(panels[0], ("ttftS", "tpotS", "inTime")):
        draw_panel(axes, arguments, rows, policies, name, rates)
    for axes, name in zip(panels[1], ("ttftS", "latencyS", "inTime")):
        draw_panel(axes, arguments, rows, disciplines, name, rates)
        axes.set_xlabel("questions of the cell (1/s)")
    draw_legend(panels[0][-1], POLICIES, "Who answers")
    draw_legend(panels[1][-1], DISCIPLINES, "Server's discipline")
    figure.suptitle(
        f"{arguments.mlus} phones ask for {arguments.durationS:g} s. Server: {arguments.serving}. "
        f"In time: complete within {arguments.ttftLimitS:g} s and {arguments.tpotLimitS:g} s a "
        f"token. Mean of {arguments.runs} runs, 95 % interval",
        fontsize=9.5,
        x=0.01,
        ha="left",
    )
    save_whole(figure, arguments.output / "serving-by-load", dpi=150)


def main():
    arguments = parse_arguments()
    try:
        rates = sorted({float(rate) for rate in arguments.rates.split(",")})
    except ValueError:
        raise ValueError(f"--rates={arguments.rates}: expected numbers with commas") from None
    require_runs(arguments.runs)
    if arguments.jobs < 1:
        raise ValueError("--jobs: expected at least 1")
    servers = [(policy, BATCHING) for policy in POLICIES]
    servers += [("server", name) for name in DISCIPLINES if name != BATCHING]
    with locked(arguments.output):
        rows = summarise(simulate_all(arguments, servers, rates))
        write_tables(arguments, rows)
        draw(arguments, rows, rates)
    print_table(rows)
    print(f"\n{arguments.output}/serving-by-load.{{csv,json,svg,png}}")


if __name__ == "__main__":
    run("serving-by-load", main)
