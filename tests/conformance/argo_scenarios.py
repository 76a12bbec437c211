"""Situations in which what is emitted for Argo is executed: what goes wrong, who agrees, what time it is; and the project as it is built for one."""

import shutil
import subprocess

import yaml

from tools import HERE, Broken, built, run

PROJECT = HERE / "project"
NOW = "2026-11-02T10:00:00Z"
# Who the cluster knows.
NAMES = ["ana@acme.example", "ben", "chloe", "dimitri", "eva", "farid", "grace"]
PEOPLE = {"board": ["chloe", "dimitri"], "on-call": ["farid"]}
REPOSITORY = "https://github.com/acme/shop.git"
TABLE = """
[targets.argo]
image = "ghcr.io/acme/release-tools@sha256:0f5b3f6a1c9e4d7b8a2c6e0d4f1b3a5c7e9d1f3b5a7c9e1d3f5b7a9c1e3d5f70"
"""


def git(folder, *arguments):
    """Calls git in a folder."""
    command = ["git", "-c", "user.name=ana", "-c", "user.email=ana@acme.example", "-c", "commit.gpgsign=false", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


class Scenario:
    """A situation: what goes wrong, who agrees, what time it is, and what the cluster is like."""

    def __init__(self, name, way="parcels", expects="Succeeded", **told):
        self.name, self.way, self.expects = name, way, expects
        self.fails = told.get("fails", "")
        self.reports = told.get("reports", ("good", "good"))
        self.agree = told.get("agree", PEOPLE)
        self.now = told.get("now", NOW)
        self.started_by = told.get("started_by", "ben")
        self.other_content = told.get("other_content", False)
        self.broken_policy = told.get("broken_policy", False)
        self.wrong_commit = told.get("wrong_commit", False)
        # Whether everybody tries what nobody may, where there is a cluster that refuses it.
        self.tried = told.get("tried", False)
        # A deployment that hangs until its deadline, and the job of it.
        self.hangs = told.get("hangs", "")
        # Who starts the same at the same time.
        self.beside = told.get("beside")
        self.marks = told.get("marks", [])
        self.not_marks = told.get("not_marks", [])
        self.stopped_by = told.get("stopped_by")


DEPLOYED = ["deploy-production-dispatch", "deploy-production-tracking"]
SCENARIOS = [
    Scenario("everything passes", marks=DEPLOYED),
    Scenario("a gate of production fails", expects="Failed", reports=("good", "bad"), marks=["deploy-staging-dispatch"], not_marks=DEPLOYED,
             stopped_by="gate-production-coverage"),
    Scenario("a report is missing", expects="Failed", reports=("missing", "good"), not_marks=["deploy-staging-dispatch"],
             stopped_by="gate-staging-tests"),
    Scenario("a gate is inconclusive", expects="Failed", reports=("empty", "good"), not_marks=["deploy-staging-dispatch"],
             stopped_by="gate-staging-tests"),
    Scenario("one of two agrees", expects="Failed", agree={"board": ["chloe"]}, not_marks=DEPLOYED, stopped_by="approval-production-board"),
    Scenario("one rejects", expects="Failed", agree={"board": ["chloe", "dimitri", "-eva"]}, not_marks=DEPLOYED,
             stopped_by="approval-production-board"),
    Scenario("an account that is no person agrees", expects="Failed", agree={"board": ["chloe", "system:serviceaccount:releases:clearway"]},
             not_marks=DEPLOYED, stopped_by="approval-production-board"),
    Scenario("people agreed to another content", expects="Failed", other_content=True, not_marks=DEPLOYED,
             stopped_by="approval-production-board"),
    Scenario("who deploys agrees too", expects="Failed", started_by="chloe", not_marks=DEPLOYED, stopped_by="approval-production-board"),
    Scenario("outside of the window", expects="Failed", now="2026-11-07T10:00:00Z", not_marks=DEPLOYED, stopped_by="deploy-production-tracking"),
    Scenario("in a freeze", expects="Failed", now="2026-12-22T10:00:00Z", not_marks=DEPLOYED, stopped_by="deploy-production-tracking"),
    Scenario("the way back fails too", expects="Failed", fails="deploy-production-dispatch rollback-production-dispatch",
             marks=["rollback-production-dispatch"], not_marks=["rollback-production-tracking"], stopped_by="rollback-production"),
    Scenario("a deployment fails and goes back", expects="Failed", fails="deploy-production-dispatch",
             marks=["rollback-production-dispatch", "rollback-production-tracking"], stopped_by="deploy-production-dispatch"),
    Scenario("nobody agrees to go back", expects="Failed", fails="deploy-production-dispatch", agree={"board": ["chloe", "dimitri"]},
             not_marks=["rollback-production-dispatch"], stopped_by="approval-production-rollback-on-call"),
    Scenario("a smoke test fails", expects="Failed", fails="smoke-production-dispatch", marks=["rollback-production-dispatch"],
             stopped_by="smoke-production-dispatch"),
    Scenario("a build fails", expects="Failed", fails="build-tracking", not_marks=["deploy-staging-tracking"], stopped_by="build-tracking"),
    Scenario("an emergency", way="parcels-emergency", marks=DEPLOYED),
    Scenario("a policy is not as it was reviewed", expects="Failed", broken_policy=True, not_marks=["build-tracking"], stopped_by="preflight"),
    Scenario("a commit of another branch", expects="Failed", wrong_commit=True, not_marks=["build-tracking"], stopped_by="preflight"),
]
# What only a controller and a cluster can do.
CONTROLLED = [
    *SCENARIOS,
    Scenario("a deployment reaches its time limit", expects="Failed", hangs="deploy-production-dispatch",
             marks=["rollback-production-dispatch", "rollback-production-tracking"], stopped_by="deploy-production-dispatch"),
    Scenario("somebody cancels, and tries what else nobody may", tried=True, marks=DEPLOYED),
    Scenario("two releases at once", beside="eva", marks=DEPLOYED),
]


def replaced(path, there, instead):
    """Puts something in the place of a text that must be there."""
    text = path.read_text(encoding="utf-8")
    if there not in text:
        raise Broken(f"{path.name} has no `{there}`")
    path.write_text(text.replace(there, instead), encoding="utf-8")


class Prepared:
    """The project in a situation: its repository, with what is emitted for a namespace, the commit that is released, and the objects."""

    def __init__(self, scenario, folder, namespace, binary=None, damage=None, project=PROJECT, edits=()):
        self.folder, self.repository = folder, folder / "repository"
        # Projects have the commands of the first one.
        shutil.copytree(project, self.repository)
        for part in ("bin", "ci"):
            shutil.copytree(PROJECT / part, self.repository / part, dirs_exist_ok=True)
        for name, there, instead in edits:
            replaced(self.repository / name, there, instead)
        manifest = self.repository / "clearway.toml"
        text = manifest.read_text(encoding="utf-8").replace("file:///ledger", f"file://{folder}/ledger")
        manifest.write_text(f'{text}{TABLE}namespace = "{namespace}"\n', encoding="utf-8")
        (self.repository / "people.cw").write_text('identity ana { email = "ana@acme.example" }\n', encoding="utf-8")
        if binary is not None:
            (self.repository / "bin" / "clearway").write_text(binary, encoding="utf-8")
        code, out, err = run([str(built()), "build", ".", "--target", "argo", "--out", "."], cwd=self.repository)
        if code:
            raise Broken(f"the project does not build for Argo:\n{out}{err}")
        if damage is not None:
            name, there, instead = damage
            replaced(self.repository / "argo" / name, there, instead)
        git(self.repository, "init", "--quiet", "--initial-branch=main")
        git(self.repository, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "--quiet", "--message=x")
        self.commit = git(self.repository, "rev-parse", "HEAD")
        if scenario.wrong_commit:
            git(self.repository, "checkout", "--quiet", "-b", "other")
            git(self.repository, "commit", "--quiet", "--allow-empty", "--message=y")
            self.commit = git(self.repository, "rev-parse", "HEAD")
        self.objects, self.emitted = {}, []
        for path in sorted((self.repository / "argo").rglob("*.yaml")):
            for one in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                self.objects[(one["kind"], one["metadata"]["name"])] = one
                self.emitted.append(one)
        (folder / "markers").mkdir()
        (folder / "home").mkdir()
        shutil.copy(built(), folder / "clearway")

    def environment(self, scenario):
        """What every job finds in its environment: what the commands of the project do, the time, and where the repository is."""
        return {
            "MARKERS": str(self.folder / "markers"), "FAILS": scenario.fails, "HANGS": scenario.hangs,
            "TESTS": scenario.reports[0], "COVERAGE": scenario.reports[1],
            "SCENARIO_NOW": scenario.now, "CLEARWAY_BINARY": str(self.folder / "clearway"),
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": f"url.file://{self.repository}.insteadOf", "GIT_CONFIG_VALUE_0": REPOSITORY,
            "GIT_CONFIG_KEY_1": "safe.directory", "GIT_CONFIG_VALUE_1": "*",
        }
