# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Metrics of a run: fields of the summary that its program has written."""

import json

SUMMARY = "summary.json"


def read_metrics(folder, metrics):
    """Values of the metrics of a whole run by name; None of those that its summary does not have:
    programs leave out times of what has not happened."""
    summary = read_summary(folder)
    values = {}
    for name in metrics:
        value = summary
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            text = json.dumps(value)
            text = text if len(text) <= 60 else text[:57] + "..."
            known = ", ".join(list_numbers(summary))
            raise RuntimeError(
                f"{folder / SUMMARY}: metrics: {name}: {text}, expected a number, such as {known}"
            )
        values[name] = value
    return values


def read_summary(folder):
    path = folder / SUMMARY
    if not path.exists():
        raise RuntimeError(f"{path}: is missing, expected a program that writes it to --output")
    return json.loads(path.read_text())


def explain_missing(folder, name):
    """What to say of a metric that a run does not have."""
    known = ", ".join(list_numbers(read_summary(folder)))
    return f"{folder / SUMMARY}: metrics: {name}: no such field, expected some of {known}"


def list_numbers(summary, prefix=""):
    """Fields that are numbers, with dots into objects; without the settings."""
    for name, value in summary.items():
        if isinstance(value, dict) and name not in ("settings", "versions"):
            yield from list_numbers(value, f"{prefix}{name}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield prefix + name
