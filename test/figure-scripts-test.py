#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The scripts that draw figures: their output folders have one writer, what they print is not lost in
silence, and results of other settings are neither mixed in nor written over. Scripts stand in for the
programs. Exit code 77 where matplotlib is missing."""

import fcntl
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FIGURES = EXAMPLES / "figures"
SCRIPTS = {
    "any-number-of-mlus": [FIGURES / "any-number-of-mlus.py", "--programs=."],
    "association-sweeps": [FIGURES / "association-sweeps.py", "--program=true"],
    "latency-by-users": [FIGURES / "latency-by-users.py", "--program=true"],
    "learning-curves": [FIGURES / "learning-curves.py", "--program=true"],
    "packets-and-fluid": [FIGURES / "packets-and-fluid.py", "--program=true"],
    "serving-by-load": [FIGURES / "serving-by-load.py", "--program=true"],
    "speculation-atlas": [FIGURES / "speculation-atlas.py", "--program=true"],
    "study-report": [EXAMPLES / "study" / "study-report.py"],
}

# Says what mec-train says of a training of other settings, and counts how often it is asked.
REFUSING = """#!/bin/sh
echo "$@" >>"$(dirname "$0")/calls"
echo "mec-train: x/checkpoint: began with --slots 20, now it is 21; expected another --output" >&2
exit 1
"""


class FigureScripts(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name)

    def run_script(self, name, *further, stdout=subprocess.PIPE):
        # argparse swallows the error where Python does not buffer what it prints.
        buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
        command = [sys.executable, *map(str, SCRIPTS[name]), f"--output={self.work / 'out'}", *further]
        return subprocess.run(
            command, stdout=stdout, stderr=subprocess.PIPE, text=True, env=buffered
        )

    def expect_error(self, done, text):
        self.assertEqual((done.returncode, done.stderr), (1, text + "\n"))

    def test_one_writer_at_a_time(self):
        folder = self.work / "out"
        folder.mkdir()
        with open(folder / ".llm-mec.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name in SCRIPTS:
                done = self.run_script(name)
                self.expect_error(
                    done,
                    f"{name}: {folder}: another run writes there, expected another folder, or to "
                    "wait until it has ended",
                )

    def test_lost_text(self):
        for name in SCRIPTS:
            with open("/dev/full", "w") as full:
                done = self.run_script(name, "--help", stdout=full)
            self.expect_error(
                done, f"{name}: standard output: cannot be written (No space left on device)"
            )

    def test_trainings_of_other_settings_stay(self):
        program = self.work / "mec-train"
        program.write_text(REFUSING)
        program.chmod(0o755)
        done = self.run_script(
            "learning-curves", f"--program={program}", "--agents=ppo", "--seeds=1"
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("learning-curves: mec-train: x/checkpoint: began with", done.stderr)
        calls = (self.work / "calls").read_text().splitlines()
        self.assertEqual(len(calls), 1, "it was trained anew")
        self.assertIn("--resume", calls[0])

    def test_a_report_refuses_runs_of_other_settings(self):
        study = json.loads((EXAMPLES / "study" / "study.json").read_text())
        name, group = next(iter(study["groups"].items()))
        variant = group["variants"][0]
        run = self.work / "runs" / name / group["profiles"][0] / f"k{group['mlus'][0]}" / variant
        (run / "seed1").mkdir(parents=True)
        (run / "seed1" / "summary.json").write_text('{"settings": {"agent": "none"}}')
        done = self.run_script("study-report", f"--results={self.work / 'runs'}")
        agent = study["variants"][variant]["agent"]
        self.expect_error(
            done,
            f"study-report: {run / 'seed1'}: holds a training of other settings: --agent is none, "
            f"not {agent}; expected it removed, or another folder",
        )


if __name__ == "__main__":
    if importlib.util.find_spec("matplotlib") is None:
        sys.exit(77)
    unittest.main()
