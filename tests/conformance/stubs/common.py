"""What every stub of an action needs: its inputs, outputs, the job's permissions, and a record that it was called."""

import json
import os
import re
import sys
from pathlib import Path

STATE = Path(os.environ["CONFORMANCE_STATE"])
INPUTS = {name: "" if value is None else str(value) for name, value in json.loads(os.environ["INPUTS"]).items()}
PERMISSIONS = json.loads(os.environ["CONFORMANCE_PERMISSIONS"])
SECRET = re.compile("password|token|secret|creds|credentials_json")
WORKSPACE = Path(os.environ["GITHUB_WORKSPACE"])


def fail(message):
    """Ends the step as a failed action does."""
    print(f"::error::{message}")
    sys.exit(1)


def text(name):
    """An input without the space around it; empty when it was not given."""
    return INPUTS.get(name, "").strip()


def boolean(name):
    """An input as the actions read it: only the words of YAML's core schema are booleans."""
    value = text(name)
    if value not in ("true", "True", "TRUE", "false", "False", "FALSE"):
        fail(f"Input does not meet YAML 1.2 \"Core Schema\" specification: {name}")
    return value.lower() == "true"


def need(scope, level, why):
    """Fails unless the job's token has a permission, as the service behind the action would."""
    if PERMISSIONS.get(scope, "none") not in (("write",) if level == "write" else ("read", "write")):
        fail(f"{why} needs `permissions: {scope}: {level}`, and the job has `{PERMISSIONS.get(scope, 'none')}`")


def output(name, value):
    """Sets an output of the action; values here are single lines."""
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def environment(name, value):
    """Sets a variable for the steps that follow."""
    with open(os.environ["GITHUB_ENV"], "a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def called(action, **more):
    """Records the call, so that a test can ask what ran and with what; secrets are not written."""
    given = {name: "***" if SECRET.search(name) else value for name, value in INPUTS.items() if value}
    entry = {"action": action, "job": os.environ["GITHUB_JOB"], "inputs": given, **more}
    with open(STATE / "calls.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(entry, sort_keys=True) + "\n")
