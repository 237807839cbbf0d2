#!/usr/bin/python3
# Copyright (c) 2026 The llm-mec developers
#
# SPDX-License-Identifier: GPL-2.0-only
"""Files that tools of others read: versions agree, NS3-VERSION has the form that scripts of ns-3
modules read, the icon has the App Store's size, and presets and paths in the texts exist."""

import json
import re
import struct
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ("README.md", "CONTRIBUTING.md", "doc/app-store.md")


class ReleaseFiles(unittest.TestCase):
    def read(self, name):
        return (ROOT / name).read_text()

    def test_versions_agree(self):
        version = self.read("VERSION").strip()
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        self.assertIn(f"\nversion: {version}\n", self.read("CITATION.cff"))
        self.assertIn(f"note = {{Version {version}}}", self.read("README.md"))
        self.assertEqual(re.search(r"^## (.*)", self.read("CHANGES.md"), re.MULTILINE)[1], version)
        minor = version.rpartition(".")[0]
        for name in ("doc/own-project.rst", "test/installed-project/CMakeLists.txt"):
            self.assertIn(f"find_package(llm-mec {minor} ", self.read(name))

    def test_ns3_version(self):
        self.assertRegex(self.read("NS3-VERSION"), r"\Arelease ns-3\.\d+(\.\d+)?\n\Z")
        newest = self.read("NS3-VERSION").split("-")[1].strip()
        self.assertIn(f"to {newest}", self.read("doc/app-store.md"))

    def test_icon(self):
        image = (ROOT / "doc" / "icon.png").read_bytes()
        self.assertEqual((image[:8], struct.unpack(">II", image[16:24])), (b"\x89PNG\r\n\x1a\n", (100, 100)))

    def test_presets(self):
        presets = json.loads(self.read("CMakePresets.json"))
        names = [preset["name"] for preset in presets["configurePresets"]]
        self.assertEqual(names, ["default", "developer", "sanitize"])
        options = re.findall(r"option\((\w+)", self.read("cmake/installed-ns3.cmake"))
        for preset in presets["configurePresets"]:
            for variable in preset["cacheVariables"]:
                self.assertTrue(variable.startswith("CMAKE_") or variable in options, variable)

    def test_paths(self):
        for name in TEXTS:
            text = self.read(name)
            folder = (ROOT / name).parent
            links = re.findall(r"\]\(([^)#:]+)\)", text)
            paths = re.findall(r"`((?:cmake|contrib|data|doc|examples|model|scratch|test)/[\w./-]*)`", text)
            for path in [*(folder / link for link in links), *(ROOT / path for path in paths)]:
                if path.name != "llm-mec":  # the folder of an ns-3 tree that it is cloned into
                    self.assertTrue(path.exists(), f"{name}: {path}")


if __name__ == "__main__":
    unittest.main()
