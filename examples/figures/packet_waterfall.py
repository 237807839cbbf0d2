# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What packets add to the latency of a task, part by part: the same task over the fluid link and over
packets, with the defaults of MecUplinkMac, OffloadSender and MecServerNetDevice.

A task takes as long as the slower of its two halves, the device's and the server's. So parts are added
one after the other to the fluid task, and each counts by what it makes the task longer."""

import csv
import math

BITS = 8
# Of each datagram: message, UDP, IPv4, Ethernet, place in the burst. Bytes.
PAYLOAD = 1456
HEADERS = 16 + 8 + 20 + 14
PLACE = 4
BURST_HEADER = 16
BURST_FRAMES = 32
BURST_S = 0.1
PREAMBLE_S = 40e-6
QUESTION_S = 1.0
DOWNLINK_BPS = 100e6
ANSWER_BYTES_PER_BIT = 4 * 0.25 / 32

# By name: what the fluid link has too, then what packets add.
FLUID_PARTS = {
    "device": "on the device",
    "upload": "fluid upload",
    "server": "server",
}
ADDED_PARTS = {
    "headers": "headers",
    "preambles": "preambles",
    "retries": "retries and repair",
    "waiting": "waiting of the radio",
    "serverQueue": "queue of the server",
    "downlink": "downlink",
    "downlinkQueue": "queue of the downlink",
    "cap": "cap of uploads",
}
PARTS = {**FLUID_PARTS, **ADDED_PARTS}
KEY = ("cell", "slot", "mlu")
DECISION = ("bits", "gainDb", "offloadRatio", "powerW")


def read_tasks(path):
    """Rows of a tasks.csv by cell, slot and MLU."""
    with open(path, newline="") as file:
        return {tuple(row[name] for name in KEY): row for row in csv.DictReader(file)}


def count_frames(message_bytes):
    """Lengths of a message's frames in a burst, bytes."""
    full, rest = divmod(message_bytes, PAYLOAD)
    return [PAYLOAD + HEADERS + PLACE] * full + ([rest + HEADERS + PLACE] if rest else [])


def join_bursts(frames, rate_bps):
    """Lengths of the bursts, bytes. The first frame finds the radio idle and leaves alone."""
    bursts = [BURST_HEADER + frames[0]]
    inside = BURST_FRAMES
    for frame in frames[1:]:
        if inside == BURST_FRAMES or BITS * (bursts[-1] + frame) > BURST_S * rate_bps:
            bursts.append(BURST_HEADER)
            inside = 0
        bursts[-1] += frame
        inside += 1
    return bursts


def count_questions(wait_s):
    """How often an upload has been asked for: after QUESTION_S, and then each time after twice the wait."""
    return math.floor(math.log2(max(wait_s, 0) / QUESTION_S + 1))


def count_upload(offloaded_bits, rate_bps, latency_s):
    """What headers, with questions, and preambles of an upload of this latency take on the air, s, both
    counted."""
    frames = count_frames(max(math.ceil(offloaded_bits / BITS), 1))
    data = join_bursts(frames, rate_bps)
    # A question that is asked during the last burst, or has no place in it, comes after the upload.
    last_s = PREAMBLE_S + BITS * data[-1] / rate_bps
    questions = [HEADERS + PLACE] * count_questions(latency_s - last_s)
    bursts = join_bursts(frames + questions, rate_bps)[: len(data)]
    return (BITS * sum(bursts) - offloaded_bits) / rate_bps, len(bursts) * PREAMBLE_S


def count_answer(offloaded_bits):
    """What an answer takes on the downlink if no other is before it, s, counted."""
    frames = count_frames(max(math.ceil(offloaded_bits * ANSWER_BYTES_PER_BIT), 1))
    return BITS * (sum(frames) - PLACE * len(frames)) / DOWNLINK_BPS


def split_latency(fluid, packets):
    """Parts of the latency of a task over packets by name, s. fluid, packets: its rows of tasks.csv.
    The sum is the latency over packets."""
    of = {name: float(fluid[name]) for name in fluid}
    to = {name: float(packets[name]) for name in packets}
    local = of["localLatencyS"]
    parts = dict.fromkeys(PARTS, 0.0)
    bits = of["bits"] * of["offloadRatio"]
    steps = [("upload", of["uplinkLatencyS"]), ("server", of["mecLatencyS"])]
    if bits > 0 and not of["uplinkCapped"] and not to["uplinkCapped"]:
        headers, preambles = count_upload(bits, of["uplinkBps"], to["uplinkLatencyS"])
        air = to["uplinkEnergyJ"] / to["powerW"]
        answer = count_answer(bits)
        steps += [
            ("headers", headers),
            ("preambles", preambles),
            ("retries", air - of["uplinkLatencyS"] - headers - preambles),
            ("waiting", to["uplinkLatencyS"] - air),
            ("serverQueue", to["mecLatencyS"] - of["mecLatencyS"]),
            ("downlink", answer),
            ("downlinkQueue", to["downlinkLatencyS"] - answer),
        ]
    parts["device"] = latency = local
    remote = 0.0
    for name, step in steps:
        remote += step
        parts[name] = max(local, remote) - latency
        latency = max(local, remote)
    parts["cap"] = to["latencyS"] - latency if of["uplinkCapped"] or to["uplinkCapped"] else 0.0
    return parts


def get_unexplained(fluid, packets):
    """What an upload has on the air beyond what is counted, as a share of the fluid upload; None without
    an upload that ends by itself."""
    bits = float(fluid["bits"]) * float(fluid["offloadRatio"])
    if bits == 0 or "1" in (fluid["uplinkCapped"], packets["uplinkCapped"]):
        return None
    latency = float(packets["uplinkLatencyS"])
    headers, preambles = count_upload(bits, float(fluid["uplinkBps"]), latency)
    air = float(packets["uplinkEnergyJ"]) / float(packets["powerW"])
    upload = float(fluid["uplinkLatencyS"])
    return (air - upload - headers - preambles) / upload


def pair_tasks(fluid, packets, place):
    """Rows of the same tasks of two runs. Refuses runs whose tasks or decisions differ."""
    if fluid.keys() != packets.keys():
        raise RuntimeError(f"{place}: other tasks than over the fluid link, expected the same")
    pairs = []
    for key, row in fluid.items():
        for name in DECISION:
            if row[name] != packets[key][name]:
                raise RuntimeError(
                    f"{place}: {name} of cell {key[0]}, slot {key[1]}, MLU {key[2]}: "
                    f"{packets[key][name]}, expected {row[name]} as over the fluid link"
                )
        pairs.append((row, packets[key]))
    return pairs
