"""What GitLab's API answers in a scenario: settings as they are expected, deployments with who agreed to them, who wrote what ships."""

import json
from urllib.parse import parse_qs, urlsplit

import emitted_answers
from emitted_expected import agreed

PROJECT = "1217"
BRANCH = "main"
TOKEN = "conformance-gitlab-token"


class Api:
    """Answers of one run. Jobs that enter an environment have a deployment there, of the same number."""

    def __init__(self, world, expectations, run, trigger):
        self.world, self.trigger = world, trigger
        # By number, of every pipeline that has begun.
        self.jobs = {}
        self.given = emitted_answers.settings(expectations, repository=PROJECT, branch=BRANCH)
        if world.unsettled:
            self.given[f"/projects/{PROJECT}"]["allow_pipeline_trigger_approve_deployment"] = True
        self.given[f"/projects/{PROJECT}/pipelines/{run}"] = {"user": {"username": world.deployer}}
        self.given |= {f"/projects/{PROJECT}/repository/commits": commits(world.authors)}

    def begins(self, pipeline):
        """A pipeline is created, with all its jobs."""
        self.jobs |= {job.number: job for job in pipeline.jobs.values()}

    def answer(self, address, heads, body):
        """Status and value; whoever executes the scenario is asked for pipelines that jobs trigger."""
        parts = urlsplit(address)
        if parts.path.startswith("/trigger/"):
            return 200, {"succeeded": self.trigger(parts.path.removeprefix("/trigger/"), json.loads(body))}
        if heads.get("private-token") != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        path = parts.path.removeprefix("/api/v4")
        whole = f"{path}?{parts.query}" if parts.query else path
        found = self.given.get(whole, self.given.get(path))
        if found is None and self.world.approvals is not None:
            found = self.deployments(path.removeprefix(f"/projects/{PROJECT}/deployments"), parse_qs(parts.query))
        return (404, {"message": "404 Not Found"}) if found is None else (200, found)

    def deployments(self, path, query):
        """Those to one environment, or one with who agreed to it."""
        if path == "":
            of = query["environment"][0]
            return [{"id": job.number, "deployable": {"id": job.number}} for job in self.jobs.values() if job.environment == of]
        job = self.jobs.get(int(path[1:])) if path[1:].isdigit() else None
        if job is None or not job.environment:
            return None
        told = job.body.get("variables", {})
        answers = [approval(one) for one in agreed(self.world.approvals, told.get("CHAIN"), told.get("ASKED"))]
        return {"id": job.number, "environment": {"name": job.environment}, "approvals": answers}


def approval(said):
    """What a person said, with `-` before the name of who rejects."""
    status = "rejected" if said.startswith("-") else "approved"
    return {"user": {"username": said.removeprefix("-")}, "status": status, "comment": ""}


def commits(authors):
    """Commits, one of each author."""
    return [
        {"id": f"{number:040x}", "author_email": f"{number}-{login}@users.noreply.gitlab.example"}
        for number, login in enumerate(authors, 1)
    ]
