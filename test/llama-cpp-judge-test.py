#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The judge of a step's law on times made by known laws, the checkpoint, and what the measuring
script refuses. A script stands in for llama.cpp."""

import importlib.util
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

sys.dont_write_bytecode = True
FOLDER = Path(__file__).resolve().parents[1] / "examples" / "serving" / "llama-cpp"


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


judge = load("judge-law")

# One of a processor, whose times add up, and one of a GPU, with all that the law has.
PROCESSOR = dict(w=8.0, a=4.0, f=0.0, s=0.7, p=0.006, qm=0.0, q=0.008, tile=1)
GPU = dict(w=20.0, a=0.05, f=2.0, s=0.1, p=0.002, qm=0.012, q=0.004, tile=8)


def list_keys(tokens=(1, 2, 3, 5, 8)):
    return [
        (n, k, c, logits)
        for n in (1, 2, 3, 4, 6, 8)
        for k in (64, 256, 512, 1024)
        for c in tokens
        for logits in (("each",) if c == 1 else ("each", "last"))
    ]


def make_cells(law, noise=0.0, passes=5, seed=1):
    """Cells with the law's times, and noise of so large a deviation, relatively."""
    keys = list_keys()
    times = judge.predict(law, judge.Cells(keys, np.zeros((len(keys), 1))))
    draws = np.random.default_rng(seed).normal(1, noise, (len(keys), passes))
    return judge.Cells(keys, times[:, None] * draws)


def write_cells(path, cells):
    lines = ["# a stand-in", ",".join(judge.COLUMNS)]
    for number in range(cells.times.shape[1]):
        for i in range(len(cells.n)):
            values = [number + 1, int(cells.n[i]), int(cells.k[i]), int(cells.c[i]), cells.kinds[i]]
            time = float(cells.times[i, number])
            lines.append(",".join(map(str, values + [1.5 * time, time])))
    path.write_text("\n".join(lines) + "\n")


class Law(unittest.TestCase):
    def predict_one(self, law, n, k, c, logits):
        return float(judge.predict(law, judge.Cells([(n, k, c, logits)], np.ones((1, 1))))[0])

    def test_by_hand(self):
        # 3 chunks of 5 tokens in two tiles, logits of the last ones, products above the least.
        self.assertAlmostEqual(
            self.predict_one(GPU, 3, 100, 5, "last"),
            2.0 * 16 + 0.1 * 3 + 3 * max(0.002 * 5 * 102.5, 0.012 * 100),
        )
        # Reads are the longer, single tokens.
        self.assertAlmostEqual(
            self.predict_one(GPU, 2, 100, 1, "each"), 20 + 0.05 * 2 + 0.1 * 2 + 0.004 * 202
        )
        self.assertAlmostEqual(
            self.predict_one(PROCESSOR, 2, 100, 4, "each"),
            8 + 4 * 8 + 0.7 * 8 + 2 * 0.006 * 4 * 102,
        )

    def test_numbers_come_back(self):
        for law in (PROCESSOR, GPU):
            with self.subTest(law=law):
                cells = make_cells(law)
                found, names = judge.choose(cells, cells.times[:, 0])
                self.assertEqual(set(names), {name for name in judge.NUMBERS if law[name] > 0})
                for name in judge.NUMBERS:
                    self.assertAlmostEqual(found[name], law[name], places=5)
                self.assertEqual(found["tile"], law["tile"])

    def test_no_number_below_zero(self):
        matrix = np.array([[1.0, 1.0, 1.0], [2.0, 3.0, 4.0]])
        values, left = judge.solve(matrix, np.array([3.0, 2.0, 1.0]))  # 5 less the second row
        self.assertTrue(np.allclose(values, [2, 0]))
        self.assertAlmostEqual(left, 2)
        values, left = judge.solve(matrix, -np.ones(3))
        self.assertTrue((values == 0).all())
        self.assertEqual(left, 3)


class Judgement(unittest.TestCase):
    def test_noise(self):
        report = judge.judge(make_cells(PROCESSOR, noise=0.03, passes=9), np.median)
        main = report["splits"]["chessboard"]
        self.assertLess(main["errors"]["law"]["medianPercent"], 2)
        self.assertGreater(main["errors"]["w + a T"]["medianPercent"], 5)
        self.assertGreater(main["errors"]["the same for all"]["medianPercent"], 40)
        # Half the interquartile range of a normal distribution is 0.67 deviations; of nine draws a
        # little less.
        self.assertAlmostEqual(report["repeats"]["spread"]["medianPercent"], 1.9, delta=0.5)
        self.assertEqual(report["repeats"]["passes"], 9)

    def test_halves(self):
        cells = make_cells(PROCESSOR)
        splits = judge.list_splits(cells)
        first, second = splits["chessboard"], splits["its other half"]
        self.assertTrue((first != second).all())
        self.assertEqual(first.sum(), second.sum())
        sides = dict(zip(list_keys(), first))
        self.assertTrue(sides[1, 64, 1, "each"])
        self.assertFalse(sides[2, 64, 1, "each"] or sides[1, 256, 1, "each"])
        self.assertFalse(sides[1, 64, 2, "each"] or sides[1, 64, 2, "last"])
        for (n, *_), side in zip(list_keys(), splits["more sequences"]):
            self.assertEqual(side, n <= 3)
        for (_, _, c, logits), side in zip(list_keys(), splits["verified drafts"]):
            self.assertEqual(side, c == 1 or logits == "last")

    def test_other_half_is_not_looked_at(self):
        cells = make_cells(PROCESSOR, noise=0.02)
        fitted = judge.list_splits(cells)["chessboard"]
        times = cells.times[:, 0]
        before = judge.judge_split(cells, times, fitted)
        times[~fitted] *= 1.5
        after = judge.judge_split(cells, times, fitted)
        self.assertEqual(before["law"], after["law"])
        self.assertAlmostEqual(after["errors"]["law"]["medianPercent"], 33, delta=3)
        self.assertLess(after["errors"]["law"]["biasPercent"], -30)


class Called(unittest.TestCase):
    """Calls programs, with a folder for what they read and write."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name)

    def call(self, *command):
        return subprocess.run([str(each) for each in command], capture_output=True, text=True)

    def run_python(self, name, *flags):
        return self.call(sys.executable, FOLDER / f"{name}.py", *flags)

    def expect_error(self, result, part):
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(part, result.stderr)
        self.assertEqual(len(result.stderr.strip().split("\n")), 1, result.stderr)


class Programs(Called):
    def test_report(self):
        write_cells(self.work / "cells.csv", make_cells(PROCESSOR, noise=0.01))
        flags = ["--cells", self.work / "cells.csv"]
        result = self.run_python("judge-law", *flags, "--output", self.work / "new" / "report.json")
        self.assertEqual(result.returncode, 0, result.stderr)
        for part in ("a stand-in\n216 cells, median of 5 passes", "1.50 times", "left out: f, qm"):
            self.assertIn(part, result.stdout)
        report = json.loads((self.work / "new" / "report.json").read_text())
        self.assertEqual(len(report["cells"]), 216)
        law = report["splits"]["chessboard"]["law"]
        self.assertAlmostEqual(law["weightsUs"], 8000, delta=500)
        self.assertAlmostEqual(law["decodeKvUsPerToken"], 8, delta=0.5)
        self.assertEqual((law["gemmUsPerToken"], law["tileTokens"]), (0, 1))

    def test_choice_of_times(self):
        cells = make_cells(PROCESSOR, noise=0.01)
        write_cells(self.work / "cells.csv", cells.select(cells.n <= 2))
        flags = ["--cells", self.work / "cells.csv", "--time=wall", "--of=minimum"]
        result = self.run_python("judge-law", *flags)
        self.assertIn("72 cells, minimum of 5 passes, wall time; the wall", result.stdout)
        self.assertIn("1.50 times", result.stdout)

    def test_cells_that_are_none(self):
        path = self.work / "cells.csv"
        write_cells(path, make_cells(PROCESSOR))
        lines = path.read_text().splitlines()
        changes = {
            "expected the columns": ["# a stand-in", "pass,n", *lines[2:]],
            "expected all cells in every pass": lines[:-1],
            "line 4: expected numbers": [*lines[:4], "1,one,64,1,each,1,1", *lines[4:]],
            "line 4: expected a cell": [*lines[:4], "1,1,64,1,all,1,1", *lines[4:]],
            "a cell twice in pass 1": [*lines[:3], *lines[2:]],
            "expected more cells": lines[:4],
        }
        for part, changed in changes.items():
            path.write_text("\n".join(changed) + "\n")
            self.expect_error(self.run_python("judge-law", "--cells", path), part)
        path.unlink()
        self.expect_error(self.run_python("judge-law", "--cells", path), str(path))

    def generate(self, name, *flags):
        path = self.work / name
        small = ["--layers=2", "--hidden=64", "--feedForward=96", "--heads=4", "--kvHeads=2"]
        small.append("--vocabulary=300")
        result = self.run_python("generate-checkpoint", "--output", path, *small, *flags)
        self.assertEqual(result.returncode, 0, result.stderr)
        return path.read_bytes()

    def test_checkpoint(self):
        matrices = 2 * 300 * 64 + 2 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 96)
        norms = 4 * 5 * 64
        for kind, size in (("F16", 2 * matrices + norms), ("Q8_0", matrices * 34 // 32 + norms)):
            data = self.generate("one", f"--type={kind}")
            self.assertEqual(struct.unpack("<4sIQ", data[:16]), (b"GGUF", 3, 3 + 2 * 9))
            head = len(data) - size
            self.assertEqual(head % 32, 0)
            self.assertLess(data.index(b"output.weight"), head)
            self.assertEqual(data, self.generate("two", f"--type={kind}"))
            self.assertNotEqual(data, self.generate("two", f"--type={kind}", "--seed=2"))
        weights = np.frombuffer(self.generate("one")[-2 * 300 * 64 :], "<f2").astype(float)
        self.assertAlmostEqual(weights.std(), 0.02, delta=0.0005)
        self.assertAlmostEqual(weights.mean(), 0, delta=0.0005)

    def test_checkpoints_that_are_none(self):
        for flag, part in {
            "--layers=0": "--layers=0",
            "--heads=7": "--heads",
            "--feedForward=100": "--feedForward=100",
            "--vocabulary=258": "--vocabulary",
        }.items():
            result = self.run_python("generate-checkpoint", "--output", self.work / "none", flag)
            self.expect_error(result, part)
        self.assertFalse(list(self.work.iterdir()))

    def test_driver(self):
        script = FOLDER / "judge.sh"
        self.assertIn("--passes N", self.call(script, "--help").stdout)
        version = (FOLDER.parents[2] / "VERSION").read_text().strip()
        self.assertEqual(self.call(script, "--version").stdout, f"judge {version}\n")
        self.expect_error(self.call(script, "--passes"), "--passes: expected a value")
        self.expect_error(self.call(script, "--pass=3"), "--pass: no such flag")
        for name in ("bash", "dirname", "readlink"):
            (self.work / name).symlink_to(shutil.which(name))
        self.expect_error(self.call("env", f"PATH={self.work}", "bash", script), "no node")


# Decodes what waits at the end of a turn of the event loop; as two batches where "split" is there.
STAND_IN = """
import {existsSync, writeFileSync} from "node:fs";
export const LlamaLogLevel = {error: "error"};
class Sequence {
    nextTokenIndex = 0;
    constructor(context) { this.context = context; }
    controlledEvaluate(input) {
        return new Promise((done) => this.context.add(this, input, done));
    }
    async saveStateToFile(file) { writeFileSync(file, String(this.nextTokenIndex)); }
    async loadStateFromFile() { this.nextTokenIndex = this.context.filled; }
    async eraseContextTokenRanges([{start}]) { this.nextTokenIndex = start; }
}
class Native {
    async decodeBatch() {}
}
class Context {
    waiting = [];
    _ctx = new Native();
    constructor(options) { this.options = options; }
    getSequence() { return new Sequence(this); }
    add(sequence, input, done) {
        if (!this.waiting.length) setImmediate(() => this.run());
        this.waiting.push({sequence, input, done});
    }
    async run() {
        const all = this.waiting.splice(0);
        const splits = existsSync(new URL("split", import.meta.url));
        const half = splits ? Math.ceil(all.length / 2) : all.length;
        for (const batch of [all.slice(0, half), all.slice(half)]) {
            if (!batch.length) continue;
            this.options.batching.itemPrioritizationStrategy({items: batch.map(({input}) => ({
                tokens: input, logits: input.map((each) => Array.isArray(each) || undefined)
            }))});
            await this._ctx.decodeBatch();
        }
        for (const {sequence, input, done} of all) {
            sequence.nextTokenIndex += input.length;
            this.filled = Math.max(this.filled ?? 0, sequence.nextTokenIndex);
            done();
        }
    }
}
export const getLlama = async () => ({
    llamaCppRelease: {release: "stand-in"},
    loadModel: async () => ({createContext: async (options) => new Context(options)})
});
"""


@unittest.skipUnless(shutil.which("node"), "no node")
class Measuring(Called):
    def setUp(self):
        super().setUp()
        (self.work / "model.gguf").write_bytes(bytes(2000000))
        self.package = self.work / "node_modules" / "node-llama-cpp"
        self.package.mkdir(parents=True)
        (self.package / "package.json").write_text(
            json.dumps({"name": "node-llama-cpp", "type": "module", "exports": "./index.js"})
        )
        (self.package / "index.js").write_text(STAND_IN)

    def measure(self, *flags):
        return self.call(
            "node", FOLDER / "measure-batches.mjs", f"--model={self.work / 'model.gguf'}",
            f"--llamaClient={self.work}", f"--output={self.work / 'cells.csv'}",
            "--contexts=7,600", "--sequences=1,3", "--tokens=1,2", "--passes=2", *flags,
        )

    def test_every_cell_in_every_pass(self):
        result = self.measure()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("12 cells in 2 passes, llama.cpp stand-in", result.stdout)
        cells, about = judge.read_cells(self.work / "cells.csv", "wallMs")
        self.assertEqual(cells.times.shape, (12, 2))
        self.assertIn("model.gguf of 2 MB", about)
        rows = [line.split(",") for line in (self.work / "cells.csv").read_text().splitlines()[2:]]
        orders = [[row[1:5] for row in rows if row[0] == number] for number in "12"]
        self.assertNotEqual(orders[0], orders[1])
        self.assertEqual(sorted(orders[0]), sorted(orders[1]))

    def test_split_batches(self):
        (self.package / "split").touch()
        self.expect_error(self.measure(), "a step was 2 native decodes of [[{")
        self.assertFalse(list(self.work.glob("cells*")))

    def test_refusals(self):
        self.expect_error(self.measure("--tokens=0"), "--tokens=0")
        self.expect_error(self.measure("--passes=many"), "--passes=many")
        self.expect_error(self.measure("--pass=2"), "--pass")
        self.expect_error(self.measure("--model=missing"), "missing: is not there")
        self.expect_error(self.measure("--model="), "expected --model")
        (self.package / "index.js").write_text(STAND_IN.replace("_ctx", "_native"))
        self.expect_error(self.measure(), "keeps its native context elsewhere")
        shutil.rmtree(self.package)
        self.expect_error(self.measure(), "has no node-llama-cpp")

    def test_help(self):
        result = self.call("node", FOLDER / "measure-batches.mjs", "--help")
        self.assertIn("--passes N", result.stdout)


if __name__ == "__main__":
    unittest.main()
