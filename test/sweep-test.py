#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The sweep: what it runs, that it goes on where it was stopped or killed with the same bytes, what
it refuses, and that failed runs are in no mean. Exit code 77 where matplotlib or scipy is missing.

    sweep-test.py BUILD_FOLDER
"""

import csv
import importlib.util
import json
import math
import os
import shutil
import signal
import sys
from pathlib import Path

from sweep_case import (
    BUILD,
    FORTY,
    LONG,
    SCRIPT,
    SweepCase,
    list_processes,
    main,
    read_tree,
    wait_for,
)

ROOT = SCRIPT.parents[2]
SMALL = {**FORTY, "grid": {"policy": ["always-local", "fixed"], "mlus": [2]}, "seeds": 3}


class WhatItRuns(SweepCase):
    def read_csv(self, name):
        with open(self.output / name, newline="") as file:
            return list(csv.DictReader(file))

    def read_summary(self, *folders):
        return json.loads(self.output.joinpath("runs", *folders, "summary.json").read_text())

    def read_settings(self, *folders):
        return self.read_summary(*folders)["settings"]

    def test_folders_tables_and_figure(self):
        self.write_sweep(SMALL)
        text = self.succeed()
        rows = self.read_csv("sweep.csv")
        self.assertEqual([(row["policy"], row["mlus"], row["runs"]) for row in rows],
                         [("always-local", "2", "3"), ("fixed", "2", "3")])
        for row in rows:
            values = []
            for seed in (1, 2, 3):
                folders = (f"policy={row['policy']}", "mlus=2", f"seed={seed}")
                settings = self.read_settings(*folders)
                self.assertEqual((settings["policy"], settings["slots"], settings["RngRun"]),
                                 (row["policy"], 3, seed))
                values.append(self.read_summary(*folders)["meanEnergyJ"])
                folder = self.output.joinpath("runs", *folders)
                self.assertEqual((folder / "exit-code").read_text(), "0\n")
                self.assertIn("2 MLUs, 1 cells, 3 slots", (folder / "log.txt").read_text())
            mean = sum(values) / 3
            # Student's t for two degrees of freedom, from a printed table.
            half = 4.303 * math.sqrt(sum((v - mean) ** 2 for v in values) / 2 / 3)
            self.assertAlmostEqual(float(row["meanEnergyJ"]), mean)
            self.assertAlmostEqual(float(row["meanEnergyJLow"]), mean - half, delta=2e-4 * half + 1e-12)
            self.assertAlmostEqual(float(row["meanEnergyJHigh"]), mean + half, delta=2e-4 * half + 1e-12)
            self.assertIn(f"{row['policy']:<12}  2        3", text)
        self.assertEqual(len(self.read_csv("sweep-runs.csv")), 6)
        self.assertTrue((self.output / "sweep.svg").read_text().rstrip().endswith("</svg>"))
        self.assertTrue((self.output / "sweep.png").read_bytes().startswith(b"\x89PNG"))
        self.assertFalse([name for name in read_tree(self.output) if name.endswith((".part", ".lock"))])

    def test_sets_files_and_attributes(self):
        shutil.copy(ROOT / "data" / "profiles" / "qwen3-8b-ecld.json", self.work / "mine.json")
        self.write_sweep({
            "program": "mec-offload",
            "flags": {"slots": 2, "slotBarrier": False, "RngSeed": 7, "profile": {"file": "mine.json"}},
            "grid": {
                "who": {"sets": {"all/of it": {"policy": "always-offload", "taskBits": 1e6},
                                 "half": {"policy": "fixed", "taskBits": 0.5e6}}},
                "height": {"flag": "serverHeightM", "values": [5, 7.5], "label": "height (m)"},
                "ns3::llmmec::FixedPolicy::OffloadRatio": [0.25],
            },
            "metrics": ["meanLatencyS"],
        })
        # The program refuses attributes that nothing in its cells has.
        done = self.sweep()
        self.assertEqual(done.returncode, 1)
        self.assertIn("since no object of these cells has it", done.stderr)
        self.assertIn("sweep: 2 of 4 runs failed", done.stderr)
        settings = [json.loads(path.read_text())["settings"]
                    for path in sorted(self.output.rglob("summary.json"))]
        self.assertEqual(
            [(s["policy"], s["taskBits"], s["serverHeightM"], s["slotBarrier"], s["profile"])
             for s in settings],
            [("fixed", 5e5, height, 0, str(self.work / "mine.json")) for height in (5, 7.5)],
        )
        (self.work / "mine.json").write_text((self.work / "mine.json").read_text() + "\n")
        self.expect_error(self.sweep(), f"{self.work / 'mine.json'} has other contents")

    def test_settings_of_agents(self):
        self.write_sweep({
            "program": "mec-train",
            "flags": {"agent": "ppo", "episodes": 1, "slots": 2, "evaluationCells": 1, "optimum": 0},
            "grid": {"config": [{"json": {"learningRate": 1e-3}}, {"json": {"learningRate": 1e-4}}]},
            "metrics": ["references.always-local.meanReward"],
        })
        if not (BUILD / "libllm-mec-agents.so").exists():
            self.skipTest("built without LibTorch")
        self.succeed()
        rates = [json.loads(path.read_text())["agentSettings"]["learningRate"]
                 for path in self.output.rglob("summary.json")]
        self.assertEqual(sorted(rates), [1e-4, 1e-3])

    def test_several_programs(self):
        self.write_sweep({
            "seeds": 2,
            "metrics": ["meanLatencyS"],
            "sweeps": {
                "offload": {"program": "mec-offload", "flags": {"slots": 2},
                            "grid": {"policy": ["always-local"]}},
                "associate": {"program": "mec-associate", "flags": {"slots": 2}, "seeds": 1,
                              "grid": {"devices": [4, 8]}},
            },
        })
        self.succeed()
        self.assertEqual([row["runs"] for row in self.read_csv("offload.csv")], ["2"])
        self.assertEqual([row["devices"] for row in self.read_csv("associate.csv")], ["4", "8"])
        self.assertEqual({row["meanLatencySLow"] for row in self.read_csv("associate.csv")}, {""})
        self.assertEqual(self.sweep("--listPrograms").stdout, "mec-offload\nmec-associate\n")

    def test_list(self):
        self.write_sweep(SMALL)
        lines = self.succeed("--list").splitlines()
        self.assertEqual(len(lines), 6)
        self.assertEqual(
            lines[0],
            f"cd {self.output}/runs/policy=always-local/mlus=2/seed=1 && {BUILD}/mec-offload "
            "--slots=3 --policy=always-local --mlus=2 --RngRun=1 --output=.",
        )
        self.assertFalse(self.output.exists())

    def test_the_examples(self):
        for name, runs in (("mlus", 4 * 7 * 5), ("association", 2 * 6 * 6 + 2 * 6)):
            shutil.copy(SCRIPT.with_name(f"{name}.json"), self.work / "sweep.json")
            self.assertEqual(len(self.succeed("--list").splitlines()), runs)


class WhatWasThere(SweepCase):
    def get_times(self):
        return {path: path.stat().st_mtime_ns for path in self.list_finished()}

    def test_finished_runs_stay(self):
        self.write_sweep(SMALL)
        self.succeed()
        before, files = self.get_times(), read_tree(self.output)
        self.succeed()
        self.assertEqual((self.get_times(), read_tree(self.output)), (before, files))
        self.succeed("--seeds=4")
        self.assertEqual({path: time for path, time in self.get_times().items() if path in before}, before)
        self.assertEqual(len(self.get_times()), 8)

    def test_other_flags(self):
        self.write_sweep(SMALL)
        self.succeed()
        before = read_tree(self.output)
        run = f"{self.output}/runs/policy=always-local/mlus=2/seed=1"
        for flags, text in (
            ({"slots": 4}, "--slots is 3, now it is 4"),
            ({"slots": 3, "cells": 2}, "--cells is not set, now it is 2"),
            ({}, "--slots is 3, now it is not set"),
        ):
            self.write_sweep({**SMALL, "flags": flags})
            self.expect_error(self.sweep(), f"sweep: {run}: holds another run: {text}; expected --redo or")
            self.assertEqual(read_tree(self.output), before)
        self.write_sweep({**SMALL, "flags": {"slots": 4}})
        self.succeed("--redo")
        self.write_sweep(SMALL)
        self.succeed("--redo")
        self.assertEqual(read_tree(self.output), before)

    def test_other_builds(self):
        programs = self.work / "programs"
        programs.mkdir()
        shutil.copy(BUILD / "mec-offload", programs)
        self.write_sweep(SMALL)
        self.succeed(f"--programs={programs}")
        before = self.get_times()
        (programs / "libnew.so").touch()
        self.succeed(f"--programs={programs}")  # an empty library changes nothing
        (programs / "libnew.so").write_text("new")
        self.expect_error(self.sweep(f"--programs={programs}"), "the program was built anew",
                          "--redo, --anyBuild or another --output")
        self.succeed(f"--programs={programs}", "--anyBuild")
        self.assertEqual(self.get_times(), before)
        self.succeed(f"--programs={programs}", "--redo")
        self.assertFalse(set(self.get_times().values()) & set(before.values()))

    def test_folders_of_others_stay(self):
        folder = self.output / "runs/policy=always-local/mlus=2/seed=1"
        folder.mkdir(parents=True)
        (folder / "thesis.txt").write_text("years")
        self.write_sweep(SMALL)
        done = self.sweep("--jobs=1")
        self.expect_error(done, f"{folder}: is no folder of a run")
        self.assertEqual((folder / "thesis.txt").read_text(), "years")


class KilledAndStopped(SweepCase):
    def test_killed_twice_same_bytes(self):
        self.write_sweep(FORTY)
        whole = self.work / "whole"
        self.succeed("--jobs=2", output=whole)
        for jobs in (1, 2):
            output = self.work / f"jobs-{jobs}"
            for count in (8, 20):
                self.kill_after(count, f"--jobs={jobs}", output=output)
            self.succeed(f"--jobs={jobs}", output=output)
            self.expect_same_bytes(whole, output)

    def start_long(self):
        self.write_sweep(LONG)
        sweep = self.start_sweep("--jobs=2")
        wait_for(lambda: len(list_processes(self.output)) >= 2)
        return sweep

    def test_a_killed_sweep_takes_its_runs_along(self):
        sweep = self.start_long()
        sweep.kill()
        sweep.communicate()
        self.expect_no_processes()
        self.assertFalse(self.list_finished())

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            sweep = self.start_long()
            self.expect_error(self.sweep(), f"{self.output}: another run writes there")
            sweep.send_signal(number)
            errors = sweep.communicate(timeout=60)[1]
            self.assertEqual((sweep.returncode, errors),
                             (1, "sweep: interrupted, the same command goes on\n"))
            self.assertFalse(list_processes(self.output))
            self.assertFalse(self.list_finished())
            self.assertFalse([name for name in read_tree(self.output) if name.endswith(".lock")])

    def test_killed_runs_are_failed_runs(self):
        self.write_sweep({**LONG, "grid": {"policy": ["always-local"]}, "seeds": 2})
        sweep = self.start_sweep("--jobs=2")
        wait_for(lambda: len(list_processes(self.output)) == 2)
        # Of one the program, of the other the process that waits for it.
        first, second = sorted(list_processes(self.output), key=lambda each: os.readlink(f"/proc/{each}/cwd"))
        os.kill(first, signal.SIGKILL)
        os.kill(int(Path(f"/proc/{second}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)
        errors = sweep.communicate(timeout=60)[1]
        self.assertEqual(sweep.returncode, 1)
        for seed, text in ((1, "ended by signal 9"), (2, "has no exit code: ended with -9")):
            folder = f"{self.output}/runs/policy=always-local/seed={seed}"
            self.assertIn(f"{folder}: {text}\n  cd {folder} && {BUILD}/mec-offload", errors)
        self.expect_no_processes()
        self.assertIn("sweep: 2 of 2 runs failed, the same command tries them again\n", errors)
        with open(self.output / "sweep.csv", newline="") as file:
            self.assertEqual([(row["runs"], row["meanLatencyS"]) for row in csv.DictReader(file)],
                             [("0", "")])


class FailedRuns(SweepCase):
    def test_are_named_and_in_no_mean(self):
        self.write_sweep({**SMALL, "grid": {"policy": ["always-local", "none"], "mlus": [2]}})
        done = self.sweep()
        self.assertEqual(done.returncode, 1)
        errors = done.stderr.splitlines()
        self.assertEqual(len(errors), 2 * 3 + 1)
        for seed in (1, 2, 3):
            folder = f"{self.output}/runs/policy=none/mlus=2/seed={seed}"
            self.assertTrue(errors[2 * seed - 2].startswith(
                f'{folder}: exit code 1: mec-offload: unknown policy "none", expected one of: agent'))
            self.assertEqual(
                errors[2 * seed - 1],
                f"  cd {folder} && {BUILD}/mec-offload --slots=3 --policy=none --mlus=2 "
                f"--RngRun={seed} --output=.",
            )
        self.assertEqual(errors[-1], "sweep: 3 of 6 runs failed, the same command tries them again")
        with open(self.output / "sweep.csv", newline="") as file:
            self.assertEqual([(row["policy"], row["runs"], row["meanLatencyS"][:4])
                              for row in csv.DictReader(file)],
                             [("always-local", "3", "0.45"), ("none", "0", "")])
        self.assertEqual(len((self.output / "sweep-runs.csv").read_text().splitlines()), 4)


class Refusals(SweepCase):
    def refuse(self, document, *parts):
        self.write_sweep(document)
        self.expect_error(self.sweep(), *parts)
        self.assertFalse(list(self.output.rglob("*")))

    def test_the_file(self):
        file = str(self.work / "sweep.json")
        for change, text in (
            ({"programm": "x"}, 'programm: "x", expected no such field, but title, program, flags'),
            ({"program": 3}, "program: 3, expected the name of a program"),
            ({"program": "mec-nothing"}, "mec-nothing: no such program, expected one that is built"),
            ({"program": "libllm-mec.so"}, "libllm-mec.so: "),
            ({"program": "./true"}, "true: no such program"),
            ({"program": "/bin/true"}, "/bin/true: --help lists no flags"),
            ({"program": "plug-into-wifi"}, "plug-into-wifi: has no --output"),
            ({"flags": {"slotz": 2}}, "slotz: no flag of mec-offload, expected some of mlus, cells"),
            ({"flags": {"output": "x"}}, 'flags.output: "x", expected no such flag: the sweep sets it'),
            ({"flags": {"RngRun": 1}}, "flags.RngRun: 1, expected no such flag"),
            ({"flags": {"mlus": 3}}, "grid.mlus: --mlus is also set by the fixed flags"),
            ({"flags": {"profile": {"file": "none.json"}}}, 'flags.profile: "none.json", expected a file'),
            ({"flags": {"profile": [1]}}, "flags.profile: [1], expected a number, a text"),
            ({"flags": {"profile": None}}, "flags.profile: null, expected a number, a text"),
            ({"flags": 3}, "flags: 3, expected an object of flags"),
            ({"grid": {}}, "grid: {}, expected an object of axes"),
            ({"grid": {"mlus": []}}, "grid.mlus: [], expected a list of values"),
            ({"grid": {"mlus": 3}}, "grid.mlus: 3, expected a list of values, an object"),
            ({"grid": {"mlus": [2, 2.0]}}, "grid.mlus[1]: 2.0, expected each value once"),
            ({"grid": {"n": {"sets": {"a": {"mlus": 2}}}, "mlus": [2]}},
             "grid.mlus: --mlus is also set by n"),
            ({"grid": {"n": {"sets": {}}}}, "grid.n.sets: {}, expected an object of sets"),
            ({"grid": {"n": {"values": [1], "flagg": "mlus"}}}, "grid.n.flagg"),
            ({"seeds": 0}, "seeds: 0, expected a number of at least 1"),
            ({"seeds": [1, 1]}, "seeds: [1, 1], expected"),
            ({"seeds": True}, "seeds: true, expected"),
            ({"seedFlag": 3}, "seedFlag: 3, expected the name of a flag"),
            ({"seedFlag": "mlus"}, 'seedFlag: "mlus", expected a flag that is not set elsewhere'),
            ({"seedFlag": "sed"}, "sed: no flag of mec-offload"),
            ({"metrics": []}, "metrics: [], expected a list of fields of summary.json"),
            ({"metrics": {"meanLatencyS": 3}}, "metrics.meanLatencyS: 3, expected a text"),
            ({"figure": {"x": "users"}}, 'figure.x: "users", expected one of policy, mlus'),
            ({"figure": {"x": "policy", "log": ["x"]}}, 'figure.log: ["x"], expected no "x"'),
            ({"sweeps": {"a": {"slots": 2}}}, "sweeps.a.slots"),
            ({"sweeps": {"a-runs": {"seeds": 2}}}, "sweeps.a-runs"),
        ):
            with self.subTest(text):
                self.refuse({**FORTY, **change}, text)
        self.refuse({"program": "mec-offload"}, f"sweep: {file}: grid: is missing")
        self.refuse('{"seeds": 1, "seeds": 2}', f"sweep: {file}: seeds: is there twice")
        self.refuse('{"seeds": NaN}', f"sweep: {file}: NaN: is no JSON")
        self.refuse("{", f"sweep: {file}: Expecting property name")
        self.refuse("[]", f"sweep: {file}: the file: [], expected an object")
        (self.work / "sweep.json").unlink()
        self.expect_error(self.sweep(), "sweep.json")

    def test_metrics_that_are_not_there(self):
        self.write_sweep({**SMALL, "metrics": ["meanLatency"]})
        text = ("summary.json: metrics: meanLatency: no such field, expected some of meanLatencyS, "
                "meanReward")
        done = self.sweep("--jobs=1")
        # Said at the first run, and again at the end, as none has it.
        self.assertEqual((done.returncode, done.stdout, done.stderr.count(text)), (1, "", 2))
        self.assertEqual(len(done.stderr.splitlines()), 2)
        self.assertFalse(list(self.output.glob("*.csv")))
        self.write_sweep({**SMALL, "metrics": ["intervalsOver"]})
        self.expect_error(self.sweep(), 'metrics: intervalsOver: "batches of slots", expected a number')
        self.write_sweep({**SMALL, "metrics": ["meanLatencyS"]})
        self.succeed()

    def test_metrics_that_some_runs_lack(self):
        # Without a question there is no time of an answer.
        self.write_sweep({"program": "mec-serve", "flags": {"durationS": 5}, "metrics": ["ttftS.mean"],
                          "grid": {"rate": [0.0001, 2]}, "seeds": 2})
        done = self.sweep()
        self.assertEqual(done.returncode, 0)
        self.assertIn("2 of 4 runs have no ttftS.mean and are not in its means", done.stdout)
        with open(self.output / "sweep.csv", newline="") as file:
            rows = [(row["runs"], row["ttftS.meanRuns"], row["ttftS.mean"] != "")
                    for row in csv.DictReader(file)]
        self.assertEqual(rows, [("2", "0", False), ("2", "2", True)])

    def test_flags(self):
        self.write_sweep(SMALL)
        self.expect_error(self.sweep("--jobs=0"), "--jobs: 0, expected a number of at least 1")
        self.expect_error(self.sweep("--seeds=0"), "--seeds: 0, expected a number of at least 1")
        self.expect_error(self.sweep("--sbatch=--time=1"), "has no effect, expected --executor=slurm")
        self.assertFalse(self.output.exists())


if __name__ == "__main__":
    if not all(importlib.util.find_spec(name) for name in ("matplotlib", "scipy")):
        print("skipped: no matplotlib or scipy")
        sys.exit(77)
    main()
