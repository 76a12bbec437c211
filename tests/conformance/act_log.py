"""What act's log says became of each job and step."""

import json
import re

from act_assume import MARK

FAILED = re.compile(r"Error: Job '.*' failed$")

# `outcome` of a step that act never came to.
NOT_RUN = "not-run"


class Leg:
    """One job, or one of the jobs that a matrix makes of it."""

    def __init__(self, matrix):
        self.matrix = matrix
        self.result = None
        self.steps = {}
        self.log = []

    def step(self, identifier):
        """The record of a step, by its id or, without one, its number."""
        empty = {"outcome": NOT_RUN, "conclusion": NOT_RUN, "outputs": {}, "log": []}
        return self.steps.setdefault(identifier, empty)

    def take(self, event):
        """Takes one event of the log."""
        identifiers, message = event.get("stepID"), event.get("msg", "").rstrip("\n")
        if event.get("jobResult"):
            self.result = event["jobResult"]
        if not identifiers or event.get("stage") not in (None, "Main"):
            if event["level"] in ("error", "warning"):
                self.log.append(message)
            return
        step = self.step(identifiers[0])
        own = len(identifiers) == 1
        if event.get("raw_output") or event.get("command") in ("error", "warning", "notice"):
            step["log"].append(message)
        elif own and event.get("stepResult"):
            step["outcome"] = event["stepResult"]
            # The words with which act passes over a failure come before the result.
            kept = step.pop("continued", False) and step["outcome"] == "failure"
            step["conclusion"] = "success" if kept else step["outcome"]
        elif own and message == "Failed but continue next step":
            step["continued"] = True
        elif own and event.get("command") == "set-output":
            step["outputs"][event["name"]] = event["arg"]
        elif event.get("command") == "summary":
            step["summary"] = event["content"]
        elif event["level"] in ("error", "warning"):
            step["log"].append(message)


def events(text):
    """The events of a log, and the lines that are none: what act says about the run as a whole."""
    parsed, said = [], []
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            # That a job failed is told by the job.
            if not FAILED.match(line):
                said.append(line)
            continue
        if "jobID" in event:
            parsed.append(event)
        elif event.get("level") in ("error", "fatal"):
            said.append(event["msg"])
    return parsed, said


class Log:
    """The log of a run, told apart by job.

    `legs` has, by the path of the jobs that call a workflow, what became of its jobs; those of the run itself have the empty path. `calls` says
    how act begins the names of the jobs of a called workflow: with the title of the job that calls it, and its own name.
    """

    def __init__(self, text, workflow_name, jobs, calls):
        self.legs = {(): {}}
        parsed, self.said = events(text)
        for event in parsed:
            # `workflow/job`, or `calling job/called workflow/job`; names are padded to one width.
            shown, identifier = event["job"].rstrip(), event["jobID"]
            own = f"{workflow_name}/{jobs.get(identifier, {}).get('name', identifier)}"
            path = ()
            if shown != own:
                path = next((path for path, begins in calls.items() if shown.startswith(begins)), ())
            legs = self.legs.setdefault(path, {}).setdefault(identifier, {})
            legs.setdefault(shown, Leg(event.get("matrix") or {})).take(event)


def step_records(leg, steps):
    """The steps of a leg in the order of the workflow, without the one that marks an assumed end."""
    records = []
    for number, step in enumerate(steps):
        if step.get("id") == MARK:
            continue
        record = {"id": step.get("id", ""), "name": step.get("name", "")}
        record.update(leg.step(step.get("id") or str(number)))
        record["log"] = "\n".join(record["log"])
        record["outputs"] = dict(sorted(record["outputs"].items()))
        record.pop("continued", None)
        records.append(record)
    return records


def leg_result(leg):
    """A leg's own result: act gives all legs of a matrix the result of the worst one so far."""
    if leg.matrix and leg.result in ("success", "failure"):
        failed = any(step["conclusion"] == "failure" for step in leg.steps.values())
        return "failure" if failed else "success"
    return leg.result or NOT_RUN


def job_record(legs, job):
    """What became of one job."""
    if not legs:
        return {"result": NOT_RUN, "steps": [], "log": ""}
    ordered = [legs[shown] for shown in sorted(legs)]
    results = [leg_result(leg) for leg in ordered]
    record = {"result": next((one for one in ("failure", NOT_RUN, "success") if one in results), results[0])}
    if len(ordered) > 1:
        record["legs"] = [
            {"matrix": leg.matrix, "result": result, "steps": step_records(leg, job.get("steps", []))}
            for leg, result in zip(ordered, results)
        ]
        record["steps"] = []
    else:
        record["steps"] = step_records(ordered[0], job.get("steps", []))
    record["log"] = "\n".join(line for leg in ordered for line in leg.log)
    return record


def called_record(records):
    """The result of a job that calls a workflow, from the jobs of that workflow, as GitHub computes it."""
    results = [record["result"] for record in records.values()]
    for one in ("failure", NOT_RUN):
        if one in results:
            return one
    return "skipped" if results and all(one == "skipped" for one in results) else "success"
