"""`apply.sh` for GitLab, called as a person would, with a stand-in for `glab` that keeps what a project has."""

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

from tools import built, run, tool

# Answers as GitLab's API does for what the script asks, from a file and into it; every call that changes something is noted.
GLAB = """#!%(python)s
import json, sys
from pathlib import Path
state = Path(%(state)r)
project = json.loads(state.read_text())
arguments = sys.argv[1:]
assert arguments.pop(0) == "api", arguments
method = arguments[arguments.index("--method") + 1] if "--method" in arguments else "GET"
path = next(one for one in arguments if one.startswith("/"))
body = json.loads(sys.stdin.read()) if "--input" in arguments else None
if method != "GET":
    project["calls"].append([method, path])
schedules = project["schedules"]
if path.endswith("/projects/acme%%2Fshop") and method == "GET":
    print(json.dumps({"default_branch": "trunk"}))
elif "/pipeline_schedules" in path and method == "GET":
    assert "--paginate" in arguments
    # A page each, one after the other, as glab prints them.
    for one in schedules:
        print(json.dumps([one]))
elif "/pipeline_schedules" in path and method == "DELETE":
    project["schedules"] = [one for one in schedules if str(one["id"]) != path.rsplit("/", 1)[1]]
elif path.endswith("/pipeline_schedules") and method == "POST":
    project["number"] += 1
    schedules.append({"id": project["number"], **body})
elif method == "GET":
    print("[]")
state.write_text(json.dumps(project))
"""

MANIFEST = """[project]
name = "books"
repo = "acme/shop"

[targets.gitlab]
tier = "ultimate"
tags = "release"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:5c1f8a3e6b0d4927c1f8a3e6b0d4927c5c1f8a3e6b0d4927c1f8a3e6b0d49271"
ledger = { url = "s3://acme-releases/books", role = "arn:aws:iam::123456789012:role/ledger", region = "eu-central-1" }
"""

SPEC = """team books { members = [ana, ben] }
role board { members = [carla, dora] }
service ledger {
  owner   = books
  version = 4.2.0
  build { run = "make image"  output = image("ghcr.io/acme/ledger") }
  deploy with kubernetes("deployment/ledger")
}
environment production { tier = production }
release weekly {
  ship ledger
  stage production { }
}
"""
ASKED = """retrospective ours {
  review-within = 5 d
  access-review by board every 90 d
}
retention ours { keep records for 400 d }
"""


class Settings(unittest.TestCase):
    """A project that has schedules of somebody else."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.state = self.folder / "state.json"
        self.theirs = {"id": 1, "description": "theirs", "cron": "0 1 * * *", "inputs": []}
        self.keep({"calls": [], "number": 1, "schedules": [self.theirs]})
        glab = self.folder / "bin" / "glab"
        glab.parent.mkdir()
        glab.write_text(GLAB % {"python": sys.executable, "state": str(self.state)}, encoding="utf-8")
        glab.chmod(0o755)

    def keep(self, project):
        """What the project has."""
        self.state.write_text(json.dumps(project), encoding="utf-8")

    def project(self):
        """What the project has now."""
        return json.loads(self.state.read_text(encoding="utf-8"))

    def applied(self, spec):
        """Builds a spec and applies its settings: the script, and what was said."""
        out = self.folder / "out"
        (self.folder / "clearway.toml").write_text(MANIFEST, encoding="utf-8")
        (self.folder / "books.cw").write_text(spec, encoding="utf-8")
        code, said, err = run([str(built()), "build", ".", "--target", "gitlab", "--out", str(out)], cwd=self.folder)
        self.assertEqual(code, 0, said + err)
        script = out / ".clearway" / "settings" / "gitlab" / "apply.sh"
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        code, said, err = run([str(script), "acme/shop"], environment={"PATH": path, "HOME": str(self.folder)})
        self.assertEqual(code, 0, said + err)
        return script, said

    def ours(self):
        """The schedules that are not somebody else's."""
        return [one for one in self.project()["schedules"] if one["description"] != "theirs"]

    def test_each_schedule_is_made_on_the_default_branch_with_the_pipeline_that_it_begins(self):
        script, said = self.applied(SPEC + ASKED)
        code, found, _ = run([tool("shellcheck"), str(script)])
        self.assertEqual((code, found), (0, ""))
        self.assertEqual({one["ref"] for one in self.ours()}, {"refs/heads/trunk"})
        begun = {one["inputs"][0]["value"]: one["cron"] for one in self.ours()}
        self.assertEqual(begun, {
            "clearway-access-review": "23 5 * * *",
            "clearway-post-implementation-review": "37 5 * * *",
            "clearway-archive": "51 5 * * 1",
        })
        self.assertEqual(said.count("scheduled: clearway: "), 3)
        self.assertIn(self.theirs, self.project()["schedules"])

    def test_a_second_time_there_are_as_many_and_what_is_not_asked_any_more_is_gone(self):
        self.applied(SPEC + ASKED)
        project = self.project()
        project["schedules"][-1]["inputs"].append({"name": "note", "value": "of a person"})
        self.keep(project)
        self.applied(SPEC + ASKED)
        self.assertEqual([len(one["inputs"]) for one in self.ours()], [1, 1, 1])
        self.applied(SPEC)
        self.assertEqual(self.project()["schedules"], [self.theirs])
