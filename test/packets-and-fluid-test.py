#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The comparison of fluid link and packets: what it counts against what short runs of mec-offload have
measured, verdicts on orders of policies, and what it refuses. Exit code 77 without scipy or matplotlib.

    packets-and-fluid-test.py path/to/mec-offload
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

if any(importlib.util.find_spec(name) is None for name in ("matplotlib", "scipy")):
    print("skipped: no scipy or no matplotlib")
    sys.exit(77)

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "examples" / "figures"), str(ROOT / "examples" / "study")]
import packet_waterfall as waterfall
from policy_ranks import compare

SCRIPT = ROOT / "examples" / "figures" / "packets-and-fluid.py"
PROGRAM = None
SWEEP = {
    "program": "mec-offload",
    "flags": {"slots": 3, "tasks": "yes"},
    "grid": {
        "setting": {"sets": {"slots": {}, "queue": {"slotBarrier": False, "slotS": 0.3}}},
        "policy": ["always-offload", "fixed"],
        "link": ["fluid", "packets"],
        "mlus": [2],
    },
    "seeds": 2,
    "metrics": ["meanLatencyS"],
}


class Parts(unittest.TestCase):
    def test_bursts(self):
        frames = waterfall.count_frames(1456 * 70 + 1)
        self.assertEqual((len(frames), frames[0], frames[-1]), (71, 1518, 63))
        bursts = waterfall.join_bursts(frames, 1e9)
        self.assertEqual(bursts, [16 + 1518, 16 + 32 * 1518, 16 + 32 * 1518, 16 + 5 * 1518 + 63])
        # At 1 Mbit/s eight frames last less than 100 ms, and nine do not.
        self.assertEqual(waterfall.join_bursts(frames, 1e6)[:3], [1534, 16 + 8 * 1518, 16 + 8 * 1518])

    def test_questions(self):
        waits = (-1, 0.999, 1, 2.999, 3, 7)
        self.assertEqual([waterfall.count_questions(wait) for wait in waits], [0, 0, 1, 1, 2, 3])

    def test_a_part_counts_by_what_it_makes_the_task_longer(self):
        fluid = {"localLatencyS": 0.5, "uplinkLatencyS": 0.4, "mecLatencyS": 0.05, "bits": 1e6,
                 "offloadRatio": 0.5, "uplinkBps": 1.25e6, "uplinkCapped": 0, "latencyS": 0.5}
        packets = {**fluid, "uplinkLatencyS": 0.46, "uplinkEnergyJ": 0.9, "powerW": 2,
                   "downlinkLatencyS": 0.01, "latencyS": 0.52}
        parts = waterfall.split_latency(fluid, packets)
        self.assertEqual((parts["device"], parts["upload"], parts["server"]), (0.5, 0, 0))
        self.assertAlmostEqual(sum(parts.values()), 0.52)
        self.assertAlmostEqual(parts["waiting"], 0.01)


class Ranks(unittest.TestCase):
    def test_verdicts(self):
        better, worse, apart = [1, 1.1, 0.9, 1], [2, 2.1, 1.9, 2], [0, 3, 0, 3]
        nearly = [value * (1 + 1e-5) for value in better]
        for fluid, packets, verdict in (
            (worse, worse, "same order"),
            (worse, [0, 0.1, 0, 0], "flip"),
            (worse, apart, "order lost"),
            (nearly, worse, "order new"),
            (apart, better, "tie"),
        ):
            values = {("a", "fluid"): better, ("a", "packets"): better,
                      ("b", "fluid"): fluid, ("b", "packets"): packets}
            self.assertEqual(compare(values, ["a", "b"])[0].get_verdict(), verdict)


class Script(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name)

    def run_script(self, sweep, *flags):
        file = self.work / "sweep.json"
        file.write_text(json.dumps(sweep))
        command = [sys.executable, str(SCRIPT), f"--program={PROGRAM}", f"--sweep={file}",
                   f"--output={self.work / 'out'}", "--jobs=2", *flags]
        return subprocess.run(command, capture_output=True, text=True)

    def test_what_is_counted_is_what_is_measured(self):
        done = self.run_script(SWEEP)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Pairs of policies", done.stdout)
        out = self.work / "out"
        for suffix in ("csv", "json", "svg", "png"):
            self.assertTrue((out / f"packets-and-fluid.{suffix}").exists(), suffix)
        self.assertTrue((out / "policy-ranks.csv").exists())
        document = json.loads((out / "packets-and-fluid.json").read_text())
        self.assertEqual({row["setting"] for row in document["ranks"]}, {"slots", "queue"})
        self.assertEqual(len(document["waterfallMs"]), 2)
        for row in document["waterfallMs"]:
            self.assertEqual(row["setting"], "slots")
            parts = sum(row[name][0] for name in waterfall.ADDED_PARTS)
            self.assertAlmostEqual(parts, row["added"][0], places=5)
            self.assertLess(row["beyondMost"], 1e-5)
            self.assertGreater(row["counted"], 0)
        # The same command runs nothing again.
        times = {path: path.stat().st_mtime_ns for path in out.rglob("exit-code")}
        self.assertEqual(len(times), 16)
        self.assertEqual(self.run_script(SWEEP).stdout, done.stdout)
        self.assertEqual(times, {path: path.stat().st_mtime_ns for path in times})

    def expect_error(self, text, sweep, *flags):
        done = self.run_script(sweep, *flags)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"packets-and-fluid: {text}\n")

    def test_refusals(self):
        file = self.work / "sweep.json"
        self.expect_error("--seeds: 1, expected a number of at least 2", SWEEP, "--seeds=1")
        self.expect_error(
            "--program: none, expected the built mec-offload", SWEEP, "--program=none"
        )
        self.expect_error("--slots: 0, expected a number of at least 1", SWEEP, "--slots=0")
        self.expect_error(f"{file}: seeds: 1, expected at least 2", {**SWEEP, "seeds": 1})
        grid = dict(SWEEP["grid"])
        del grid["setting"]
        self.expect_error(
            f"{file}: grid: has the axes policy, link, mlus, expected setting, policy, link, mlus",
            {**SWEEP, "grid": grid},
        )
        self.expect_error(
            f"{file}: grid.link: packets, expected fluid, packets",
            {**SWEEP, "grid": {**SWEEP["grid"], "link": ["packets"]}},
        )
        self.expect_error(
            f"{file}: flags.tasks: no, expected yes",
            {**SWEEP, "flags": {"slots": 3, "tasks": "no"}},
        )
        self.assertEqual(list(self.work.rglob("out/*")), [])

    def test_other_decisions_are_refused(self):
        row = dict.fromkeys(("bits", "gainDb", "offloadRatio", "powerW"), "1")
        with self.assertRaisesRegex(RuntimeError, "^x: powerW of cell 0, slot 3, MLU 1: 2, expected 1 as"):
            waterfall.pair_tasks(
                {("0", "3", "1"): row}, {("0", "3", "1"): {**row, "powerW": "2"}}, "x"
            )


if __name__ == "__main__":
    PROGRAM = Path(sys.argv.pop(1)).resolve()
    unittest.main()
