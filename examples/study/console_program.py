# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What every script of a study does: one line for what goes wrong, an end on signals, progress on
terminals, and commands side by side."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def add_version(parser, name):
    """Adds --version to a parser of arguments."""
    version = (ROOT / "VERSION").read_text().strip()
    parser.add_argument("--version", action="version", version=f"{name} {version}")


def shows_progress():
    """Whether standard error is a terminal that can draw a line anew."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def show_progress(done, of, what):
    """Draws a bar anew: so many of so many are done. It is gone when all are."""
    if shows_progress():
        end = "\r" + " " * 70 + "\r" if done == of else ""
        bar = "#" * (30 * done // of)
        print(f"\r[{bar:<30}] {done} of {of} {what}{end}", end="", file=sys.stderr, flush=True)


def interrupt(number, frame):
    raise KeyboardInterrupt


def run(name, main, interrupted="interrupted"):
    """Runs main and ends the process: exit code 1 and one line for errors, interruptions (also by
    SIGTERM and SIGHUP) and for text that cannot be printed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores one
            signal.signal(number, interrupt)
    problem = None
    try:
        try:
            main()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        problem = interrupted
    except OSError as error:
        lost = error.filename is None and error.strerror is not None
        problem = f"standard output: cannot be written ({error.strerror})" if lost else error
    except (RuntimeError, ValueError) as error:
        problem = error
    if problem is not None:
        print(f"{name}: {problem}", file=sys.stderr)
        # What could not be printed would be tried once more, and fail with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


class Processes:
    """Commands that run side by side, each called from a thread."""

    def __init__(self):
        self.running = set()
        self.lock = threading.Lock()
        self.stopped = False

    def call(self, command):
        """Runs a command to its end. Its error if it fails, else None."""
        with self.lock:
            if self.stopped:
                return "stopped"
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            self.running.add(process)
        error = process.communicate()[1].strip()
        with self.lock:
            self.running.discard(process)
        if process.returncode == 0:
            return None
        return error or f"ended with {process.returncode}"

    def stop(self):
        """Ends what runs, and lets nothing more begin."""
        with self.lock:
            self.stopped = True
            for process in self.running:
                process.terminate()
