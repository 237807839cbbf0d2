#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What no policy can pass where slots hang together: a bound on the mean reward of cells of two MLUs.

    build/mec-offload --policy=paced --mlus=2 --batteryJ=8 --fadingCorrelation=0.9 --output=results/paced
    /usr/bin/python3 examples/study/lookahead-bound.py results/paced [results/other ...]

The bound knows all gains and tasks beforehand, from tasks.csv of the first run.

Batteries: with prices q_k >= 0 of a joule, sum_t max_a (r_t(a) - sum_k q_k e_kt(a)) + sum_k q_k C_k is
above what any policy reaches that spends no more than the capacities C_k (Lagrangian relaxation).
The lowest such value over q is the bound. For given powers the value of a slot is convex in the
ratios on each side of that which ends both shares at the same time, so that its maximum is there, or
at a ratio of 0 or 1.

Queues: each slot for itself, with devices, radios and server free when it begins. The server serves in
the order of arrival; of both orders the better one counts. An upload is taken to have the rate of its
own slot.

Penalties (48) are left out, which can only raise the bound. Powers are those of a grid, so that the
true bound is a little higher: the program prints by how much twice the step lowers it.
"""

import argparse
import csv
import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parent))

import console_program

# Of a run, they change neither its cells nor what happens in them.
OWN_SETTINGS = ("policy", "checkpoint", "output", "tasks")
UNSERVED = 0.1  # 1/s, more than the reward of a slot with a task that counts with 10 s
TRIALS = 80  # of prices
ENOUGH = 1e-4  # relative, of the bound and its prices
FIELDS = ("bits", "gainDb")


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    console_program.add_version(parser, "lookahead-bound")
    parser.add_argument(
        "runs", nargs="+", type=Path, help="folders that mec-offload wrote, of the same cells"
    )
    parser.add_argument("--stepDb", type=float, default=0.5, help="step of powers, dB")
    parser.add_argument(
        "--rangeDb", type=float, default=40, help="powers go down to this far below the largest, dB"
    )
    return parser.parse_args()


def read_settings(folder):
    """The settings of a run, of the kind that the bound holds for."""
    path = folder / "summary.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))["settings"]
    except (OSError, ValueError, KeyError) as error:
        raise RuntimeError(f"{path}: {error}, expected what mec-offload wrote")
    for name, expected in (
        ("mlus", 2),
        ("compute", "cycles"),
        ("interference", "Slot"),
        ("link", "fluid"),
        ("localHzSpread", 0),
        ("device", ""),
    ):
        if settings.get(name) != expected:
            raise RuntimeError(f"{path}: {name} is {settings.get(name)!r}, expected {expected!r}")
    for name in settings:
        if "::" in name and "Policy::" not in name:
            raise RuntimeError(f"{path}: {name} was set, expected no attributes but those of a policy")
    known = ("DedicatedServer", "FirstComeFirstServed")
    if settings["serverDiscipline"] not in known:
        found = settings["serverDiscipline"]
        raise RuntimeError(f"{path}: serverDiscipline is {found!r}, expected {' or '.join(known)}")
    return settings


def read_tasks(folder, settings):
    """Bits and gains in dB, cells x slots x MLUs."""
    path = folder / "tasks.csv"
    shape = (int(settings["cells"]), int(settings["slots"]), 2)
    tasks = {field: np.full(shape, np.nan) for field in FIELDS}
    try:
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = (int(row["cell"]), int(row["slot"]), int(row["mlu"]))
                for field in FIELDS:
                    tasks[field][place] = float(row[field])
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise RuntimeError(
            f"{path}: {error}, expected the tasks of {shape[0]} cells of {shape[1]} slots"
        )
    for field in FIELDS:
        if not np.isfinite(tasks[field]).all():
            raise RuntimeError(f"{path}: {field} of some task is missing, expected all tasks")
    if (tasks["bits"] <= 0).any():
        raise RuntimeError(
            f"{path}: a task has 0 bits, expected a run whose batteries last, as with --policy=paced"
        )
    return tasks


class Slots:
    """Times and energies of all slots of a cell: arrays are slots x pairs of powers x MLUs."""

    def __init__(self, settings, bits, gain_db, step_db, range_db):
        largest = 10 ** ((settings["maxPowerDbm"] - 30) / 10)
        steps = -np.arange(0, range_db + step_db / 2, step_db)
        pairs = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1).reshape(-1, 2)
        power = largest * 10 ** (pairs / 10)
        received = power[None] * 10 ** (gain_db[:, None] / 10)
        noise = 10 ** ((settings["noiseDbm"] - 30) / 10)
        rate = settings["bandwidthHz"] * np.log2(1 + received / (received[..., ::-1] + noise))
        cycles = settings["cyclesPerBit"] * bits[:, None]
        self.upload = bits[:, None] / rate  # s, of the whole task
        self.server = cycles / settings["serverHz"]
        self.local = cycles / settings["localHz"]
        self.local_j = settings["energyCoefficient"] * settings["localHz"] ** 2 * cycles
        self.upload_j = power[None] * self.upload


def list_corners(slots):
    """Rewards, slots x decisions, and energies, with MLUs as a last axis: of the decisions among which the
    best one is, whatever a joule costs."""
    offloaded = slots.upload + slots.server
    balanced = slots.local / (slots.local + offloaded)
    rewards, energies = [], []
    corners = (np.zeros_like(balanced), balanced, np.ones_like(balanced))
    for first in corners:
        for second in corners:
            ratio = np.stack([first[..., 0], second[..., 1]], -1)
            latency = np.maximum((1 - ratio) * slots.local, ratio * offloaded)
            rewards.append(1 / latency.sum(-1))
            energies.append((1 - ratio) * slots.local_j + ratio * slots.upload_j)
    reward = np.stack(rewards, 1).reshape(len(balanced), -1)
    return reward, np.stack(energies, 1).reshape(len(balanced), -1, 2)


def bound_battery(slots, capacity):
    """The bound on the sum of rewards of a cell with batteries of CAPACITY J."""
    reward, energy = list_corners(slots)

    def get_bound(prices):
        best = (reward - energy @ prices).max(1)
        return np.maximum(best, UNSERVED).sum() + prices.sum() * capacity

    # Any prices give a bound, so that the search may stop anywhere. It goes by their logarithms, from
    # a joule that is worth a tenth of the rewards that are there without a limit.
    free = get_bound(np.zeros(2))
    start = np.log(0.1 * free / capacity)
    done = minimize(
        lambda logarithms: get_bound(np.exp(logarithms)),
        np.full(2, start),
        method="Nelder-Mead",
        options={
            "initial_simplex": start + np.array([[-1, -1], [1, -1], [-1, 1]]),
            "maxfev": TRIALS,
            "fatol": ENOUGH * free,
            "xatol": ENOUGH,
        },
    )
    return min(free, done.fun)


def finish_second(first_end, local, upload, server):
    """The least latency of a task that the server serves after one that it ends at FIRST_END."""
    ratio = np.minimum(local / (local + upload + server), (local - first_end) / (local + server))
    return (1 - np.maximum(ratio, 0)) * local


def bound_queue(slots, is_queue):
    """The bound on the sum of rewards of a cell whose slots begin with all free."""
    offloaded = slots.upload + slots.server
    alone = slots.local * offloaded / (slots.local + offloaded)
    if not is_queue:
        return (1 / alone.sum(-1).min(1)).sum()
    least = np.full(len(alone), np.inf)
    for order in ((0, 1), (1, 0)):
        (local, second_local), (upload, second_upload), (server, second_server) = (
            [np.broadcast_to(times[..., mlu], alone.shape[:2]) for mlu in order]
            for times in (slots.local, slots.upload, slots.server)
        )
        first = upload + server
        balanced = local / (local + first)
        # When the second one's share arrives if it never waits.
        arrival = second_upload * second_local / (second_local + second_upload + second_server)
        # The total is piecewise linear in the first one's ratio: its least is at a corner.
        for ratio in (balanced, np.zeros_like(balanced), np.clip(arrival / first, 0, balanced)):
            second = finish_second(ratio * first, second_local, second_upload, second_server)
            least = np.minimum(least, ((1 - ratio) * local + second).min(1))
    return (1 / least).sum()


def bound_cells(settings, tasks, step_db, range_db):
    """The bound on the mean reward of each cell, 1/s."""
    bounds = []
    slots_a_cell = int(settings["slots"])
    for cell in range(int(settings["cells"])):
        slots = Slots(settings, tasks["bits"][cell], tasks["gainDb"][cell], step_db, range_db)
        if settings["batteryJ"] > 0:
            total = bound_battery(slots, settings["batteryJ"])
        else:
            total = bound_queue(slots, settings["serverDiscipline"] == "FirstComeFirstServed")
        bounds.append(total / slots_a_cell)
        console_program.show_progress(cell + 1, int(settings["cells"]), "cells")
    return np.array(bounds)


def check_same(run, settings):
    """Refuses a run of other cells than those of SETTINGS; returns its mean reward."""
    own = read_settings(run)
    path = run / "summary.json"
    for name, expected in settings.items():
        is_own = name in OWN_SETTINGS or "::" in name
        if not is_own and own.get(name) != expected:
            raise RuntimeError(
                f"{path}: {name} is {own.get(name)!r}, expected {expected!r} as in the first run"
            )
    return json.loads(path.read_text(encoding="utf-8"))["meanReward"]


def main():
    arguments = parse_arguments()
    step, largest = arguments.stepDb, 200
    if not 0 < step <= arguments.rangeDb <= largest:
        raise ValueError(
            f"--stepDb={step:g}, --rangeDb={arguments.rangeDb:g}: expected 0 < stepDb <= rangeDb <= {largest}"
        )
    first = arguments.runs[0]
    settings = read_settings(first)
    if settings["batteryJ"] > 0 and not settings["slotBarrier"]:
        raise RuntimeError(f"{first / 'summary.json'}: batteryJ with slotBarrier=0, expected one of both")
    rewards = [check_same(run, settings) for run in arguments.runs]
    tasks = read_tasks(first, settings)
    bound = bound_cells(settings, tasks, step, arguments.rangeDb).mean()
    rough = bound_cells(settings, tasks, 2 * step, arguments.rangeDb).mean()
    change = 100 * (bound - rough) / bound
    print(f"bound on the mean reward: {bound:.4f} 1/s; twice the step of powers: {-change:.2f} %")
    width = max(len(str(run)) for run in arguments.runs)
    for run, reward in zip(arguments.runs, rewards):
        print(f"{str(run):{width}}  {reward:.4f} 1/s  {100 * reward / bound:6.2f} %")


if __name__ == "__main__":
    console_program.run("lookahead-bound", main)
