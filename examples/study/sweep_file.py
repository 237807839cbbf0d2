# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Reads the JSON file of a sweep: programs, fixed flags, a grid of flags, seeds and metrics."""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

from run_folder import get_checksum

# Flags that the sweep sets itself.
OWN_FLAGS = ("output", "RngRun")
UNITS = {"S": "s", "J": "J", "W": "W", "Hz": "Hz", "Bps": "bit/s", "PerS": "1/s", "Bits": "bit"}
PART_KEYS = ("title", "program", "flags", "grid", "seeds", "seedFlag", "metrics", "figure")


@dataclass(frozen=True)
class Flags:
    """Values of flags as text, and the files that they name."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # text by name, to be written for a run
    inputs: dict[str, str] = field(default_factory=dict)  # checksum by path

    def joined(self, other):
        return Flags(
            {**self.values, **other.values},
            {**self.files, **other.files},
            {**self.inputs, **other.inputs},
        )


@dataclass(frozen=True)
class Axis:
    """One dimension of a grid: a name, what a figure writes at it, and its points."""

    name: str
    label: str
    points: dict[str, Flags]  # by the text of their value

    def get_numbers(self):
        """The points as numbers, None if some are none."""
        try:
            return [float(point) for point in self.points]
        except ValueError:
            return None


@dataclass(frozen=True)
class Part:
    """One grid of runs of one program."""

    name: str
    title: str
    program: str
    flags: Flags
    axes: list[Axis]
    seeds: list[int]
    seed_flag: str  # flag that a seed is the value of
    metrics: dict[str, str]  # labels by path in summary.json
    x: str  # axis that a figure has along its bottom
    log: list[str]  # "x", "y": axes of a figure that are logarithmic

    def list_points(self):
        """Points of the grid as tuples of texts, one an axis."""
        return list(itertools.product(*(axis.points for axis in self.axes)))

    def get_flags(self, point):
        flags = self.flags
        for axis, text in zip(self.axes, point):
            flags = flags.joined(axis.points[text])
        return flags


class Reader:
    """Takes fields of a document, and names file and field where one is not as expected."""

    def __init__(self, path):
        self.path = path

    def refuse(self, name, value, expected):
        text = json.dumps(value)
        text = text if len(text) <= 60 else text[:57] + "..."
        raise ValueError(f"{self.path}: {name}: {text}, expected {expected}")

    def check(self, name, value, is_good, expected):
        if not is_good:
            self.refuse(name, value, expected)
        return value

    def text(self, name, value, expected="a text"):
        return self.check(name, value, isinstance(value, str) and value, expected)

    def object(self, name, value, expected="an object with fields"):
        return self.check(name, value, isinstance(value, dict) and value, expected)

    def keys(self, name, value, known):
        for key in value:
            if key not in known:
                place = f"{name}.{key}" if name else key
                self.refuse(place, value[key], f"no such field, but {', '.join(known)}")


def format_number(value):
    """The shortest text that reads as the same number."""
    short = f"{value:.15g}"
    return short if float(short) == float(value) else repr(value)


def read_document(path):
    def refuse_twice(pairs):
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{path}: {name}: is there twice, expected it once")
        return dict(pairs)

    def refuse_constant(text):
        raise ValueError(f"{path}: {text}: is no JSON, expected a finite number")

    try:
        text = path.read_text()
        return json.loads(text, object_pairs_hook=refuse_twice, parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no text in UTF-8, expected a JSON file ({error})") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: {error}, expected a JSON file") from error


def read_flag(reader, name, flag, value):
    """One value of a flag: a number, a text, true or false, {"file": PATH} or {"json": ...}."""
    expected = 'a number, a text, true, false, {"file": PATH} or {"json": VALUE}'
    if flag in OWN_FLAGS:
        reader.refuse(name, value, "no such flag: the sweep sets it by itself")
    if isinstance(value, bool):
        return Flags({flag: "1" if value else "0"})
    if isinstance(value, (int, float)):
        return Flags({flag: format_number(value)})
    if isinstance(value, str):
        return Flags({flag: value})
    if not isinstance(value, dict) or len(value) != 1:
        reader.refuse(name, value, expected)
    kind, content = next(iter(value.items()))
    if kind == "json":
        file = f"{flag}.json".replace(":", "_")
        return Flags({flag: file}, {file: json.dumps(content, indent=2) + "\n"})
    if kind != "file":
        reader.refuse(name, value, expected)
    path = reader.path.parent / reader.text(name, content, "a path")
    if not path.is_file():
        reader.refuse(name, content, f"a file, relative to the folder of {reader.path.name}")
    path = path.resolve()
    return Flags({flag: str(path)}, {}, {str(path): get_checksum(path)})


def read_flags(reader, name, values):
    if not isinstance(values, dict):
        reader.refuse(name, values, "an object of flags")
    flags = Flags()
    for flag, value in values.items():
        flags = flags.joined(read_flag(reader, f"{name}.{flag}", flag, value))
    return flags


def read_values(reader, name, flag, values):
    """Points of an axis that is one flag."""
    if not isinstance(values, list) or not values:
        reader.refuse(name, values, "a list of values")
    points = {}
    for i, value in enumerate(values):
        flags = read_flag(reader, f"{name}[{i}]", flag, value)
        text = flags.values[flag]
        if isinstance(value, dict):  # a file has the same name for all values
            text = next(iter(flags.files.values()), text) if "json" in value else value["file"]
            text = " ".join(text.split())
        if text in points:
            reader.refuse(f"{name}[{i}]", value, "each value once")
        points[text] = flags
    return points


def read_axis(reader, name, axis, content):
    """[VALUE...], {"flag": NAME, "values": [...]} or {"sets": {TEXT: FLAGS...}}, with a label."""
    if isinstance(content, list):
        return Axis(axis, axis, read_values(reader, name, axis, content))
    expected = 'a list of values, an object with "values", or one with "sets"'
    if not isinstance(content, dict) or ("values" in content) == ("sets" in content):
        reader.refuse(name, content, expected)
    label = reader.text(f"{name}.label", content.get("label", axis))
    if "sets" in content:
        reader.keys(name, content, ("sets", "label"))
        sets = reader.object(f"{name}.sets", content["sets"], "an object of sets of flags")
        points = {text: read_flags(reader, f"{name}.sets.{text}", flags)
                  for text, flags in sets.items()}
    else:
        reader.keys(name, content, ("flag", "values", "label"))
        flag = reader.text(f"{name}.flag", content.get("flag", axis), "the name of a flag")
        points = read_values(reader, f"{name}.values", flag, content["values"])
    return Axis(axis, label, points)


def read_grid(reader, name, content, fixed):
    axes = [
        read_axis(reader, f"{name}.{axis}", axis, points)
        for axis, points in reader.object(name, content, "an object of axes").items()
    ]
    taken = dict.fromkeys(fixed.values, "the fixed flags")
    for axis in axes:
        for flags in axis.points.values():
            for flag in flags.values:
                if taken.setdefault(flag, axis.name) != axis.name:
                    raise ValueError(
                        f"{reader.path}: {name}.{axis.name}: --{flag} is also set by {taken[flag]}, "
                        "expected each flag in one place"
                    )
    return axes


def read_seeds(reader, name, content):
    """Number of seeds, or the seeds."""
    if isinstance(content, int) and not isinstance(content, bool) and content >= 1:
        return list(range(1, content + 1))
    is_list = isinstance(content, list) and content and len(set(map(str, content))) == len(content)
    if not is_list or not all(type(seed) is int and seed >= 1 for seed in content):
        reader.refuse(name, content, "a number of at least 1, or a list of different ones")
    return content


def label_metric(name):
    """What a figure writes at a metric: its name, and the unit that the name ends with."""
    for ending, unit in sorted(UNITS.items(), key=lambda each: -len(each[0])):
        if any(part.endswith(ending) for part in name.split(".")):
            return f"{name} ({unit})"
    return name


def read_metrics(reader, name, content):
    """A list of fields of summary.json, with dots into its objects, or labels by field."""
    if isinstance(content, list) and content:
        for i, metric in enumerate(content):
            reader.text(f"{name}[{i}]", metric, "a field of summary.json")
        return {metric: label_metric(metric) for metric in content}
    reader.object(name, content, "a list of fields of summary.json, or an object of their labels")
    return {metric: reader.text(f"{name}.{metric}", label) for metric, label in content.items()}


def read_figure(reader, name, content, axes):
    """The axis along the bottom of the figure, and which axes are logarithmic."""
    if not isinstance(content, dict):
        reader.refuse(name, content, "an object")
    reader.keys(name, content, ("x", "log"))
    names = [axis.name for axis in axes]
    numeric = [axis.name for axis in axes if axis.get_numbers() and len(axis.points) > 1]
    x = content.get("x", (numeric or names)[-1])
    reader.check(f"{name}.x", x, x in names, f"one of {', '.join(names)}")
    log = content.get("log", [])
    is_good = isinstance(log, list) and all(each in ("x", "y") for each in log)
    reader.check(f"{name}.log", log, is_good, 'a list of "x" and "y"')
    numbers = next(axis for axis in axes if axis.name == x).get_numbers()
    if "x" in log and not (numbers and min(numbers) > 0):
        reader.refuse(f"{name}.log", log, f'no "x", since {x} has values that are not above 0')
    return x, log


def read_seed_flag(reader, name, content, sets):
    """The flag that a seed is the value of. SETS are the flags that the file sets."""
    reader.text(name, content, "the name of a flag")
    if any(content in flags.values for flags in sets):
        reader.refuse(name, content, "a flag that is not set elsewhere in the file")
    return content


def read_part(reader, prefix, name, content, shared):
    """One grid. What it does not have itself is that of the whole file."""
    def place(key):
        return f"{prefix}{key}" if key in content or not shared else key

    def take(key, otherwise=None):
        return content.get(key, shared.get(key, otherwise))

    for key in ("program", "grid", "metrics"):
        if take(key) is None:
            raise ValueError(f"{reader.path}: {prefix}{key}: is missing")
    flags = read_flags(reader, "flags", shared.get("flags", {}))
    flags = flags.joined(read_flags(reader, f"{prefix}flags", content.get("flags", {})))
    axes = read_grid(reader, place("grid"), take("grid"), flags)
    points = [each for axis in axes for each in axis.points.values()]
    x, log = read_figure(reader, place("figure"), take("figure", {}), axes)
    return Part(
        name,
        reader.text(place("title"), take("title", name)),
        reader.text(place("program"), take("program"), "the name of a program"),
        flags,
        axes,
        read_seeds(reader, place("seeds"), take("seeds", 1)),
        read_seed_flag(reader, place("seedFlag"), take("seedFlag", "RngRun"), [flags, *points]),
        read_metrics(reader, place("metrics"), take("metrics")),
        x,
        log,
    )


def read_sweep(path):
    """Parts of a sweep file: itself, or those under "sweeps"."""
    path = Path(path)
    document = read_document(path)
    reader = Reader(path)
    reader.object("the file", document)
    if "sweeps" not in document:
        reader.keys("", document, (*PART_KEYS, "sweeps"))
        return [read_part(reader, "", path.stem, document, {})]
    reader.keys("", document, (*PART_KEYS, "sweeps"))
    shared = {key: value for key, value in document.items() if key != "sweeps"}
    parts = []
    for name, content in reader.object("sweeps", document["sweeps"]).items():
        reader.object(f"sweeps.{name}", content)
        # NAME-runs.csv is a file of sweep NAME.
        reader.check(f"sweeps.{name}", name, not name.endswith("-runs"), "a name without -runs at its end")
        reader.keys(f"sweeps.{name}", content, PART_KEYS)
        parts.append(read_part(reader, f"sweeps.{name}.", name, content, shared))
    return parts
