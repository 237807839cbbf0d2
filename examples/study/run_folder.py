# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The folder of one run of a program: its command, its log, its exit code and what it has written.
A run is finished when its exit code is there, which is written last; it is whole when that is 0."""

import hashlib
import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from output_folder import write_whole

COMMAND = "command.json"
LOG = "log.txt"
EXIT_CODE = "exit-code"
LOCK = ".run.lock"  # programs have a lock of another name in the same folder


@dataclass(frozen=True)
class Run:
    """What to run. The program gets --output=. and runs in the folder."""

    folder: Path
    program: Path
    flags: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)  # text by name, written before it starts
    inputs: dict[str, str] = field(default_factory=dict)  # checksum by path of what flags name
    build: str = ""  # checksum of the program, see get_build
    goes_on: bool = False  # the program continues what it finds in the folder

    def get_arguments(self):
        return [str(self.program), *self.flags, "--output=."]

    def describe(self):
        """The command as one types it."""
        return f"cd {shlex.quote(str(self.folder))} && {shlex.join(self.get_arguments())}"

    def to_document(self):
        return {
            "arguments": self.get_arguments(),
            "files": self.files,
            "inputs": self.inputs,
            "build": self.build,
            "goesOn": self.goes_on,
        }


def get_checksum(*paths):
    """SHA-256 of the contents of files, one after the other."""
    checksum = hashlib.sha256()
    for path in paths:
        checksum.update(path.read_bytes())
    return checksum.hexdigest()


def get_build(program):
    """Checksum of a program and of the libraries next to it."""
    return get_checksum(program, *sorted(program.parent.glob("*.so")))


def name_folder(name):
    """A text as a name of a folder. What shells or file systems do not like is replaced, and then a
    checksum keeps different texts apart."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "=+._,-") else "_" for c in name)
    if safe == name and len(name) <= 100:
        return name
    return f"{safe[:80]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def split_flags(arguments):
    """Values by flag of a command."""
    pairs = (argument.lstrip("-").partition("=") for argument in arguments)
    return {name: value for name, _, value in pairs}


def find_difference(there, run):
    """How the command in a folder differs from that of a run, in words; None if it does not.
    there: the document of the folder."""
    asked = run.to_document()
    if Path(there["arguments"][0]).name != run.program.name:
        return f"the program is {Path(there['arguments'][0]).name}, not {run.program.name}"
    before, now = split_flags(there["arguments"][1:]), split_flags(asked["arguments"][1:])
    for name in [*now, *before]:
        if before.get(name) != now.get(name):
            old, new = before.get(name, "not set"), now.get(name, "not set")
            return f"--{name} is {old}, now it is {new}"
    for kind in ("files", "inputs"):
        for name in {**there[kind], **asked[kind]}:
            if there[kind].get(name) != asked[kind].get(name):
                return f"{name} has other contents"
    return None


def read_command(folder):
    """The document of a folder, None if it has none."""
    path = folder / COMMAND
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text())
        document["arguments"][0], document["files"], document["inputs"], document["build"]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise RuntimeError(f"{path}: {error!r}, expected a command of this program") from error
    return document


def read_exit_code(folder):
    """Exit code of a run that has ended, -N if signal N ended it; None if it has not."""
    path = folder / EXIT_CODE
    return int(path.read_text()) if path.exists() else None


def is_whole(run, redo, any_build):
    """Whether a run has ended well before, with the same command. One of another command or build
    is refused, unless it is to be done again (redo) or builds do not matter."""
    if read_exit_code(run.folder) != 0:
        return False
    there = read_command(run.folder)
    if there is None:
        raise RuntimeError(f"{run.folder}: has an exit code but no {COMMAND}, expected it removed")
    difference = find_difference(there, run)
    if difference is None and there["build"] != run.build and not any_build:
        difference = "the program was built anew"
    if difference and not redo:
        choices = "--redo, --anyBuild" if "built" in difference else "--redo"
        raise RuntimeError(
            f"{run.folder}: holds another run: {difference}; expected {choices} or another --output"
        )
    return difference is None


def prepare(run):
    """Makes the folder of a run that is about to start. What was there before no longer counts."""
    run.folder.mkdir(parents=True, exist_ok=True)
    names = {path.name for path in run.folder.iterdir()} - {COMMAND + ".part"}
    if names and COMMAND not in names and not run.goes_on:
        raise RuntimeError(f"{run.folder}: is no folder of a run, expected another --output")
    # First: an exit code always belongs to the command beside it.
    (run.folder / EXIT_CODE).unlink(missing_ok=True)
    write_whole(run.folder / COMMAND, json.dumps(run.to_document(), indent=2) + "\n")


def explain_failure(run, note):
    """Why a run that has ended is not whole, in one line. note: what is known if there is no exit
    code."""
    code = read_exit_code(run.folder)
    if code is None:
        return f"{run.folder}: has no exit code: {note or 'it was stopped'}"
    log = run.folder / LOG
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    how = f"exit code {code}" if code >= 0 else f"ended by signal {-code}"
    return f"{run.folder}: {how}" + (f": {lines[-1]}" if lines else "")
