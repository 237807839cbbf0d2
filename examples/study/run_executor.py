# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Does runs on this machine or in Slurm, as flags say, and names those that fail."""

import os
import sys

from console_program import show_progress
from local_executor import LocalExecutor
from run_folder import explain_failure, read_exit_code
from slurm_executor import SlurmExecutor


def add_executor_flags(parser):
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="runs at once, 1 or more (default: number of processors)")
    parser.add_argument("--executor", choices=["local", "slurm"], default="local",
                        help="run on this machine, or as jobs of Slurm (default: local)")
    parser.add_argument("--sbatch", action="append", default=[], metavar="OPTION",
                        help="option of Slurm's sbatch for each job, such as --sbatch=--time=01:00:00; "
                        "may be given several times (default: none)")


def make_executor(arguments, output):
    if arguments.jobs < 1:
        raise ValueError(f"--jobs: {arguments.jobs}, expected a number of at least 1")
    if arguments.executor == "slurm":
        return SlurmExecutor(arguments.jobs, output, arguments.sbatch)
    if arguments.sbatch:
        raise ValueError(f"--sbatch={arguments.sbatch[0]}: has no effect, expected --executor=slurm")
    return LocalExecutor(arguments.jobs)


def do_runs(executor, waiting, total, what="runs", on_whole=None):
    """Does the runs that are waiting, of so many, and calls on_whole(run) after each that ends well.
    What is known of each that left no exit code, by folder."""
    done = total - len(waiting)
    notes = {}
    show_progress(done, total, what)

    def ended(run, note):
        nonlocal done
        done += 1
        notes[run.folder] = note
        if on_whole is not None and read_exit_code(run.folder) == 0:
            on_whole(run)
        show_progress(done, total, what)

    executor.do_all(waiting, ended)
    return notes


def require_whole(runs, notes, total, what="runs"):
    """Names those of the runs that are not whole, each with its command, and ends with an error if
    there are any. total: how many were asked for, those that were done before included."""
    failed = [run for run in runs if read_exit_code(run.folder) != 0]
    if failed:
        sys.stdout.flush()
        for run in failed:
            print(f"{explain_failure(run, notes.get(run.folder))}\n  {run.describe()}", file=sys.stderr)
        raise RuntimeError(
            f"{len(failed)} of {total} {what} failed, the same command tries them again"
        )
