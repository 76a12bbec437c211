"""Executes one run of what is emitted for GitLab, with gitlab-ci-local: the pipeline, and those of its stages as jobs trigger them."""

import json
import os
import shutil

import emitted_answers
import emitted_gitlab
import gitlab_local
import gitlab_pipeline

TARGET = "gitlab"

# What a run stops in, by what stops it: words of the part of a script that began last. A service of Kubernetes has commands of ours.
COMMAND = 'bash -euo pipefail -c "${COMMAND}"'
STOPS = {
    "settings": "clearway preflight ",
    "deployed": "clearway basis ",
    "build": COMMAND,
    "test": COMMAND,
    "gate": "clearway gate run ",
    "approval": "clearway approval verify ",
    "window": "clearway window check ",
    "basis": "begin 1 ",
    "deploy": (COMMAND, "kubectl set image "),
    "smoke": 'bash -euo pipefail -c "${COMMAND_1}"',
    "rollback": (COMMAND, "kubectl set image "),
}


def stops(why, part):
    """Whether a part of a script is one that something stops."""
    words = STOPS[why]
    return any(one in part for one in ([words] if isinstance(words, str) else words))


class Executed:
    """One run of what was emitted, by gitlab-ci-local."""

    def __init__(self, emitted, run):
        self.emitted, self.run, self.world = emitted, run, run.world
        self.folder = emitted.folder / str(run.number)
        self.markers, self.kept = self.folder / "markers", self.folder / "kept"
        for one in (self.markers, self.kept):
            one.mkdir(parents=True)
        self.programs = gitlab_local.programs(self.folder / "programs")
        gitlab_local.file_variable(self.folder, "CLEARWAY_LEDGER_KEY", emitted.key)
        self.key = self.folder / "ledger-key.pem"
        self.key.write_text(emitted.key, encoding="utf-8")
        self.api = emitted_gitlab.Api(self.world, emitted.expectations, run.number, self.trigger)
        self.address = None
        # By name: the one that a person starts, and those of the stages.
        self.pipelines, self.wrong = {}, []

    def local(self, name, number, root, arguments):
        """A pipeline that begins, with a copy of the repository of its own."""
        repository = self.folder / name
        shutil.copytree(self.emitted.repository, repository, symlinks=True)
        gitlab_local.remote(repository)
        # A file that is included has the jobs, and the one that is started may have none.
        jobs = f".gitlab/{name}.yml"
        pipeline = gitlab_pipeline.rewrite(repository / jobs, number * 100)
        self.api.begins(pipeline)
        programs = [str(self.programs), str(self.emitted.repository / "programs"), os.environ["PATH"]]
        environment = {
            **self.emitted.surroundings(self.world, self.markers),
            "ENDED": " ".join(self.world.limited),
            "PATH": os.pathsep.join(programs),
            "HOME": str(self.folder),
            "NO_COLOR": "1",
            "CONFORMANCE_KEPT": str(self.kept),
            # What a job tells a pipeline that it triggers.
            "CONFORMANCE_FORWARDED": " ".join(sorted({name for job in pipeline.jobs.values() for name in job.told})),
            "CLEARWAY_GITLAB_TOKEN": emitted_gitlab.TOKEN,
            "CONFORMANCE_LEDGER_KEY": str(self.key),
        }
        said = {
            "CI_API_V4_URL": f"{self.address}/api/v4",
            "CI_COMMIT_REF_PROTECTED": "true",
            "CI_PIPELINE_ID": number,
            "CI_PIPELINE_IID": number,
            **self.emitted.variables,
            "GITLAB_USER_LOGIN": self.world.deployer,
            **arguments.pop("variables"),
        }
        given = [f"--variable={key}={value}" for key, value in said.items()]
        # What looks like a number would be one otherwise.
        given += [f"--input={key}={json.dumps(value)}" for key, value in arguments.items()]
        local = gitlab_local.Local(repository, root or jobs, pipeline, given, environment)
        (self.kept / str(number)).symlink_to(local.kept)
        self.pipelines[name] = local
        return local

    def trigger(self, job, told):
        """A job triggers the pipeline of a stage: whether that succeeds."""
        environment = job.removeprefix("deploy-")
        if self.world.other == "midst" and environment == "production":
            self.emitted.somebody_else(self.world.now)
        number = self.run.number * 10 + len(self.pipelines)
        variables = {"CI_PIPELINE_SOURCE": "parent_pipeline", **told}
        return self.local(f"{self.emitted.release}.{environment}", number, None, {"variables": variables}).run().succeeded

    def results(self):
        """What became of every job."""
        world = self.world
        if world.other == "before":
            self.emitted.somebody_else(world.now)
        release = self.emitted.release
        name = release if world.way == "release" else f"{release}-{world.way}"
        with emitted_answers.serving(self.api.answer) as self.address:
            started = {"pipeline": name, **world.inputs, "variables": {"CI_PIPELINE_SOURCE": "web"}}
            succeeded = self.local(name, self.run.number, ".gitlab-ci.yml", started).run().succeeded
            self.wrong += self.tried_again()
        found = {}
        for local in self.pipelines.values():
            self.wrong += local.wrong
            found |= local.results
        if self.run.results.get("outcome") == "failure":
            # On GitLab the pipeline fails by the job that failed, and the one that would say that all is well never starts.
            found["outcome"] = "success" if succeeded or "outcome" in found else "failure"
        elif not succeeded:
            found["outcome"] = "failure"
        return found

    def tried_again(self):
        """Buttons that people press on jobs that have ended: what is not as it must be."""
        wrong = []
        for name in self.world.again:
            local = next(one for one in self.pipelines.values() if name in one.results)
            ended, before = local.results[name], self.made()
            if local.again(name) != "failure" or not stops("basis", local.stopped_in(name)) or self.made() != before:
                wrong.append(f"job {name} is run again, and must not get past the records")
            local.results[name] = ended
        return wrong

    def made(self):
        """What the commands of the project left."""
        return {path.name: path.read_text(encoding="utf-8") for path in self.markers.iterdir()}

    def other_stops(self):
        """Jobs that failed, but not where they must."""
        wrong = []
        for job, why in self.run.stopped.items():
            local = next((one for one in self.pipelines.values() if one.results.get(job) == "failure"), None)
            if local is None or job in self.world.again or why == "outcome":
                continue
            stopped = local.stopped_in(job)
            if not stops(why, stopped):
                wrong.append(f"job {job}: must stop for `{why}`, and stopped in `{stopped}`")
        return wrong

    def evidence(self):
        """The plan of the run, and the reports as a job of a gate found them."""
        kept = self.kept / str(self.run.number) / "wave-made" / ".clearway" / "run"
        reports = kept / "reports"
        return kept / "plan.json", [reports] if reports.is_dir() else []
