# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the sweep share: sweeps of mec-offload in a folder that is removed, and what a
killed one may not leave."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "examples" / "study" / "sweep.py"
BUILD = Path(sys.argv.pop(1)).resolve()  # before unittest reads it

# 2 policies, 4 numbers of users, 5 seeds: 40 runs that take little time each.
FORTY = {
    "program": "mec-offload",
    "flags": {"slots": 3},
    "grid": {"policy": ["always-local", "always-offload"], "mlus": [2, 3, 4, 5]},
    "seeds": 5,
    "metrics": {"meanLatencyS": "latency (s)", "meanEnergyJ": "energy (J)"},
}
# Runs that take minutes.
LONG = {**FORTY, "flags": {"slots": 10000000, "tasks": "no"}}


def wait_for(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"not so after {seconds} s")
        time.sleep(0.02)


def read_tree(folder):
    """Contents of all files by path."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def list_processes(folder):
    """Processes that work in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if str(path.readlink()).startswith(f"{folder}/"):
                found.append(int(path.parts[2]))
        except OSError:
            pass  # it has ended
    return found


class SweepCase(unittest.TestCase):
    environment = None
    options = ()

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name).resolve()
        self.output = self.work / "out"

    def write_sweep(self, document, name="sweep.json"):
        text = document if isinstance(document, str) else json.dumps(document)
        (self.work / name).write_text(text)

    def get_command(self, *further, output=None):
        command = [sys.executable, str(SCRIPT), str(self.work / "sweep.json"), f"--programs={BUILD}"]
        return [*command, f"--output={output or self.output}", *self.options, *further]

    def sweep(self, *further, output=None):
        return subprocess.run(self.get_command(*further, output=output), env=self.environment,
                              capture_output=True, text=True)

    def start_sweep(self, *further, output=None):
        process = subprocess.Popen(self.get_command(*further, output=output), env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def succeed(self, *further, output=None):
        done = self.sweep(*further, output=output)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def expect_error(self, done, *parts):
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        for part in parts:
            self.assertIn(part, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def list_finished(self, output=None):
        return list((output or self.output).rglob("exit-code"))

    def kill_after(self, count, *further, output):
        """Starts the sweep of 40 runs, and kills it when so many have ended."""
        sweep = self.start_sweep(*further, output=output)
        wait_for(lambda: len(self.list_finished(output)) >= count or sweep.poll() is not None)
        self.assertIsNone(sweep.poll(), "it ended before it was killed")
        sweep.send_signal(signal.SIGKILL)
        sweep.communicate()
        self.assertLess(len(self.list_finished(output)), 40)

    def expect_same_bytes(self, first, second):
        a, b = read_tree(first), read_tree(second)
        self.assertEqual(list(a), list(b))
        self.assertEqual([name for name in a if a[name] != b[name]], [])
        self.assertEqual(len([name for name in a if name.endswith("/exit-code")]), 40)

    def expect_no_processes(self, output=None):
        wait_for(lambda: not list_processes(output or self.output), 20)


def main():
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    unittest.main()
