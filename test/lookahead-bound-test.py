#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The bound of lookahead-bound.py against all sequences of decisions of a few slots, by equations of
their own. Exit code 77 where numpy or scipy is missing."""

import importlib.util
import itertools
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
    import scipy  # noqa: F401
except ImportError:
    sys.exit(77)

SCRIPT = Path(__file__).resolve().parents[1] / "examples" / "study" / "lookahead-bound.py"
sys.path.insert(0, str(SCRIPT.parent))
SPEC = importlib.util.spec_from_file_location("lookahead_bound", SCRIPT)
bound = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(bound)

SETTINGS = {
    "maxPowerDbm": 33,
    "noiseDbm": -104,
    "bandwidthHz": 10e6,
    "cyclesPerBit": 900,
    "localHz": 2e9,
    "serverHz": 10e9,
    "energyCoefficient": 1e-28,
    "batteryJ": 0,
    "serverDiscipline": "FirstComeFirstServed",
    "cells": 1,
}
STEP_DB, RANGE_DB = 1, 30


def list_actions(ratios, powers):
    """All pairs of (ratio, dB below the largest power) of two MLUs."""
    each = list(itertools.product(ratios, powers))
    return list(itertools.product(each, each))


def compute(bits, gain_db, action, coefficient=1e-28):
    """Seconds of device, upload and server, and joules, of each MLU: (14), (15), (19) to (22)."""
    noise = 10 ** (-13.4)
    power = [10**0.3 * 10 ** (db / 10) for _, db in action]
    received = [p * 10 ** (g / 10) for p, g in zip(power, gain_db)]
    times = []
    for k, (ratio, _) in enumerate(action):
        rate = 10e6 * np.log2(1 + received[k] / (received[1 - k] + noise))
        upload = ratio * bits[k] / rate
        local = (1 - ratio) * bits[k] * 900 / 2e9
        energy = coefficient * 4e18 * (1 - ratio) * bits[k] * 900 + power[k] * upload
        times.append((local, upload, ratio * bits[k] * 900 / 10e9, energy))
    return times


def best_with_batteries(bits, gain_db, capacity, actions):
    """The largest sum of rewards of all sequences that the batteries pay for."""
    options = []
    for t in range(len(bits)):
        rows = []
        for action in actions:
            times = compute(bits[t], gain_db[t], action)
            total = sum(max(local, upload + server) for local, upload, server, _ in times)
            rows.append((1 / total, times[0][3], times[1][3]))
        options.append(np.array(rows))
    sums = options[0]
    for option in options[1:]:
        sums = (sums[:, None] + option[None]).reshape(-1, 3)
        sums = sums[(sums[:, 1] <= capacity) & (sums[:, 2] <= capacity)]
        # Of equal energies, to 1 mJ upwards, only the best goes on.
        key = np.ceil(sums[:, 1:] * 1e3).astype(int)
        order = np.lexsort((-sums[:, 0], key[:, 1], key[:, 0]))
        _, first = np.unique(key[order], axis=0, return_index=True)
        sums = sums[order][first]
    return sums[:, 0].max()


def live_in_queue(bits, gain_db, actions, slot_s):
    """The sum of rewards of a sequence of slots that overlap."""
    cpu, radio, server, total = [0.0, 0.0], [0.0, 0.0], 0.0, 0.0
    for t, action in enumerate(actions):
        times = compute(bits[t], gain_db[t], action)
        local = [cpu[k] + times[k][0] for k in (0, 1)]
        arrival = [radio[k] + times[k][1] for k in (0, 1)]
        end = [0.0, 0.0]
        for k in sorted((0, 1), key=lambda k: arrival[k]):
            server = max(server, arrival[k]) + times[k][2]
            end[k] = server
        total += 1 / sum(max(local[k], end[k]) for k in (0, 1))
        cpu = [max(x - slot_s, 0) for x in local]
        radio = [max(x - slot_s, 0) for x in arrival]
        server = max(server - slot_s, 0)
    return total


class LookaheadBound(unittest.TestCase):
    def draw(self, random, slots):
        return random.uniform(5e5, 15e5, (slots, 2)), random.uniform(-60, -50, (slots, 2))

    def bound_cell(self, bits, gain_db, **changes):
        settings = {**SETTINGS, "slots": len(bits), **changes}
        tasks = {"bits": bits[None], "gainDb": gain_db[None]}
        return bound.bound_cells(settings, tasks, STEP_DB, RANGE_DB)[0] * len(bits)

    def test_batteries(self):
        random = np.random.default_rng(1)
        actions = list_actions((0.5, 0.65, 0.8, 1), (-24, -17, -10))
        shares = []
        for number in range(4):
            bits, gain_db = self.draw(random, 3)
            capacity = (0.15, 0.25, 0.35, 1)[number % 4]
            best = best_with_batteries(bits, gain_db, capacity, actions)
            shares.append(best / self.bound_cell(bits, gain_db, batteryJ=capacity))
        self.assertLess(max(shares), 1.0005)
        self.assertGreater(min(shares), 0.8)

    def test_queue(self):
        random = np.random.default_rng(2)
        actions = list_actions((0.3, 0.5, 0.7), (-22, -10))
        shares = []
        for _ in range(3):
            bits, gain_db = self.draw(random, 2)
            best = max(
                live_in_queue(bits, gain_db, pair, 0.15) for pair in itertools.product(actions, repeat=2)
            )
            shares.append(best / self.bound_cell(bits, gain_db))
        self.assertLess(max(shares), 1.0005)
        self.assertGreater(min(shares), 0.7)

    def test_one_slot_is_reached(self):
        """With a slot of its own and a fine grid the bound is what can be had."""
        random = np.random.default_rng(3)
        ratios = np.linspace(0, 1, 13)
        actions = list_actions(ratios, (-24, -20, -16, -12))
        for discipline in ("FirstComeFirstServed", "DedicatedServer"):
            bits, gain_db = self.draw(random, 1)
            if discipline == "DedicatedServer":
                best = best_with_batteries(bits, gain_db, 1e9, actions)
            else:
                best = max(live_in_queue(bits, gain_db, (action,), 0.15) for action in actions)
            share = best / self.bound_cell(bits, gain_db, serverDiscipline=discipline)
            self.assertLess(share, 1.0005)
            self.assertGreater(share, 0.9)

    def test_no_decision_is_worth_more_than_the_corners(self):
        """Whatever a joule costs, also where devices need hardly any and radios much."""
        random = np.random.default_rng(4)
        bits, gain_db = self.draw(random, 4)
        for number in range(60):
            coefficient = 1e-28 * 10.0 ** random.uniform(-2, 1)
            settings = {**SETTINGS, "energyCoefficient": coefficient}
            slots = bound.Slots(settings, bits, gain_db, 1, 6)
            reward, energy = bound.list_corners(slots)
            prices = 10.0 ** random.uniform(-1, 3, 2)
            best = (reward - energy @ prices).max(1)
            for t in range(len(bits)):
                ratios = random.choice([0, 1, random.uniform(), random.uniform()], 2)
                action = tuple((ratio, -float(random.integers(0, 7))) for ratio in ratios)
                times = compute(bits[t], gain_db[t], action, coefficient)
                total = sum(max(local, upload + server) for local, upload, server, _ in times)
                worth = 1 / total - prices[0] * times[0][3] - prices[1] * times[1][3]
                self.assertGreaterEqual(best[t] - worth, -1e-9 * abs(worth))

    def write_run(self, folder, **changes):
        settings = {
            **SETTINGS, "mlus": 2, "compute": "cycles", "interference": "Slot", "link": "fluid",
            "localHzSpread": 0, "device": "", "slots": 1, "slotBarrier": 0, "policy": "paced", **changes,
        }
        Path(folder).mkdir()
        (Path(folder) / "summary.json").write_text(json.dumps({"settings": settings, "meanReward": 2.5}))
        rows = ["cell,slot,mlu,bits,gainDb", "0,0,0,1e6,-55", "0,0,1,1e6,-53"]
        (Path(folder) / "tasks.csv").write_text("\n".join(rows) + "\n")

    def test_runs_of_other_cells(self):
        with tempfile.TemporaryDirectory() as work:
            for name, changes in (
                ("first", {}),
                ("same", {"policy": "optimal", "ns3::llmmec::PacedPolicy::Mode": "Switch"}),
                ("slower", {"localHz": 1e9}),
                ("noisy", {"ns3::llmmec::MecUplinkChannel::RateDeviation": 0.2}),
            ):
                self.write_run(f"{work}/{name}", **changes)

            def call(*names):
                return subprocess.run(
                    [sys.executable, str(SCRIPT), "--stepDb=2", *(f"{work}/{name}" for name in names)],
                    capture_output=True,
                    text=True,
                )

            done = call("first", "same")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout.count("2.5000 1/s"), 2)
            for name, error in (
                ("slower", "localHz is 1000000000.0, expected 2000000000.0 as in the first run"),
                ("noisy", "RateDeviation was set, expected no attributes but those of a policy"),
            ):
                done = call("first", name)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(error, done.stderr)

    def test_refusals(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, str(SCRIPT), folder], capture_output=True, text=True
            )
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^lookahead-bound: .*summary.json.* expected .*\n$")


if __name__ == "__main__":
    unittest.main()
