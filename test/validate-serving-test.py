#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The validation of serving: a trace that mec-serve has 'measured' itself has no errors, one that
is stretched has the errors that follow, and each simplification changes what it should.

    validate-serving-test.py path/to/mec-serve
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "examples" / "serving" / "validate-serving.py"
SERVING = "rtx4090-llama-3.1-8b"
PROGRAM = None
SIZES = ("--seats=24", "--blocks=900")
ROUNDED = 1e-5  # %: requests.csv has nine digits


class Validation(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name)
        self.trace = self.work / "trace.csv"

    def make_trace(self, requests=40):
        """Requests at random; some begin with the text of an earlier one."""
        draw = random.Random(7)
        rows, arrival = [], 0
        for number in range(requests):
            row = {
                "id": 3 * number,
                "arrivalS": f"{arrival:.6f}",
                "promptTokens": draw.randrange(40, 1500),
                "generatedTokens": draw.randrange(1, 300),
                "prefixOf": "",
                "prefixTokens": 0,
            }
            if number % 5 == 4:
                row.update(prefixOf=3 * (number - 2), prefixTokens=32)
            rows.append(row)
            arrival += draw.expovariate(4)
        self.write_trace(rows)
        return rows

    def write_trace(self, rows):
        with open(self.trace, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)

    def measure(self, stretch=1.0):
        """Let mec-serve be the server that was measured, with all its times stretched."""
        rows = self.make_trace()
        folder = self.work / "measured"
        command = [PROGRAM, f"--serving={SERVING}", f"--trace={self.trace}", f"--output={folder}"]
        subprocess.run([*command, *SIZES], check=True, stdout=subprocess.DEVNULL)
        with open(folder / "requests.csv", newline="") as file:
            outcomes = {int(row["id"]): row for row in csv.DictReader(file)}
        for row in rows:
            outcome = outcomes[row["id"]]
            arrival = float(row["arrivalS"])
            row["queuedS"] = row["arrivalS"]
            row["firstTokenS"] = repr(arrival + stretch * float(outcome["ttftS"]))
            row["lastTokenS"] = repr(arrival + stretch * float(outcome["latencyS"]))
        self.write_trace(rows)
        return rows

    def run_script(self, *further):
        command = [sys.executable, str(SCRIPT), f"--program={PROGRAM}", f"--trace={self.trace}"]
        return subprocess.run([*command, *further], capture_output=True, text=True)

    def validate(self, *further):
        """Errors in % by row."""
        output = self.work / "validated"
        done = self.run_script(f"--serving={SERVING}", *SIZES, f"--output={output}", *further)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Times count from a request's arrival at the server", done.stdout)
        with open(output / "validation.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        errors = json.loads((output / "validation.json").read_text())["errorsPercent"]
        self.assertEqual([row["row"] for row in rows], list(errors))
        return errors

    def test_what_it_measured_itself(self):
        self.measure()
        errors = self.validate()
        self.assertEqual(list(errors), ["the model", "measured from queuedS"])
        for row in errors.values():
            self.assertEqual(list(row), ["ttftS", "tpotS", "latencyS"])
            for statistics in row.values():
                self.assertEqual(list(statistics), ["mean", "p50", "p90", "p95", "p99", "each"])
                for error in statistics.values():
                    self.assertLess(abs(error), ROUNDED)

    def test_a_server_that_is_slower(self):
        self.measure(stretch=1.25)
        for statistics in self.validate()["the model"].values():
            self.assertLess(abs(statistics.pop("each") - 20), ROUNDED)
            for error in statistics.values():
                self.assertLess(abs(error + 20), ROUNDED)

    def test_simplifications(self):
        self.measure()
        serving = ROOT / "data" / "serving" / f"{SERVING}.json"
        before = serving.read_text()
        errors = self.validate("--simplifications", "--otherBlocks=1200")
        self.assertEqual(serving.read_text(), before)
        mean = {name: row["latencyS"]["mean"] for name, row in errors.items()}
        faster = (
            "no KV cache (q = qm = 0)",
            "three numbers: w, f, q",
            "one KV rate, that of decodes (qm = q)",
            "no activations (a = 0)",
            "no rows of logits (s = 0)",
            "no quadratic attention of prompts (p = 0)",
            "no overhead of steps",
        )
        for name in faster:
            self.assertLess(mean[name], -0.1, name)
        for name in ("no knee and no tiles: w + f T", "FirstComeFirstServed", "ProcessorSharing"):
            self.assertGreater(mean[name], 1, name)
        self.assertLess(mean["DedicatedServer"], -1)
        self.assertNotIn("tpotS", errors["DedicatedServer"])
        for name in ("synchronous steps", "no prefix caching", "1200 KV blocks", "roofline"):
            self.assertGreater(errors[name]["latencyS"]["each"], 0.1, name)
        self.assertNotIn("no link among GPUs", errors)

    def test_further_settings(self):
        self.measure()
        simpler = self.validate("--simplifications")["no overhead of steps"]
        self.assertEqual(self.validate("--further=--stepOverheadS=0")["the model"], simpler)

    def expect_error(self, text, *further):
        done = self.run_script(*further)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(text, done.stderr)

    def test_errors(self):
        self.make_trace()
        serving = f"--serving={SERVING}"
        self.expect_error("no column firstTokenS, expected id,arrivalS,firstTokenS", serving)
        rows = self.measure()
        self.expect_error("mine", "--serving=mine")
        self.expect_error("--seats=0: expected a whole number", serving, "--seats=0")
        self.expect_error("--jobs: expected at least 1", serving, "--jobs=0")
        rows[3]["lastTokenS"] = "0"
        self.write_trace(rows)
        self.expect_error("request 9: expected arrivalS <= firstTokenS <= lastTokenS", serving)
        rows[3]["firstTokenS"] = "soon"
        self.write_trace(rows)
        self.expect_error("line 5: firstTokenS: 'soon', expected a number", serving)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
