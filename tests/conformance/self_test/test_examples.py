"""What the examples emit is judged: each of them, and none silently passed over."""

import stat
import tempfile
import unittest
from pathlib import Path

import judge_examples
from tools import HERE, Broken

# In the place of the compiler: it emits the folder that the example names.
COMPILER = """#!/bin/sh
test "$1 $3 $4 $5" = "build --target github --out" || exit 2
from="$(cat "$2/clearway.toml")"
test -n "$from" || { echo "it does not hold" >&2; exit 1; }
cp -r "$from" "$6"
"""


class Examples(unittest.TestCase):
    """Examples of our own making, and a compiler that copies."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        self.binary = self.scratch / "clearway"
        self.binary.write_text(COMPILER, encoding="utf-8")
        self.binary.chmod(self.binary.stat().st_mode | stat.S_IXUSR)
        self.examples = self.scratch / "examples"
        self.examples.mkdir()

    def example(self, name, emits):
        """An example for which this folder is emitted."""
        (self.examples / name).mkdir()
        (self.examples / name / "clearway.toml").write_text(str(emits), encoding="utf-8")

    def defect(self):
        """A folder of workflows with a mistake."""
        folder = self.scratch / "defect" / ".github" / "workflows"
        folder.mkdir(parents=True)
        (folder / "bad.yml").write_bytes((HERE / "defects" / "bad-needs.yml").read_bytes())
        return folder.parent.parent

    def judged(self):
        """How many files were judged, and the findings."""
        return judge_examples.judge(self.binary, self.examples)

    def test_every_example_is_judged_and_a_finding_names_its_example(self):
        self.example("alpha", HERE / "sound")
        self.example("beta", self.defect())
        files, findings = self.judged()
        self.assertEqual(files, 4)
        self.assertEqual({finding.file for finding in findings}, {"beta/.github/workflows/bad.yml"})

    def test_sound_examples_have_no_findings(self):
        self.example("alpha", HERE / "sound")
        self.assertEqual(self.judged(), (3, []))

    def test_an_example_that_does_not_build_stops_the_check(self):
        self.example("alpha", HERE / "sound")
        self.example("beta", "")
        with self.assertRaisesRegex(Broken, "(?s)beta.*exit code 1.*it does not hold"):
            self.judged()

    def test_without_examples_or_compiler_nothing_passes(self):
        with self.assertRaisesRegex(Broken, "no project"):
            self.judged()
        self.example("alpha", HERE / "sound")
        self.binary.unlink()
        with self.assertRaisesRegex(Broken, "cargo build"):
            self.judged()
