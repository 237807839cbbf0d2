# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Points of the atlas of speculative decoding: what mec-speculate and closed forms say of each."""

import json
import math
import tempfile
from pathlib import Path

from console_program import Processes
from speculation_rate import Times, best_rate_per_s, loaded_rate_per_s, rate_per_s

SPECULATIVE = ("conventional", "lock-step", "event")
SERVER_ONLY = "server-only"
DEVICE_ONLY = "device-only"
STREAMING = "streaming"
HEADER_BITS = 320
ID_BITS = 16
FAST_UPLINK_BPS = 1e6  # of the map over devices
LEAST_ANSWERS = 2  # of each phone, so that not all is the time when the last are still answered
# Uplinks this many times above and below the one at which device and server take equally long are
# searched for break-evens, until they are known to this share.
SEARCH = 32
PRECISION = 0.005


class Study:
    """Simulates points, and knows the closed forms of those with constant times."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.processes = Processes()
        self.window_bits = HEADER_BITS + ID_BITS * arguments.window

    def list_constants(self, mode):
        """Flags of constant times of a mode that uses a server."""
        arguments = self.arguments
        flags = [f"--verifyS={arguments.verifyS}", f"--downlinkS={arguments.downlinkS}"]
        return flags if mode == SERVER_ONLY else [f"--draftTokenS={arguments.draftTokenS}", *flags]

    def simulate(self, flags):
        """What summary.json says of a run."""
        arguments = self.arguments
        with tempfile.TemporaryDirectory(prefix=".run-", dir=arguments.output) as folder:
            command = [str(arguments.program), "--baselines=0", f"--output={folder}", *flags]
            error = self.processes.call(command)
            if error:
                raise RuntimeError(error)
            return json.loads((Path(folder) / "summary.json").read_text())

    def get_times(self, uplink_bps):
        arguments = self.arguments
        return Times(
            arguments.draftTokenS,
            HEADER_BITS / uplink_bps,
            ID_BITS / uplink_bps,
            arguments.verifyS,
            arguments.downlinkS,
            arguments.verifyS,
        )

    def list_point(self, mode, acceptance, uplink_bps, window, tokens):
        """Flags of a device that has a server for itself, with constant times."""
        flags = [f"--mode={mode}", f"--uplinkBps={uplink_bps}", f"--tokens={tokens}"]
        if mode in SPECULATIVE:
            flags += [f"--acceptance={acceptance}", f"--window={window}"]
        return self.list_constants(mode) + flags

    def get_closed_form(self, mode, acceptance, uplink_bps, window):
        """Tokens a second of such a device; with the best window where it is none."""
        times = self.get_times(uplink_bps)
        if mode == SERVER_ONLY:
            return 1 / times.pre_verify_s
        if window is None:
            return float(best_rate_per_s(mode, acceptance, times))
        return float(rate_per_s(mode, acceptance, window, times))

    def simulate_uplink(self, mode, acceptance, uplink_bps, window):
        """A row of a panel over uplinks."""
        typed = "optimal" if window is None else window
        flags = self.list_point(mode, acceptance, uplink_bps, typed, self.arguments.tokens)
        return {
            "mode": mode,
            "acceptance": acceptance,
            "uplinkBps": uplink_bps,
            "devices": 1,
            "window": typed,
            **pick(self.simulate(flags)),
            "closedFormTokensPerS": self.get_closed_form(mode, acceptance, uplink_bps, window),
        }

    def simulate_windows(self, mode, flags):
        """Summary of the fastest of all windows, with it; by list of flags."""
        if mode in (SERVER_ONLY, DEVICE_ONLY):
            return {"window": "", **pick(self.simulate(flags))}
        summaries = [
            {"window": window, **pick(self.simulate([*flags, f"--window={window}"]))}
            for window in self.arguments.windows
        ]
        return max(summaries, key=lambda summary: summary["tokensPerS"])

    def simulate_load(self, mode, acceptance, devices):
        """A row of the map over devices, at a server with constant times and one pass at a time."""
        arguments = self.arguments
        flags = [
            *self.list_constants(mode),
            f"--mode={mode}",
            "--discipline=fcfs",
            f"--uplinkBps={FAST_UPLINK_BPS}",
            f"--devices={devices}",
            f"--tokens={max(arguments.tokens // (5 * devices), 1)}",
        ]
        if mode in SPECULATIVE:
            flags.append(f"--acceptance={acceptance}")
        times = self.get_times(FAST_UPLINK_BPS)
        closed = 1 / (devices * arguments.verifyS)
        if mode != SERVER_ONLY:
            closed = loaded_rate_per_s(mode, acceptance, arguments.windows, times, devices)
        return {
            "discipline": "fcfs",
            "mode": mode,
            "acceptance": acceptance,
            "uplinkBps": FAST_UPLINK_BPS,
            "devices": devices,
            **self.simulate_windows(mode, flags),
            "closedFormTokensPerS": float(closed),
        }

    def simulate_pair(self, pair, discipline, mode, devices, number):
        """A run of a pair of models, over the radio."""
        arguments = self.arguments
        flags = [
            f"--pair={pair}",
            *([] if mode == DEVICE_ONLY else [f"--discipline={discipline}"]),  # it asks no server
            f"--mode={mode}",
            f"--devices={devices}",
            f"--answers={max(math.ceil(arguments.answers / devices), LEAST_ANSWERS)}",
            f"--tokens={arguments.answerTokens}",
            f"--RngRun={number}",
        ]
        return self.simulate_windows(mode, flags)

    def find_break_even(self, acceptance, is_low):
        """Uplink at which lock-step and conventional decoding are equally fast, bit/s, below or
        above the one at which a device drafts as long as it waits for a verdict; none where there is
        no such uplink."""
        arguments = self.arguments
        draft_s = arguments.window * arguments.draftTokenS
        rest_s = arguments.verifyS + arguments.downlinkS
        if draft_s <= rest_s:
            return None
        inner = self.window_bits / (draft_s - rest_s)
        outer = inner / SEARCH if is_low else inner * SEARCH

        def is_faster(uplink_bps):
            conventional, lock_step = (
                self.simulate(
                    self.list_point(
                        mode, acceptance, uplink_bps, arguments.window, arguments.breakEvenTokens
                    )
                )["tokensPerS"]
                for mode in ("conventional", "lock-step")
            )
            return lock_step > conventional

        if is_faster(outer):
            return None
        while abs(math.log(outer / inner)) > PRECISION:
            middle = math.sqrt(inner * outer)
            if is_faster(middle):
                inner = middle
            else:
                outer = middle
        return math.sqrt(inner * outer)


def pick(summary):
    return {name: summary[name] for name in ("tokensPerS", "joulesPerToken", "passesPerToken")}
