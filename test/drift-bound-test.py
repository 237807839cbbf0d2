#!/usr/bin/env python3
#
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only

"""The rules of drift-bound.py against closed forms and what is known of them."""

import argparse
import importlib.util
import pathlib
import sys
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "examples" / "speculation" / "drift-bound.py"
SKIPPED = 77

try:
    import numpy as np
except ImportError:
    print("without numpy: skipped")
    sys.exit(SKIPPED)

spec = importlib.util.spec_from_file_location("drift_bound", SCRIPT)
bound = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bound)


def make_setting(**changes):
    values = {"rate": 0.75, "deviation": 1.2, "answers": 300, "tokens": 192, "draftTokenS": 0.01,
              "uploadTokenS": 0.0016, "restS": 0.092, "seed": 1}
    memory = changes.pop("memory", 100)
    return bound.Setting(argparse.Namespace(**{**values, **changes}), memory)


class DriftBound(unittest.TestCase):
    def test_a_steady_acceptance_has_the_closed_form(self):
        setting = make_setting(deviation=1e-9, tokens=5000, answers=50)
        for window in (2, 5, 9):
            seconds = bound.simulate(setting, bound.Fixed(setting, window))
            rounds = 5000 * (1 - 0.75) / (1 - 0.75 ** (window + 1))
            self.assertAlmostEqual(seconds / (rounds * setting.round_s[window - 1]), 1, delta=0.01)

    def test_the_oracle_of_a_steady_acceptance_is_the_best_window(self):
        setting = make_setting(deviation=1e-9)
        chosen = bound.Oracle(setting).choose(np.array([0.75]))[0]
        rates = bound.get_tokens(0.75, bound.WINDOWS) / setting.round_s
        self.assertEqual(chosen, bound.WINDOWS[np.argmax(rates)])

    def test_the_filter_is_a_beta_distribution_without_drift(self):
        setting = make_setting(memory=1e12, answers=1)
        rule = bound.Filter(setting)
        rule.move = lambda tokens: np.eye(len(bound.RATES))
        start = rule.belief[0].copy()
        rule.learn(np.array([7]), np.array([1.0]))
        rule.learn(np.array([4]), np.array([0.0]))
        expected = start * bound.RATES**11 * (1 - bound.RATES)
        self.assertLess(abs(rule.belief[0] - expected / expected.sum()).max(), 1e-12)

    def test_beliefs_move_to_the_law_of_the_drift(self):
        rule = bound.Filter(make_setting(memory=10, answers=1))
        start = rule.belief[0].copy()
        moved = np.zeros_like(start)
        moved[20] = 1
        moved = moved @ rule.move(1000)
        self.assertLess(abs(moved - start).max(), 0.01 * start.max())

    def test_who_knows_more_loses_less(self):
        setting = make_setting(memory=30, answers=1500)
        times = [bound.simulate(setting, rule) for rule in (
            bound.Oracle(setting), bound.Filter(setting), bound.Estimate(setting),
            bound.Fixed(setting, 12))]
        self.assertEqual(times, sorted(times))


if __name__ == "__main__":
    unittest.main()
