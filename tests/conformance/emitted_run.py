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
import emitted_ledger
from emitted_expected import Live, Run, digest_of
from tools import HERE, Broken, built
from tools import run as run_tool

PROJECT = HERE / "project"
RELEASE = "parcels"
WORKFLOWS = ".github/workflows"


# The public key of those who sign records, in the repository.
KEYS = "keys.pem"


def key_pair():
    """A new key that signs records, and its public half, both in PEM."""
    pem = "{privateKeyEncoding: {type: 'pkcs8', format: 'pem'}, publicKeyEncoding: {type: 'spki', format: 'pem'}}"
    script = f"console.log(JSON.stringify(require('crypto').generateKeyPairSync('ed25519', {pem})))"
    code, out, err = run_tool(["node", "--eval", script])
    if code:
        raise Broken(f"no key could be made: {err}")
    made = json.loads(out)
    return made["privateKey"], made["publicKey"]


class Emitted:
    """The project of one scenario, with the workflows that were emitted for it."""

    def __init__(self, folder):
        self.folder = folder
        self.repository = folder / "repository"
        self.ledger = f"file://{folder}/ledger"
        self.key, public = key_pair()
        self.place()
        (self.repository / KEYS).write_text(public, encoding="utf-8")
        self.clearway("build", ".", "--target", "github", "--out", ".")
        # One commit for all that the scenario executes, as a run has.
        act_run.commit(self.repository, folder, "main")
        self.plan = self.read(".clearway/plan.json")
        self.expectations = self.read(".clearway/settings/github/expectations.json")["expectations"]

    def place(self):
        """Copies the project, and puts the ledger of the scenario in the place of its own."""
        shutil.copytree(PROJECT, self.repository)
        manifest = self.repository / "clearway.toml"
        text = manifest.read_text(encoding="utf-8")
        if '"file:///ledger"' not in text:
            raise Broken(f"{manifest} has not the ledger that a scenario puts its own in the place of")
        ours = f'{{ url = "{self.ledger}", signed-by = "{KEYS}" }}'
        manifest.write_text(text.replace('"file:///ledger"', ours), encoding="utf-8")

    def read(self, path):
        """A file of JSON that was emitted."""
        return json.loads((self.repository / path).read_text(encoding="utf-8"))

    def asks(self, *arguments):
        """Calls the binary as a person would, outside of any pipeline: exit code, output and errors."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "CLEARWAY_LEDGER_KEY": self.key}
        return run_tool([str(built()), *arguments], cwd=self.repository, environment=environment)

    def clearway(self, *arguments):
        """The same, where it must succeed."""
        code, out, err = self.asks(*arguments)
        if code:
            raise Broken(f"`clearway {' '.join(arguments)}` ended with exit code {code}:\n{out}{err}")

    def somebody_else(self, now):
        """Another release deploys, in a run of its own."""
        way = ["--ledger", self.ledger, "--run", "900", "--release", "repair", "--now", now]
        self.clearway("record", "adopt", "production", *way)
        step = ["--step", "deploy-production-dispatch", "--subject", f"dispatch=2.9.1@{digest_of('dispatch', '2.9.1')}"]
        self.clearway("record", "begin", *way, *step)
        self.clearway("record", "end", *way, *step[:2], "--result", "success")

    def seats(self):
        """The environments by which the people of each chain are asked, as the workflows have them."""
        found = set()
        for path in sorted((self.repository / WORKFLOWS).glob(f"{RELEASE}*.yml")):
            for job in act_workflow.jobs_of(act_workflow.load(path)).values():
                told = [step.get("env", {}) for step in job.get("steps", [])]
                found |= {(env["CHAIN"], tuple(env["SEATS"].split(","))) for env in told if "SEATS" in env}
        return sorted(found)


class Executed:
    """One run of what was emitted, by act."""

    def __init__(self, emitted, run):
        self.emitted, self.run, self.world = emitted, run, run.world
        self.folder = emitted.folder / str(run.number)
        self.markers = self.folder / "markers"
        self.markers.mkdir(parents=True)
        self.api = None
        self.wrong = []

    def act(self, name, **more):
        """Executes a workflow; what could not be executed is a check that cannot be done."""
        result = act_run.run(
            {
                "name": name,
                "repository": str(self.emitted.repository),
                "path": [str(self.emitted.repository / "programs")],
                "scratch": str(self.folder / name),
                "timeout": 300,
                "github": {
                    "repository": emitted_github.REPOSITORY,
                    "actor": self.world.deployer,
                    "run_id": str(self.run.number),
                    "run_attempt": str(self.world.attempt),
                    "api_url": self.api,
                },
                "secrets": {"CLEARWAY_LEDGER_KEY": self.emitted.key},
                "env": {
                    "MARKERS": str(self.markers),
                    "FAILS": " ".join(self.world.fails),
                    "TESTS": self.world.reports.get("tests", "good"),
                    "COVERAGE": self.world.reports.get("coverage", "good"),
                    "CLEARWAY_BINARY": str(built()),
                    "SCENARIO_NOW": self.world.now,
                },
                **more,
            }
        )
        if "refused" in result:
            raise Broken(f"{name} was not executed: {result['refused']}")
        if not result["finished"]:
            # A workflow that was called has failed, and by the plan it must not.
            self.wrong.append(f"{name} ended before every job had a result {' '.join(result['errors'])}".strip())
        return result["jobs"]

    def jobs(self):
        """What became of every job: of the run, and of the workflow of a stage that fails."""
        world, emitted = self.world, self.emitted
        given = emitted_github.answers(world, emitted.expectations, emitted.seats(), self.run.number)
        with emitted_github.serving(given) as self.api:
            if world.other == "before":
                emitted.somebody_else(world.now)
            name = RELEASE if world.way == "release" else f"{RELEASE}-{world.way}"
            environment = self.stage_that_fails()
            assumed = {f"deploy-{environment}": {"result": "failure"}} if environment else {}
            jobs = self.act("run", workflow=f"{WORKFLOWS}/{name}.yml", inputs=world.inputs, jobs=assumed)
            if world.other == "midst":
                emitted.somebody_else(world.now)
            inside = [record["jobs"] for record in jobs.values() if "jobs" in record]
            if environment:
                inside.append(self.stage(environment, jobs))
        for one in inside:
            jobs.update(one)
        return jobs

    def stage_that_fails(self):
        """The environment whose workflow must fail, by the plan."""
        for step in self.run.way["steps"]:
            kind = next(iter(step["does"])) if isinstance(step["does"], dict) else step["does"]
            if kind in ("deploy", "smoke", "validate", "accept") and self.run.results[step["id"]] == "failure":
                return step["does"][kind]["environment"]
        return None

    def stage(self, environment, jobs):
        """Executes the workflow of a stage by itself, started by hand with the inputs with which it is called."""
        workflow = f"{WORKFLOWS}/{RELEASE}.{environment}.yml"
        path = self.emitted.repository / workflow
        called = path.read_text(encoding="utf-8")
        document = act_workflow.load(path)
        document["on"] = {"workflow_dispatch": document["on"].pop("workflow_call")}
        act_workflow.save(path, document)
        outputs = {step["id"]: step["outputs"] for step in jobs["preflight"]["steps"] if step["id"]}
        versions = self.run.versions.items()
        inputs = {
            "path": self.world.way,
            "plan-digest": outputs["basis"]["plan-digest"],
            "subjects": "\n".join(f"{name}={version}@{digest_of(name, version)}" for name, version in versions),
            "change": self.world.inputs.get("incident", self.run.release["change"]),
            "requested-by": self.run.asked_for_by,
        }
        artifacts = str(self.folder / "run" / "state" / "artifacts")
        try:
            return self.act("stage", workflow=workflow, inputs=inputs, artifacts=artifacts)
        finally:
            path.write_text(called, encoding="utf-8")


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
    "smoke": "Smoke test ",
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


def try_run(executed):
    """Executes a run; what is not as the plan says."""
    run = executed.run
    jobs = executed.jobs()
    found = {path.name: path.read_text(encoding="utf-8").strip() for path in executed.markers.iterdir()}
    # A job in a stage that was never called has no result of its own.
    results = {step: jobs[step]["result"] if step in jobs else "skipped" for step in run.results}
    return [
        *executed.wrong,
        *differences(run.markers, found, "marker"),
        *differences(run.results, results, "step"),
        *other_stops(run.stopped, jobs),
    ]


def try_one(name, worlds, damage=None, keep=None):
    """Executes a scenario, one run after the other; returns its name, how long it took, what ran, and what is not as the plan says."""
    started, commands, wrong = time.monotonic(), 0, []
    with tempfile.TemporaryDirectory(prefix="clearway-emitted-") as temporary:
        folder = Path(keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        emitted = Emitted(folder)
        if damage:
            damage(emitted.repository)
        live, runs = Live(emitted.plan, RELEASE), []
        for number, world in enumerate(worlds, 1):
            executed = Executed(emitted, Run(emitted.plan, RELEASE, world, live, number).steps())
            runs.append(executed)
            wrong += [f"run {number}: {one}" for one in try_run(executed)]
            commands += len(executed.run.markers)
        wrong += emitted_ledger.check(
            emitted, [one.run for one in runs], {str(one.run.number): one.folder for one in runs}
        )
    return name, round(time.monotonic() - started, 1), commands, wrong


def try_all(scenarios, workers=None, keep=None):
    """Executes scenarios beside each other, in the same order: for each name its runs, and what is damaged before them."""

    def one(given):
        name, (worlds, damage) = given
        return try_one(name, worlds, damage, keep and str(Path(keep) / name.replace(" ", "-")))

    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        return list(pool.map(one, scenarios.items()))
