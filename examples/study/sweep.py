#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a program for every point of a grid of flags and every seed, on this machine or in Slurm. A JSON
file describes the grid (doc/sweeps.rst). The same command goes on where it stopped. Results are a table,
CSV files and a figure of the means with 95 % intervals over the seeds. Failed runs are listed, and
are in no mean."""

import argparse
import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

from console_program import add_version, run
from output_folder import locked
from run_executor import add_executor_flags, do_runs, make_executor, require_whole
from run_folder import is_whole, name_folder, read_exit_code
from run_metrics import explain_missing, read_metrics
from sweep_file import read_sweep
from sweep_runs import make_runs

ROOT = Path(__file__).resolve().parents[2]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "sweep")
    parser.add_argument("file", type=Path, help="JSON file of the sweep, such as examples/study/mlus.json")
    parser.add_argument("--output", type=Path, help="folder of results (default: results/NAME of NAME.json)")
    parser.add_argument("--programs", type=Path, default=ROOT / "build",
                        help="folder of the built programs (default: build, next to ./llm-mec)")
    parser.add_argument("--seeds", type=int, help="number of seeds, 1 or more (default: those of the file)")
    add_executor_flags(parser)
    parser.add_argument("--redo", action="store_true",
                        help="repeat finished runs that had other flags or another build of the "
                        "program (default: refuse to go on)")
    parser.add_argument("--anyBuild", action="store_true",
                        help="accept finished runs of another build of the program (default: refuse)")
    parser.add_argument("--list", action="store_true", help="print the commands, and run nothing")
    parser.add_argument("--listPrograms", action="store_true",
                        help="print the names of the programs of the file, and run nothing")
    arguments = parser.parse_args()
    if arguments.seeds is not None and arguments.seeds < 1:
        raise ValueError(f"--seeds: {arguments.seeds}, expected a number of at least 1")
    return arguments


def read_help(command):
    """Flags that a program lists, by what it says as all ns-3 programs do, ns-3's globals included."""
    flags = []
    for option, pattern in (("--help", r"^\s+--([\w:.-]+):"), ("--PrintGlobals", r"^\s+--(\w+)=\[")):
        done = subprocess.run([*command, option], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        flags += re.findall(pattern, done.stdout, re.MULTILINE) if done.returncode == 0 else []
    return flags


def list_flags(program, part):
    """Flags that a program knows, also those that it has only with the flags of all runs, such as
    --task of mec-train."""
    flags = read_help([program])
    fixed = [f"--{name}={value}" for name, value in part.flags.values.items() if name in flags]
    if fixed:
        flags += read_help([program, *fixed])
    if not flags:
        raise RuntimeError(
            f"{program}: --help lists no flags, expected a program that uses ns-3's CommandLine"
        )
    return flags


def find_program(folder, part):
    """The program of a part. A name with a slash is a path."""
    path = Path(part.program) if "/" in part.program else folder / part.program
    if not os.access(path, os.X_OK) or not path.is_file():
        raise RuntimeError(f"{path}: no such program, expected one that is built (./llm-mec build)")
    return path.resolve()


def refuse_unknown_flags(file, program, part):
    """Refuses flags that the program does not have. Attributes, such as --ns3::..., are left to it."""
    known = list_flags(program, part)
    if "output" not in known:
        raise RuntimeError(f"{program}: has no --output, expected a program that writes summary.json")
    sets = [part.flags, *(flags for axis in part.axes for flags in axis.points.values())]
    used = [name for flags in sets for name in flags.values] + [part.seed_flag]
    for flag in dict.fromkeys(used):
        if "::" not in flag and flag not in known:
            raise ValueError(
                f"{file}: {flag}: no flag of {part.program}, expected some of {', '.join(known)}"
            )


def do_missing_runs(executor, parts, runs, arguments):
    """Does what is not done yet, see do_runs."""
    all_runs = [run for each in runs for run in each.values()]
    parts_of = {run.folder: part for part, each in zip(parts, runs) for run in each.values()}
    seen = set()
    waiting = [run for run in all_runs if not is_whole(run, arguments.redo, arguments.anyBuild)]

    def check_metrics(run):  # so that what is wrong shows at the first run
        part = parts_of[run.folder]
        for name, value in read_metrics(run.folder, part.metrics).items():
            if value is None and part.name not in seen:
                print(f"sweep: {explain_missing(run.folder, name)}", file=sys.stderr)
        seen.add(part.name)

    return do_runs(executor, waiting, len(all_runs), on_whole=check_metrics)


def report(parts, runs, output):
    """Tables, files and figures of what is whole."""
    # scipy and matplotlib take their time, and a refusal needs neither.
    from sweep_figure import draw
    from sweep_results import make_rows, print_table, write_tables

    for part, each in zip(parts, runs):
        whole = {key: run for key, run in each.items() if read_exit_code(run.folder) == 0}
        values = {key: read_metrics(run.folder, part.metrics) for key, run in whole.items()}
        rows = make_rows(part, values)
        for name in part.metrics:
            if whole and not any(row.counts[name] for row in rows):
                raise RuntimeError(explain_missing(next(iter(whole.values())).folder, name))
        path = output / name_folder(part.name)
        write_tables(part, rows, values, path)
        draw(part, rows, len(each) - len(whole), path)
        print_table(part, rows)
        print(f"\n{path}.{{csv,svg,png}}, {path}-runs.csv\n")


def main():
    arguments = parse_arguments()
    parts = read_sweep(arguments.file)
    if arguments.seeds:
        seeds = list(range(1, arguments.seeds + 1))
        parts = [dataclasses.replace(part, seeds=seeds) for part in parts]
    if arguments.listPrograms:
        print("\n".join(dict.fromkeys(part.program for part in parts)))
        return
    output = (arguments.output or Path("results") / arguments.file.stem).absolute()
    runs = []
    for part in parts:
        program = find_program(arguments.programs, part)
        refuse_unknown_flags(arguments.file, program, part)
        runs.append(make_runs(part, program, output, len(parts) == 1))
    if arguments.list:
        print("\n".join(run.describe() for each in runs for run in each.values()))
        return
    executor = make_executor(arguments, output)
    with locked(output):
        notes = do_missing_runs(executor, parts, runs, arguments)
        report(parts, runs, output)
    all_runs = [run for each in runs for run in each.values()]
    require_whole(all_runs, notes, len(all_runs))


if __name__ == "__main__":
    run("sweep", main, "interrupted, the same command goes on")
