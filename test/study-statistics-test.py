#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The statistics that the study is judged by, against their definitions."""

import csv
import importlib.util
import json
import random
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import matplotlib  # noqa: F401 the report draws, too
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

sys.dont_write_bytecode = True
STUDY = Path(__file__).resolve().parents[1] / "examples" / "study"
sys.path.insert(0, str(STUDY))
import study_statistics as statistics


def load_report():
    spec = importlib.util.spec_from_file_location("study_report", STUDY / "study-report.py")
    report = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(report)
    return report


def integrate_quantiles(scores):
    """The interquartile mean by its definition: twice the integral of the quantile function of the
    scores from 1/4 to 3/4. That is a step function, whose steps and both ends lie between the
    cells of 1 / (4 n) that are summed here, so the sum is exact."""
    ordered = sorted(scores)
    n = len(ordered)
    levels = [0.25 + (i + 0.5) / (4 * n) for i in range(2 * n)]
    return sum(ordered[int(level * n)] for level in levels) / len(levels)


class InterquartileMean(unittest.TestCase):
    def test_one_to_ten(self):
        # Half of 3, all of 4 to 7, half of 8, over five values.
        self.assertAlmostEqual(float(statistics.interquartile_mean(np.arange(1, 11))), 5.5)
        scores = [0, 0, 1, 2, 2, 3, 5, 9, 40, 700]
        expected = (0.5 * 1 + 2 + 2 + 3 + 5 + 0.5 * 9) / 5
        self.assertAlmostEqual(float(statistics.interquartile_mean(np.array(scores))), expected)

    def test_integral_of_quantiles(self):
        draw = random.Random(1)
        for n in (1, 2, 3, 5, 7, 10, 15, 16):
            scores = [draw.gauss(0, 1) ** 3 for _ in range(n)]
            actual = float(statistics.interquartile_mean(np.array(scores)))
            self.assertAlmostEqual(actual, integrate_quantiles(scores), msg=f"n = {n}")

    def test_curve_is_that_of_each_evaluation(self):
        curves = np.random.default_rng(2).normal(size=(10, 4))
        middle, low, high = statistics.iqm_curve(curves)
        for i in range(4):
            self.assertAlmostEqual(middle[i], integrate_quantiles(curves[:, i]))
            self.assertTrue(low[i] < middle[i] < high[i])

    def test_interval_covers(self):
        # 95 % of intervals hold the truth; of 15 runs the percentile bootstrap has some 94 %.
        generator = np.random.default_rng(3)
        runs = generator.normal(size=(300, 15))
        held = 0
        for scores in runs:
            _, low, high = statistics.iqm_curve(scores[:, None])
            held += low[0] <= 0 <= high[0]
        self.assertGreater(held, 0.89 * 300)
        self.assertLess(held, 0.985 * 300)


class RestrictedMean(unittest.TestCase):
    def test_censored_runs_count_with_the_end(self):
        # Kaplan and Meier: all "alive" for 40 episodes, 3 of 15 from there to 120: 40 + 80 / 5.
        mean, (low, high) = statistics.restricted_mean_with_interval([40] * 12 + [None] * 3, 120)
        self.assertEqual(mean, 56.0)
        self.assertLess(low, 56 - 8)
        self.assertGreater(high, 56 + 8)
        # The further the end, the more the runs that never converge count.
        self.assertEqual(
            statistics.restricted_mean_with_interval([40] * 12 + [None] * 3, 10000)[0], 2032.0
        )

    def test_area_under_the_curve(self):
        draw = random.Random(4)
        times = [draw.choice([5, 10, 20, 40, 85, None]) for _ in range(12)]
        end = 100
        area = 0
        for episode in range(end):
            alive = sum(time is None or time > episode for time in times)
            area += alive / len(times)
        mean, _ = statistics.restricted_mean_with_interval(times, end)
        self.assertAlmostEqual(mean, area)

    def test_interval_is_that_of_a_mean(self):
        draw = random.Random(5)
        times = [draw.randrange(10, 90) for _ in range(30)]
        mean, (low, high) = statistics.restricted_mean_with_interval(times, 100)
        deviation = np.std(times) / np.sqrt(len(times))  # of the bootstrap's means, exact
        self.assertAlmostEqual((high - low) / (2 * 1.96 * deviation), 1, delta=0.03)
        self.assertAlmostEqual((high + low) / 2, mean, delta=0.2 * deviation)

    def test_nobody_converges(self):
        self.assertEqual(
            statistics.restricted_mean_with_interval([None] * 10, 120), (120.0, (120.0, 120.0))
        )


class ConvergenceEpisode(unittest.TestCase):
    EPISODES = list(range(0, 50, 5))

    def find(self, rewards, reference=1):
        return statistics.convergence_episode(self.EPISODES, rewards, reference)

    def test_first_window_that_is_good_enough(self):
        self.assertEqual(self.find([0.1, 0.5, 0.94, 0.96, 0.96, 0.95, 0.95, 0.95, 0.95, 0.95]), 10)
        self.assertEqual(self.find([0.1, 0.5, 0.94, 0.94, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]), 20)

    def test_censored(self):
        self.assertIsNone(self.find([0.94] * 10))
        # Good to the end, but too late for a window of five.
        self.assertIsNone(self.find([0.1] * 6 + [1] * 4))
        self.assertEqual(self.find([0.1] * 5 + [1] * 5), 25)

    def test_later_drop(self):
        self.assertIsNone(self.find([1] * 9 + [0.89]))
        self.assertEqual(self.find([1] * 9 + [0.91]), 0)
        self.assertEqual(self.find([1, 1, 0.89] + [1] * 7), 15)

    def test_scale(self):
        rewards = [0.1, 0.5, 0.94, 0.96, 0.96, 0.95, 0.95, 0.95, 0.95, 0.95]
        self.assertEqual(self.find([30 * reward for reward in rewards], 30), 10)


class ProbabilityOfImprovement(unittest.TestCase):
    def test_share_of_pairs(self):
        draw = random.Random(6)
        for n, m in ((10, 10), (7, 7)):
            first = [draw.randrange(8) for _ in range(n)]  # with ties
            second = [draw.randrange(8) for _ in range(m)]
            u = 0  # Mann and Whitney's
            for a in first:
                for b in second:
                    u += 1 if a > b else 0.5 if a == b else 0
            value, (low, high) = statistics.probability_of_improvement(
                np.array(first), np.array(second)
            )
            self.assertAlmostEqual(value, u / (n * m))
            self.assertTrue(low <= value <= high)

    def test_against_scipy(self):
        try:
            from scipy.stats import mannwhitneyu
        except ImportError:
            self.skipTest("no scipy")
        generator = np.random.default_rng(7)
        first, second = generator.normal(size=(2, 10))
        self.assertAlmostEqual(
            statistics.probability_of_improvement(first, second)[0],
            mannwhitneyu(first, second).statistic / 100,
        )

    def test_mean_over_tasks(self):
        value, _ = statistics.probability_of_improvement(
            np.array([[2, 3], [0, 0]]), np.array([[1, 1], [0, 1]])
        )
        self.assertAlmostEqual(value, (1 + 0.25) / 2)


class PairedDifference(unittest.TestCase):
    def test_equal_seeds_are_paired(self):
        # A constant difference between runs of one seed is certain, however far seeds are apart.
        first = np.random.default_rng(8).normal(scale=100, size=(4, 10))
        value, (low, high) = statistics.difference_with_interval(first, first - 3)
        for number in (value, low, high):
            self.assertAlmostEqual(number, 3)

    def test_unpaired_would_be_wide(self):
        generator = np.random.default_rng(9)
        first = generator.normal(scale=100, size=(1, 10))
        _, (low, high) = statistics.difference_with_interval(first, generator.permuted(first - 3))
        self.assertGreater(high - low, 30)


class Report(unittest.TestCase):
    """What study-report.py makes of files."""

    COLUMNS = ["episode", "slots", "gradientSteps", "evalReward", "evalLatencyS", "evalAccuracy"]
    COLUMNS += ["evalHallucination", "evalViolations"]

    def setUp(self):
        self.report = load_report()
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def write_run(self, variant, seed, rewards, ended=True):
        """A run with an evaluation every fifth episode, and none in between."""
        folder = self.folder / variant / f"seed{seed}"
        folder.mkdir(parents=True)
        with open(folder / "learning.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(self.COLUMNS)
            for i, reward in enumerate(rewards):
                writer.writerow([5 * i, 500 * i, 50 * i, reward, 0.2, 0.6, 0.7, 0])
                writer.writerow([5 * i + 1, 500 * i + 100, 50 * i + 10] + [""] * 5)
        with open(folder / "timing.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["episode", "cpuSeconds"])
            for i in range(5 * len(rewards)):
                writer.writerow([i, i / 10])
        if ended:
            references = {"optimal": {"meanReward": 4}}
            settings = {"agent": "ppo", "preset": "best", "mlus": 2, "profile": "any"}
            settings.update(seed=seed, episodes=45)
            text = json.dumps({"references": references, "settings": settings})
            (folder / "summary.json").write_text(text)

    def read_task(self, variants):
        """Their runs, as a study asks for them."""
        study = {
            "baseArguments": [],
            "groups": {"toy": {"episodes": 45, "arguments": []}},
            "variants": {name: {"agent": "ppo", "preset": "best"} for name in variants},
        }
        return self.report.read_task(study, self.folder, "toy", "any", 2, variants)

    def test_only_common_seeds(self):
        for seed in (1, 2, 10):
            self.write_run("one", seed, [seed] * 10)
        for seed in (2, 3, 10):
            self.write_run("two", seed, [seed] * 10)
        self.write_run("two", 1, [1] * 10, ended=False)
        task = self.read_task(["one", "two"])
        for name in ("one", "two"):
            self.assertEqual([run["evalReward"][-1] for run in task[name]], [2, 10])
            self.assertEqual(list(task[name][0]["episode"]), list(range(0, 50, 5)))
            self.assertEqual(task[name][0]["cpuSeconds"][-1], 4.5)

    def test_table(self):
        rising = [0.1] * 2 + [4] * 8  # converges at episode 10
        for seed in range(1, 6):
            self.write_run("good", seed, rising)
            self.write_run("mixed", seed, rising if seed < 5 else [2] * 10)
        task = self.read_task(["good", "mixed"])
        rows, reference = self.report.describe_task(task, 45)
        good, mixed = rows
        self.assertEqual(reference, 4)
        self.assertEqual((good["converged"], mixed["converged"]), ("5/5", "4/5"))
        self.assertEqual(good["episodes to it"], "10 [10, 10]")
        self.assertTrue(mixed["episodes to it"].startswith("17 ["), mixed["episodes to it"])
        self.assertEqual(good["of optimum, %"], "100.0 [100.0, 100.0]")
        # Four of five tie with all, one loses to all.
        self.assertTrue(mixed["P(better than good)"].startswith("0.40 ["))


if __name__ == "__main__":
    unittest.main()
