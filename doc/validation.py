#!/usr/bin/env python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What theory says of the default cell, by a program independent of the module: the closed-form optimum,
and static policies by Monte Carlo over positions and fading. Needs NumPy; takes some seconds."""

import numpy as np

DRAWS = 1_000_000
BITS, CYCLES_PER_BIT, LOCAL_HZ, MEC_HZ = 1e6, 900, 2e9, 10e9
BANDWIDTH_HZ, NOISE_W, MAX_POWER_W = 10e6, 10 ** (-10.4 - 3), 10 ** (3.3 - 3)
RADIUS_M, HEIGHT_M, REFERENCE_GAIN, RICIAN_K = 20, 10, 1e-3, 8
LOCAL_ACCURACY, LOCAL_HALLUCINATION = 0.5905, 0.65  # llama-3.1-8b-ecld
MEC_ACCURACY, MEC_HALLUCINATION = 0.703, 0.77  # llama-3.1-8b-original
LOCAL_S = CYCLES_PER_BIT * BITS / LOCAL_HZ
MEC_S = CYCLES_PER_BIT * BITS / MEC_HZ
LOCAL_J = 1e-28 * LOCAL_HZ**2 * CYCLES_PER_BIT * BITS


def optimum(mlus):
    upload_s = BITS / (BANDWIDTH_HZ * np.log2(mlus / (mlus - 1)))
    ratio = LOCAL_S / (LOCAL_S + upload_s + MEC_S)
    latency = (1 - ratio) * LOCAL_S
    return latency, 1 / (mlus * latency)


def draw_gains(random, mlus):
    ground_m = RADIUS_M * np.sqrt(random.random((DRAWS, mlus)))
    scatter = random.normal(size=(DRAWS, mlus, 2)) @ [1, 1j] / np.sqrt(2)
    fading = abs(np.sqrt(RICIAN_K / (RICIAN_K + 1)) + scatter / np.sqrt(RICIAN_K + 1)) ** 2
    return REFERENCE_GAIN / (ground_m**2 + HEIGHT_M**2) * fading


def simulate(gain, ratio, power_w):
    mlus = gain.shape[1]
    received_w = power_w * gain
    others_w = received_w.sum(axis=1, keepdims=True) - received_w
    rate = BANDWIDTH_HZ * np.log2(1 + received_w / (others_w + NOISE_W))
    sends = ratio > 0
    upload_s = np.minimum(np.divide(ratio * BITS, rate, out=np.zeros(gain.shape), where=sends), 10)
    latency = np.maximum((1 - ratio) * LOCAL_S, upload_s + ratio * MEC_S)
    accuracy = ratio * MEC_ACCURACY + (1 - ratio) * LOCAL_ACCURACY
    hallucination = ratio * MEC_HALLUCINATION + (1 - ratio) * LOCAL_HALLUCINATION
    energy_j = (1 - ratio) * LOCAL_J + power_w * upload_s
    penalty = (
        np.maximum(mlus * 0.6 - accuracy.sum(axis=1), 0)
        + np.maximum(hallucination.sum(axis=1) - mlus * 0.78, 0)
        + np.maximum(energy_j.sum(axis=1) - mlus * 2, 0)
    )
    return latency.mean(axis=1), 1 / (latency.sum(axis=1) + penalty)


def interval(values):
    return f"{values.mean():.4f} ±{1.96 * values.std() / np.sqrt(len(values)):.4f}"


def main():
    random = np.random.default_rng(1)
    print(f"{'policy':<16}{'K':>3}{'latency, s':>20}{'reward, 1/s':>20}")
    for mlus in (2, 3, 4, 5):
        latency, reward = optimum(mlus)
        print(f"{'optimal':<16}{mlus:>3}{latency:>20.5f}{reward:>20.4f}")
        shape = (DRAWS, mlus)
        policies = {
            "always-local": (np.zeros(shape), np.zeros(shape)),
            "always-offload": (np.ones(shape), np.full(shape, MAX_POWER_W)),
            "fixed": (np.full(shape, 0.5), np.full(shape, MAX_POWER_W)),
            "random": (random.random(shape), MAX_POWER_W * random.random(shape)),
        }
        gain = draw_gains(random, mlus)
        for policy, (ratio, power_w) in policies.items():
            latency, reward = simulate(gain, ratio, power_w)
            print(f"{policy:<16}{mlus:>3}{interval(latency):>20}{interval(reward):>20}")


if __name__ == "__main__":
    main()
