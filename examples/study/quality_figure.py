# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The paper's Fig. 10 with intervals: quality against its limits, and what it costs in latency."""

import matplotlib.pyplot as plt
import numpy as np

import study_statistics as statistics
from study_figure import save_figure

PANELS = [
    # column of learning.csv, field of a reference, label, which limit of the problem
    ("evalLatencyS", "meanLatencyS", "mean latency, s", None),
    ("evalAccuracy", "meanAccuracy", "effective accuracy", "minAccuracy"),
    ("evalHallucination", "meanHallucination", "effective hallucination", "maxHallucination"),
]
REFERENCES = {"optimal": ("black", "_"), "always-offload": ("#999999", "v"),
              "always-local": ("#999999", "^"), "fixed": ("#999999", "s")}
COLOURS = ["#0072B2", "#E69F00", "#009E73"]


def draw_quality(tasks, limits, title, path):
    """tasks: runs by variant, by number of MLUs; limits: by name. Latency, accuracy and
    hallucination of the policies that were learned, of the static ones and of the optimum."""
    figure, axes = plt.subplots(1, len(PANELS), figsize=(13, 4))
    mlus = sorted(tasks)
    for axis, (column, field, label, limit) in zip(axes, PANELS):
        for i, name in enumerate(tasks[mlus[0]]):
            values = [
                statistics.iqm_with_interval(np.array([run[column][-1] for run in tasks[k][name]]))
                for k in mlus
            ]
            middle = np.array([value for value, _ in values])
            ends = np.array([interval for _, interval in values])
            axis.errorbar(np.array(mlus) + 0.08 * (i - 0.5), middle,
                          yerr=np.abs(ends.T - middle), fmt="oD"[i % 2], color=COLOURS[i],
                          capsize=3, markersize=5, label=name)
        for name, (colour, marker) in REFERENCES.items():
            axis.plot(mlus, [next(iter(tasks[k].values()))[0]["references"][name][field]
                             for k in mlus],
                      color=colour, marker=marker, markersize=12 if marker == "_" else 5,
                      linestyle="none", label=name)
        if limit:
            axis.axhline(limits[limit], color="#D55E00", linestyle="--", linewidth=1, label="limit")
        axis.set_xticks(mlus)
        axis.set_xlabel("MLUs K")
        axis.set_ylabel(label)
        axis.grid(alpha=0.25)
    axes[0].set_title(title, loc="left", fontsize=10)
    # Always-local takes so long that nothing else could be told apart.
    longest = max(next(iter(tasks[k].values()))[0]["references"]["fixed"]["meanLatencyS"]
                  for k in mlus)
    axes[0].set_ylim(0, 1.6 * longest)
    save_figure(figure, axes[1], path)
