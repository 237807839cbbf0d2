#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The fit of a step-time law: a layer profile that was made from a known law gives it back, and
what is wrong with a profile is said in one line. Exit code 77 where numpy is missing."""

import csv
import json
import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "examples" / "serving" / "fit-step-time-law.py"

LAYERS = 4
HEAD_US = 500  # what reads the weights of the vocabulary
START_US = 40  # what attention takes at the least, in all layers
DECODE_US = 1.5  # what attention takes for a decode of no context
LAW = {
    "weightsUs": 9000,
    "activationUsPerToken": 12.5,
    "gemmUsPerToken": 60,
    "sequenceUs": 5.5,
    "prefillAttentionUsPerPair": 0.002,
    "decodeKvUsPerToken": 0.125,
    "multiQueryKvUsPerToken": 0.3,
}
TILE = 128
TOKENS = [*range(1, 17), *range(20, 260, 4), *range(272, 2305, 16)]


def dense_us(tokens):
    """The dense layers of a step, by LAW."""
    memory = LAW["weightsUs"] - HEAD_US - START_US + LAW["activationUsPerToken"] * tokens
    return max(memory, LAW["gemmUsPerToken"] * TILE * math.ceil(tokens / TILE))


def attention_us(chunk, before, decodes, context):
    """Attention in all layers, by LAW."""
    kv = LAW["multiQueryKvUsPerToken" if chunk else "decodeKvUsPerToken"]
    return (
        START_US
        + DECODE_US * decodes
        + LAW["prefillAttentionUsPerPair"] * chunk * (before + chunk / 2)
        + kv * decodes * context
    )


def make_dense():
    # Twice in every layer, once in every layer, and once; a quarter of the time each.
    every = ("qkv_proj", "rotary_emb", "o_proj", "gate_up_proj", "act_fn", "down_proj")
    shares = {"layernorm": 1 / (8 * LAYERS), "embedding": 1 / 8, "final_layernorm": 1 / 8}
    shares.update({layer: 1 / (12 * LAYERS) for layer in every})
    return [(layer, t, dense_us(t) * share) for layer, share in shares.items() for t in TOKENS]


def make_per_sequence():
    per = LAW["sequenceUs"] - DECODE_US
    return [
        (layer, n, share * (HEAD_US + per * n))
        for layer, share in (("lm_head", 0.75), ("sampler", 0.25))
        for n in (1, 2, 3, 4, 8, 16, 32, 64, 128, 256)
    ]


def make_attention():
    contexts = [16, 64, 128, 512, 1024, 4096, 16384]
    chunks = [16, 64, 512, 1024, 2048]
    decodes = [1, 4, 16, 64, 256]
    rows = [(0, 0, n, k) for n in decodes for k in contexts]
    rows += [(c, k, 0, 0) for c in chunks for k in (0, *contexts)]
    rows += [(c, b, n, k) for c in chunks for b in (0, 1024) for n in decodes for k in contexts]
    return [(*row, attention_us(*row) / LAYERS) for row in rows]


TABLES = {
    "dense.csv": (["layer", "tokens", "time_us"], make_dense),
    "per_sequence.csv": (["layer", "sequences", "time_us"], make_per_sequence),
    "attention.csv": (
        ["prefill_chunk", "kv_prefill", "n_decode", "kv_decode", "time_us"],
        make_attention,
    ),
}


class FitTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.model = self.folder / "model.json"
        self.model.write_text(json.dumps({"layers": LAYERS, "hiddenSize": 1024}))
        for name, (header, make) in TABLES.items():
            self.write(name, header, make())

    def write(self, name, header, rows):
        with open(self.folder / name, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)

    def call(self, *options, model=None):
        command = [sys.executable, str(SCRIPT), f"--profile={self.folder}"]
        command += [f"--model={model or self.model}", *options]
        return subprocess.run(command, capture_output=True, text=True)

    def expect_error(self, part, *options, model=None, code=1):
        result = self.call(*options, model=model)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertIn(part, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertNotIn("Traceback", result.stderr)
        if code == 1:  # argparse puts its usage before the line
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def expect_law(self, law):
        for key, value in LAW.items():
            self.assertAlmostEqual(law[key] / value, 1, delta=1e-9, msg=key)
        self.assertEqual(law["tileTokens"], TILE)

    def test_a_known_law_comes_back(self):
        result = self.call()
        self.assertEqual(result.returncode, 0, result.stderr)
        law = json.loads(result.stdout)
        self.expect_law(law)
        self.assertEqual(set(law), {*LAW, "tileTokens"})
        self.assertEqual(result.stderr, "dense.csv: relative rms 0.00 %\n")

    def test_link_and_output(self):
        output = self.folder / "law.json"
        result = self.call(
            "--tensorParallel=2",
            "--allReduceLatencyUs=40",
            "--linkBytesPerS=16e9",
            f"--output={output}",
        )
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        law = json.loads(output.read_text())
        self.expect_law(law)
        link = {"allReduces": 8, "latencyUs": 40, "bytesPerToken": 2048, "bytesPerS": 16e9}
        self.assertEqual(law["link"], link)

    def test_noise_of_a_percent(self):
        draw = numpy.random.default_rng(1)
        for name, (header, make) in TABLES.items():
            rows = [(*row[:-1], row[-1] * (1 + 0.01 * draw.normal())) for row in make()]
            self.write(name, header, rows)
        law = json.loads(self.call().stdout)
        for key, value in LAW.items():
            self.assertAlmostEqual(law[key] / value, 1, delta=0.05, msg=key)

    def test_models_of_the_module(self):
        for path in sorted((ROOT / "data" / "models").glob("*.json")):
            result = self.call(model=path.stem)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_wrong_tables(self):
        def expect(name, change, part):
            header, make = TABLES[name]
            self.write(name, *change(list(header), make()))
            self.expect_error(f"{self.folder / name}: {part}")
            self.write(name, header, make())

        def last(rows, *row):
            return rows[:-1] + [row]

        expect("dense.csv", lambda h, r: (["layer", "us"], r), "no column tokens, expected layer,")
        expect("dense.csv", lambda h, r: (h, []), "no row of layernorm, expected some")
        expect(
            "dense.csv",
            lambda h, r: (h, last(r, "moe", 1, 2)),
            f"line {len(make_dense()) + 1}: layer: got 'moe', expected one of layernorm, qkv_proj",
        )
        expect(
            "dense.csv",
            lambda h, r: (h, last(r, "down_proj", "x", 2)),
            f"line {len(make_dense()) + 1}: tokens: got 'x', expected a number from 1",
        )
        expect(
            "dense.csv",
            lambda h, r: (h, last(r, "down_proj", 2304, -3)),
            f"line {len(make_dense()) + 1}: time_us: got '-3', expected a number above 0",
        )
        expect("dense.csv", lambda h, r: (h, last(r, "down_proj", 1, 2)), "line ")
        expect("dense.csv", lambda h, r: (h, r[:-1]), "down_proj is of other tokens than ")
        expect(
            "dense.csv",
            lambda h, r: (h, [row for row in r if row[1] < 512]),
            "0 rows of 512 or more tokens, expected 1 or more",
        )
        expect(
            "per_sequence.csv",
            lambda h, r: (h, [row for row in r if row[0] == "lm_head"]),
            "no row of sampler, expected some",
        )
        expect(
            "per_sequence.csv",
            lambda h, r: (h, last(r, "sampler", 256, "nan")),
            "line 21: time_us: got 'nan', expected a number above 0",
        )
        expect(
            "attention.csv",
            lambda h, r: (h, [row for row in r if row[0]]),
            "0 rows of decodes alone with 128 to 4096 tokens of context, expected 3 or more",
        )
        expect(
            "attention.csv",
            lambda h, r: (h, [row for row in r if row[2]]),
            "0 rows of chunks alone",
        )
        expect(
            "attention.csv",
            lambda h, r: (h, [row for row in r if not row[0] or not row[2]]),
            "0 rows of decodes with 128 to 4096 tokens of context beside a chunk",
        )
        expect("attention.csv", lambda h, r: (h, last(r, 16, 0, 1)), "line ")

    def test_wrong_files_and_options(self):
        (self.folder / "attention.csv").rename(self.folder / "kept.csv")
        self.expect_error(str(self.folder / "attention.csv"))
        (self.folder / "kept.csv").rename(self.folder / "attention.csv")
        (self.folder / "attention.csv").write_bytes(b"\xff\xfe")
        self.expect_error("attention.csv: not UTF-8, expected a table as text")

        self.expect_error("models/missing.json", model="missing")
        for text, part in (
            ("{", "expected JSON"),
            ("[]", "/layers: got None, expected an integer from 1"),
            ('{"layers": 4, "hiddenSize": 0}', "/hiddenSize: got 0, expected an integer from 1"),
        ):
            self.model.write_text(text)
            self.expect_error(f"{self.model}: ", model=self.model)
            self.expect_error(part, model=self.model)

        self.model.write_text('{"layers": 4, "hiddenSize": 8}')
        self.expect_error("--tensorParallel=2 without a link", "--tensorParallel=2")
        self.expect_error("expected a link for 2 or more GPUs", "--linkBytesPerS=1e9")
        self.expect_error("from 1 to 64", "--tensorParallel=65", code=2)
        self.expect_error("a number above 0", "--linkBytesPerS=0", code=2)
        self.expect_error("from 1 to 65536", "--tileTokens=0", code=2)

    def test_help(self):
        result = self.call("--help")
        self.assertEqual(result.returncode, 0)
        for flag in ("--profile", "--model", "--tileTokens", "--tensorParallel", "--output"):
            self.assertIn(flag, result.stdout)


if __name__ == "__main__":
    unittest.main()
