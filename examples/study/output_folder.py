# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""A folder of results that one run has at a time, and files that are there whole or not at all."""

import fcntl
import time
from contextlib import contextmanager

LOCK_NAME = ".llm-mec.lock"  # as of the programs


@contextmanager
def locked(folder, name=LOCK_NAME, wait_s=0):
    """Makes a folder if need be, and keeps other runs out of it; waits so long for one that is there.
    Gives the file of the lock: the kernel releases it when all processes that hold it are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    end = time.monotonic() + wait_s
    while True:
        lock = open(path, "a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            if time.monotonic() < end:
                time.sleep(0.05)
                continue
            raise RuntimeError(
                f"{folder}: another run writes there, expected another folder, or to wait until it "
                "has ended"
            ) from None
        if path.exists() and path.samefile(f"/proc/self/fd/{lock.fileno()}"):
            break
        lock.close()  # the holder before has removed the file between the two calls
    try:
        yield lock
    finally:
        path.unlink(missing_ok=True)
        lock.close()


@contextmanager
def whole(path):
    """A path beside the file to write to; what is there takes the file's place at the end."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path, text):
    """Writes a text file."""
    with whole(path) as part:
        part.write_text(text, newline="")


def save_whole(figure, path, **settings):
    """Writes path.svg and path.png, without the date."""
    for suffix in ("svg", "png"):
        metadata = {"Date": None} if suffix == "svg" else {}
        with whole(path.with_name(f"{path.name}.{suffix}")) as part:
            figure.savefig(part, format=suffix, metadata=metadata, **settings)
