# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Metrics of a run: fields of the summary that its program has written."""

import json

SUMMARY = "summary.json"


def read_metrics(folder, metrics):
    """Values of the metrics of a whole run."""
    path = folder / SUMMARY
    if not path.exists():
        raise RuntimeError(f"{path}: is missing, expected a program that writes it to --output")
    summary = json.loads(path.read_text())
    values = {}
    for name in metrics:
        value = summary
        for part in name.split("."):
            if not isinstance(value, dict) or part not in value:
                known = ", ".join(list_numbers(summary))
                raise RuntimeError(f"{path}: metrics: {name}: no such field, expected some of {known}")
            value = value[part]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise RuntimeError(f"{path}: metrics: {name}: {json.dumps(value)}, expected a number")
        values[name] = value
    return values


def list_numbers(summary, prefix=""):
    """Fields that are numbers, with dots into objects; without the settings."""
    for name, value in summary.items():
        if isinstance(value, dict) and name not in ("settings", "versions"):
            yield from list_numbers(value, f"{prefix}{name}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield prefix + name
