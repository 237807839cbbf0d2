# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Which of two policies is better over the fluid link and over packets, in the same cells, and what
becomes of that order."""

import itertools
from dataclasses import dataclass

from student_interval import get_mean_interval

# Relative. Smaller differences are no reason to choose a policy, and the search of the optimum is not
# much finer.
EQUAL = 1e-4
# By the winners over the fluid link and over packets.
VERDICTS = ("same order", "flip", "order lost", "order new", "tie")


@dataclass(frozen=True)
class Difference:
    """Mean of the first policy less the second, its 95 % interval, and as a share of their mean."""

    mean: float
    low: float
    high: float
    share: float

    def get_sign(self):
        """1 or -1 where the interval leaves out 0, else 0: a tie."""
        if abs(self.share) < EQUAL or self.low <= 0 <= self.high:
            return 0
        return 1 if self.mean > 0 else -1


@dataclass(frozen=True)
class Comparison:
    """Two policies at a point, over both links."""

    first: str
    second: str
    fluid: Difference
    packets: Difference
    change: tuple  # of the difference, from the fluid link to packets: mean, low, high

    def get_verdict(self):
        fluid, packets = self.fluid.get_sign(), self.packets.get_sign()
        if fluid and packets:
            return "same order" if fluid == packets else "flip"
        if fluid or packets:
            return "order lost" if fluid else "order new"
        return "tie"


def subtract(first, second):
    return [a - b for a, b in zip(first, second)]


def make_difference(first, second):
    mean, low, high = get_mean_interval(subtract(first, second))
    scale = (sum(map(abs, first)) + sum(map(abs, second))) / (2 * len(first))
    return Difference(mean, low, high, mean / scale if scale else 0.0)


def compare(values, policies):
    """Comparisons of all pairs. values: by (policy, link), one a cell, in the same order of cells."""
    found = []
    for first, second in itertools.combinations(policies, 2):
        fluid = values[first, "fluid"], values[second, "fluid"]
        packets = values[first, "packets"], values[second, "packets"]
        change = get_mean_interval(subtract(subtract(*packets), subtract(*fluid)))
        found.append(
            Comparison(first, second, make_difference(*fluid), make_difference(*packets), change)
        )
    return found
