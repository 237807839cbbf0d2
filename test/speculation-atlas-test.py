#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The closed forms of the atlas of speculative decoding against the numbers of the C++ test, and
what the atlas says of servers under load against short simulations. Exit code 77 without numpy.

    speculation-atlas-test.py path/to/mec-speculate
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy  # noqa: F401 of the closed forms
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "examples" / "figures"), str(ROOT / "examples" / "study")]
import speculation_points as points
import speculation_rate as closed

FIXTURES = (ROOT / "test" / "speculative-decoding-test.cc").read_text()
NUMBER = r"([0-9.e-]+)"
PROGRAM = None


def read_rows(*parts):
    """Rows of numbers in the C++ test that look like the parts with commas."""
    pattern = r"^ +\{" + ", ".join(parts) + r"\},$"
    rows = re.findall(pattern, FIXTURES, re.MULTILINE)
    return [[float(number) for number in row] for row in rows]


def simulate(flags):
    """Tokens a second of a phone."""
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "--baselines=0", f"--output={folder}", *flags]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.loads((Path(folder) / "summary.json").read_text())["tokensPerS"]


class ClosedForms(unittest.TestCase):
    def test_tokens(self):
        rows = read_rows(*[NUMBER] * 6)
        self.assertEqual(len(rows), 36)
        for a, g, per_round, per_cycle, _, _ in rows:
            self.assertAlmostEqual(closed.tokens_per_round(a, int(g)), per_round, places=12)
            self.assertAlmostEqual(closed.tokens_per_cycle(a, int(g)), per_cycle, places=12)

    def test_rates(self):
        times = r"\{" + ", ".join([NUMBER] * 6) + r"\}"
        rates = r"\{" + ", ".join([NUMBER] * 4) + r"\}"
        rows = read_rows(NUMBER, NUMBER, times, rates, NUMBER)
        self.assertEqual(len(rows), 8)
        for a, g, *numbers in rows:
            times = closed.Times(*numbers[:6])
            for mode, expected in zip(("conventional", "lock-step", "event"), numbers[6:9]):
                actual = closed.rate_per_s(mode, a, int(g), times)
                self.assertAlmostEqual(actual / expected, 1, places=12)

    def test_break_even(self):
        # Both modes are equally fast there.
        a, g, draft_s, rest_s, bits = 0.8, 8, 0.01, 0.02, 448
        for uplink in closed.get_break_even_uplink(a, g, draft_s, bits, rest_s):
            times = closed.Times(draft_s, bits / uplink, 0, rest_s, 0, rest_s)
            conventional = closed.rate_per_s("conventional", a, g, times)
            self.assertAlmostEqual(
                closed.rate_per_s("lock-step", a, g, times) / conventional, 1, places=12
            )


class Loads(unittest.TestCase):
    def compare(self, pair, devices, discipline):
        """Tokens a second of event over those of conventional, with one window."""
        rates = [
            simulate(
                [
                    f"--mode={mode}",
                    f"--pair={pair}",
                    f"--devices={devices}",
                    f"--discipline={discipline}",
                    "--answers=2",
                    "--tokens=150",
                ]
            )
            for mode in ("event", "conventional")
        ]
        return rates[0] / rates[1]

    def test_a_server_without_batching(self):
        # Event needs more passes: it loses once the server is busy, and batching turns that.
        for pair in ("qwen3", "gpt2"):
            self.assertGreater(self.compare(pair, 1, "fcfs"), 1.05, pair)
            self.assertLess(self.compare(pair, 30, "fcfs"), 0.75, pair)
            self.assertGreater(self.compare(pair, 30, "batching"), 1.02, pair)

    def test_a_small_target(self):
        # GPT2-XL reads its weights so fast that its server need not be helped.
        alone = simulate(["--pair=gpt2", "--mode=server-only", "--devices=10"])
        for mode in ("conventional", "event", "streaming"):
            for window in (1, 2, 4):
                flags = ["--pair=gpt2", f"--mode={mode}", "--devices=10", f"--window={window}"]
                self.assertLess(simulate(flags), alone, flags)


class Points(unittest.TestCase):
    def test_every_mode_has_a_point_of_each_panel(self):
        with tempfile.TemporaryDirectory() as folder:
            study = points.Study(
                argparse.Namespace(
                    program=PROGRAM,
                    output=folder,
                    draftTokenS=0.01,
                    verifyS=0.025,
                    downlinkS=0.002,
                    window=4,
                    windows=[2, 4],
                    tokens=400,
                    answers=2,
                    answerTokens="20",
                )
            )
            rows = []
            for mode in (*points.SPECULATIVE, points.SERVER_ONLY):
                rows.append(study.simulate_uplink(mode, 0.8, 1e5, 4))
                rows.append(study.simulate_uplink(mode, 0.8, 1e5, None))
                rows.append(study.simulate_load(mode, 0.8, 2))
            for mode in (*points.SPECULATIVE, points.SERVER_ONLY, points.DEVICE_ONLY):
                rows.append(study.simulate_pair("qwen3", "batching", mode, 2, 1))
            for row in rows:
                self.assertGreater(row["tokensPerS"], 0, row)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
