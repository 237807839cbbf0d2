#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Makes tables and figures of the trainings of run-study.py: final reward and latency with intervals, the
number of runs that converge to a common reference, their mean number of episodes until then (runs that
never converge count with all episodes), probabilities of improvement, and learning curves by slots,
gradient steps and CPU time. Compares only seeds that all variants of a group have."""

import argparse
import csv
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import study_statistics as statistics
from console_program import add_version, run
from output_folder import locked, whole
from quality_figure import draw_quality
from study_figure import save_figure
from study_runs import get_config, list_flags, read_summary

HERE = Path(__file__).resolve().parent
# Colours that readers with any colour vision tell apart.
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#000000"]
MARKERS = "os^vDPX*"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "study-report")
    parser.add_argument("--study", default=HERE / "study.json", type=Path, help="JSON file of the study")
    parser.add_argument("--results", default="results/study", type=Path, help="folder of the runs")
    parser.add_argument("--output", default="results/study-report", type=Path,
                        help="folder of tables and figures")
    return parser.parse_args()


def read_run(folder, flags, config):
    """Evaluations of a run as arrays by column, its references, and CPU time. It has to be the one
    that the study asks for."""
    summary = read_summary(folder, flags, config)
    if summary is None:
        raise RuntimeError(f"{folder}: has not as many episodes as the study, run-study.py goes on")
    if "optimal" not in summary["references"]:
        raise RuntimeError(f"{folder}: the optimum was left out, expected --optimum=1")
    with open(folder / "learning.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["evalReward"]]
    with open(folder / "timing.csv", newline="") as file:
        seconds = {row["episode"]: float(row["cpuSeconds"]) for row in csv.DictReader(file)}
    columns = {
        name: np.array([float(row[name] or "nan") for row in rows])
        for name in ("episode", "slots", "gradientSteps", "evalReward", "evalLatencyS")
        + ("evalAccuracy", "evalHallucination", "evalViolations", "rewardSkill")
        if name in rows[0]
    }
    columns["cpuSeconds"] = np.array([seconds[row["episode"]] for row in rows])
    columns["references"] = summary["references"]
    columns["settings"] = summary["settings"]
    return columns


def read_task(study, folder, group, profile, mlus, variants):
    """Runs by variant, of the seeds that all variants have."""
    seeds = None
    for variant in variants:
        done = {path.parent.name for path in (folder / variant).glob("seed*/summary.json")}
        seeds = done if seeds is None else seeds & done
    numbers = sorted(int(name[len("seed"):]) for name in seeds or [])
    return {
        variant: [
            read_run(
                folder / variant / f"seed{seed}",
                list_flags(study, group, profile, mlus, variant, seed),
                get_config(study, variant),
            )
            for seed in numbers
        ]
        for variant in variants
    }


def stack(runs, column):
    """A column of all runs, runs x evaluations."""
    return np.array([run[column] for run in runs])


def format_interval(value, low_high, digits=3):
    return f"{value:.{digits}f} [{low_high[0]:.{digits}f}, {low_high[1]:.{digits}f}]"


def describe_task(task, episodes):
    """One row a variant: what it ends with, and how soon it gets near the best of all."""
    first = next(iter(task))
    references = task[first][0]["references"]
    optimum = references["optimal"]["meanReward"]
    final = {name: stack(runs, "evalReward")[:, -1] for name, runs in task.items()}
    reference = max(float(statistics.interquartile_mean(values)) for values in final.values())
    rows = []
    for name, runs in task.items():
        rewards = stack(runs, "evalReward")
        times = [
            statistics.convergence_episode(run["episode"], run["evalReward"], reference)
            for run in runs
        ]
        latency = stack(runs, "evalLatencyS")[:, -1]
        better, better_interval = statistics.probability_of_improvement(final[name], final[first])
        rows.append(
            {
                "variant": name,
                "runs": len(runs),
                "final reward, 1/s": format_interval(*statistics.iqm_with_interval(final[name])),
                "of optimum, %": format_interval(
                    *statistics.iqm_with_interval(100 * final[name] / optimum), digits=1
                ),
                "at episode 40, %": format_interval(
                    *statistics.iqm_with_interval(
                        100 * rewards[:, int(np.argmin(abs(runs[0]["episode"] - 40)))] / optimum
                    ),
                    digits=1,
                ),
                "latency, s": format_interval(*statistics.iqm_with_interval(latency), digits=4),
                "accuracy": f"{stack(runs, 'evalAccuracy')[:, -1].mean():.4f}",
                "hallucination": f"{stack(runs, 'evalHallucination')[:, -1].mean():.4f}",
                "violations, %": f"{100 * stack(runs, 'evalViolations')[:, -1].mean():.1f}",
                "converged": f"{sum(time is not None for time in times)}/{len(times)}",
                "episodes to it": format_interval(
                    *statistics.restricted_mean_with_interval(times, episodes), digits=0
                ),
                f"P(better than {first})": format_interval(better, better_interval, digits=2),
                "CPU, s": f"{stack(runs, 'cpuSeconds')[:, -1].mean():.0f}",
            }
        )
    return rows, reference


def draw_task(task, title, path):
    """Learning curves by what they cost."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), sharey=True)
    costs = {"slots": "slots", "gradientSteps": "gradient steps of the actor or critic",
             "cpuSeconds": "CPU time, s"}
    for axis, (column, label) in zip(axes, costs.items()):
        for i, (name, runs) in enumerate(task.items()):
            rewards = stack(runs, "evalReward")
            cost = np.nan_to_num(stack(runs, column)).mean(axis=0)
            middle, low, high = statistics.iqm_curve(rewards)
            colour = COLOURS[i % len(COLOURS)]
            axis.plot(cost, middle, color=colour, label=name,
                      marker=MARKERS[i % len(MARKERS)], markevery=4, markersize=4, linewidth=1.4,
                      zorder=3 - i / len(task))  # what a group is about is not hidden
            axis.fill_between(cost, low, high, color=colour, alpha=0.18, linewidth=0)
        references = next(iter(task.values()))[0]["references"]
        for policy, style in (("optimal", "--"), ("always-offload", ":"), ("always-local", "-.")):
            axis.axhline(references[policy]["meanReward"], color="black", linestyle=style,
                         linewidth=0.8, label=policy if column == "slots" else None)
        axis.set_xlabel(label)
        axis.grid(alpha=0.25)
    axes[0].set_ylabel("reward on held-out cells, 1/s\n(IQM and 95 % interval over seeds)")
    axes[2].set_xscale("log")
    axes[2].set_xlim(left=0.1)  # nothing is learned before
    axes[0].set_title(title, loc="left", fontsize=10)
    save_figure(figure, axes[0], path)


def write_table(rows, path, heading):
    with whole(path.with_name(path.name + ".csv")) as part, open(part, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    columns = list(rows[0])
    widths = [max(len(str(row[name])) for row in [dict(zip(columns, columns)), *rows])
              for name in columns]
    print(f"\n{heading}")
    for row in [dict(zip(columns, columns)), *rows]:
        print("  ".join(str(row[name]).ljust(width) for name, width in zip(columns, widths)))


def compare(tasks, variants):
    """World-Model-PPO, the first variant, against each of the others over all tasks of a group."""
    common = min(len(task[variants[0]]) for task in tasks)
    first = np.array([
        stack(task[variants[0]][:common], "evalReward")[:, -1]
        / task[variants[0]][0]["references"]["optimal"]["meanReward"] for task in tasks
    ])
    for other in variants[1:]:
        second = np.array([
            stack(task[other][:common], "evalReward")[:, -1]
            / task[other][0]["references"]["optimal"]["meanReward"] for task in tasks
        ])
        value, low_high = statistics.difference_with_interval(100 * first, 100 * second)
        better, better_interval = statistics.probability_of_improvement(first, second)
        print(f"  {variants[0]} less {other}: {format_interval(value, low_high, 2)} % of the "
              f"optimum, P(better) {format_interval(better, better_interval, 2)}")


def read_limits(task):
    """Limits of the problem that a task's runs were trained for."""
    settings = next(iter(task.values()))[0]["settings"]
    return {name: float(settings[name]) for name in ("minAccuracy", "maxHallucination")}


def report(arguments, study):
    """All tables and figures. Whether there was anything to report."""
    found = False
    for name, group in study["groups"].items():
        for profile in group["profiles"]:
            tasks = []
            quality = {}
            for mlus in group["mlus"]:
                folder = arguments.results / name / profile / f"k{mlus}"
                variants = [v for v in group["variants"] if (folder / v).exists()]
                task = read_task(study, folder, name, profile, mlus, variants) if variants else {}
                if not task or not task[variants[0]]:
                    continue
                found = True
                rows, reference = describe_task(task, group["episodes"])
                path = arguments.output / f"{name}-{profile}-k{mlus}"
                heading = (f"{name}, {profile}, K = {mlus}: {group['text']}\n"
                           f"common reference {reference:.4f} 1/s, {group['episodes']} episodes")
                write_table(rows, path, heading)
                draw_task(task, f"{name}, {profile}, K = {mlus}", path)
                tasks.append(task)
                quality[mlus] = task
            if tasks:
                if name == "quality":
                    draw_quality(quality, read_limits(tasks[0]), f"quality, {profile}",
                                 arguments.output / f"{name}-{profile}")
                compare(tasks, [v for v in group["variants"] if all(v in t for t in tasks)])
    return found


def main():
    arguments = parse_arguments()
    study = json.loads(arguments.study.read_text())
    with locked(arguments.output):
        found = report(arguments, study)
    if not found:
        raise RuntimeError(f"nothing has ended in {arguments.results}, run run-study.py first")


if __name__ == "__main__":
    run("study-report", main)
