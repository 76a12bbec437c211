"""The stubs keep the rules of the actions that they stand in for, as far as those decide what a pipeline does."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tools import STUBS


class Stub(unittest.TestCase):
    """A workspace and a run in a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.workspace, self.state = Path(folder.name) / "workspace", Path(folder.name) / "state"
        self.workspace.mkdir()
        self.state.mkdir()
        self.permissions = {}

    def write(self, *paths):
        """Writes files into the workspace; each holds its own path."""
        for path in paths:
            file = self.workspace / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(path, encoding="utf-8")

    def call(self, script, command, inputs, defaults):
        """Runs a stub as its action.yml does; returns its exit code, what it said and its outputs."""
        output = self.state / "output"
        output.write_text("", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-SEB", str(STUBS / script), command],
            cwd=self.workspace,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.workspace),
                "INPUTS": json.dumps({**defaults, **inputs}),
                "CONFORMANCE_STATE": str(self.state),
                "CONFORMANCE_PERMISSIONS": json.dumps(self.permissions),
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_REPOSITORY": "acme/shop",
                "GITHUB_RUN_ID": "1",
                "GITHUB_JOB": "job",
                "GITHUB_ACTION_REPOSITORY": "actions/attest",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_ENV": str(self.state / "env"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.stderr, "")
        outputs = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
        return done.returncode, done.stdout, outputs

    def upload(self, **inputs):
        """actions/upload-artifact with its defaults."""
        defaults = {
            "name": "artifact",
            "if-no-files-found": "warn",
            "compression-level": "6",
            "overwrite": "false",
            "include-hidden-files": "false",
            "archive": "true",
        }
        return self.call("artifacts.py", "upload", {k.replace("_", "-"): v for k, v in inputs.items()}, defaults)

    def download(self, **inputs):
        """actions/download-artifact with its defaults."""
        defaults = {"merge-multiple": "false", "run-id": "1", "repository": "acme/shop"}
        return self.call("artifacts.py", "download", {k.replace("_", "-"): v for k, v in inputs.items()}, defaults)

    def stored(self, name="artifact"):
        """The files of an artifact."""
        folder = self.state / "artifacts" / name
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


class Artifacts(Stub):
    """Uploading and downloading."""

    def test_a_folder_is_cut_off_and_a_single_file_stands_alone(self):
        self.write("out/a", "out/in/b")
        self.upload(path="out")
        self.assertEqual(self.stored(), ["a", "in/b"])
        self.upload(name="file", path="out/in/b")
        self.assertEqual(self.stored("file"), ["b"])

    def test_a_pattern_keeps_what_follows_its_first_wildcard(self):
        self.write("reports/x/a.xml", "reports/x/y/b.xml", "reports/c.txt", "reportsx/d.xml")
        self.upload(path="reports/**/*.xml")
        self.assertEqual(self.stored(), ["x/a.xml", "x/y/b.xml"])

    def test_a_star_does_not_cross_folders_and_a_match_brings_what_is_below(self):
        self.write("out/a/one", "out/b/c/two", "out/three")
        self.upload(path="out/*/one")
        self.assertEqual(self.stored(), ["a/one"])
        self.upload(name="below", path="out/?")
        self.assertEqual(self.stored("below"), ["a/one", "b/c/two"])

    def test_several_paths_keep_what_is_below_their_common_folder(self):
        self.write("a/b/c/one", "a/b/d/two", "a/e")
        self.upload(path="a/b/c\n# a comment\n\na/b/d/two\n")
        self.assertEqual(self.stored(), ["c/one", "d/two"])

    def test_an_exclusion_takes_away_what_came_before(self):
        self.write("out/a", "out/skip/b")
        self.upload(path="out\n!out/skip")
        self.assertEqual(self.stored(), ["a"])

    def test_hidden_files_stay_behind_even_where_the_search_begins(self):
        self.write("out/.secret", "out/a", ".clearway/plan.json", ".clearway/deep/b")
        self.upload(path="out")
        self.assertEqual(self.stored(), ["a"])
        code, said, _ = self.upload(name="none", path=".clearway", if_no_files_found="error")
        self.assertEqual((code, "No files were found" in said), (1, True))
        self.upload(name="one", path=".clearway/plan.json")
        self.assertEqual(self.stored("one"), ["plan.json"])
        self.upload(name="all", path=".clearway", include_hidden_files="true")
        self.assertEqual(self.stored("all"), ["deep/b", "plan.json"])

    def test_nothing_found_warns_fails_or_is_passed_over(self):
        for wish, code, said in (("warn", 0, "::warning::"), ("error", 1, "::error::"), ("ignore", 0, "No files")):
            result = self.upload(path="none", if_no_files_found=wish)
            self.assertEqual((result[0], said in result[1]), (code, True), wish)
        self.assertEqual(self.upload(path="none", if_no_files_found="fail")[0], 1)

    def test_a_name_is_taken_once_unless_it_is_overwritten(self):
        self.write("a", "b")
        self.assertEqual(self.upload(path="a")[0], 0)
        self.assertEqual(self.upload(path="b")[0], 1)
        self.assertEqual(self.upload(path="b", overwrite="true")[0], 0)
        self.assertEqual(self.stored(), ["b"])
        self.assertEqual(self.upload(name="a/b", path="a")[0], 1)

    def test_a_file_without_an_archive_has_its_own_name(self):
        self.write("out/a", "out/b")
        self.assertEqual(self.upload(path="out/a", archive="false")[0], 0)
        self.assertEqual(self.stored("a"), ["a"])
        self.assertEqual(self.upload(path="out", archive="false")[0], 1)

    def test_a_download_by_name_lands_in_the_folder_and_must_be_there(self):
        self.write("a")
        self.upload(name="one", path="a")
        code, _, outputs = self.download(name="one", path="got")
        self.assertEqual((code, outputs["download-path"]), (0, str(self.workspace / "got")))
        self.assertEqual((self.workspace / "got" / "a").read_text(encoding="utf-8"), "a")
        self.assertEqual(self.download(name="none")[0], 1)
        self.assertEqual(self.download(artifact_ids="12")[0], 1)

    def test_several_downloads_get_folders_and_a_single_one_does_not(self):
        self.write("a", "b")
        self.upload(name="evidence-a", path="a")
        self.download(pattern="evidence-*", path="single")
        self.assertTrue((self.workspace / "single" / "a").is_file())
        self.upload(name="evidence-b", path="b")
        self.download(pattern="evidence-*", path="several")
        self.assertTrue((self.workspace / "several" / "evidence-b" / "b").is_file())
        self.download(pattern="evidence-*", path="merged", merge_multiple="true")
        self.assertTrue((self.workspace / "merged" / "b").is_file())

    def test_another_run_needs_a_permission(self):
        self.write("a")
        self.upload(path="a")
        self.assertIn("actions: read", self.download(name="artifact", github_token="t")[1])
        self.permissions = {"actions": "read"}
        self.assertEqual(self.download(name="artifact", github_token="t")[0], 0)


class Identity(Stub):
    """Attestations and sign-ins."""

    DIGEST = "sha256:" + 64 * "0"

    def attest(self, **inputs):
        """actions/attest with its defaults."""
        defaults = {"push-to-registry": "false", "create-storage-record": "true", "show-summary": "true"}
        return self.call("identity.py", "attest", {k.replace("_", "-"): v for k, v in inputs.items()}, defaults)

    def test_an_attestation_needs_permissions_and_one_subject(self):
        given = {"subject_digest": self.DIGEST, "subject_name": "ghcr.io/acme/shop"}
        self.assertIn("id-token", self.attest(**given)[1])
        self.permissions = {"id-token": "write"}
        self.assertIn("attestations", self.attest(**given)[1])
        self.permissions = {"id-token": "write", "attestations": "write"}
        code, _, outputs = self.attest(**given)
        self.assertEqual((code, Path(outputs["bundle-path"]).is_file()), (0, True))
        self.assertEqual(self.attest()[0], 1)
        self.assertEqual(self.attest(subject_digest=self.DIGEST)[0], 1)
        self.assertEqual(self.attest(**{**given, "subject_digest": "sha256:1"})[0], 1)
        self.assertEqual(self.attest(**given, subject_path="x")[0], 1)
        self.assertEqual(self.attest(subject_path="missing")[0], 1)
        self.assertIn("packages", self.attest(**given, push_to_registry="true")[1])

    def test_a_role_needs_an_identity(self):
        given = {"aws-region": "eu-central-1", "role-to-assume": "arn"}
        self.assertEqual(self.call("identity.py", "aws", given, {})[0], 1)
        self.permissions = {"id-token": "write"}
        self.assertEqual(self.call("identity.py", "aws", given, {})[0], 0)
        self.assertIn("AWS_REGION=eu-central-1", (self.state / "env").read_text(encoding="utf-8"))
        self.assertEqual(self.call("identity.py", "aws", {"aws-region": "eu-central-1"}, {})[0], 1)
        google = {"workload_identity_provider": "p"}
        self.assertEqual(self.call("identity.py", "google", google, {})[0], 0)
        self.assertEqual(self.call("identity.py", "google", {}, {})[0], 1)
        azure = {"client-id": "c", "tenant-id": "t", "allow-no-subscriptions": "false"}
        self.assertEqual(self.call("identity.py", "azure", azure, {})[0], 1)
        self.assertEqual(self.call("identity.py", "azure", {**azure, "subscription-id": "s"}, {})[0], 0)

    def test_a_secret_is_not_recorded(self):
        given = {"username": "ana", "password": "hush"}
        self.assertEqual(self.call("identity.py", "docker", given, {})[0], 0)
        self.assertEqual(self.call("identity.py", "docker", {"username": "ana"}, {})[0], 1)
        recorded = (self.state / "calls.jsonl").read_text(encoding="utf-8")
        self.assertIn("ana", recorded)
        self.assertNotIn("hush", recorded)
