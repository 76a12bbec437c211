"""Executes with act what `clearway build` emits for the project beside, with the built binary, and compares it with the plan.

act ends a run as soon as a workflow that it called fails. Where the plan says that a stage fails, the run is therefore executed
with that stage's job taken as failed, and then the workflow of the stage by itself, with the artifacts and the records of the run.
"""

import json
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import act_run
import act_workflow
import emitted_github
from emitted_expected import Run, digest_of
from tools import HERE, Broken
from tools import run as run_tool

PROJECT = HERE / "project"
RELEASE = "parcels"
WORKFLOWS = ".github/workflows"


def binary():
    """The built binary: the release profile's where it is there."""
    target = HERE.parent.parent / "target"
    found = [path for path in (target / kind / "clearway" for kind in ("release", "debug")) if path.is_file()]
    if not found:
        raise Broken("there is no `clearway` in target/release or target/debug: run `cargo build` first")
    return found[0]


class Emitted:
    """The project of one scenario, with the workflows that were emitted for it."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.repository = folder / "repository"
        shutil.copytree(PROJECT, self.repository)
        self.markers = folder / "markers"
        self.markers.mkdir()
        self.ledger = f"file://{folder}/ledger"
        manifest = self.repository / "clearway.toml"
        text = manifest.read_text(encoding="utf-8")
        if "file:///ledger" not in text:
            raise Broken(f"{manifest} has not the ledger that a scenario puts its own in the place of")
        manifest.write_text(text.replace("file:///ledger", self.ledger), encoding="utf-8")
        self.clearway("build", ".", "--target", "github", "--out", ".")
        # One commit for all that the scenario executes, as a run has.
        act_run.commit(self.repository, folder, "main")
        self.plan = json.loads((self.repository / ".clearway" / "plan.json").read_text(encoding="utf-8"))

    def clearway(self, *arguments):
        """Calls the binary as a person would, outside of any pipeline."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        code, out, err = run_tool([str(binary()), *arguments], cwd=self.repository, environment=environment)
        if code:
            raise Broken(f"`clearway {' '.join(arguments)}` ended with exit code {code}:\n{out}{err}")

    def somebody_else(self):
        """Another release deploys, in a run of its own."""
        way = ["--ledger", self.ledger, "--run", "900", "--release", "repair", "--now", self.world.now]
        self.clearway("record", "adopt", "production", *way)
        step = ["--step", "deploy-production-dispatch", "--subject", f"dispatch=2.9.1@{digest_of('dispatch', '2.9.1')}"]
        self.clearway("record", "begin", *way, *step)
        self.clearway("record", "end", *way, *step[:2], "--result", "success")

    def scenario(self, name, api, **more):
        """A run of act."""
        return {
            "name": name,
            "repository": str(self.repository),
            "path": [str(self.repository / "programs")],
            "scratch": str(self.folder / name),
            "timeout": 300,
            "github": {
                "repository": emitted_github.REPOSITORY,
                "actor": self.world.deployer,
                "api_url": api,
            },
            "env": {
                "MARKERS": str(self.markers),
                "FAILS": " ".join(self.world.fails),
                "TESTS": self.world.reports.get("tests", "good"),
                "COVERAGE": self.world.reports.get("coverage", "good"),
                "CLEARWAY_BINARY": str(binary()),
                "SCENARIO_NOW": self.world.now,
            },
            **more,
        }

    def act(self, name, api, **more):
        """Executes; what could not be executed is a check that cannot be done."""
        result = act_run.run(self.scenario(name, api, **more))
        if "refused" in result or not result["finished"]:
            raise Broken(f"{name} was not executed: {result.get('refused', result.get('errors'))}")
        return result["jobs"]


def stage_that_fails(run):
    """The environment whose workflow must fail, by the plan."""
    way = next(path for path in run.release["paths"] if path["kind"] == "release")
    for step in way["steps"]:
        kind = next(iter(step["does"])) if isinstance(step["does"], dict) else step["does"]
        if kind in ("deploy", "validate", "accept") and run.results[step["id"]] == "failure":
            return step["does"][kind]["environment"]
    return None


def start_by_itself(emitted, environment):
    """Lets the workflow of a stage be started by hand, with the inputs with which it is called."""
    path = emitted.repository / WORKFLOWS / f"{RELEASE}.{environment}.yml"
    document = act_workflow.load(path)
    document["on"] = {"workflow_dispatch": document["on"].pop("workflow_call")}
    act_workflow.save(path, document)


def executed(emitted, run):
    """What became of every job: of the run, and of the workflow of a stage that fails."""
    expectations = emitted.repository / ".clearway" / "settings" / "github" / "expectations.json"
    expected = json.loads(expectations.read_text(encoding="utf-8"))["expectations"]
    with emitted_github.serving(emitted_github.answers(emitted.world, expected)) as api:
        environment = stage_that_fails(run)
        assumed = {f"deploy-{environment}": {"result": "failure"}} if environment else {}
        if emitted.world.other == "before":
            emitted.somebody_else()
        jobs = emitted.act("run", api, workflow=f"{WORKFLOWS}/{RELEASE}.yml", jobs=assumed)
        if emitted.world.other == "midst":
            emitted.somebody_else()
        inside = [record["jobs"] for record in jobs.values() if "jobs" in record]
        if environment:
            start_by_itself(emitted, environment)
            outputs = {step["id"]: step["outputs"] for step in jobs["preflight"]["steps"] if step["id"]}
            versions = run.versions.items()
            inputs = {
                "path": "release",
                "plan-digest": outputs["basis"]["plan-digest"],
                "subjects": "\n".join(f"{name}={version}@{digest_of(name, version)}" for name, version in versions),
                "change": run.release["change"],
                "requested-by": run.release["requested-by"],
            }
            workflow = f"{WORKFLOWS}/{RELEASE}.{environment}.yml"
            artifacts = str(emitted.folder / "run" / "state" / "artifacts")
            inside.append(emitted.act("stage", api, workflow=workflow, inputs=inputs, artifacts=artifacts))
    for one in inside:
        jobs.update(one)
    return jobs


# In which step of its job a run stops, by what stops it.
STOPS = {
    "settings": "Compare the live settings",
    "deployed": "Plan against what is deployed",
    "build": "Build ",
    "test": "Test ",
    "gate": "Decide ",
    "approval": "Look who agreed",
    "window": "Look whether a deployment may start now",
    "basis": "Look whether this is still safe",
    "provenance": "Look where the image comes from",
    "deploy": "Deploy ",
    "rollback": "Bring ",
    "outcome": "",
}


def other_stops(stopped, jobs):
    """Jobs that failed, but not where they must."""
    wrong = []
    for job, why in stopped.items():
        failed = [step["name"] for step in jobs.get(job, {}).get("steps", []) if step["outcome"] == "failure"]
        if len(failed) != 1 or not failed[0].startswith(STOPS[why]):
            wrong.append(f"job {job}: must stop for `{why}`, and stopped in {failed}")
    return wrong


def differences(expected, found, what):
    """What is not as it must be, in words."""
    return [
        f"{what} {key}: must be {expected.get(key, 'absent')!r}, is {found.get(key, 'absent')!r}"
        for key in sorted({*expected, *found})
        if expected.get(key) != found.get(key)
    ]


def try_one(name, world, keep=None):
    """Executes a scenario; returns how long it took and what is not as the plan says."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="clearway-emitted-") as temporary:
        folder = Path(keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        emitted = Emitted(world, folder)
        run = Run(emitted.plan, RELEASE, world).steps()
        jobs = executed(emitted, run)
        found = {path.name: path.read_text(encoding="utf-8").strip() for path in emitted.markers.iterdir()}
        wrong = differences(run.markers, found, "marker")
        # A job in a stage that was never called has no result of its own.
        results = {step: jobs[step]["result"] if step in jobs else "skipped" for step in run.results}
        wrong += differences(run.results, results, "step")
        wrong += other_stops(run.stopped, jobs)
    return name, round(time.monotonic() - started, 1), len(run.markers), wrong


def try_all(scenarios, workers=None, keep=None):
    """Executes scenarios beside each other, in the same order."""
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        given = scenarios.items()
        return list(pool.map(lambda one: try_one(*one, keep and str(Path(keep) / one[0].replace(" ", "-"))), given))
