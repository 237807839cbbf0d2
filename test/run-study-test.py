#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What run-study.py asks mec-train for, and that it goes on where it was stopped. A script stands in
for mec-train."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "examples" / "study" / "run-study.py"

# Adds its arguments, one a line, to a file in the output folder, and ends as a training does, unless
# that folder says otherwise.
STAND_IN = """#!/usr/bin/python3
import json, os, sys
from pathlib import Path
folder = [Path(a[9:]) for a in sys.argv if a.startswith("--output=")][0]
(folder / "arguments").open("a").write("\\n".join(sys.argv[1:]) + "\\n\\n")
if (folder / "fail").exists():
    sys.exit("mec-train: no luck")
if (folder / "die").exists():
    os.abort()
pairs = [a[2:].partition("=") for a in sys.argv[1:]]
config = folder / "config.json"
(folder / "summary.json").write_text(json.dumps({
    "settings": {name: value for name, equals, value in pairs},
    "agentSettings": json.loads(config.read_text()) if config.exists() else {},
}))
if (folder / "stay").exists():
    import time
    time.sleep(600)
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
            "--output=.",
            "--resume",
            "--evaluateEvery=5",
            "--evaluationSlots=20",
            "--config=config.json",
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

    def change_study(self, change):
        study = json.loads(json.dumps(STUDY))
        change(study)
        (self.work / "study.json").write_text(json.dumps(study))

    def test_old_results_are_not_taken_for_new(self):
        changes = {
            "--evaluationSlots is 20, not 30": lambda study: study["groups"]["first"].update(
                arguments=["--evaluationSlots=30"]
            ),
            "--agent is td3, not sac": lambda study: study["variants"]["other"].update(agent="sac"),
            "--batteryJ is not set, not 8": lambda study: study["baseArguments"].append("--batteryJ=8"),
            "the agent's gamma is 0.5, not 0.6": lambda study: study["variants"]["other"].update(
                config={"gamma": 0.6}
            ),
        }
        self.run_study()
        calls = {folder: self.read_calls(folder) for folder in self.list_folders()}
        for text, change in changes.items():
            self.change_study(change)
            self.expect_error(self.run_study("--jobs=1"), f"holds a training of other settings: {text}")
            self.assertEqual({f: self.read_calls(f) for f in calls}, calls, text)
        # The same in other words is the same.
        self.change_study(lambda study: study["baseArguments"].__setitem__(0, "--evaluateEvery=5.0"))
        self.assertEqual(self.run_study().returncode, 0)
        self.assertEqual({f: self.read_calls(f) for f in calls}, calls)

    def test_more_episodes_go_on(self):
        self.run_study("--groups=second")
        self.change_study(lambda study: study["groups"]["second"].update(episodes=8))
        self.assertEqual(self.run_study("--groups=second").returncode, 0)
        calls = self.read_calls("second/two/k3/plain/seed1")
        self.assertIn("--episodes=7", calls[0])
        self.assertIn("--episodes=8", calls[1])

    def start_study(self):
        """A study whose training stays."""
        folder = self.output / "second/two/k3/plain/seed1"
        folder.mkdir(parents=True)
        (folder / "stay").touch()
        command = [sys.executable, str(SCRIPT), f"--program={self.program}", f"--output={self.output}"]
        command += [f"--study={self.work / 'study.json'}", "--groups=second"]
        study = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(study.kill)
        while not (folder / "summary.json").exists():
            self.assertIsNone(study.poll())
            time.sleep(0.05)
        return study

    def test_two_at_once_and_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            study = self.start_study()
            self.expect_error(self.run_study("--groups=second"), f"{self.output}: another run writes there")
            study.send_signal(number)
            # Its training has ended, too, or this would take ten minutes.
            errors = study.communicate(timeout=60)[1]
            self.assertEqual(
                (study.returncode, errors),
                (1, "run-study: interrupted, the same command goes on\n"),
            )
            self.assertFalse(list(self.output.glob(".*")), "the lock stays")
            shutil.rmtree(self.output)

    def test_lost_text(self):
        # argparse swallows the error where Python does not buffer what it prints.
        buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
        with open("/dev/full", "w") as full:
            done = subprocess.run([sys.executable, str(SCRIPT), "--help"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, env=buffered)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr,
            "run-study: standard output: cannot be written (No space left on device)\n",
        )

    def test_version(self):
        done = subprocess.run([sys.executable, str(SCRIPT), "--version"], capture_output=True, text=True)
        version = (SCRIPT.parents[2] / "VERSION").read_text()
        self.assertEqual((done.returncode, done.stdout), (0, f"run-study {version}"))

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

    def test_failed_trainings_are_named(self):
        folder = self.output / "second/two/k3/plain/seed1"
        folder.mkdir(parents=True)
        for name, text in (("fail", "exit code 1: mec-train: no luck"), ("die", "ended by signal 6")):
            (folder / name).touch()
            done = self.run_study()
            self.assertEqual(done.returncode, 1)
            lines = done.stderr.splitlines()
            self.assertEqual(lines[0], f"{folder}: {text}")
            self.assertTrue(lines[1].startswith(f"  cd {folder} && {self.program} --agent=ppo"), lines)
            self.assertEqual(
                lines[2:], ["run-study: 1 of 9 trainings failed, the same command tries them again"]
            )
            (folder / name).unlink()
        self.assertEqual(len(list(self.output.rglob("summary.json"))), 8)


if __name__ == "__main__":
    unittest.main()
