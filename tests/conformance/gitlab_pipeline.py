"""A pipeline of GitLab as gitlab-ci-local can execute it: what that does not know of GitLab is said in words that it knows.

A job that triggers a pipeline asks the scenario to execute that one, and ends as it did, which is what `strategy: mirror` means. What another
pipeline kept is copied before the script, a variable of the type file is there again after it, and the tokens of a job say for whom they are. Jobs are numbered, since their numbers are in what the API answers. Nothing else is changed.
"""

import sys
from dataclasses import dataclass, field

import yaml

from judge_gitlab import documents
from tools import HERE, Broken

# Where pipelines find what other pipelines kept, by the number of the pipeline and the name of the job.
KEPT = "${CONFORMANCE_KEPT}"


@dataclass
class Job:
    """A job as it was emitted, with the number that it was given."""

    name: str
    number: int
    body: dict
    # What the jobs of its pipeline are told besides.
    told: dict

    def said(self, key):
        """A value of its `rules`, of which every emitted job has one."""
        return (self.body.get("rules") or [{}])[0].get(key)

    @property
    def environment(self):
        """The environment that it enters."""
        return (self.body.get("environment") or {}).get("name")

    @property
    def script(self):
        """All that it runs before it is known how it ends."""
        return [*self.body.get("before_script", []), *self.body.get("script", [])]


@dataclass
class Pipeline:
    """A file of jobs."""

    stages: list
    jobs: dict = field(default_factory=dict)


def triggered(job):
    """In the place of a job that triggers a pipeline: it asks for its execution, and is told how that ended."""
    includes = job.body["trigger"]["include"]
    if len(includes) != 1 or job.body["trigger"].get("strategy") != "mirror":
        raise Broken(f"job {job.name} triggers what cannot be executed: {job.body['trigger']}")
    body = {key: value for key, value in job.body.items() if key != "trigger"}
    body["script"] = [f'"{sys.executable}" -B "{HERE / "gitlab_trigger.py"}" {job.name}']
    return body


def copied(body):
    """With what other pipelines kept, which is there before the script; without it the job fails."""
    needs = body.get("needs")
    others = [need for need in needs or [] if "pipeline" in need]
    if not others:
        return body
    copies = [f'cp -r "{KEPT}/{need["pipeline"]}/{need["job"]}/." .' for need in others]
    return {
        **body,
        "needs": [need for need in needs if "pipeline" not in need],
        "before_script": [*copies, *body.get("before_script", [])],
    }


def given_again(body):
    """With the key that signs records written anew before `after_script`, as a runner writes variables of the type file."""
    if "after_script" not in body:
        return body
    return {**body, "after_script": ['cp "${CONFORMANCE_LEDGER_KEY}" "${CLEARWAY_LEDGER_KEY}"', *body["after_script"]]}


def identified(body):
    """With the tokens that GitLab makes for a job in its variables; gitlab-ci-local makes none."""
    tokens = {name: f"a token for {token['aud']}" for name, token in body.get("id_tokens", {}).items()}
    return {**body.get("variables", {}), **tokens}


def rewrite(path, first):
    """Rewrites a file, and numbers its jobs from a number; gives the pipeline as it was emitted."""
    head, body = documents(path)
    pipeline = Pipeline(body["stages"])
    for name, value in body.items():
        if isinstance(value, dict) and "stage" in value:
            job = Job(name, first + len(pipeline.jobs), value, body.get("variables", {}))
            pipeline.jobs[name] = job
            changed = given_again(copied(triggered(job) if "trigger" in value else value))
            body[name] = {**changed, "variables": {**identified(value), "CI_JOB_ID": str(job.number)}}
    write(path, head, body)
    return pipeline


def starts_by_itself(path, names):
    """Lets jobs start that wait for a failure: of those that are named alone, gitlab-ci-local does not know what happened before."""
    head, body = documents(path)
    for name in names:
        for rule in body[name]["rules"]:
            rule["when"] = "on_success"
    write(path, head, body)


def write(path, head, body):
    """Writes a file."""
    texts = [yaml.safe_dump(one, sort_keys=False, width=10**6) for one in (head, body) if one]
    path.write_text("---\n".join(texts), encoding="utf-8")
