# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs of a sweep side by side on this machine."""

import concurrent.futures
import sys
from pathlib import Path

from console_program import Processes
from run_folder import prepare, read_exit_code

RUN_IN_FOLDER = Path(__file__).resolve().with_name("run-in-folder.py")


class LocalExecutor:
    def __init__(self, jobs):
        self.jobs = jobs

    def do_all(self, runs, ended):
        """Does all runs, and calls ended(run, note) from this thread when one has ended. note: what
        is known of a run that left no exit code."""
        processes = Processes()
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            waiting = {pool.submit(self._do, processes, run): run for run in runs}
            try:
                for future in concurrent.futures.as_completed(waiting):
                    ended(waiting[future], future.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                processes.stop()
                raise

    @staticmethod
    def _do(processes, run):
        if processes.stopped:
            return "it was stopped"
        prepare(run)
        # A killed sweep takes its runs along, so that none writes beside those of the next one.
        error = processes.call(
            ["setpriv", "--pdeathsig", "KILL", "--", sys.executable, str(RUN_IN_FOLDER), str(run.folder)]
        )
        return None if read_exit_code(run.folder) is not None else error
