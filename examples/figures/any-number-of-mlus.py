#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Draws how well one policy works for any number of MLUs. Trains an agent of sets with some numbers of
MLUs, and evaluates its policy with other numbers after several numbers of training slots. Prints a
table of shares of the optimum, writes it as CSV and JSON, and draws the figure. The same command goes
on where it stopped. Flags after -- are passed to mec-train and mec-offload."""

import argparse
import concurrent.futures
import csv
import json
import os
import shlex
import statistics
import sys
from pathlib import Path

try:
    import matplotlib
except ImportError as error:
    sys.exit(f"any-number-of-mlus: {error}: install python3-matplotlib, and use /usr/bin/python3")

matplotlib.use("Agg")
import matplotlib.pyplot as plt

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import Processes, add_version, run, show_progress
from output_folder import locked, save_whole, write_whole

EPISODE_SLOTS = 20  # between two iterations of the agent
HELD_OUT_RUN = 1  # of ns-3: no training has it
# Cells and slots of the held-out slots: enough for 0.2 %, few enough for the numerical optimum.
HELD_OUT = {2: (50, 4), 3: (50, 4), 5: (50, 4), 10: (40, 4), 20: (20, 5)}
HELD_OUT_LARGE = (16, 3)
SEARCHED = 20  # MLUs up to which the optimum is searched; above, policy balanced stands for it
BASELINES = ("always-local", "balanced")
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#999999")


def numbers(text):
    values = [int(part) for part in text.split(",")]
    if not values or min(values) < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected whole numbers with commas")
    return values


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "any-number-of-mlus")
    parser.add_argument("--programs", type=Path, required=True, help="folder of mec-train and mec-offload")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--agent", default="outcome-model", help="an agent of sets")
    parser.add_argument("--config", default="", help="JSON file with settings of the agent")
    parser.add_argument("--train", type=numbers, default=[5], help="numbers of MLUs in training, in turn")
    parser.add_argument("--judge", type=numbers, default=[2, 5, 10, 50],
                        help="numbers of MLUs in held-out cells")
    parser.add_argument(
        "--slots",
        type=numbers,
        default=[20, 40, 60, 80, 100, 200],
        help=f"slots of training after which it is evaluated, multiples of {EPISODE_SLOTS}",
    )
    parser.add_argument("--firstSeed", type=int, default=1, help="first seed")
    parser.add_argument("--seeds", type=int, default=3, help="number of seeds")
    parser.add_argument("--draws", default="results", choices=["results", "tuning"],
                        help="tuning uses other positions, tasks and fading than results")
    parser.add_argument(
        "--trainingFlags",
        type=shlex.split,
        default=[],
        help="flags of mec-train alone, in one text after =, such as those of a noisy link",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of runs at a time")
    parser.add_argument("scenario", nargs="*", help="flags of mec-train and mec-offload, after --")
    arguments = parser.parse_args()
    for slots in arguments.slots:
        if slots % EPISODE_SLOTS:
            parser.error(f"--slots: {slots}, expected multiples of {EPISODE_SLOTS}")
    return arguments


def call(processes, command):
    error = processes.call([str(part) for part in command])
    if error:
        raise RuntimeError(error)


def judge(processes, arguments, policy, mlus, folder, *further):
    """Runs a policy in held-out cells, unless that was done. Mean reward and latency."""
    summary = folder / "summary.json"
    cells, slots = HELD_OUT.get(mlus, HELD_OUT_LARGE if mlus > SEARCHED else HELD_OUT[20])
    if not summary.exists():
        command = [arguments.programs / "mec-offload", f"--policy={policy}", f"--mlus={mlus}"]
        command += [f"--cells={cells}", f"--slots={slots}", f"--RngRun={HELD_OUT_RUN}"]
        call(processes, [*command, f"--output={folder}", *further, *arguments.scenario])
    means = json.loads(summary.read_text())
    return means["meanReward"], means["meanLatencyS"]


def train(processes, arguments, seed):
    """Trains with one seed and judges what was learned. Values by slots and K."""
    folder = arguments.output / f"seed-{seed}"
    values = {}
    for slots in sorted(arguments.slots):
        kept = folder / f"checkpoint-{slots}"
        if not kept.exists():
            command = [arguments.programs / "mec-train", f"--agent={arguments.agent}", "--resume"]
            command += [f"--trainMlus={','.join(map(str, arguments.train))}"]
            command += [f"--mlus={arguments.train[0]}", f"--slots={EPISODE_SLOTS}"]
            command += [f"--episodes={slots // EPISODE_SLOTS}", "--evaluateEvery=1000000"]
            # What is learned is judged by mec-offload, so that little is done here.
            command += ["--evaluationCells=1", "--evaluationSlots=1", "--optimum=0"]
            command += [f"--seed={seed}", f"--draws={arguments.draws}"]
            command += [f"--config={arguments.config}"] if arguments.config else []
            command += [*arguments.scenario, *arguments.trainingFlags]
            call(processes, [*command, f"--output={folder / 'training'}"])
            write_bytes(kept, (folder / "training" / "checkpoint").read_bytes())
        for mlus in arguments.judge:
            values[slots, mlus] = judge(
                processes,
                arguments,
                "agent",
                mlus,
                folder / f"slots-{slots}-mlus-{mlus}",
                f"--checkpoint={kept}",
            )
    with open(folder / "training" / "timing.csv", newline="") as file:
        cpu_seconds = float(list(csv.DictReader(file))[-1]["cpuSeconds"])
    return values, cpu_seconds


def write_bytes(path, content):
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def get_references(processes, arguments, mlus):
    """Reward and latency by policy of what does not learn."""
    policies = [*BASELINES, "optimal"] if mlus <= SEARCHED else BASELINES
    return {
        policy: judge(processes, arguments, policy, mlus, arguments.output / f"{policy}-mlus-{mlus}")
        for policy in policies
    }


def get_shares(result, references):
    """Shares of the optimum's reward and of the latency that can be saved, as fractions."""
    reward, latency_s = result
    best_reward, best_latency_s = references.get("optimal", references["balanced"])
    local_latency_s = references["always-local"][1]
    saved = (local_latency_s - latency_s) / (local_latency_s - best_latency_s)
    return reward / best_reward, saved


def require_same_settings(arguments):
    """Refuses to mix results of other settings; more seeds, slots and K may be asked for."""
    path = arguments.output / "settings.json"
    config = Path(arguments.config).read_text() if arguments.config else ""
    settings = {
        "agent": arguments.agent,
        "config": config,
        "train": arguments.train,
        "draws": arguments.draws,
        "scenario": arguments.scenario,
        "trainingFlags": arguments.trainingFlags,
    }
    if path.exists() and json.loads(path.read_text()) != settings:
        raise RuntimeError(f"{path}: results of other settings, expected another --output")
    write_whole(path, json.dumps(settings, indent=2) + "\n")


def run_all(arguments):
    """What train gives by seed, and what get_references gives by K."""
    seeds = range(arguments.firstSeed, arguments.firstSeed + arguments.seeds)
    processes = Processes()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        trained = {seed: pool.submit(train, processes, arguments, seed) for seed in seeds}
        references = {
            mlus: pool.submit(get_references, processes, arguments, mlus)
            for mlus in arguments.judge
        }
        jobs = [*trained.values(), *references.values()]
        try:
            show_progress(0, len(jobs), "runs")
            for done, each in enumerate(concurrent.futures.as_completed(jobs), 1):
                each.result()
                show_progress(done, len(jobs), "runs")
        except BaseException:
            processes.stop()
            raise
    return (
        {seed: each.result() for seed, each in trained.items()},
        {mlus: each.result() for mlus, each in references.items()},
    )


def make_rows(arguments, trained, references):
    """A row for each number of slots, K and seed."""
    rows = []
    for seed, (values, _) in trained.items():
        for (slots, mlus), result in values.items():
            share, saved = get_shares(result, references[mlus])
            rows.append(
                {
                    "seed": seed,
                    "slots": slots,
                    "mlus": mlus,
                    "meanReward": result[0],
                    "meanLatencyS": result[1],
                    "shareOfOptimum": share,
                    "shareOfSavableLatency": saved,
                }
            )
    return rows


def gather(rows, slots, mlus, name):
    return [100 * row[name] for row in rows if (row["slots"], row["mlus"]) == (slots, mlus)]


def print_baselines(arguments, references):
    for policy in BASELINES:
        for mlus in arguments.judge:
            share, saved = get_shares(references[mlus][policy], references[mlus])
            print(f"{policy:>14}{mlus:>5}{100 * share:>16.1f}{100 * saved:>26.1f}")
    if max(arguments.judge) > SEARCHED:
        print(
            f"\nabove K = {SEARCHED} balanced, the closed form of equal MLUs, stands for the optimum, "
            "which would take long to search"
        )


def print_table(arguments, rows):
    print(
        f"{arguments.agent}, trained at K = {', '.join(map(str, arguments.train))}; share of the "
        f"optimum's reward and of the latency that can be saved, %,\nmean [least, most] of "
        f"{arguments.seeds} seeds\n\n{'slots':>14}{'K':>5}{'of optimum':>24}{'of savable latency':>26}"
    )
    for slots in sorted(arguments.slots):
        for mlus in arguments.judge:
            line = f"{slots:>14}{mlus:>5}"
            for name, width in (("shareOfOptimum", 24), ("shareOfSavableLatency", 26)):
                shares = gather(rows, slots, mlus, name)
                text = f"{statistics.mean(shares):.1f} [{min(shares):.1f}, {max(shares):.1f}]"
                line += f"{text:>{width}}"
            print(line)


def write_tables(arguments, rows, references):
    lines = []
    writer = csv.DictWriter(type("Lines", (), {"write": lines.append}), rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    path = arguments.output / "any-number-of-mlus.csv"
    write_whole(path, "".join(lines))
    document = {
        "agent": arguments.agent,
        "train": arguments.train,
        "rows": rows,
        "references": [
            {"policy": policy, "mlus": mlus, "meanReward": reward, "meanLatencyS": latency_s}
            for mlus, policies in references.items()
            for policy, (reward, latency_s) in policies.items()
        ],
    }
    write_whole(path.with_suffix(".json"), json.dumps(document, indent=2) + "\n")


def draw(arguments, rows):
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 11})
    figure, axes = plt.subplots(figsize=(7.2, 4.2), constrained_layout=True)
    marks = sorted(arguments.slots)
    for i, mlus in enumerate(arguments.judge):
        colour = COLOURS[i % len(COLOURS)]
        # 0.01 %: the logarithmic axis has no zero, and a search is no better.
        lacks = [
            [max(100 - share, 0.01) for share in gather(rows, slots, mlus, "shareOfOptimum")]
            for slots in marks
        ]
        means = [statistics.mean(each) for each in lacks]
        axes.plot(marks, means, color=colour, marker="o", markersize=4, label=f"K = {mlus}")
        axes.fill_between(
            marks,
            [min(each) for each in lacks],
            [max(each) for each in lacks],
            color=colour,
            alpha=0.15,
            linewidth=0,
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("slots that were learned from")
    axes.set_ylabel("reward lacks to the optimum (%)")
    axes.set_ylim(bottom=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    axes.set_title(
        f"{arguments.agent}, trained at K = {', '.join(map(str, arguments.train))} alone.\n"
        f"Mean and range of {arguments.seeds} seeds",
        fontsize=9,
        loc="left",
    )
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    save_whole(figure, arguments.output / "any-number-of-mlus", dpi=150)


def main():
    arguments = parse_arguments()
    with locked(arguments.output):
        require_same_settings(arguments)
        trained, references = run_all(arguments)
        rows = make_rows(arguments, trained, references)
        write_tables(arguments, rows, references)
        draw(arguments, rows)
    print_table(arguments, rows)
    print_baselines(arguments, references)
    seconds = statistics.mean(cpu_seconds for _, cpu_seconds in trained.values())
    print(f"\n{seconds:.1f} s of CPU time a seed to learn from {max(arguments.slots)} slots")
    print(f"\n{arguments.output}/any-number-of-mlus.{{csv,json,svg,png}}")


if __name__ == "__main__":
    run("any-number-of-mlus", main, "interrupted, the same command goes on")
