#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Trains every variant of study.json with every seed by mec-train, so many at once, and goes on
where it was stopped. Then: study-report.py for the tables and figures."""

import argparse
import concurrent.futures
import itertools
import json
import os
import sys
from pathlib import Path

from console_program import Processes, add_version, run, shows_progress
from output_folder import locked, write_whole
from study_runs import get_config, list_flags, read_summary

HERE = Path(__file__).resolve().parent


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "run-study")
    parser.add_argument("--program", default="build/mec-train", help="mec-train")
    parser.add_argument("--study", default=HERE / "study.json", type=Path, help="what to run")
    parser.add_argument("--output", default="results/study", type=Path, help="folder of the runs")
    parser.add_argument("--groups", default="", help="some groups only, with commas in between")
    parser.add_argument("--profiles", default="", help="some profiles only")
    parser.add_argument("--mlus", default="", help="some numbers of MLUs only")
    parser.add_argument("--variants", default="", help="some variants only")
    parser.add_argument("--seeds", default=0, type=int, help="seeds of each, 0 for the study's")
    parser.add_argument("--jobs", default=os.cpu_count(), type=int, help="trainings at once")
    arguments = parser.parse_args()
    if arguments.jobs < 1 or arguments.seeds < 0:
        sys.exit("run-study: expected --jobs of at least 1 and --seeds of at least 0")
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


def train(processes, program, folder, flags, config):
    if read_summary(folder, flags, config) is not None:
        return
    command = [program, *flags, f"--output={folder}", "--resume"]
    folder.mkdir(parents=True, exist_ok=True)
    if config is not None:
        write_whole(folder / "config.json", json.dumps(config))
        command.append(f"--config={folder / 'config.json'}")
    error = processes.call(command)
    if error:
        raise RuntimeError(f"{folder}: {error}")


def train_all(arguments, runs):
    processes = Processes()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        futures = [pool.submit(train, processes, arguments.program, *each) for each in runs]
        try:
            for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
                future.result()
                if shows_progress():
                    print(f"\r{number} of {len(runs)} trainings", end="", file=sys.stderr)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            processes.stop()
            raise


def main():
    arguments = parse_arguments()
    if not Path(arguments.program).exists():
        raise RuntimeError(f"no {arguments.program}, build it with ./llm-mec build")
    runs = list_runs(json.loads(arguments.study.read_text()), arguments)
    with locked(arguments.output):
        train_all(arguments, runs)
    print(f"{len(runs)} trainings in {arguments.output}")


if __name__ == "__main__":
    run("run-study", main, "interrupted, the same command goes on")
