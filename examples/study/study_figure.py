# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Finishes a figure of the study and writes it."""

import matplotlib.pyplot as plt

from output_folder import save_whole


def save_figure(figure, axis, path):
    """Writes path.svg and path.png, with the legend of one axis to the right of all, and closes the
    figure."""
    figure.legend(*axis.get_legend_handles_labels(), loc="center left",
                  bbox_to_anchor=(0.995, 0.5), frameon=False, fontsize=9)
    figure.tight_layout()
    save_whole(figure, path, dpi=110, bbox_inches="tight")
    plt.close(figure)
