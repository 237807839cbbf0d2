# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Intervals of means over few independent runs."""

import math

from scipy.special import stdtrit


def require_runs(runs):
    """Refuses a number of runs that has no interval."""
    if runs < 2:
        raise ValueError(f"--runs={runs}: expected at least 2")


def get_mean_interval(values):
    """Mean and 95 % interval by Student's t. Of one value there is no interval, of none no mean:
    None."""
    n = len(values)
    if n == 0:
        return None, None, None
    mean = math.fsum(values) / n
    if n == 1:
        return mean, None, None
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = float(stdtrit(n - 1, 0.975)) * deviation / math.sqrt(n)
    return mean, mean - half, mean + half


def get_interval(values, is_share):
    """Mean of two or more runs and 95 % interval; of all but shares, of their logarithms."""
    if is_share:
        return get_mean_interval(values)
    return tuple(math.exp(value) for value in get_mean_interval([math.log(v) for v in values]))
