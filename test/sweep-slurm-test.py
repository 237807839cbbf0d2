#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Sweeps as jobs of a Slurm that is started here: the same bytes as without, also when the sweep is
killed, and what becomes of jobs that are stopped. Exit code 77 where Slurm or matplotlib is missing.

    sweep-slurm-test.py BUILD_FOLDER
"""

import importlib.util
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from local_slurm import LocalSlurm, list_missing
from sweep_case import FORTY, LONG, SweepCase, list_processes, main, wait_for


# Runs of some seconds.
SHORT = {**FORTY, "flags": {"slots": 4000, "policy": "optimal"}, "seeds": 1}


class SweepInSlurm(SweepCase):
    options = ("--jobs=4", "--executor=slurm")

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.environment = cls.enterContext(LocalSlurm(Path(folder.name) / "slurm")).environment

    @classmethod
    def enterContext(cls, manager):
        value = manager.__enter__()
        cls.addClassCleanup(manager.__exit__)
        return value

    def tearDown(self):
        subprocess.run(["scancel", "--me"], env=SweepInSlurm.environment, check=True)
        wait_for(lambda: not self.list_jobs())

    def list_jobs(self):
        done = subprocess.run(["squeue", "--noheader", "--array", "--format=%A %T"],
                              env=SweepInSlurm.environment, capture_output=True, text=True, check=True)
        return done.stdout.split("\n")[:-1]

    def start_long(self):
        """A sweep of which runs are running."""
        self.write_sweep(LONG)
        sweep = self.start_sweep("--jobs=2")
        wait_for(lambda: len(list_processes(self.output)) >= 2)
        return sweep

    def test_killed_twice_same_bytes_as_local(self):
        self.write_sweep(FORTY)
        local = self.work / "local"
        self.options = ("--jobs=2",)
        self.succeed(output=local)
        self.options = SweepInSlurm.options
        self.kill_after(5, output=self.output)
        self.assertTrue(self.list_jobs(), "the jobs died with the sweep")
        self.kill_after(15, output=self.output)
        self.succeed()
        self.assertFalse(self.list_jobs())
        self.expect_same_bytes(local, self.output)

    def test_jobs_of_a_killed_sweep_are_taken_over(self):
        self.write_sweep({**SHORT, "grid": {"mlus": [2, 3]}})
        sweep = self.start_sweep()
        wait_for(lambda: len(list_processes(self.output)) >= 2)
        sweep.kill()
        sweep.communicate()
        self.assertFalse(self.list_finished())
        before = {path: path.stat().st_mtime_ns for path in self.output.rglob("command.json")}
        self.succeed()
        after = {path: path.stat().st_mtime_ns for path in self.output.rglob("command.json")}
        self.assertEqual((len(self.list_finished()), after), (2, before))

    def test_signals_cancel_jobs(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            sweep = self.start_long()
            sweep.send_signal(number)
            errors = sweep.communicate(timeout=60)[1]
            self.assertEqual((sweep.returncode, errors),
                             (1, "sweep: interrupted, the same command goes on\n"))
            self.assertFalse(self.list_jobs())
            self.expect_no_processes()
            self.assertFalse(self.list_finished())

    def test_jobs_of_other_flags_are_cancelled(self):
        sweep = self.start_long()
        sweep.kill()
        sweep.communicate()
        self.write_sweep({**FORTY, "seeds": 1})
        self.succeed()
        self.assertEqual(len(self.list_finished()), 8)
        self.expect_no_processes()

    def test_a_cancelled_job_is_a_failed_run(self):
        self.write_sweep({**LONG, "grid": {"mlus": [2]}, "seeds": 1})
        sweep = self.start_sweep()
        wait_for(lambda: list_processes(self.output))
        subprocess.run(["scancel", self.list_jobs()[0].split()[0]], env=self.environment, check=True)
        errors = sweep.communicate(timeout=60)[1]
        self.assertEqual(sweep.returncode, 1)
        self.assertIn(f"{self.output}/runs/mlus=2/seed=1: has no exit code: Slurm's job", errors)
        self.assertIn("sweep: 1 of 1 runs failed", errors)

    def test_errors_of_slurm(self):
        self.write_sweep({**FORTY, "seeds": 1})
        self.expect_error(self.sweep("--sbatch=--partition=none"), "sweep: sbatch: ", "partition")
        self.environment = {**self.environment, "PATH": "/nowhere"}
        self.expect_error(self.sweep(), "--executor=slurm: no sbatch on the PATH")


if __name__ == "__main__":
    missing = list_missing()
    if missing:
        print(f"skipped: no {', '.join(missing)}, apt install slurm-wlm")
        sys.exit(77)
    if not all(importlib.util.find_spec(name) for name in ("matplotlib", "scipy")):
        print("skipped: no matplotlib or scipy")
        sys.exit(77)
    main()
