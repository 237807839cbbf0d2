# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""The runs of a part of a sweep, each in its folder."""

from run_folder import Run, get_build, name_folder


def make_runs(part, program, output, is_only):
    """Runs by point and seed, one seed after the other: a sweep that is stopped has the same seeds of
    everything."""
    build = get_build(program)
    base = output / "runs" if is_only else output / "runs" / name_folder(part.name)
    runs = {}
    for seed in part.seeds:
        for point in part.list_points():
            flags = part.get_flags(point)
            names = [name_folder(f"{axis.name}={text}") for axis, text in zip(part.axes, point)]
            runs[point, seed] = Run(
                base.joinpath(*names, f"seed={seed}"),
                program,
                tuple(f"--{name}={value}" for name, value in (*flags.values.items(), (part.seed_flag, seed))),
                flags.files,
                flags.inputs,
                build,
            )
    return runs
