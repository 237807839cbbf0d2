# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""What study.json asks mec-train for, and whether a training that has ended is one of it."""

import json


def list_flags(study, group, profile, mlus, variant, seed):
    """Flags of one training, without its folder."""
    agent = study["variants"][variant]
    return [
        f"--agent={agent['agent']}",
        f"--preset={agent['preset']}",
        f"--mlus={mlus}",
        f"--profile={profile}",
        f"--seed={seed}",
        f"--episodes={study['groups'][group]['episodes']}",
        *study["baseArguments"],
        *study["groups"][group]["arguments"],
    ]


def get_config(study, variant):
    """Settings that replace some of the preset's, or None."""
    return study["variants"][variant].get("config")


def is_same(there, asked):
    """Whether a value of summary.json is the one that was typed."""
    try:
        return float(there) == float(asked)
    except (TypeError, ValueError):
        return str(there) == str(asked)


def find_difference(summary, flags, config):
    """The first setting of a summary that is not as asked, as a text; None when all are."""
    pairs = [flag.lstrip("-").partition("=") for flag in flags]
    asked = {name: value if equals else "1" for name, equals, value in pairs}
    settings = summary.get("settings", {})
    for prefix, there, values in (
        ("--", settings, asked),
        ("the agent's ", summary.get("agentSettings", {}), config or {}),
    ):
        for name, value in values.items():
            if name not in there or not is_same(there[name], value):
                return f"{prefix}{name} is {there.get(name, 'not set')}, not {value}"
    return None


def read_summary(folder, flags, config):
    """Summary of a training that has ended, None when it has not. One of other settings is refused,
    unless it only has fewer episodes: then it has not ended."""
    path = folder / "summary.json"
    if not path.exists():
        return None
    summary = json.loads(path.read_text())
    rest = [flag for flag in flags if not flag.startswith("--episodes=")]
    difference = find_difference(summary, rest, config)
    if difference:
        raise RuntimeError(
            f"{folder}: holds a training of other settings: {difference}; expected it removed, or "
            "another folder"
        )
    return summary if find_difference(summary, flags, config) is None else None
