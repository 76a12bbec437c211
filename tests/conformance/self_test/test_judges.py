"""Each judge finds the defects seeded for it and nothing in the sound workflows: one that does nothing is found out."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

import judge_github
from tools import HERE, Broken

DEFECTS = HERE / "defects"
SOUND = HERE / "sound"
HEADER = re.compile(r"# \S.*\n# findings: (?P<findings>.+)\n")


class Judges(unittest.TestCase):
    """The defects are judged once, all together; each is a test of its own."""

    found = {}

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as scratch:
            folders = []
            for path in sorted(DEFECTS.glob("*.yml")):
                folder = Path(scratch) / path.stem
                (folder / ".github" / "workflows").mkdir(parents=True)
                shutil.copy(path, folder / ".github" / "workflows")
                folders.append(folder)
            _, findings = judge_github.judge(folders)
        for finding in findings:
            cls.found.setdefault(Path(finding.file).stem, set()).add(f"{finding.judge}/{finding.rule}")

    def test_sound_workflows_have_no_findings(self):
        files, findings = judge_github.judge([SOUND])
        self.assertEqual([str(finding) for finding in findings], [])
        self.assertEqual(files, 3, "the workflows of the folder, and those for another repository in `repos`")

    def test_every_judge_has_a_defect_that_only_it_finds(self):
        alone = {one.split("/")[0] for found in self.found.values() if len(found) == 1 for one in found}
        self.assertEqual(alone, {"zizmor", "actionlint", "github"})

    def test_a_folder_without_workflows_does_not_pass(self):
        with tempfile.TemporaryDirectory() as scratch:
            with self.assertRaisesRegex(Broken, "no workflow below"):
                judge_github.judge([scratch])
            with self.assertRaisesRegex(Broken, "not a folder"):
                judge_github.judge([Path(scratch) / "none"])

    def test_a_call_is_followed_and_checked(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "copy"
            shutil.copytree(SOUND, folder)
            path = folder / ".github" / "workflows" / "release.yml"
            given = "version: ${{ inputs.version }}"
            text = path.read_text(encoding="utf-8").replace(given, given.replace("version", "release", 1), 1)
            path.write_text(text, encoding="utf-8")
            _, findings = judge_github.judge([folder])
        self.assertEqual({finding.judge for finding in findings}, {"actionlint", "github"}, findings)

    def test_an_action_that_nobody_described_is_a_finding(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "copy"
            shutil.copytree(SOUND, folder)
            path = folder / ".github" / "workflows" / "build.yml"
            path.write_text(path.read_text(encoding="utf-8").replace("actions/attest@", "acme/attest@"), "utf-8")
            _, findings = judge_github.judge([folder])
        self.assertTrue(any("Unable to resolve action" in finding.message for finding in findings), findings)


def add_defect(path):
    """Makes a seeded defect a test."""

    def test(self):
        header = HEADER.match(path.read_text(encoding="utf-8"))
        self.assertIsNotNone(header, "a defect begins with what is wrong and who finds it")
        self.assertEqual(self.found.get(path.stem, set()), set(header["findings"].split(", ")))

    setattr(Judges, f"test_defect_{path.stem.replace('-', '_')}", test)


for one in sorted(DEFECTS.glob("*.yml")):
    add_defect(one)
