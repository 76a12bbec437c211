"""Executes one run of what is emitted for GitHub, with act.

act ends a run as soon as a workflow that it called fails. Where the plan says that a stage fails, the run is therefore executed
with that stage's job taken as failed, and then the workflow of the stage by itself, with the artifacts and the records of the run.
"""

import act_run
import act_workflow
import emitted_github
from emitted_expected import agreed
from tools import Broken

TARGET = "github"
WORKFLOWS = ".github/workflows"

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


class Executed:
    """One run of what was emitted, by act."""

    def __init__(self, emitted, run):
        self.emitted, self.run, self.world = emitted, run, run.world
        self.folder = emitted.folder / str(run.number)
        self.markers = self.folder / "markers"
        self.markers.mkdir(parents=True)
        self.api = None
        self.jobs, self.wrong = {}, []

    def act(self, name, **more):
        """Executes a workflow; what could not be executed is a check that cannot be done."""
        result = act_run.run(
            {
                "name": name,
                "repository": str(self.emitted.repository),
                "path": [str(self.emitted.repository / "programs")],
                "scratch": str(self.folder / name),
                "timeout": 900,
                "github": {
                    "repository": self.emitted.name,
                    "actor": self.world.deployer,
                    "run_id": str(self.run.number),
                    "run_attempt": str(self.world.attempt),
                    "api_url": self.api,
                },
                "environment_secrets": {"CLEARWAY_LEDGER_KEY": self.emitted.key},
                "vars": self.emitted.variables,
                "env": self.emitted.surroundings(self.world, self.markers),
                **more,
            }
        )
        if "refused" in result:
            raise Broken(f"{name} was not executed: {result['refused']}")
        if not result["finished"]:
            # A workflow that was called has failed, and by the plan it must not.
            self.wrong.append(f"{name} ended before every job had a result {' '.join(result['errors'])}".strip())
        return result["jobs"]

    def results(self):
        """What became of every job: of the run, and of the workflow of a stage that fails."""
        world, emitted = self.world, self.emitted
        given = emitted_github.answers(world, emitted.expectations, self.seats(), self.run.number, emitted.name)
        with emitted_github.serving(given) as self.api:
            if world.other == "before":
                emitted.somebody_else(world.now)
            name = emitted.release if world.way == "release" else f"{emitted.release}-{world.way}"
            environment = self.stage_that_fails()
            # GitHub asks for each seat in a job of its own, of which no step runs where somebody rejects.
            rejected = [step["id"] for step in self.run.way["steps"] if self.is_rejected(step)]
            assumed = {f"{step}-seat-1": {"result": "failure"} for step in rejected}
            assumed |= {step: {"result": "skipped"} for step in world.skipped}
            if environment:
                assumed[f"deploy-{environment}"] = {"result": "failure"}
            jobs = self.act("run", workflow=f"{WORKFLOWS}/{name}.yml", inputs=world.inputs, jobs=assumed)
            if world.other == "midst":
                emitted.somebody_else(world.now)
            if environment:
                jobs |= self.stage(environment, jobs)
        # What became of a job that calls a workflow stands in what became of the jobs of that.
        jobs = within(jobs)
        self.jobs = jobs
        found = {name: job["result"] for name, job in jobs.items()}
        for step in rejected:
            if (found[f"{step}-seat-1"], found[step]) == ("failure", "skipped"):
                found[step] = "failure"
                self.run.undecided.add(step)
        for job in self.world.limited:
            # GitHub cancels a job that reaches its time limit, by which it fails no less.
            found[job] = "failure" if found.get(job) == "cancelled" else f"{found.get(job)} at its time limit"
        return found

    def is_rejected(self, step):
        """Whether somebody rejects what a step asks."""
        asked = step["does"].get("approval") if isinstance(step["does"], dict) else None
        said = agreed(self.world.approvals or {}, asked["chain"], asked["step"]) if asked else ()
        return self.run.results[step["id"]] == "failure" and any(one.startswith("-") for one in said)

    def seats(self):
        """The environments by which the people of each step of a chain are asked, as the workflows have them."""
        found = set()
        for path in sorted((self.emitted.repository / WORKFLOWS).glob(f"{self.emitted.release}*.yml")):
            for job in act_workflow.jobs_of(act_workflow.load(path)).values():
                told = [step.get("env", {}) for step in job.get("steps", [])]
                found |= {(env["CHAIN"], env["STEP"], tuple(env["SEATS"].split(","))) for env in told if "SEATS" in env}
        return sorted(found)

    def stage_that_fails(self):
        """The environment whose workflow must fail, by the plan."""
        for step in self.run.way["steps"]:
            kind = next(iter(step["does"])) if isinstance(step["does"], dict) else step["does"]
            if kind in ("deploy", "smoke", "validate", "accept") and self.run.results[step["id"]] == "failure":
                return step["does"][kind]["environment"]
        return None

    def stage(self, environment, jobs):
        """Executes the workflow of a stage by itself, started by hand with the inputs with which it is called."""
        workflow = f"{WORKFLOWS}/{self.emitted.release}.{environment}.yml"
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
            "subjects": "\n".join(f"{name}={version}@{self.run.digest(name)}" for name, version in versions),
            "change": self.world.inputs.get("incident") or self.world.inputs.get("change") or self.run.release["change"],
            "requested-by": self.run.asked_for_by,
        }
        artifacts = str(self.folder / "run" / "state" / "artifacts")
        limited = {job: {"result": "cancelled", "after": f"Deploy {job.split('-')[-1]}"} for job in self.world.limited}
        try:
            return self.act("stage", workflow=workflow, inputs=inputs, artifacts=artifacts, jobs=limited)
        finally:
            path.write_text(called, encoding="utf-8")

    def other_stops(self):
        """Jobs that failed, but not where they must."""
        wrong = []
        for job, why in self.run.stopped.items():
            if job in self.run.undecided or job in self.world.limited:
                continue
            failed = [step["name"] for step in self.jobs.get(job, {}).get("steps", []) if step["outcome"] == "failure"]
            if len(failed) != 1 or not failed[0].startswith(STOPS[why]):
                wrong.append(f"job {job}: must stop for `{why}`, and stopped in {failed}")
        return wrong

    def evidence(self):
        """The plan of the run, and the reports as a job of a gate found them."""
        return left(self.folder)


def within(jobs):
    """Jobs, with those of the workflows that they call, at any depth."""
    found = dict(jobs)
    for record in jobs.values():
        found |= within(record.get("jobs", {}))
    return found


def left(folder):
    """The plan of a run, and the folders of its reports, in what act left."""
    artifacts = folder / "run" / "state" / "artifacts"
    # One artifact alone is unpacked without a folder of its own.
    kept = sorted(artifacts.glob("reports-*"))
    folders = kept if len(kept) == 1 else [artifacts] if artifacts.is_dir() else []
    return artifacts / "clearway-plan" / "plan.json", folders
