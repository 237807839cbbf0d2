#!/usr/bin/env python3
#
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only

"""Compares the closed forms of speculative decoding with a pair file of two real models. Runs
mec-speculate with the pair file in three modes, with four windows and over three uplinks. Checks
that each answer is the text of the target, and compares tokens/s with pairs of the same lengths and
acceptance whose drafts are independent of each other (i.i.d.). With --live it also compares the
accepted drafts of each round with those that both models accepted when they decoded together."""

import argparse
import csv
import itertools
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import Processes, add_version, run, shows_progress

MODES = ("conventional", "lock-step", "event")
WINDOWS = ("1", "4", "8", "estimated")
UPLINKS = ("--uplinkBps=1e4", "--uplinkBps=1e6", "")  # bit/s; the last is the fading radio


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "validate-pair")
    parser.add_argument("pair", type=Path, help="pair file, such as `./llm-mec compress` writes")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-speculate")
    parser.add_argument("--draws", type=int, default=10, help="number of i.i.d. pairs, 1 or more")
    parser.add_argument("--live", type=Path, help="PAIR.live.csv of `ecld --pair=PAIR --live=N`")
    return parser.parse_args()


def read_pair(path):
    try:
        pair = json.loads(path.read_text())
        pair["vocabularySize"], [(query["target"], query["draft"]) for query in pair["queries"]]
    except (ValueError, TypeError, KeyError) as error:
        raise RuntimeError(f"{path}: {error!r}, expected a pair file") from error
    return pair


def read_rounds(path, columns):
    """Accepted drafts of each round of an answer, by the values of the columns."""
    rounds = {}
    try:
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                key = tuple(int(row[column]) for column in columns)
                rounds.setdefault(key, []).append(int(row["accepted"]))
    except (OSError, TypeError, ValueError, KeyError) as error:
        raise RuntimeError(f"{path}: {error!r}, expected {', '.join(columns)}, accepted") from error
    return rounds


def compare_live(processes, arguments, queries, folder):
    """Rounds that were decoded live, and answers whose rounds mec-speculate has otherwise."""
    live = read_rounds(arguments.live, ("query", "window"))
    different = 0
    for window in sorted({window for _, window in live}):
        point = (arguments.pair, queries, "conventional", str(window), "", folder)
        simulate(processes, arguments.program, *point)
        simulated = read_rounds(Path(folder) / "rounds.csv", ("answer",))
        for (query, of_window), rounds in live.items():
            different += of_window == window and simulated.get((query,)) != rounds
    return sum(map(len, live.values())), different


def get_outcomes(pair):
    """Of each query, which drafts are right."""
    return [
        [a == b for a, b in zip(query["target"], query["draft"])] for query in pair["queries"]
    ]


def get_autocorrelation(outcomes, mean):
    """Of neighbours in an answer."""
    products = [
        (x - mean) * (y - mean) for answer in outcomes for x, y in zip(answer, answer[1:])
    ]
    squares = [(x - mean) ** 2 for answer in outcomes for x in answer]
    return sum(products) / len(products) / (sum(squares) / len(squares)) if products else 0


def draw_pair(pair, acceptance, seed):
    """The same answers with drafts that are right or wrong by themselves."""
    source = random.Random(seed)
    drawn = json.loads(json.dumps(pair))
    for query in drawn["queries"]:
        query["draft"] = [
            token if source.random() < acceptance else (token + 1) % pair["vocabularySize"]
            for token in query["target"]
        ]
    return drawn


def simulate(processes, program, path, queries, mode, window, uplink, folder):
    """Tokens/s, and answers that are the target's own text."""
    command = [
        str(program),
        f"--acceptance={path}",
        f"--mode={mode}",
        f"--window={window}",
        f"--answers={queries}",
        "--draftTokenS=0.01",
        "--verifyS=0.025",
        "--downlinkS=0.002",
        "--baselines=0",
        f"--output={folder}",
    ]
    command += [uplink] if uplink else []
    error = processes.call(command)
    if error:
        raise RuntimeError(error)
    summary = json.loads((Path(folder) / "summary.json").read_text())
    return summary["tokensPerS"], int(summary["targetTexts"])


def show_progress(text):
    if shows_progress():
        print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


def main():
    arguments = parse_arguments()
    processes = Processes()
    pair = read_pair(arguments.pair)
    outcomes = get_outcomes(pair)
    queries = len(outcomes)
    tokens = sum(map(len, outcomes))
    acceptance = sum(map(sum, outcomes)) / tokens
    print(f"{arguments.pair.name}: {queries} answers, {tokens} tokens, acceptance {acceptance:.4f}")
    print(f"autocorrelation of neighbours {get_autocorrelation(outcomes, acceptance):.3f}\n")
    print(
        f"{'mode':14}{'window':>10}{'uplink':>10}{'texts':>8}"
        f"{'tokens/s':>10}{'i.i.d.':>9}{'%':>7}"
    )
    worst = 0
    wrong = 0
    with tempfile.TemporaryDirectory() as work:
        if arguments.live:
            rounds, different = compare_live(processes, arguments, queries, str(Path(work) / "out"))
            print(f"live: {rounds} rounds, of answers with others in the simulation: {different}")
            if different:
                raise RuntimeError(f"{arguments.live}: {different} answers differ, expected none")
        paths = []
        for seed in range(arguments.draws):
            paths.append(Path(work) / f"iid{seed}.json")
            paths[-1].write_text(json.dumps(draw_pair(pair, acceptance, seed)))
        for mode, window, uplink in itertools.product(MODES, WINDOWS, UPLINKS):
            point = (queries, mode, window, uplink, str(Path(work) / "out"))
            show_progress(f"{mode}, window {window}")
            rate, texts = simulate(processes, arguments.program, arguments.pair, *point)
            drawn = [simulate(processes, arguments.program, path, *point)[0] for path in paths]
            show_progress("")
            law = sum(drawn) / len(drawn)
            difference = 100 * (rate / law - 1)
            worst = max(worst, abs(difference))
            wrong += queries - texts
            name = uplink.split("=")[-1] if uplink else "radio"
            print(
                f"{mode:14}{window:>10}{name:>10}{texts:>8}"
                f"{rate:>10.2f}{law:>9.2f}{difference:>7.2f}",
                flush=True,
            )
    print(f"\nanswers that are not the target's text: {wrong}; worst difference {worst:.2f} %")
    if wrong:
        raise RuntimeError(f"{wrong} answers are not the target's text, expected none")


if __name__ == "__main__":
    run("validate-pair", main)
