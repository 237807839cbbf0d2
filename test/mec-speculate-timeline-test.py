#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The timeline of mec-speculate against its files: what a device does is drafting or waiting, and
each verdict is there once.

    mec-speculate-timeline-test.py path/to/mec-speculate
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections import defaultdict
from pathlib import Path

ROUNDING_US = 2e-3  # of two times with three digits
TOO_LONG = 300  # letters, for the name of a file
LANES = ("drafting", "uploading", "waiting")
PROGRAM = None
RUNS = (
    "--mode=conventional --devices=3 --servers=2",
    "--mode=lock-step --devices=2 --answers=3",
    "--mode=event --devices=3 --discipline=fcfs --answers=2",
    "--mode=event --draftTokenS=0.01 --verifyS=0.025 --uplinkBps=2e4 --downlinkS=0.002",
    "--mode=event --devices=2 --ns3::llmmec::SpeculativeClient::ThinkTime="
    "ns3::ConstantRandomVariable[Constant=0.5] --answers=3",
    "--mode=streaming --devices=2 --window=2",
    "--mode=event --devices=2 --batteryJ=1",
    "--mode=server-only --devices=2 --answers=2",
    "--mode=device-only --devices=2 --answers=2",
)


def read_rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class Timeline(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.work = Path(temporary.name)

    def run_program(self, flags):
        """Events of the timeline, rounds and answers."""
        command = [
            PROGRAM,
            *flags.split(),
            "--tokens=40",
            "--output=results",
            "--timeline=timeline.json",
        ]
        done = subprocess.run(
            command, cwd=self.work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""), flags)
        text = (self.work / "timeline.json").read_text()
        results = self.work / "results"
        return text, read_rows(results / "rounds.csv"), read_rows(results / "answers.csv")

    def test_what_devices_do(self):
        for flags in RUNS:
            with self.subTest(flags):
                text, rounds, answers = self.run_program(flags)
                events = json.loads(text)["traceEvents"]
                names = {
                    (event["pid"], event["tid"]): event["args"]["name"]
                    for event in events
                    if event["name"] == "thread_name"
                }
                devices = {(row["cell"], row["device"]) for row in answers}
                for cell, device in devices:
                    for lane in LANES:
                        self.assertIn(
                            (int(cell), f"MLU {device} {lane}"),
                            [(pid, name) for (pid, _), name in names.items()],
                        )
                lanes = defaultdict(list)
                for event in events:
                    if event["ph"] == "X":
                        place = event["pid"], event["tid"]
                        lanes[place[0], names[place]].append((event["ts"], event["dur"]))
                for lane, spans in lanes.items():
                    spans.sort()
                    for (start, length), (later, _) in zip(spans, spans[1:]):
                        self.assertGreaterEqual(later, start + length - ROUNDING_US, lane)
                self.check_times(lanes, devices, answers)
                verdicts = [event for event in events if event["name"] == "verdict"]
                passes = [event for event in events if event.get("cat") == "pass"]
                self.assertEqual(len(verdicts), len(rounds))
                self.assertEqual(len(passes), 2 * len(rounds))
                self.assertEqual(
                    sum(event["args"]["accepted"] for event in verdicts),
                    sum(int(row["accepted"]) for row in rounds),
                )
                questions = [event for event in events if event.get("cat") == "question"]
                self.assertEqual(len(questions), 2 * len(answers))
                ids = {event["id"] for event in questions}
                self.assertEqual(len(ids), len(answers), "modes beside the typed one are drawn")

    def check_times(self, lanes, devices, answers):
        """Drafting and waiting are all of the time of answers."""
        for cell, device in devices:
            mine = [row for row in answers if (row["cell"], row["device"]) == (cell, device)]
            us = {
                lane: sum(length for _, length in lanes[int(cell), f"MLU {device} {lane}"])
                for lane in LANES
            }
            spans = sum(len(lanes[int(cell), f"MLU {device} {lane}"]) for lane in LANES)
            drafted = 1e6 * sum(float(row["draftS"]) for row in mine)
            whole = 1e6 * sum(float(row["latencyS"]) for row in mine)
            rounding = ROUNDING_US * (spans + 1) + 1e-8 * whole
            self.assertAlmostEqual(us["drafting"], drafted, delta=rounding)
            self.assertAlmostEqual(us["drafting"] + us["waiting"], whole, delta=rounding)

    def test_same_bytes(self):
        first, _, _ = self.run_program(RUNS[1])
        second, _, _ = self.run_program(RUNS[1])
        self.assertEqual(first, second)

    def test_cannot_be_written(self):
        done = subprocess.run(
            [PROGRAM, f"--timeline={'x' * TOO_LONG}"],
            cwd=self.work,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
