#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What run-study.py asks mec-train for, and that it goes on where it was stopped. A script stands in
for mec-train."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "examples" / "study" / "run-study.py"

# Adds its arguments, one a line, to a file in the output folder, and ends as a training does, unless
# that folder says otherwise.
STAND_IN = """#!/usr/bin/python3
import os, sys
from pathlib import Path
folder = [Path(a[9:]) for a in sys.argv if a.startswith("--output=")][0]
(folder / "arguments").open("a").write("\\n".join(sys.argv[1:]) + "\\n\\n")
if (folder / "fail").exists():
    sys.exit("mec-train: no luck")
if (folder / "die").exists():
    os.abort()
(folder / "summary.json").write_text("{}")
"""

STUDY = {
    "baseArguments": ["--evaluateEvery=5"],
    "groups": {
        "first": {
            "episodes": 60,
            "mlus": [2, 5],
            "seeds": 2,
            "profiles": ["one"],
            "arguments": ["--evaluationSlots=20"],
            "variants": ["plain", "other"],
        },
        "second": {
            "episodes": 7,
            "mlus": [3],
            "seeds": 1,
            "profiles": ["two"],
            "arguments": [],
            "variants": ["plain"],
        },
    },
    "variants": {
        "plain": {"agent": "ppo", "preset": "best"},
        "other": {"agent": "td3", "preset": "paper", "config": {"gamma": 0.5}},
    },
}


class RunStudy(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name)
        self.output = self.work / "runs"
        self.program = self.work / "mec-train"
        self.program.write_text(STAND_IN)
        self.program.chmod(0o755)
        (self.work / "study.json").write_text(json.dumps(STUDY))

    def run_study(self, *further):
        command = [sys.executable, str(SCRIPT), f"--program={self.program}", f"--output={self.output}"]
        command += [f"--study={self.work / 'study.json'}", "--jobs=2", *further]
        return subprocess.run(command, capture_output=True, text=True)

    def list_folders(self):
        return sorted(str(p.parent.relative_to(self.output)) for p in self.output.rglob("arguments"))

    def read_calls(self, folder):
        text = (self.output / folder / "arguments").read_text()
        return [call.split("\n") for call in text.strip().split("\n\n")]

    def expect_error(self, result, part):
        self.assertEqual(result.returncode, 1)
        self.assertIn(part, result.stderr)
        self.assertEqual(len(result.stderr.strip().split("\n")), 1, result.stderr)

    def test_every_training_of_every_group(self):
        result = self.run_study()
        self.assertEqual(result.returncode, 0, result.stderr)
        first = [
            f"first/one/k{mlus}/{variant}/seed{seed}"
            for mlus in (2, 5)
            for variant in ("other", "plain")
            for seed in (1, 2)
        ]
        self.assertEqual(self.list_folders(), sorted(first + ["second/two/k3/plain/seed1"]))

    def test_arguments(self):
        self.run_study()
        folder = "first/one/k5/other/seed2"
        (arguments,) = self.read_calls(folder)
        expected = {
            "--agent=td3",
            "--preset=paper",
            "--mlus=5",
            "--profile=one",
            "--seed=2",
            "--episodes=60",
            f"--output={self.output / folder}",
            "--resume",
            "--evaluateEvery=5",
            "--evaluationSlots=20",
            f"--config={self.output / folder / 'config.json'}",
        }
        self.assertEqual(set(arguments), expected)
        self.assertEqual(len(arguments), len(expected))
        config = json.loads((self.output / folder / "config.json").read_text())
        self.assertEqual(config, {"gamma": 0.5})
        (arguments,) = self.read_calls("second/two/k3/plain/seed1")
        self.assertFalse([a for a in arguments if a.startswith(("--config", "--evaluationSlots"))])

    def test_goes_on(self):
        self.run_study()
        stopped = "first/one/k2/plain/seed2"
        (self.output / stopped / "summary.json").unlink()
        self.assertEqual(self.run_study().returncode, 0)
        for folder in self.list_folders():
            calls = self.read_calls(folder)
            self.assertEqual(len(calls), 2 if folder == stopped else 1, folder)
            self.assertTrue(all("--resume" in call for call in calls))

    def test_choice(self):
        self.run_study("--groups=first", "--mlus=5", "--variants=plain,other", "--seeds=3")
        folders = [f"first/one/k5/{v}/seed{s}" for v in ("other", "plain") for s in (1, 2, 3)]
        self.assertEqual(self.list_folders(), folders)

    def test_refusals(self):
        for flag, value in (("groups", "frist"), ("mlus", "4"), ("variants", "plain,none")):
            self.expect_error(self.run_study(f"--{flag}={value}"), f"--{flag}={value}")
        self.expect_error(self.run_study("--groups=second", "--profiles=one"), "--profiles=one")
        self.expect_error(self.run_study("--jobs=0"), "--jobs")
        self.expect_error(self.run_study("--program=missing"), "missing")
        self.assertEqual(self.list_folders() if self.output.exists() else [], [])

    def test_errors_of_a_training(self):
        folder = self.output / "second/two/k3/plain/seed1"
        folder.mkdir(parents=True)
        (folder / "fail").touch()
        self.expect_error(self.run_study("--groups=second"), f"{folder}: mec-train: no luck")
        (folder / "fail").rename(folder / "die")
        self.expect_error(self.run_study("--groups=second"), f"{folder}: ended with -6")


if __name__ == "__main__":
    unittest.main()
