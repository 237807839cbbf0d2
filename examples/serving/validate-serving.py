#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Compares mec-serve with a measured server. The trace has the columns that mec-serve reads, firstTokenS
and lastTokenS of each request, and optionally queuedS, the time at which the scheduler of the server
saw it. Times to first token and latencies count from arrivalS. Prints errors in %, that is simulated
over measured minus one, of mean, P50, P90, P95 and P99, and the mean of the absolute error over the
requests. With --simplifications it also prints the errors of the model without each of its parts."""

import argparse
import concurrent.futures
import csv
import json
import math
import os
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import ROOT, Processes, add_version, run
from output_folder import locked, write_whole

METRICS = {"ttftS": "TTFT", "tpotS": "TPOT", "latencyS": "latency"}
SHARES = {"mean": None, "p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
MEASURED = ("arrivalS", "firstTokenS", "lastTokenS")
ENGINE = "--ns3::llmmec::ContinuousBatchingEngine::"
ROOFLINE = "--ns3::llmmec::RooflineStepTimeModel::"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "validate-serving")
    parser.add_argument("--program", type=Path, required=True, help="the built mec-serve")
    parser.add_argument("--serving", required=True, help="as mec-serve takes it")
    parser.add_argument("--trace", type=Path, required=True, help="CSV file of measured requests")
    parser.add_argument("--seats", type=int,
                        help="largest number of sequences that the server computes at a time")
    parser.add_argument("--blocks", type=int, help="KV blocks of the server")
    parser.add_argument(
        "--otherBlocks", type=int, help="a row of --simplifications with so many KV blocks"
    )
    parser.add_argument(
        "--simplifications", action="store_true", help="what each part of the model is worth"
    )
    parser.add_argument(
        "--further", default="", help="more settings of mec-serve, such as --stepOverheadS=0"
    )
    parser.add_argument("--output", type=Path, help="folder for a CSV and a JSON file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of runs at a time")
    return parser.parse_args()


# What was measured, and how far a run is from it


def read_table(path, columns):
    """Rows of a CSV file, by id, with numbers in the columns."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = {}
        for row in reader:
            for column in ("id", *columns):
                if row.get(column) is None:
                    raise ValueError(f"{path}: no column {column}, expected id,{','.join(columns)}")
                try:
                    row[column] = float(row[column]) if column != "id" else row[column]
                except ValueError:
                    if row[column] == "" and column == "tpotS":  # of an answer of one token
                        row[column] = None
                        continue
                    place = f"{path}: line {reader.line_num}: {column}"
                    raise ValueError(f"{place}: {row[column]!r}, expected a number") from None
            rows[row["id"]] = row
    if not rows:
        raise ValueError(f"{path}: no requests, expected at least one")
    return rows


def read_measured(path):
    """What requests took, by id; and whether queuedS is there, counted from that."""
    rows = read_table(path, (*MEASURED, "generatedTokens"))
    with_queued = all(row.get("queuedS") for row in rows.values())
    outcomes, from_queued = {}, {}
    for number, row in rows.items():
        first, last = row["firstTokenS"], row["lastTokenS"]
        if not row["arrivalS"] <= first <= last:
            raise ValueError(
                f"{path}: request {number}: expected arrivalS <= firstTokenS <= lastTokenS"
            )
        tokens = row["generatedTokens"]
        tpot = (last - first) / (tokens - 1) if tokens > 1 else None
        for target, start in ((outcomes, row["arrivalS"]), (from_queued, row.get("queuedS"))):
            if target is outcomes or with_queued:
                start = float(start)
                target[number] = {"ttftS": first - start, "tpotS": tpot, "latencyS": last - start}
    return outcomes, from_queued


def get_statistic(values, share):
    """Their mean, or a quantile with linear interpolation, as summary.json has it."""
    if share is None:
        return sum(values) / len(values)
    values = sorted(values)
    place = share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def get_distributions(outcomes):
    result = {}
    for metric in METRICS:
        values = [each[metric] for each in outcomes.values() if each[metric] is not None]
        if values:
            result[metric] = {name: get_statistic(values, share) for name, share in SHARES.items()}
    return result


def compare(summary, requests, outcomes):
    """Errors in % by metric and statistic; `each` is the mean of the requests' absolute errors."""
    errors = {}
    for metric, measured in get_distributions(outcomes).items():
        if metric not in summary:  # a discipline whose answers come as a whole has no TPOT
            continue
        errors[metric] = {n: 100 * (summary[metric][n] / measured[n] - 1) for n in SHARES}
        each = [
            abs(requests[number][metric] / measured[metric] - 1)
            for number, measured in outcomes.items()
            if measured[metric] and requests[number][metric] is not None
        ]
        errors[metric]["each"] = 100 * sum(each) / len(each) if each else math.nan
    return errors


# Runs


class Run:
    """A row: what it is called, further arguments of mec-serve, and what it serves."""

    def __init__(self, name, flags=(), serving=None, has_engine=True):
        self.name, self.flags, self.serving, self.has_engine = name, flags, serving, has_engine


def find_serving(name):
    """The file that mec-serve reads, or None for a roofline."""
    if name.startswith("roofline:"):
        return None
    data = Path(os.environ.get("LLM_MEC_DATA") or ROOT / "data")
    for path in (Path(name), data / "serving" / f"{name}.json"):
        if path.is_file():
            return path
    raise ValueError(f"{name}: no such file and none in {data / 'serving'}")


def list_laws(law):
    """Simpler laws, by name."""
    one_rate = {"multiQueryKvUsPerToken": law["decodeKvUsPerToken"]}
    four = {**one_rate, "sequenceUs": 0, "activationUsPerToken": 0}
    no_knee = {"activationUsPerToken": law["gemmUsPerToken"], "gemmUsPerToken": 0}
    laws = {
        "no quadratic attention of prompts (p = 0)": {"prefillAttentionUsPerPair": 0},
        "no rows of logits (s = 0)": {"sequenceUs": 0},
        "one KV rate, that of decodes (qm = q)": one_rate,
        "no activations (a = 0)": {"activationUsPerToken": 0},
        "no tiles of GEMMs": {"tileTokens": 1},
        "no knee and no tiles: w + f T": no_knee,
        "four numbers: w, f, p, q": four,
        "three numbers: w, f, q": {**four, "prefillAttentionUsPerPair": 0},
        "no KV cache (q = qm = 0)": {"decodeKvUsPerToken": 0, "multiQueryKvUsPerToken": 0},
    }
    if "link" in law:
        laws["no link among GPUs"] = {"link": None}
    return laws


def list_simplifications(arguments, folder):
    """Runs that leave out one part each. Changed files of serving go to the folder."""
    runs = []
    path = find_serving(arguments.serving)
    if path:
        document = json.loads(path.read_text())
        law = document["serving"]["law"]
        for name, changes in list_laws(law).items():
            changed = {key: value for key, value in {**law, **changes}.items() if value is not None}
            text = json.dumps({**document, "serving": {**document["serving"], "law": changed}})
            file = folder / f"law-{len(runs)}.json"
            file.write_text(text)
            runs.append(Run(name, serving=file))
    runs.append(Run("no overhead of steps", ["--stepOverheadS=0"]))
    runs.append(Run("synchronous steps", ["--pipelineDepth=1"]))
    runs.append(Run("no prefix caching", ["--prefixCaching=0"]))
    runs.append(Run("KV blocks from memory", ["--blocks=0"]))
    runs.append(Run("the same, nothing reserved", ["--blocks=0", f"{ENGINE}ReservedBytes=0"]))
    if arguments.otherBlocks:
        name = f"{arguments.otherBlocks} KV blocks"
        runs.append(Run(name, [f"--blocks={arguments.otherBlocks}"]))
    runs.append(Run("no limit of KV blocks", ["--blocks=1000000"]))
    if path:
        serving = document["serving"]
        roofline = f"roofline:{serving['device']}:{document['baseModel'].lower()}"
        peaks = ["MemoryEfficiency", "GemmEfficiency", "PrefillAttentionEfficiency"]
        once = f"{ROOFLINE}MultiQueryKvFactor=1"
        runs.append(Run("roofline", serving=roofline))
        runs.append(Run("roofline, one KV rate", [once], roofline))
        at_peak = [once] + [f"{ROOFLINE}{name}=1" for name in peaks]
        runs.append(Run("roofline, all at its peak", at_peak, roofline))
    for discipline in ("DedicatedServer", "FirstComeFirstServed", "ProcessorSharing"):
        runs.append(Run(discipline, [f"--serverDiscipline={discipline}"], has_engine=False))
    return runs


def make_command(arguments, each, folder):
    """What a row's run is. What is typed last counts."""
    command = [
        str(arguments.program),
        f"--serving={each.serving or arguments.serving}",
        f"--trace={arguments.trace}",
        f"--output={folder}",
    ]
    for name in ("seats", "blocks") if each.has_engine else ():
        if getattr(arguments, name) is not None:
            command.append(f"--{name}={getattr(arguments, name)}")
    return command + arguments.further.split() + list(each.flags)


def simulate(processes, arguments, each, folder, outcomes):
    """Run a row. Its summary and the requests by id."""
    error = processes.call(make_command(arguments, each, folder))
    if error:
        raise RuntimeError(error)
    summary = json.loads((folder / "summary.json").read_text())
    requests = read_table(folder / "requests.csv", METRICS)
    missing = set(outcomes) - set(requests)
    if missing:
        raise RuntimeError(f"{folder}: no request {min(missing)}, which the trace has")
    return summary, requests


def simulate_all(arguments, folder, outcomes):
    """Rows with their results."""
    runs = [Run("the model")]
    if arguments.simplifications:
        runs += list_simplifications(arguments, folder)
    processes = Processes()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        try:
            results = [
                pool.submit(simulate, processes, arguments, each, folder / f"run-{i}", outcomes)
                for i, each in enumerate(runs)
            ]
            return [(each, *result.result()) for each, result in zip(runs, results)]
        except BaseException:
            processes.stop()
            raise


# What is told


def print_distributions(measured, simulated, errors):
    print(f"{'s':<10}{'':<12}" + "".join(f"{name:>10}" for name in SHARES) + f"{'each':>10}")
    for metric, title in METRICS.items():
        if metric not in errors:
            continue
        for kind, values in (("measured", measured[metric]), ("simulated", simulated[metric])):
            print(f"{title:<10}{kind:<12}" + "".join(f"{values[name]:>10.5g}" for name in SHARES))
        texts = "".join(f"{errors[metric][name]:>+10.2f}" for name in SHARES)
        print(f"{title:<10}{'error, %':<12}{texts}{errors[metric]['each']:>10.2f}")


def print_rows(rows):
    """The errors of means and of requests, a row a line."""
    width = max(len(each) for each, _ in rows) + 2
    print(f"\n{'errors, %':<{width}}" + "".join(f"{t:>10}{'each':>9}" for t in METRICS.values()))
    for name, errors in rows:
        row = f"{name:<{width}}"
        for metric in METRICS:
            each = errors.get(metric)
            row += f"{each['mean']:>+10.1f}{each['each']:>9.1f}" if each else f"{'-':>10}{'-':>9}"
        print(row)


def write_tables(arguments, measured, rows):
    lines = []
    ends = ("Mean", "P50", "P90", "P95", "P99", "Each")
    columns = ["row"] + [metric + end for metric in METRICS for end in ends]
    writer = csv.writer(type("Lines", (), {"write": lines.append}), lineterminator="\n")
    writer.writerow(columns)
    for name, errors in rows:
        values = [errors.get(m, {}).get(end) for m in METRICS for end in (*SHARES, "each")]
        writer.writerow([name] + ["" if v is None else f"{v:.6g}" for v in values])
    document = {
        "serving": arguments.serving,
        "trace": str(arguments.trace),
        "seats": arguments.seats,
        "blocks": arguments.blocks,
        "further": arguments.further,
        "measured": measured,
        "errorsPercent": dict(rows),
    }
    write_whole(arguments.output / "validation.csv", "".join(lines))
    write_whole(arguments.output / "validation.json", json.dumps(document, indent=2) + "\n")


def validate(arguments):
    outcomes, from_queued = read_measured(arguments.trace)
    with tempfile.TemporaryDirectory() as folder:
        results = simulate_all(arguments, Path(folder), outcomes)
    rows = [
        (each.name, compare(summary, requests, outcomes)) for each, summary, requests in results
    ]
    _, summary, requests = results[0]
    measured = get_distributions(outcomes)
    print_distributions(measured, summary, rows[0][1])
    print(
        f"\n{summary['requests']} requests, {summary['preemptions']:.0f} preemptions, "
        f"{summary['steps']:.0f} steps. Times count from a request's arrival at the server."
    )
    if from_queued:
        rows.insert(1, ("measured from queuedS", compare(summary, requests, from_queued)))
    print_rows(rows)
    if arguments.output:
        write_tables(arguments, measured, rows)
        print(f"\n{arguments.output}/validation.{{csv,json}}")


def main():
    arguments = parse_arguments()
    if arguments.jobs < 1:
        raise ValueError("--jobs: expected at least 1")
    if arguments.output:
        with locked(arguments.output):
            validate(arguments)
    else:
        validate(arguments)


if __name__ == "__main__":
    run("validate-serving", main)
