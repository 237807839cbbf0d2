# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The closed forms of model/decoding/speculative-rate.h, whose derivations are there. Numbers may be
arrays of numpy. a: acceptance, g: drafts of a window."""

from dataclasses import dataclass

import numpy as np

LARGEST_WINDOW = 64  # of ns3::llmmec::OptimalWindow


@dataclass(frozen=True)
class Times:
    """As SpeculativeTimes: t_d; U of a window without its drafts, and of each draft; V; D; V1, s."""

    draft_s: float
    uplink_s: float
    uplink_token_s: float
    verify_s: float
    downlink_s: float
    pre_verify_s: float

    def get_draft_s(self, g):
        """B, of drafting a window."""
        return g * self.draft_s

    def get_round_trip_s(self, g):
        """L, from sending a window to the reply."""
        return self.uplink_s + g * self.uplink_token_s + self.verify_s + self.downlink_s

    def get_restart_s(self):
        """P, from a restart until the first draft is judged."""
        return np.maximum(self.draft_s, self.pre_verify_s)


def sum_of_powers(a, terms):
    return sum(a**i for i in range(terms))


def tokens_per_round(a, g):
    """TokensPerRound: of a conventional round, and of a server's pass in it."""
    return sum_of_powers(a, g + 1)


def tokens_per_cycle(a, g):
    """TokensPerCycle: of a cycle in lock-step, and of a server's pass in all parallel modes."""
    return 1 / (1 - a + a / sum_of_powers(a, g))


def tokens_per_pass(mode, a, g):
    return tokens_per_round(a, g) if mode == "conventional" else tokens_per_cycle(a, g)


def rate_per_s(mode, a, g, times):
    """SpeculativeRatePerS: tokens a second of a device that has radio and server for itself."""
    draft_s = times.get_draft_s(g)
    round_trip_s = times.get_round_trip_s(g)
    restart_s = times.get_restart_s()
    rejections = 1 - a
    windows = a / sum_of_powers(a, g)
    if mode == "conventional":
        return tokens_per_round(a, g) / (draft_s + round_trip_s)
    if mode == "lock-step":
        return tokens_per_cycle(a, g) / np.maximum(draft_s, round_trip_s)
    return 1 / (
        rejections**2 * restart_s
        + a * rejections * (np.maximum(draft_s, restart_s) + round_trip_s)
        + (windows - a * rejections) * np.maximum(draft_s, round_trip_s)
    )


def best_rate_per_s(mode, a, times):
    """The highest rate of all windows, as BestWindow finds it."""
    rates = [rate_per_s(mode, a, g, times) for g in range(1, LARGEST_WINDOW + 1)]
    return np.maximum.reduce(rates)


def loaded_rate_per_s(mode, a, windows, times, devices):
    """Of each of several devices at a server that computes one pass at a time, with the best of some
    windows: at most what a device alone has, and its part of what the server can verify."""
    rates = [
        np.minimum(
            rate_per_s(mode, a, g, times), tokens_per_pass(mode, a, g) / (devices * times.verify_s)
        )
        for g in windows
    ]
    return np.maximum.reduce(rates)


def get_break_even_uplink(a, g, draft_s, window_bits, rest_s):
    """GetBreakEvenUplink: lowest and highest rate at which lock-step is faster than conventional
    decoding, bit/s; infinite where there is none."""
    rho = tokens_per_round(a, g) / tokens_per_cycle(a, g) - 1
    uplinks_s = (g * draft_s / rho - rest_s, g * draft_s * rho - rest_s)
    return tuple(window_bits / uplink_s if uplink_s > 0 else float("inf") for uplink_s in uplinks_s)
