#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Trains every variant of study.json with every seed by mec-train, on this machine or in Slurm. The same
command goes on where it stopped. study-report.py then makes the tables and figures."""

import argparse
import itertools
import json
import sys
from pathlib import Path

from console_program import add_version, run
from output_folder import locked
from run_executor import add_executor_flags, do_runs, make_executor, require_whole
from run_folder import Run
from study_runs import get_config, list_flags, read_summary

HERE = Path(__file__).resolve().parent


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "run-study")
    parser.add_argument("--program", default="build/mec-train", help="mec-train")
    parser.add_argument("--study", default=HERE / "study.json", type=Path, help="JSON file of the study")
    parser.add_argument("--output", default="results/study", type=Path, help="folder of the runs")
    parser.add_argument("--groups", default="", help="only these groups, separated by commas")
    parser.add_argument("--profiles", default="", help="only these profiles")
    parser.add_argument("--mlus", default="", help="only these numbers of MLUs")
    parser.add_argument("--variants", default="", help="only these variants")
    parser.add_argument("--seeds", default=0, type=int,
                        help="number of seeds of each variant; 0: as in the study")
    add_executor_flags(parser)
    arguments = parser.parse_args()
    if arguments.seeds < 0:
        sys.exit("run-study: expected --seeds of at least 0")
    return arguments


def split(wanted):
    return [name for name in wanted.split(",") if name]


def refuse_unknown(flag, wanted, known):
    known = list(dict.fromkeys(map(str, known)))
    for name in split(wanted):
        if name not in known:
            sys.exit(f"run-study: --{flag}={wanted}: no {name}, expected some of {','.join(known)}")


def list_runs(study, arguments):
    """Each training as (folder, flags, config), one seed after the other: a study that is stopped has the
    same seeds of everything."""
    def chosen(names, wanted):
        wanted = split(wanted)
        return [name for name in names if not wanted or str(name) in wanted]

    groups = {name: study["groups"][name] for name in chosen(study["groups"], arguments.groups)}
    refuse_unknown("groups", arguments.groups, study["groups"])
    for flag in ("profiles", "mlus", "variants"):
        known = [value for group in groups.values() for value in group[flag]]
        refuse_unknown(flag, getattr(arguments, flag), known)

    runs = []
    for name, group in groups.items():
        seeds = arguments.seeds or group["seeds"]
        for seed, profile, mlus, variant in itertools.product(
            range(1, seeds + 1),
            chosen(group["profiles"], arguments.profiles),
            chosen(group["mlus"], arguments.mlus),
            chosen(group["variants"], arguments.variants),
        ):
            folder = arguments.output / name / profile / f"k{mlus}" / variant / f"seed{seed}"
            flags = list_flags(study, name, profile, mlus, variant, seed)
            runs.append((folder, flags, get_config(study, variant)))
    return runs


def make_run(program, folder, flags, config):
    """The training in its folder, which goes on with what is there."""
    files = {} if config is None else {"config.json": json.dumps(config)}
    flags = [*flags, "--resume", *(f"--config={name}" for name in files)]
    return Run(folder, program, tuple(flags), files, goes_on=True)


def main():
    arguments = parse_arguments()
    if not Path(arguments.program).exists():
        raise RuntimeError(f"no {arguments.program}, build it with ./llm-mec build")
    program = Path(arguments.program).resolve()
    arguments.output = arguments.output.absolute()
    executor = make_executor(arguments, arguments.output)
    trainings = list_runs(json.loads(arguments.study.read_text()), arguments)
    with locked(arguments.output):
        # What a training has written tells whether it has ended, also one of before sweeps.
        waiting = [
            make_run(program, *each) for each in trainings if read_summary(*each) is None
        ]
        notes = do_runs(executor, waiting, len(trainings), "trainings")
    require_whole(waiting, notes, len(trainings), "trainings")
    print(f"{len(trainings)} trainings in {arguments.output}")


if __name__ == "__main__":
    run("run-study", main, "interrupted, the same command goes on")
