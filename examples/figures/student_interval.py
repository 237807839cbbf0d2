# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Intervals of means over few independent runs."""

import math

# Quantiles of Student's t for 95 % intervals, by degrees of freedom.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179)


def require_runs(runs):
    """Refuses a number of runs that has no interval here."""
    if not 2 <= runs <= len(STUDENT) + 1:
        raise ValueError(f"--runs={runs}: expected 2 to {len(STUDENT) + 1}")


def get_interval(values, is_share):
    """Mean of the runs and 95 % interval by Student's t; of all but shares, of their logarithms."""
    if not is_share:
        return tuple(math.exp(value) for value in get_interval([math.log(v) for v in values], True))
    n = len(values)
    mean = sum(values) / n
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = STUDENT[n - 2] * deviation / math.sqrt(n)
    return mean, mean - half, mean + half
