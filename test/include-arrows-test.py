#!/usr/bin/env python3
#
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only

"""Includes point down: reads those of all C++ files and names each file that breaks an arrow, and
each exception in the lists below that is no longer needed."""

import pathlib
import posixpath
import re
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]

FORMAT = "contrib/ecld/format"
MODEL = "contrib/ecld/model"
TRAIN = "contrib/ecld/train"
TEACH = "contrib/ecld/teach"
COMPRESS = "contrib/ecld/compress"
MEASURE = "contrib/ecld/measure"
STUDY = "contrib/ecld/study"
COMPRESSOR = [FORMAT, MODEL, TRAIN, TEACH, COMPRESS, MEASURE, STUDY]

BASE = "contrib/base"
AGENTS = "contrib/agents"
COMPAT = "model"  # the files beside the rooms: what differs among ages of ns-3
PROBLEM = "model/problem"
DECODING = "model/decoding"
ASSOCIATION = "model/association"
TASK = "model/task"
LLM = "model/llm"
RADIO = "model/radio"
SERVER = "model/server"
POLICY = "model/policy"
APPLICATION = "model/application"
ROOMS = [COMPAT, PROBLEM, DECODING, ASSOCIATION, TASK, LLM, RADIO, SERVER, POLICY, APPLICATION]

# What the files of a folder may use, besides their own folder. A folder without a row belongs to
# the nearest one above it, but a room of model/ has its own; a file of no folder is an error.
ALLOWED = {
    BASE: [],
    BASE + "/test": [BASE],
    AGENTS: [BASE],
    AGENTS + "/test": [AGENTS, BASE],
    FORMAT: [BASE],
    MODEL: [BASE, FORMAT],
    TRAIN: [BASE, FORMAT, MODEL],
    TEACH: [BASE, FORMAT, MODEL, TRAIN],
    COMPRESS: [BASE, FORMAT, MODEL],
    MEASURE: [BASE, FORMAT, MODEL, TEACH],
    STUDY: [BASE, *COMPRESSOR],
    "contrib/ecld/test": [BASE, *COMPRESSOR],
    COMPAT: [],
    PROBLEM: [COMPAT],
    DECODING: [COMPAT, TASK],
    ASSOCIATION: [COMPAT, DECODING],
    TASK: [COMPAT],
    LLM: [COMPAT, BASE, TASK],
    RADIO: [COMPAT, TASK],
    SERVER: [COMPAT, LLM, RADIO, TASK],
    POLICY: [COMPAT, BASE, PROBLEM, ASSOCIATION],
    APPLICATION: ROOMS,
    "helper": [BASE, *ROOMS],
    "examples": [BASE, "helper", *ROOMS],
    "scratch": [BASE, "helper", *ROOMS],
    "test": [BASE, AGENTS, AGENTS + "/test", "helper", *ROOMS],
    "bench": [BASE, AGENTS, "test", "helper", *ROOMS],
}

# Files that hold agents: the only ones of their folders that know them.
AGENT_FILES = [
    ("examples/mec-train.cc", AGENTS),
    ("helper/llm-mec-association-training.cc", AGENTS),
    ("helper/llm-mec-learning-log.cc", AGENTS),
    ("helper/llm-mec-training.cc", AGENTS),
    ("model/policy/association-agent-layout.cc", AGENTS),
    ("model/policy/association-agent.cc", AGENTS),
    ("model/policy/trained-association.cc", AGENTS),
    ("model/policy/trained-offload-policy.cc", AGENTS),
    ("model/policy/learning-offload-policy.cc", AGENTS),
    ("model/policy/offload-agent.cc", AGENTS),
    ("model/policy/offload-carried-entities.h", AGENTS),
    ("model/policy/offload-carried-slot.h", AGENTS),
    ("model/policy/offload-entities.h", AGENTS),
    ("model/policy/offload-entity-columns.h", AGENTS),
]

# Further files that may use a folder that others of their room may not.
EXCEPTIONS = [
    # The rates (19) stand once, in mec-uplink-rate.h, which is arrays alone; a link needs them too.
    ("model/problem/offload-optimum.cc", RADIO),
    ("model/problem/offload-problem.cc", RADIO),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def find_folder(path):
    """The row of ALLOWED that a file belongs to, or None."""
    own = posixpath.dirname(path)
    folder = own
    while folder and folder not in ALLOWED:
        folder = posixpath.dirname(folder)
    is_new_room = folder == COMPAT and own != COMPAT
    return None if is_new_room or not folder else folder


def resolve(including, name, files, headers):
    """The file of ours that an include means, or None where it means another's."""
    if name.startswith("ns3/"):
        return headers.get(name[len("ns3/"):])
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(including), name))
    for path in (beside, "contrib/" + name, "contrib/ecld/" + name):
        if path in files:
            return path
    return None


def read_files(root):
    """Paths below ROOT of all C++ files that ALLOWED is about, with their text."""
    tops = sorted({folder.split("/")[0] for folder in ALLOWED})
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for top in tops
        for path in sorted((root / top).rglob("*"))
        if path.suffix in (".h", ".cc")
    }


def find_upward(root):
    """(file, folder that it uses, include) of each include that ALLOWED does not have."""
    files = read_files(root)
    headers = {
        posixpath.basename(path): path
        for path in files
        if path.endswith(".h") and path.split("/")[0] in ("model", "helper")
    }
    for path, text in files.items():
        folder = find_folder(path)
        if folder is None:
            yield path, None, ""
            continue
        for match in INCLUDE.finditer(text):
            included = resolve(path, match.group(1), files, headers)
            used = included and find_folder(included)
            if used and used not in [folder, *ALLOWED[folder]]:
                yield path, used, match.group(0).strip()


def check(root):
    """Lines that say what is wrong."""
    upward = list(find_upward(root))
    known = AGENT_FILES + EXCEPTIONS
    problems = []
    for path, used, include in upward:
        if used is None:
            problems.append(f"{path}: in no folder of ALLOWED, expected a row for its folder")
        elif (path, used) not in known:
            problems.append(f"{path}: uses {used}: {include}; {find_folder(path)} may not")
    needed = {(path, used) for path, used, _ in upward}
    for path, used in known:
        if (path, used) not in needed:
            problems.append(f"{path}: uses {used} no longer, expected no exception for it")
    return problems


class IncludeArrows(unittest.TestCase):
    """The repository, and copies of it with a fault each."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name)

    def copy_repository(self):
        for path, text in read_files(ROOT).items():
            place = self.copy / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")

    def test_all_includes_point_down(self):
        self.assertEqual(check(ROOT), [])

    def test_a_planted_include_is_named(self):
        self.copy_repository()
        for path, include in (
            ("contrib/base/file-lock.cc", '"agents/agent.h"'),
            ("contrib/agents/archive.cc", '"ns3/llm-profile.h"'),
            ("contrib/ecld/format/gguf.cc", '"../../agents/agent.h"'),
            ("contrib/ecld/compress/pruning.cc", '"train/training.h"'),
            ("contrib/ecld/model/rotary.cc", '"ecld/study/variant.h"'),
            ("model/problem/offload-metrics.cc", '"../radio/mec-link.h"'),
            ("model/association/association-cost.cc", "<ns3/offload-problem.h>"),
            ("model/radio/mec-link.cc", "<ns3/offload-controller.h>"),
            ("model/application/mlu-application.cc", '"ns3/llm-mec-helper.h"'),
            ("examples/mec-offload.cc", '"agents/agent.h"'),
        ):
            place = self.copy / path
            text = place.read_text(encoding="utf-8")
            place.write_text(f"{text}\n#include {include}\n", encoding="utf-8")
            problems = check(self.copy)
            self.assertEqual(len(problems), 1, problems)
            self.assertTrue(problems[0].startswith(path + ": uses "), problems)
            self.assertIn(f"#include {include}", problems[0])
            place.write_text(text, encoding="utf-8")

    def test_an_exception_that_is_not_needed_is_named(self):
        self.copy_repository()
        path = AGENT_FILES[0][0]
        place = self.copy / path
        text = place.read_text(encoding="utf-8")
        place.write_text(text.replace('#include "agents/', '#include "others/'), encoding="utf-8")
        self.assertEqual(
            check(self.copy), [f"{path}: uses {AGENTS} no longer, expected no exception for it"]
        )

    def test_a_file_of_no_folder_is_named(self):
        self.copy_repository()
        for path in ("contrib/new.h", "model/new/new.cc"):
            place = self.copy / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("", encoding="utf-8")
            expected = f"{path}: in no folder of ALLOWED, expected a row for its folder"
            self.assertEqual(check(self.copy), [expected])
            place.unlink()


if __name__ == "__main__":
    unittest.main()
