#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
# SPDX-License-Identifier: GPL-2.0-only
"""Draws how agents learn. Trains each agent with several seeds by mec-train, prints a table, writes it
as CSV and draws the figure. The same command keeps finished trainings and resumes stopped ones."""

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
    sys.exit(f"learning-curves: {error}: install python3-matplotlib, and use /usr/bin/python3")

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
import study_statistics as statistics
from console_program import Processes, add_version, run, shows_progress
from output_folder import locked, save_whole, whole

# Colours that readers with any colour vision tell apart.
AGENT_COLOURS = {
    "world-model-ppo": "#D55E00",
    "ppo": "#0072B2",
    "td3": "#CC79A7",
    "ddpg": "#E69F00",
    "sac": "#009E73",
}
# What does not learn: the line's pattern and the name in the figure.
REFERENCES = {
    "optimal": ("-", "optimum"),
    "always-offload": ("--", "always offload"),
    "fixed": ("-.", "half, full power"),
    "random": (":", "random"),
    "always-local": ((0, (5, 2, 1, 2, 1, 2)), "always local"),
}
METRICS = {"Reward": "reward (1/s)", "LatencyS": "mean latency of a task (s)"}
SUMMARY_NAMES = {"Reward": "meanReward", "LatencyS": "meanLatencyS"}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "learning-curves")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-train")
    parser.add_argument("--output", type=Path, required=True, help="folder of results")
    parser.add_argument("--agents", default="world-model-ppo,ppo", help="agents, separated by commas")
    parser.add_argument("--preset", default="best", help="settings of the agents: best or paper")
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds of each agent")
    parser.add_argument("--episodes", type=int, default=100, help="number of episodes of a training")
    parser.add_argument("--mlus", type=int, default=2, help="number of mobile LLM users (MLUs) in a cell")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of trainings at a time")
    parser.add_argument(
        "--further",
        default="",
        help="further flags of mec-train, such as '--slots=200 --fadingCorrelation=0.9'",
    )
    return parser.parse_args()


def folder_of(arguments, agent, seed):
    return arguments.output / f"{agent}-{arguments.preset}-{arguments.mlus}" / f"seed-{seed}"


def train(processes, arguments, agent, seed):
    """One training, on from where it stopped."""
    error = processes.call(
        [
            str(arguments.program),
            f"--agent={agent}",
            f"--preset={arguments.preset}",
            f"--mlus={arguments.mlus}",
            f"--episodes={arguments.episodes}",
            f"--seed={seed}",
            *arguments.further.split(),
            f"--output={folder_of(arguments, agent, seed)}",
            "--resume",
        ]
    )
    if error:
        raise RuntimeError(error)


def count_episodes(folder):
    try:
        return max((folder / "learning.csv").read_text().count("\n") - 2, 0)
    except OSError:
        return 0


def show_progress(arguments, points):
    if shows_progress():
        done = sum(
            min(count_episodes(folder_of(arguments, *point)), arguments.episodes)
            for point in points
        )
        of = len(points) * arguments.episodes
        print(f"\r[{'#' * (40 * done // of):<40}] {done} of {of} episodes", end="", file=sys.stderr)
        sys.stderr.flush()


def train_all(arguments, points):
    processes = Processes()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = {pool.submit(train, processes, arguments, *point) for point in points}
        try:
            while waiting:
                done, waiting = concurrent.futures.wait(waiting, timeout=0.5)
                for training in done:
                    training.result()
                show_progress(arguments, points)
        except BaseException:
            for training in waiting:
                training.cancel()
            processes.stop()
            raise
        finally:
            if shows_progress():
                print("\r" + " " * 78 + "\r", end="", file=sys.stderr, flush=True)


def read_curves(arguments, agent):
    """Episodes, and by metric an array of seeds x episodes, where there was an evaluation."""
    episodes, curves = None, {metric: [] for metric in METRICS}
    for seed in range(1, arguments.seeds + 1):
        with open(folder_of(arguments, agent, seed) / "learning.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["evalReward"]]
        rows = [row for row in rows if int(row["episode"]) <= arguments.episodes]
        episodes = [int(row["episode"]) for row in rows]
        for metric in METRICS:
            curves[metric].append([float(row["eval" + metric]) for row in rows])
    return numpy.array(episodes), {m: numpy.array(values) for m, values in curves.items()}


def read_references(arguments, agent):
    summary = json.loads((folder_of(arguments, agent, 1) / "summary.json").read_text())
    if "optimal" not in summary["references"]:
        raise RuntimeError("the optimum was left out, expected --optimum=1")
    return summary["references"]


def print_table(arguments, results, references):
    optimum = references["optimal"]["meanReward"]
    print(f"{'':<18}{'reward, 1/s':>24}{'of optimum':>12}{'latency, s':>26}")
    for policy in reversed(REFERENCES):
        reward, latency = references[policy]["meanReward"], references[policy]["meanLatencyS"]
        print(f"{policy:<18}{reward:>10.3f}{'':<14}{reward / optimum:>12.1%}{latency:>12.4f}")
    for agent, (episodes, intervals) in results.items():
        reward = [values[-1] for values in intervals["Reward"]]
        latency = [values[-1] for values in intervals["LatencyS"]]
        print(
            f"{agent:<18}{reward[0]:>10.3f} [{reward[1]:.3f}, {reward[2]:.3f}]"
            f"{reward[0] / optimum:>11.1%}{latency[0]:>12.4f} [{latency[1]:.4f}, {latency[2]:.4f}]"
        )
    print(
        f"\nAgents: preset {arguments.preset}, K = {arguments.mlus}, after {arguments.episodes} "
        f"episodes; interquartile mean over {arguments.seeds} seeds, 95 % interval by bootstrap."
    )
    for agent, (episodes, intervals) in results.items():
        for share in (0.95, 0.97, 0.99):
            reached = episodes[intervals["Reward"][0] >= share * optimum]
            when = f"episode {reached[0]}" if len(reached) else "not reached"
            print(f"{agent}: {share:.0%} of the optimum at first: {when}")


def write_table(arguments, results):
    path = arguments.output / "learning-curves.csv"
    with whole(path) as part, open(part, "w", newline="") as file:
        writer = csv.writer(file)
        ends = [m + end for m in METRICS for end in ("Iqm", "Low", "High")]
        writer.writerow(["agent", "episode"] + [end[0].lower() + end[1:] for end in ends])
        for agent, (episodes, intervals) in results.items():
            for i, episode in enumerate(episodes):
                values = [f"{intervals[m][end][i]:.9g}" for m in METRICS for end in range(3)]
                writer.writerow([agent, episode] + values)


def draw_panel(axes, metric, results, references):
    for agent, (episodes, intervals) in results.items():
        middle, low, high = intervals[metric]
        colour = AGENT_COLOURS.get(agent, "black")
        axes.fill_between(episodes, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(episodes, middle, color=colour, linewidth=1.8, label=agent)
    for policy, (pattern, name) in REFERENCES.items():
        value = references[policy][SUMMARY_NAMES[metric]]
        axes.axhline(value, color="#444444", linestyle=pattern, linewidth=1, label=name)
    axes.set_xlabel("training episode")
    axes.set_ylabel(METRICS[metric])
    axes.set_xlim(0, max(episodes[-1] for episodes, _ in results.values()))
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)


def draw(arguments, results, references):
    plt.rcParams.update({"svg.hashsalt": "llm-mec", "font.size": 11})
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.2), constrained_layout=True)
    for axes, metric in zip(panels, METRICS):
        draw_panel(axes, metric, results, references)
    figure.suptitle(
        f"Held-out cells, K = {arguments.mlus}, preset {arguments.preset}. Interquartile mean and "
        f"95 % interval over {arguments.seeds} seeds",
        fontsize=10,
        x=0.01,
        ha="left",
    )
    handles, labels = panels[0].get_legend_handles_labels()
    panels[-1].legend(
        handles, labels, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False
    )
    save_whole(figure, arguments.output / "learning-curves", dpi=150)


def main():
    arguments = parse_arguments()
    agents = arguments.agents.split(",")
    if min(arguments.seeds, arguments.episodes, arguments.jobs) < 1:
        raise ValueError("--seeds, --episodes and --jobs: expected at least 1")
    # Side by side, the slow agents with the fast ones.
    points = [(agent, seed) for seed in range(1, arguments.seeds + 1) for agent in agents]
    with locked(arguments.output):
        train_all(arguments, points)
        results = {}
        for agent in agents:
            episodes, curves = read_curves(arguments, agent)
            results[agent] = episodes, {
                m: statistics.iqm_curve(values) for m, values in curves.items()
            }
        references = read_references(arguments, agents[0])
        write_table(arguments, results)
        draw(arguments, results, references)
    print_table(arguments, results, references)
    print(f"\n{arguments.output}/learning-curves.{{csv,svg,png}}")


if __name__ == "__main__":
    run("learning-curves", main, "interrupted; the same command goes on from here")
