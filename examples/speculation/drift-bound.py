#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Prints how long an answer takes in conventional mode while the acceptance drifts as in
DriftingAcceptance, for several rules that choose windows: an oracle that knows the acceptance of each
round, a Bayes filter that knows the law of the drift and all outcomes so far, Beta estimates that
forget and do not, and the best fixed window. The filter shows what a learned rule could gain at most
over the simple estimates from the same outcomes, as far as a round is chosen for its own rate."""

import argparse
import sys
from pathlib import Path

try:
    import numpy as np
except ImportError as error:
    sys.exit(f"drift-bound: {error}: install python3-numpy, and use /usr/bin/python3")

sys.path.append(str(Path(__file__).resolve().parents[1] / "study"))
from console_program import add_version, run

LARGEST = 64  # window that is tried
WINDOWS = np.arange(1, LARGEST + 1)
RATES = np.linspace(0.005, 0.995, 199)  # of the filter's grid
PRIOR = (3.0, 1.0)  # of EstimatedWindow
MEMORIES = (10, 20, 50, 100, 200)  # drafts, of estimates that forget
FIXED = (2, 3, 4, 5, 6, 8, 10)  # windows that never change


def get_tokens(rates, windows):
    """Mean tokens of a round."""
    return (1 - rates ** (windows + 1)) / (1 - rates)


class Setting:
    """Law of the drift, and times."""

    def __init__(self, arguments, memory):
        self.middle = np.log(arguments.rate / (1 - arguments.rate))
        self.deviation = arguments.deviation
        self.memory = memory
        self.answers = arguments.answers
        self.tokens = arguments.tokens
        self.seed = arguments.seed
        self.round_s = WINDOWS * (arguments.draftTokenS + arguments.uploadTokenS) + arguments.restS

    def keep(self, tokens):
        """Correlation of log odds after so many tokens."""
        return np.exp(-tokens / self.memory)

    def choose(self, expected):
        """The window of the highest rate. Expected: tokens of a round by answer and window."""
        return WINDOWS[np.argmax(expected / self.round_s, axis=1)]


class Oracle:
    """Knows the acceptance of the round."""

    def __init__(self, setting):
        self.setting = setting

    def choose(self, rates):
        return self.setting.choose(get_tokens(rates[:, None], WINDOWS[None]))

    def learn(self, right, wrong):
        pass


class Fixed(Oracle):
    """Always the same window."""

    def __init__(self, setting, window):
        super().__init__(setting)
        self.window = window

    def choose(self, rates):
        return np.full(len(rates), self.window)


class Estimate(Oracle):
    """EstimatedWindow: the mean of a Beta distribution, which forgets with a memory."""

    def __init__(self, setting, memory=None):
        super().__init__(setting)
        self.memory = memory
        self.right = np.zeros(setting.answers)
        self.wrong = np.zeros(setting.answers)

    def choose(self, rates):
        right = PRIOR[0] + self.right
        return super().choose(right / (right + PRIOR[1] + self.wrong))

    def learn(self, right, wrong):
        kept = np.exp(-(right + wrong) / self.memory) if self.memory else 1
        self.right = kept * self.right + right
        self.wrong = kept * self.wrong + wrong


class Filter(Oracle):
    """The distribution of the acceptance given all outcomes, on a grid of rates."""

    def __init__(self, setting):
        super().__init__(setting)
        self.drifts = (np.log(RATES / (1 - RATES)) - setting.middle) / setting.deviation
        self.steps = 1 / (RATES * (1 - RATES))  # of log odds from rate to rate
        start = np.exp(-self.drifts**2 / 2) * self.steps
        self.belief = np.tile(start / start.sum(), (setting.answers, 1))
        self.tokens = get_tokens(RATES[:, None], WINDOWS[None])
        self.moves = {}

    def choose(self, rates):
        return self.setting.choose(self.belief @ self.tokens)

    def move(self, tokens):
        """Where beliefs go in so many tokens."""
        if tokens not in self.moves:
            kept = self.setting.keep(tokens)
            least = 0.5 * np.diff(self.drifts).min()  # a step of the grid at its middle
            width = max(np.sqrt(1 - kept**2), least)
            there = np.exp(-(((self.drifts[None] - kept * self.drifts[:, None]) / width) ** 2) / 2)
            there *= self.steps[None]
            self.moves[tokens] = there / there.sum(axis=1, keepdims=True)
        return self.moves[tokens]

    def learn(self, right, wrong):
        likelihood = RATES[None] ** right[:, None] * np.where(wrong[:, None], 1 - RATES[None], 1)
        self.belief *= likelihood
        self.belief /= self.belief.sum(axis=1, keepdims=True)
        passed = right + 1
        for tokens in np.unique(passed):
            mine = passed == tokens
            self.belief[mine] = self.belief[mine] @ self.move(int(tokens))


def simulate(setting, rule):
    """Mean time of an answer, s. All rules see the same drift and chance as long as their windows
    are the same."""
    random = np.random.default_rng(setting.seed)
    drift = random.standard_normal(setting.answers)
    done = np.zeros(setting.answers)
    time_s = np.zeros(setting.answers)
    while (done < setting.tokens).any():
        rates = 1 / (1 + np.exp(-setting.middle - setting.deviation * drift))
        windows = rule.choose(rates)
        wrong_at = random.geometric(1 - rates) - 1
        right = np.minimum(wrong_at, windows)
        wrong = (right < windows).astype(float)
        time_s += np.where(done < setting.tokens, setting.round_s[windows - 1], 0)
        done += right + 1
        rule.learn(right, wrong)
        kept = setting.keep(right + 1)
        drift = kept * drift + np.sqrt(1 - kept**2) * random.standard_normal(setting.answers)
    return time_s.mean()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_version(parser, "drift-bound")
    parser.add_argument("--memories", default="1e9,1000,100,30", help="of the drift, tokens")
    parser.add_argument("--rate", type=float, default=0.75, help="acceptance in the middle")
    parser.add_argument("--deviation", type=float, default=1.2, help="of the log odds")
    parser.add_argument("--answers", type=int, default=2000, help="number of answers")
    parser.add_argument("--tokens", type=int, default=192, help="tokens of an answer")
    parser.add_argument("--draftTokenS", type=float, default=0.01, help="time of a draft, s")
    parser.add_argument("--uploadTokenS", type=float, default=0.0016, help="upload of a draft, s")
    parser.add_argument("--restS", type=float, default=0.092, help="the rest of a round, s")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn")
    arguments = parser.parse_args()
    if not 0 < arguments.rate < 1 or not arguments.deviation > 0:
        raise ValueError("--rate, --deviation: expected a number between 0 and 1, and one above 0")
    if min(arguments.answers, arguments.tokens) < 1:
        raise ValueError("--answers, --tokens: expected whole numbers from 1")
    return arguments


def main():
    arguments = parse_arguments()
    print("memory   oracle, s   filter  forgetting (memory)     Beta    fixed (window)")
    for text in arguments.memories.split(","):
        setting = Setting(arguments, float(text))
        oracle = simulate(setting, Oracle(setting))

        def lose(rule):
            return 100 * (simulate(setting, rule) / oracle - 1)

        forgetting, memory = min((lose(Estimate(setting, m)), m) for m in MEMORIES)
        fixed, window = min((lose(Fixed(setting, w)), w) for w in FIXED)
        print(f"{float(text):<8g} {oracle:9.3f} {lose(Filter(setting)):7.2f} %  {forgetting:7.2f} %"
              f" ({memory:3d})  {lose(Estimate(setting)):7.2f} %  {fixed:6.2f} % ({window})", flush=True)


if __name__ == "__main__":
    run("drift-bound", main)
