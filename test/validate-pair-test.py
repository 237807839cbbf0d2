#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The validation of pairs: rounds of a made-up pair that are replayed by hand are those of
mec-speculate, other rounds are reported, and bad files end in one line.

    validate-pair-test.py path/to/mec-speculate
"""

import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "examples" / "speculation" / "validate-pair.py"
PROGRAM = None
WINDOWS = (1, 3, 8)
VOCABULARY = 9


def replay(target, draft, window):
    """Drafts that each round accepts, token by token."""
    rounds, place = [], 0
    while place < len(target):
        accepted = 0
        while accepted < window and place < len(target) and target[place] == draft[place]:
            accepted += 1
            place += 1
        place += 1  # the target's own token
        rounds.append(accepted)
    return rounds


class ValidatePair(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.pair = Path(temporary.name) / "pair.json"
        self.live = Path(temporary.name) / "pair.json.live.csv"
        draw = random.Random(3)
        self.queries = []
        for _ in range(20):
            target = [draw.randrange(VOCABULARY) for _ in range(draw.randint(1, 25))]
            draft = [
                token if draw.random() < 0.7 else draw.randrange(VOCABULARY) for token in target
            ]
            self.queries.append({"promptTokens": 4, "target": target, "draft": draft})
        document = {
            "version": 1,
            "name": "pair",
            "draft": {"name": "small"},
            "target": {"name": "large"},
            "vocabularySize": VOCABULARY,
            "source": "made up",
            "queries": self.queries,
        }
        self.pair.write_text(json.dumps(document))
        self.write_live(lambda rounds: rounds)

    def write_live(self, change):
        lines = ["query,window,round,accepted"]
        for number, query in enumerate(self.queries):
            for window in WINDOWS:
                rounds = change(replay(query["target"], query["draft"], window))
                lines += [f"{number},{window},{i},{count}" for i, count in enumerate(rounds)]
        self.live.write_text("\n".join(lines) + "\n")

    def validate(self, *arguments):
        command = [sys.executable, str(SCRIPT), str(self.pair), "--program", PROGRAM, "--draws=1"]
        return subprocess.run(
            [*command, *arguments], capture_output=True, text=True, timeout=300, check=False
        )

    def refuse(self, part):
        done = self.validate(f"--live={self.live}")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(part, done.stderr)

    def test_rounds_are_those_of_the_simulation(self):
        done = self.validate(f"--live={self.live}")
        self.assertEqual(done.returncode, 0, done.stderr)
        rounds = len(self.live.read_text().splitlines()) - 1
        self.assertIn(
            f"live: {rounds} rounds, of answers with others in the simulation: 0", done.stdout
        )
        self.assertIn("answers that are not the target's text: 0", done.stdout)

    def test_other_rounds_are_reported(self):
        self.write_live(lambda rounds: [rounds[0] + 1, *rounds[1:]])
        self.refuse(f"{len(self.queries) * len(WINDOWS)} answers differ, expected none")

    def test_bad_files_end_in_one_line(self):
        self.live.write_text("query,window,round\n0,1,0\n")
        self.refuse("expected query, window, accepted")
        self.live.write_text("query,window,round,accepted\n0,1,0,many\n")
        self.refuse("expected query, window, accepted")
        self.live.unlink()
        self.refuse(str(self.live))


if __name__ == "__main__":
    PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
