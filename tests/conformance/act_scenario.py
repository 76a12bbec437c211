"""A scenario: one run of one workflow, and what is assumed of the world around it.

README.md describes every key. An unknown key is an error: a misspelt assumption would be a test of nothing.
"""

from dataclasses import dataclass, field, fields
from pathlib import Path


class Refused(Exception):
    """This scenario cannot be executed, or its result would not mean what it says."""


RESULTS = ("success", "failure", "cancelled", "skipped")

DEFAULT_GITHUB = {
    "repository": "acme/shop",
    "actor": "ana",
    "triggering_actor": "ana",
    "ref": "refs/heads/main",
    "run_id": "1",
    "run_number": "1",
    "run_attempt": "1",
    "token": "conformance-github-token",
    "api_url": "https://api.github.com",
}


@dataclass
class Assumed:
    """How a job is assumed to end, where nothing in the workflow itself would make it end so.

    Without `after` the job ends before its first step, as when its environment is rejected, or its runner is lost or
    never comes. With it, the job runs up to and including that step (its `id`, `name` or number from 0).
    """

    result: str
    after: object = None
    # "lost": no later step runs, whatever its `if` says.
    runner: str = ""
    # "cancelled": somebody cancels the whole run while this job is running.
    run: str = ""
    # Of a job that is taken as done in an earlier attempt.
    outputs: dict = field(default_factory=dict)


@dataclass
class Scenario:
    """One run."""

    repository: Path
    workflow: str
    name: str = ""
    event: str = "workflow_dispatch"
    inputs: dict = field(default_factory=dict)
    payload: dict = field(default_factory=dict)
    vars: dict = field(default_factory=dict)
    secrets: dict = field(default_factory=dict)
    # Those that each environment holds: a job has them that stands in one, in a called workflow too.
    environment_secrets: dict = field(default_factory=dict)
    env: dict = field(default_factory=dict)
    path: list = field(default_factory=list)
    github: dict = field(default_factory=dict)
    artifacts: str = ""
    jobs: dict = field(default_factory=dict)
    scratch: str = ""
    timeout: int = 120


def only_known(kind, given, what):
    """Refuses a key that the dataclass does not have."""
    if not isinstance(given, dict):
        raise Refused(f"{what} must be an object")
    known = [one.name for one in fields(kind)]
    for key in given:
        if key not in known:
            raise Refused(f"{what} has no `{key}`; it may have {', '.join(known)}")


def strings(given, what):
    """A mapping whose values GitHub hands over as strings; booleans are `true` and `false`."""
    if not isinstance(given, dict):
        raise Refused(f"`{what}` must be an object")
    result = {}
    for key, value in given.items():
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, (str, int, float)):
            raise Refused(f"`{what}.{key}` must be a string, a number or a boolean")
        result[key] = str(value)
    return result


def assumed(job, given):
    """Reads one entry of `jobs`."""
    only_known(Assumed, given, f"`jobs.{job}`")
    if given.get("result") not in RESULTS:
        raise Refused(f"`jobs.{job}.result` must be one of {', '.join(RESULTS)}")
    one = Assumed(**given)
    if one.runner not in ("", "lost") or one.run not in ("", "cancelled"):
        raise Refused(f"`jobs.{job}`: `runner` may only be `lost`, and `run` only `cancelled`")
    if one.result in ("success", "skipped") and (one.after is not None or one.runner or one.run):
        raise Refused(f"`jobs.{job}`: only a job that ends in failure or cancelled ends at a point")
    if one.run and one.result != "cancelled":
        raise Refused(f"`jobs.{job}`: when the run is cancelled, the result of the job that was running is `cancelled`")
    if one.outputs and one.result != "success":
        raise Refused(f"`jobs.{job}`: only a job that is taken as done has outputs")
    return Assumed(**{**given, "outputs": strings(one.outputs, f"jobs.{job}.outputs")})


def read(given):
    """Reads a scenario from JSON that was parsed."""
    only_known(Scenario, given, "the scenario")
    for key in ("repository", "workflow"):
        if not isinstance(given.get(key), str):
            raise Refused(f"the scenario needs `{key}`, a string")
    scenario = Scenario(**{**given, "repository": Path(given["repository"])})
    for key in ("inputs", "vars", "secrets", "environment_secrets", "env", "github"):
        setattr(scenario, key, strings(getattr(scenario, key), key))
    unknown = set(scenario.github) - set(DEFAULT_GITHUB)
    if unknown:
        raise Refused(f"`github` may have {', '.join(DEFAULT_GITHUB)}, not {', '.join(sorted(unknown))}")
    scenario.github = {**DEFAULT_GITHUB, "triggering_actor": scenario.github.get("actor", "ana"), **scenario.github}
    scenario.jobs = {job: assumed(job, one) for job, one in scenario.jobs.items()}
    if not (scenario.repository / scenario.workflow).is_file():
        raise Refused(f"there is no workflow `{scenario.workflow}` in {scenario.repository}")
    for folder in [*scenario.path, *([scenario.artifacts] if scenario.artifacts else [])]:
        if not Path(folder).is_dir():
            raise Refused(f"{folder} is not a folder")
    return scenario
