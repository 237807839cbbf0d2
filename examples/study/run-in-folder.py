#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Does the run of a folder that a sweep has prepared: empties the folder, runs the command of its
command.json there with its output in log.txt, and writes exit-code last. Executors start it, on this
machine or in Slurm."""

import argparse
import shutil
import signal
import subprocess
from pathlib import Path

from console_program import add_version, run
from output_folder import locked, write_whole
from run_folder import COMMAND, EXIT_CODE, LOCK, LOG, read_command

# A run before, whose sweep was killed, may still be dying.
WAIT_S = 10


def empty(folder):
    for path in folder.iterdir():
        if path.name in (COMMAND, LOCK):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def do_run(folder, lock):
    """Runs the command. Its exit code, -N if signal N ended it, None if this process was stopped."""
    command = read_command(folder)
    if command is None:
        raise RuntimeError(f"{folder}: no {COMMAND}, expected a folder that a sweep has prepared")
    (folder / EXIT_CODE).unlink(missing_ok=True)
    if not command["goesOn"]:
        empty(folder)
    for name, text in command["files"].items():
        write_whole(folder / name, text)
    stopped = False

    def stop(number, frame):
        nonlocal stopped
        stopped = True
        if process is not None:
            process.terminate()

    process = None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with open(folder / LOG, "wb") as log:
        # The program dies with this process, and holds the lock as long as it lives.
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *command["arguments"]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock.fileno(),),
        )
        if stopped:
            process.terminate()
        code = process.wait()
    return None if stopped else code


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "run-in-folder")
    parser.add_argument("folder", type=Path, help="a folder with a command.json")
    folder = parser.parse_args().folder
    with locked(folder, LOCK, WAIT_S) as lock:
        code = do_run(folder, lock)
        if code is not None:
            write_whole(folder / EXIT_CODE, f"{code}\n")


if __name__ == "__main__":
    run("run-in-folder", main)
