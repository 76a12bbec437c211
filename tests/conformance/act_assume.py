"""Writes into a workflow how a job is assumed to end.

act knows only success, failure and skipped. A job that is assumed to end otherwise fails in the copy, and what the
other jobs see of it is put right in their expressions: `needs.X.result` is `cancelled`, `cancelled()` is true after the
run was cancelled. Where that cannot be put right, the scenario is refused.
"""

import re

from act_expressions import call, in_value, literal, reference, uses_status
from act_scenario import Refused
from act_workflow import jobs_of, needs_of

# The step at which a job is assumed to end. It runs whatever happened before, so that its absence tells.
MARK = "conformance-assumed-end"


def descendants(jobs, name):
    """The jobs that depend on a job, directly or through others."""
    found, changed = set(), True
    while changed:
        before = len(found)
        found |= {one for one, job in jobs.items() if {name, *found} & set(needs_of(job))}
        changed = len(found) != before
    return found


def ancestors(jobs, name):
    """The jobs that a job depends on."""
    found, waiting = set(), needs_of(jobs[name])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += needs_of(jobs.get(one, {}))
    return found


def cut_at(name, steps, after):
    """How many steps run before the assumed end."""
    if after is None:
        return 0
    matches = [
        number
        for number, step in enumerate(steps)
        if after == step.get("id") or after == step.get("name") or after is not True and after == number
    ]
    if len(matches) != 1:
        raise Refused(f"`jobs.{name}.after`: {len(matches)} steps are called `{after}`")
    return matches[0] + 1


def cut(name, job, assumed):
    """Ends a job at a point."""
    steps = job.get("steps", [])
    number = cut_at(name, steps, assumed.after)
    end = {"id": MARK, "name": "the assumed end of this job", "if": "always()", "shell": "bash", "run": "exit 1"}
    rest = [] if assumed.runner == "lost" else steps[number:]
    if assumed.result == "cancelled":
        rules = [
            (call("cancelled"), "true"),
            (call("failure"), "false"),
            (reference("job.status"), literal("cancelled")),
        ]
        rest = in_value(rest, rules)
    job["steps"] = steps[:number] + [end] + rest


def shown_as_cancelled(name, needs, job):
    """Lets a job see the result `cancelled` of one that it needs."""

    def result(one):
        if one == name:
            return f"(needs.{one}.result == 'failure' && 'cancelled' || needs.{one}.result)"
        return f"needs.{one}.result"

    places = ",".join(f'"{{{number}}}"' for number in range(len(needs)))
    listed = f"fromJSON(format('[{places}]', {', '.join(result(one) for one in needs)}))"
    entries = ",".join(
        f'"{one}":{{{{"result":"{{{2 * number}}}","outputs":{{{2 * number + 1}}}}}}}'
        for number, one in enumerate(needs)
    )
    values = ", ".join(f"{result(one)}, toJSON(needs.{one}.outputs)" for one in needs)
    whole = f"format('{{{{{entries}}}}}', {values})"

    # Marks stand in until the end, so that no rule sees what another has written.
    marks = [
        (re.compile(r"\btoJSON\s*\(\s*needs\s*\)", re.IGNORECASE), "__whole__"),
        (re.compile(r"(?<![\w.])needs\s*\.\s*\*\s*\.\s*result\b", re.IGNORECASE), "__listed__"),
        (reference(f"needs.{name}.result"), "__one__"),
    ]
    job = in_value(job, marks)
    return in_value(
        job,
        [
            (re.compile("__whole__"), whole),
            (re.compile("__listed__"), listed),
            (re.compile("__one__"), result(name)),
        ],
    )


def after_cancelling(name, job):
    """A job that had not started when somebody cancelled the run: only what asks for it starts now."""
    condition = job.get("if")
    if condition is None or not uses_status(condition, {"success", "failure", "cancelled", "always"}):
        return {**job, "if": False}
    if uses_status(condition, {"failure"}):
        raise Refused(f"`{name}` calls `failure()`, which cannot be told here after the run was cancelled")
    rules = [(call("cancelled"), "true"), (call("success"), "false")]
    return {**job, "if": in_value({"if": condition}, rules)["if"]}


def assume(document, name, assumed):
    """Writes one assumption into a workflow."""
    jobs = jobs_of(document)
    if name not in jobs:
        raise Refused(f"the workflow has no job `{name}`; it has {', '.join(jobs)}")
    job = jobs[name]
    if "uses" in job:
        # What the called workflow would have done is assumed too.
        for key in ("uses", "with", "secrets"):
            job.pop(key, None)
    if assumed.result == "skipped":
        job["if"] = False
    elif assumed.result == "success":
        job.update({"if": "always()", "steps": [{"id": MARK, "shell": "bash", "run": "true"}]})
        job["outputs"] = dict(assumed.outputs)
        job.pop("strategy", None)
    else:
        cut(name, job, assumed)
    if assumed.result != "cancelled":
        return
    for other in sorted(descendants(jobs, name)):
        condition = jobs[other].get("if", "")
        if uses_status(condition, {"failure"}):
            raise Refused(f"`{other}` calls `failure()`, which cannot be told here after `{name}` was cancelled")
        if name in needs_of(jobs[other]):
            jobs[other] = shown_as_cancelled(name, needs_of(jobs[other]), jobs[other])
    if assumed.run == "cancelled":
        for other in set(jobs) - ancestors(jobs, name) - {name}:
            jobs[other] = after_cancelling(other, jobs[other])
