#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Fits the law of a serving engine's step time on measured times of single layers, and prints it as
the object `law` of a file of data/serving. A layer profile is a folder of three tables, with times
in us: dense.csv (layer, tokens, time_us), per_sequence.csv (layer, sequences, time_us) and
attention.csv (prefill_chunk, kv_prefill, n_decode, kv_decode, time_us), all of one GPU."""

import argparse
import csv
import json
import math
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import ROOT, add_version, run
from output_folder import write_whole

try:
    import numpy as np
except ImportError as missing:
    sys.exit(f"fit-step-time-law: {missing}, expected numpy (python3-numpy)")

# How often a step computes each row of dense.csv: in every layer, or once.
EVERY_LAYER = {
    "layernorm": 2,
    "qkv_proj": 1,
    "qk_norm": 1,
    "rotary_emb": 1,
    "o_proj": 1,
    "gate_up_proj": 1,
    "act_fn": 1,
    "down_proj": 1,
}
ONCE = {"embedding": 1, "final_layernorm": 1}
OPTIONAL = {"qk_norm"}  # Qwen3 has it, Llama does not
PER_SEQUENCE = {"lm_head": 1, "sampler": 1}

GEMM_TOKENS = 512  # from here on a step is bound by the matrix products, on every GPU we know
KNEES = (64, 96, 128, 192, 256)  # up to one of these tokens it is bound by the weights
MIN_CONTEXT = 128  # shorter ones cost no more than the start of a kernel
MAX_CONTEXT = 4096  # what is served most; beyond it rows are few and far apart
MIN_CHUNK = 64
MAX_TOKENS = 2304  # of a step: a budget of 2048 and some decodes

ATTENTION = ("prefill_chunk", "kv_prefill", "n_decode", "kv_decode")
MAX_GPUS = 64
DIGITS = 12  # that are written: those beyond depend on the machine's linear algebra


class Attention:
    """attention.csv: times of one layer, by the chunk of a prompt and the context before it, and by
    the decodes and the context of each."""

    def __init__(self, table):
        self.chunk, self.before, self.decodes, self.context, self.time = table.T
        self.pairs = self.chunk * (self.before + self.chunk / 2)
        self.read = self.decodes * self.context
        self.tokens = self.chunk + self.decodes


def read_rows(path, columns):
    """Rows of a table as texts, with the numbers of their lines."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        try:
            rows = [(reader.line_num, row) for row in reader]
        except UnicodeDecodeError:
            raise ValueError(f"{path}: not UTF-8, expected a table as text") from None
        except csv.Error as error:
            raise ValueError(f"{path}: line {reader.line_num}: {error}") from None
    for column in columns:
        if column not in (reader.fieldnames or []):
            raise ValueError(f"{path}: no column {column}, expected {','.join(columns)}")
    return rows


def to_number(path, line, row, column, least):
    try:
        number = float(row[column])
    except (TypeError, ValueError):
        number = math.nan
    above = number > 0 if least is None else number >= least
    if not above or math.isinf(number):
        expected = "a number above 0" if least is None else f"a number from {least}"
        raise ValueError(
            f"{path}: line {line}: {column}: got {str(row[column])[:40]!r}, expected {expected}"
        )
    return number


def read_layers(path, count, factors, optional=frozenset()):
    """Counts (of tokens or sequences) of a table, and at each the sum of its layers' times, every
    layer as often as factors says."""
    times = {}
    for line, row in read_rows(path, ("layer", count, "time_us")):
        layer = row["layer"]
        if layer not in factors:
            raise ValueError(
                f"{path}: line {line}: layer: got {str(layer)[:40]!r}, "
                f"expected one of {', '.join(factors)}"
            )
        at = to_number(path, line, row, count, 1)
        if at in times.setdefault(layer, {}):
            raise ValueError(f"{path}: line {line}: {layer} of {at:g} {count} again, expected once")
        times[layer][at] = to_number(path, line, row, "time_us", None)
    for layer in factors:
        if layer not in times and layer not in optional:
            raise ValueError(f"{path}: no row of {layer}, expected some")
    counts = sorted(next(iter(times.values())))
    for layer, by_count in times.items():
        if sorted(by_count) != counts:
            raise ValueError(
                f"{path}: {layer} is of other {count} than {next(iter(times))}, expected the same"
            )
    total = sum(
        factors[layer] * np.array([by_count[at] for at in counts])
        for layer, by_count in times.items()
    )
    return np.array(counts), total


def read_attention(path):
    table = [
        [to_number(path, line, row, column, 0) for column in ATTENTION]
        + [to_number(path, line, row, "time_us", None)]
        for line, row in read_rows(path, (*ATTENTION, "time_us"))
    ]
    return Attention(np.array(table).reshape(-1, 5))


def read_model(name):
    """Layers and width of a model: a name of data/models, or a file."""
    path = Path(name)
    if "/" not in name and path.suffix != ".json":
        path = Path(os.environ.get("LLM_MEC_DATA", ROOT / "data")) / "models" / f"{name}.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}, expected JSON") from None
    sizes = []
    for key in ("layers", "hiddenSize"):
        value = document.get(key) if isinstance(document, dict) else None
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{path}: /{key}: got {value!r}, expected an integer from 1")
        sizes.append(value)
    return sizes


def fit_relative(columns, times, whole):
    """Coefficients of columns whose sum is nearest to the times, errors being shares of the whole
    step that the times are part of; none is negative."""
    weights = 1 / whole
    found = np.linalg.lstsq(columns * weights[:, None], times * weights, rcond=None)[0]
    return np.maximum(found, 0)


def require(path, mask, words, least):
    if np.count_nonzero(mask) < least:
        raise ValueError(
            f"{path}: {np.count_nonzero(mask)} rows of {words}, expected {least} or more"
        )
    return mask


def fit_dense(path, tokens, times, tile):
    """w, a and f of the dense layers, and the relative rms of the whole sweep, where each octave of
    tokens counts the same."""
    tiled = tile * np.ceil(tokens / tile)
    large = require(path, tokens >= GEMM_TOKENS, f"{GEMM_TOKENS} or more tokens", 1)
    (gemm,) = fit_relative(tiled[large, None], times[large], times[large])
    octave = 1 / tokens
    best = None
    for knee in KNEES:
        small = require(path, tokens <= knee, f"at most {knee} tokens", 2)
        columns = np.column_stack([np.ones(small.sum()), tokens[small]])
        whole = times[small] * np.sqrt(tokens[small])
        weights, activation = fit_relative(columns, times[small], whole)
        errors = np.maximum(weights + activation * tokens, gemm * tiled) / times - 1
        rms = math.sqrt(np.average(errors**2, weights=octave))
        if best is None or rms < best[-1]:
            best = weights, activation, gemm, rms
    return best


def fit(folder, layers, tile):
    """The law, each number from the rows that determine it, and the relative rms of dense.csv."""
    every = {layer: times * layers for layer, times in EVERY_LAYER.items()}
    dense = folder / "dense.csv"
    tokens, times = read_layers(dense, "tokens", {**every, **ONCE}, OPTIONAL)
    weights, activation, gemm, rms = fit_dense(dense, tokens, times, tile)

    per_sequence = folder / "per_sequence.csv"
    sequences, times = read_layers(per_sequence, "sequences", PER_SEQUENCE)
    require(per_sequence, sequences > 0, "sequences", 2)
    columns = np.column_stack([np.ones(len(sequences)), sequences])
    head, a_sequence = fit_relative(columns, times, times)

    path = folder / "attention.csv"
    rows = read_attention(path)
    times = layers * rows.time
    tiled = tile * np.ceil(rows.tokens / tile)
    # The step that a row's attention is part of: an error of attention matters by its share.
    whole = times + head + np.maximum(weights + activation * rows.tokens, gemm * tiled)
    is_served = (rows.context >= MIN_CONTEXT) & (rows.context <= MAX_CONTEXT)

    alone = require(
        path,
        (rows.chunk == 0) & (rows.decodes > 0) & is_served,
        f"decodes alone with {MIN_CONTEXT} to {MAX_CONTEXT} tokens of context",
        3,
    )
    columns = np.column_stack([np.ones(alone.sum()), rows.decodes[alone], rows.read[alone]])
    start, a_decode, single = fit_relative(columns, times[alone], whole[alone])

    prompts = require(
        path,
        (rows.decodes == 0) & (rows.chunk >= MIN_CHUNK) & (rows.before <= MAX_CONTEXT),
        f"chunks alone of {MIN_CHUNK} or more tokens after at most {MAX_CONTEXT}",
        1,
    )
    (pair,) = fit_relative(rows.pairs[prompts, None], times[prompts] - start, whole[prompts])

    mixed = require(
        path,
        (rows.decodes > 0)
        & (rows.chunk > 0)
        & is_served
        & (rows.before <= MAX_CONTEXT)
        & (rows.tokens <= MAX_TOKENS),
        f"decodes with {MIN_CONTEXT} to {MAX_CONTEXT} tokens of context beside a chunk",
        1,
    )
    rest = times[mixed] - start - a_decode * rows.decodes[mixed] - pair * rows.pairs[mixed]
    (multi,) = fit_relative(rows.read[mixed, None], rest, whole[mixed])

    law = {
        "weightsUs": weights + head + start,
        "activationUsPerToken": activation,
        "gemmUsPerToken": gemm,
        "sequenceUs": a_sequence + a_decode,
        "prefillAttentionUsPerPair": pair,
        "decodeKvUsPerToken": single,
        "multiQueryKvUsPerToken": multi,
    }
    if not law["weightsUs"] > 0:
        raise ValueError(f"{dense}: small steps take no time, expected some to read the weights")
    rounded = {key: float(f"{value:.{DIGITS}g}") for key, value in law.items()}
    return {**rounded, "tileTokens": tile}, rms


def make_link(arguments, layers, hidden):
    """Two all-reduces a layer, each of the activations of a token in 16 bits; none for one GPU."""
    given = (arguments.allReduceLatencyUs, arguments.linkBytesPerS)
    if arguments.tensorParallel == 1:
        if given != (None, None):
            raise ValueError("a link but --tensorParallel=1, expected a link for 2 or more GPUs")
        return None
    if None in given:
        raise ValueError(
            f"--tensorParallel={arguments.tensorParallel} without a link, expected "
            "--allReduceLatencyUs and --linkBytesPerS"
        )
    return {
        "allReduces": 2 * layers,
        "latencyUs": arguments.allReduceLatencyUs,
        "bytesPerToken": 2 * hidden,
        "bytesPerS": arguments.linkBytesPerS,
    }


def integer(least, most):
    def convert(text):
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"got {text}, expected an integer from {least} to {most}"
            )
        return value

    convert.__name__ = "integer"
    return convert


def number(is_allowed, expected):
    def convert(text):
        value = float(text)
        if not is_allowed(value) or math.isinf(value):
            raise argparse.ArgumentTypeError(f"got {text}, expected {expected}")
        return value

    convert.__name__ = "number"
    return convert


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="The link is not fitted, since layers are measured on one GPU: its numbers are "
        "written as they are given.",
        allow_abbrev=False,
    )
    add_version(parser, "fit-step-time-law")
    parser.add_argument("--profile", type=Path, required=True, help="folder of a layer profile")
    parser.add_argument(
        "--model", required=True, help="name of a file of data/models, or path of one like it"
    )
    parser.add_argument(
        "--tileTokens",
        type=integer(1, 65536),
        default=128,
        help="tokens of a tile of the matrix products (default: 128)",
    )
    parser.add_argument(
        "--tensorParallel",
        type=integer(1, MAX_GPUS),
        default=1,
        help="GPUs that compute each layer together (default: 1)",
    )
    parser.add_argument(
        "--allReduceLatencyUs",
        type=number(lambda value: value >= 0, "a number from 0"),
        help="latency of one all-reduce among them, us",
    )
    parser.add_argument(
        "--linkBytesPerS",
        type=number(lambda value: value > 0, "a number above 0"),
        help="rate of the link among them, bytes a second",
    )
    parser.add_argument("--output", type=Path, help="file to write the law to (default: print it)")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    layers, hidden = read_model(arguments.model)
    link = make_link(arguments, layers, hidden)
    law, rms = fit(arguments.profile, layers, arguments.tileTokens)
    if link:
        law["link"] = link
    text = json.dumps(law, indent=2) + "\n"
    if arguments.output:
        write_whole(arguments.output, text)
    else:
        print(text, end="")
    # Not beside the law, which is read by programs.
    print(f"dense.csv: relative rms {100 * rms:.2f} %", file=sys.stderr)


if __name__ == "__main__":
    run("fit-step-time-law", main)
