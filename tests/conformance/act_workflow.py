"""The copy of a workflow that act executes: what act cannot read is taken out, what it does not know is put in.

What is changed is told in the result, and README.md says what each change means for what a run proves.
"""

import json
import re

import yaml

from act_expressions import in_value, literal, reference
from act_scenario import Refused


class Loader(yaml.CSafeLoader):
    """YAML 1.2 as GitHub reads it: `on` and `yes` are strings, dates and times of day too."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), list(first))
Loader.yaml_implicit_resolvers[""] = Loader.yaml_implicit_resolvers.pop("\0")


def whole_number(loader, node):
    """A number with a leading zero is decimal in YAML 1.2."""
    text = loader.construct_scalar(node)
    return int(text, 16 if "x" in text else 8 if "o" in text else 10)


Loader.add_constructor("tag:yaml.org,2002:int", whole_number)


def load(path):
    """Reads a YAML file that is a mapping."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader)
    except yaml.YAMLError as error:
        raise Refused(f"{path.name} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise Refused(f"{path.name} is not a mapping")
    return document


def save(path, document):
    """Writes a workflow back. JSON is YAML, and quick to write."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def jobs_of(document):
    """The jobs of a workflow."""
    jobs = document.get("jobs")
    if not isinstance(jobs, dict) or not all(isinstance(job, dict) for job in jobs.values()):
        raise Refused("the workflow has no jobs")
    return jobs


def needs_of(job):
    """The jobs that a job names in `needs`."""
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)


# Keys that act refuses to read. They say nothing about which job runs after which.
UNREADABLE = {"concurrency": "queue", "environment": "deployment"}

# Keys that act reads and does nothing with. (`continue-on-error` of a step it honours.)
IGNORED_OF_JOB = ("concurrency", "environment", "permissions", "timeout-minutes", "continue-on-error", "runs-on")


def take_out(document):
    """Takes out what act cannot read or carry out here; returns what it was and what act will ignore."""
    removed, ignored = [], [key for key in ("concurrency", "permissions") if key in document]

    def without(owner, path, key):
        if isinstance(owner, dict) and key in owner:
            del owner[key]
            removed.append(f"{path}.{key}")

    triggers = document.get("on")
    for number, schedule in enumerate((triggers.get("schedule") or []) if isinstance(triggers, dict) else []):
        without(schedule, f"on.schedule.{number}", "timezone")
    without(document.get("concurrency"), "concurrency", "queue")
    for name, job in jobs_of(document).items():
        for key, inner in UNREADABLE.items():
            without(job.get(key), f"jobs.{name}.{key}", inner)
        for key in ("container", "services"):
            without(job, f"jobs.{name}", key)
        ignored += [f"jobs.{name}.{key}" for key in IGNORED_OF_JOB if key in job]
        if isinstance(job.get("strategy"), dict) and "fail-fast" in job["strategy"]:
            ignored.append(f"jobs.{name}.strategy.fail-fast")
        for number, step in enumerate(job.get("steps", [])):
            if not re.fullmatch(r"[0-9]+|\$\{\{.*\}\}", str(step.get("timeout-minutes", 0)).strip()):
                ignored.append(f"jobs.{name}.steps.{number}.timeout-minutes")
    return removed, ignored


SCOPES = (
    "actions attestations checks contents deployments discussions id-token issues models packages pages "
    "pull-requests repository-projects security-events statuses"
).split()


def permissions_of(document, job):
    """What the job's token may do, by scope. Without any `permissions`, what a cautious repository gives by default."""
    given = job.get("permissions", document.get("permissions", {"contents": "read", "packages": "read"}))
    if given in ("read-all", "write-all"):
        level = given.split("-", maxsplit=1)[0]
        # There is no reading of identity tokens.
        return {scope: level for scope in SCOPES if scope != "id-token" or level == "write"}
    return dict(given or {})


def put_in(document, scenario, workflow):
    """Gives each job what GitHub's runner has and act's has not."""
    github = scenario.github
    rules = [
        (reference(f"github.{name}"), literal(value))
        for name, value in {
            "triggering_actor": github["triggering_actor"],
            "workflow_ref": f"{github['repository']}/{workflow}@{github['ref']}",
            "repository_id": "1",
            "repository_owner_id": "1",
            "actor_id": "1",
            "ref_protected": "true",
        }.items()
    ] + [(reference("runner.environment"), literal("github-hosted"))]
    document = in_value(document, rules)
    absent = [(reference(f"secrets.{name}"), literal("")) for name in scenario.environment_secrets]
    jobs = jobs_of(document)
    for name, job in jobs.items():
        if isinstance(job.get("uses"), str):
            job["uses"] = job["uses"].replace("$/", "./", 1) if job["uses"].startswith("$/") else job["uses"]
            if absent:
                # A called workflow finds the secrets of its jobs' environments, which act has only where they are handed on.
                job["secrets"] = "inherit"
            continue
        if "environment" not in job:
            job = jobs[name] = in_value(job, absent)
        # Every job runs on this machine, whatever runner it asks for.
        job["runs-on"] = "ubuntu-latest"
        variables = job.setdefault("env", {})
        if not isinstance(variables, dict):
            raise Refused(f"`jobs.{name}.env` is an expression, and nothing can be added to it")
        permissions = permissions_of(document, job)
        variables["CONFORMANCE_PERMISSIONS"] = json.dumps(permissions)
        if permissions.get("id-token") == "write":
            # GitHub sets both only then; nothing listens at the address.
            variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "http://127.0.0.1:9/token?api-version=2.0"
            variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "conformance-request-token"
        for step in job.get("steps", []):
            if isinstance(step.get("uses"), str) and step["uses"].startswith("$/"):
                step["uses"] = "./" + step["uses"][2:]
    return document
