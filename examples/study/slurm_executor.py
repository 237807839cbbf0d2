# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs of a sweep as jobs of Slurm: arrays of jobs, one job a run, in folders that all machines see.
What counts is the exit code in a run's folder; Slurm is only asked which jobs are still there."""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time

from local_executor import RUN_IN_FOLDER
from output_folder import write_whole
from run_folder import find_difference, prepare, read_command, read_exit_code

POLL_S = 0.5  # from one look at the jobs to the next, at first
LONGEST_POLL_S = 5
PATIENCE_S = 120  # with a controller that does not answer
FILE_DELAY_S = 10  # until a file that another machine has written is seen here
FOLDER = ".slurm"  # in the output: lists of folders, and the scripts that take one each


class SlurmExecutor:
    def __init__(self, jobs, output, options):
        self.jobs = jobs
        self.options = options
        self.folder = output / FOLDER
        # The same for the next sweep into this output: it finds what a killed one has left.
        self.name = "llm-mec-" + hashlib.sha256(os.fsencode(output)).hexdigest()[:12]

    def do_all(self, runs, ended):
        """As LocalExecutor.do_all. Jobs that a killed sweep has left are waited for, those of other
        commands are cancelled."""
        if shutil.which("sbatch") is None:
            raise RuntimeError(
                "--executor=slurm: no sbatch on the PATH, expected Slurm (apt install slurm-wlm)"
            )
        self.folder.mkdir(exist_ok=True)
        running = self._adopt({str(run.folder): run for run in runs})
        try:
            self._submit([run for run in runs if run not in running.values()], running)
            self._wait(running, ended)
        except BaseException:
            self._cancel(list(self._list_jobs()))
            raise
        shutil.rmtree(self.folder)

    def _adopt(self, runs):
        """Jobs of a sweep before that do what is asked now. The others end."""
        adopted, unwanted = {}, []
        for job, folder in self._list_jobs().items():
            there = read_command(runs[folder].folder) if folder in runs else None
            if there is not None and find_difference(there, runs[folder]) is None \
                    and there["build"] == runs[folder].build:
                adopted[job] = runs[folder]
            else:
                unwanted.append(job)
        self._cancel(unwanted)
        return adopted

    def _submit(self, runs, running):
        """Submits arrays of jobs for the runs, and adds them to those that run."""
        most = self._get_largest_array()
        for begin in range(0, len(runs), most):
            some = runs[begin:begin + most]
            for run in some:
                prepare(run)
            # Named by its contents, as a killed sweep's list may still be in use.
            text = "".join(f"{run.folder}\n" for run in some)
            list_path = self.folder / hashlib.sha256(text.encode()).hexdigest()[:12]
            write_whole(list_path, text)
            done = self._call(
                "sbatch",
                "--parsable",
                f"--job-name={self.name}",
                f"--array=0-{len(some) - 1}%{self.jobs}",
                f"--comment={list_path.name}",
                "--output=/dev/null",
                "--ntasks=1",
                *self.options,
                stdin=SCRIPT.format(
                    python=shlex.quote(sys.executable),
                    program=shlex.quote(str(RUN_IN_FOLDER)),
                    list=shlex.quote(str(list_path)),
                ),
            )
            number = done.strip().split(";")[0]
            running.update({f"{number}_{i}": run for i, run in enumerate(some)})

    def _wait(self, running, ended):
        poll_s = POLL_S
        while running:
            jobs = self._list_jobs()
            left = {job: run for job, run in running.items() if job not in jobs}
            for job, run in left.items():
                ended(run, self._wait_for_exit_code(run, job))
                del running[job]
            if running:
                time.sleep(poll_s)
                poll_s = POLL_S if left else min(1.3 * poll_s, LONGEST_POLL_S)

    @staticmethod
    def _wait_for_exit_code(run, job):
        end = time.monotonic() + FILE_DELAY_S
        while read_exit_code(run.folder) is None:
            if time.monotonic() > end:
                return f"Slurm's job {job} ended before the program, see scontrol show job {job}"
            time.sleep(0.1)
        return None

    def _list_jobs(self):
        """Folders of the runs of this sweep that Slurm has, by job."""
        command = ["squeue", "--me", "--array", "--noheader", f"--name={self.name}", "--format=%F %K %k"]
        text = self._call(*command, patience_s=PATIENCE_S)
        jobs = {}
        lists = {}
        for line in text.splitlines():
            number, index, name = line.split()
            if name not in lists:
                path = self.folder / name
                lists[name] = path.read_text().splitlines() if path.exists() else []
            folders = lists[name]
            jobs[f"{number}_{index}"] = folders[int(index)] if int(index) < len(folders) else ""
        return jobs

    def _cancel(self, jobs):
        """Ends jobs, and waits until they are gone."""
        if not jobs:
            return
        self._call("scancel", *jobs)
        while set(jobs) & set(self._list_jobs()):
            time.sleep(POLL_S)

    def _get_largest_array(self):
        for line in self._call("scontrol", "show", "config").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "MaxArraySize":
                return max(int(value) - 1, 1)
        return 1000

    @staticmethod
    def _call(*command, stdin="", patience_s=0):
        """Output of a command of Slurm. One that fails is tried again for so long: the controller may
        be away for a while."""
        end = time.monotonic() + patience_s
        while True:
            done = subprocess.run(command, input=stdin, capture_output=True, text=True)
            if done.returncode == 0:
                return done.stdout
            if time.monotonic() >= end:
                raise RuntimeError(f"{command[0]}: {' '.join(done.stderr.split()) or 'failed'}")
            time.sleep(LONGEST_POLL_S)


SCRIPT = """#!/bin/bash
folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" {list})
exec {python} {program} "$folder"
"""
