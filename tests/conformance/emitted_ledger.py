"""What the ledger must show after the runs of a scenario: for one digest, its gates, then its approvals, then its deployments; nothing
left open, and every decision of a gate made again from its record.

It reads the records as the ledger prints them, and the plan; it knows nothing of what was emitted.
"""

import json


def kind_of(does):
    """The kind of a step, and what it is about."""
    return (does, {}) if isinstance(does, str) else next(iter(does.items()))


class Act:
    """Something that was about to happen, and what came of it."""

    def __init__(self, number, logged):
        record = logged["record"]
        self.number, self.digest, self.run, self.plan = number, logged["digest"], record["run"], record["plan"]
        self.build = record.get("build")
        intent = record["entry"]["intent"]
        self.step, self.moves = intent["step"], intent.get("moves")
        self.kind, self.about = kind_of(intent["does"])
        self.digests = {one["service"]: one.get("digest") for one in intent.get("subjects", [])}
        self.result = None


def acts_of(log):
    """Every intent of a log with its outcome, in order."""
    acts = {}
    for number, logged in enumerate(log):
        what, said = next(iter(logged["record"]["entry"].items()))
        if what == "intent":
            acts[logged["digest"]] = Act(number, logged)
        elif what == "outcome":
            acts[said["intent"]].result = said["result"]
    return list(acts.values())


def decisions(runs, acts):
    """Gates and approvals whose recorded end is not that of their step."""
    wrong = []
    for run in runs:
        for step in run.way["steps"]:
            kind, _ = kind_of(step["does"])
            if kind not in ("gate", "approval") or run.results[step["id"]] == "skipped":
                continue
            # Where nobody can be asked nothing is decided, and nothing is recorded.
            asked = kind == "gate" or run.world.approvals is not None
            must = [run.results[step["id"]]] if asked else []
            found = [act.result for act in acts if act.run == str(run.number) and act.step == step["id"]]
            if found != must:
                wrong.append(f"the ledger says of {step['id']} of run {run.number} {found}, and it must say {must}")
    return wrong


def chain(plan, run, acts):
    """Deployments that the ledger does not trace to the gates and approvals of the same digest, in one build."""
    wrong = []
    ours = [act for act in acts if act.run == str(run.number)]
    for act in ours:
        if act.kind != "deploy" or act.result is None:
            continue
        service, environment = act.about["service"], act.about["environment"]
        digest = act.digests.get(service)
        if not digest or (act.moves["after"] or {}).get("digest") != digest:
            wrong.append(f"{act.step} does not say which digest it deploys")
        stage = next(stage for stage in run.release["stages"] if stage["environment"] == environment)
        approval = stage.get("approval" if run.world.way == "release" else "emergency")
        must = [("approval", step["name"]) for step in plan["approvals"][approval]["steps"]] if approval else []
        if run.world.way == "release":
            must = [("gate", gate) for gate in stage["gates"]] + must
        before = act.number
        for kind, name in reversed(must):
            found = [
                other
                for other in ours
                if other.kind == kind
                and (other.about["environment"], other.about.get(kind, other.about.get("step"))) == (environment, name)
                and (other.result, other.digests.get(service), other.build) == ("success", digest, act.build)
                and other.number < act.number
            ]
            if not found:
                wrong.append(f"no {kind} {name} has passed for the digest of {act.step} before it")
            elif kind == "approval":
                before = min(before, found[0].number)
            elif found[0].number > before:
                wrong.append(f"gate {name} was decided after people had agreed to {act.step}")
    return wrong


def replays(emitted, folders, acts):
    """Decisions of gates that do not come out the same when they are made again."""
    wrong = []
    for act in acts:
        if act.kind != "gate" or act.run not in folders:
            continue
        artifacts = folders[act.run] / "run" / "state" / "artifacts"
        plan = artifacts / "clearway-plan" / "plan.json"
        # One artifact alone is unpacked without a folder of its own, as the job of the gate found it.
        kept = sorted(artifacts.glob("reports-*"))
        reports = kept[0] if len(kept) == 1 else artifacts
        given = ["--ledger", emitted.ledger, "--plan", str(plan), "--reports", str(reports)]
        code, out, err = emitted.asks("gate", "replay", act.digest, *given)
        if code or "replays to the same answer" not in out:
            wrong.append(f"{act.step} of run {act.run} does not replay: {out}{err}")
    return wrong


def check(emitted, runs, folders):
    """All that is wrong with the ledger after the runs; `folders` says where what is left of each lies, by its name."""
    code, out, err = emitted.asks("ledger", "verify", "--ledger", emitted.ledger, "--trust", "keys.pem")
    wrong = [] if code == 0 else [f"the ledger does not hold: {out}{err}"]
    code, out, err = emitted.asks("ledger", "log", "--ledger", emitted.ledger, "--format", "json")
    if code:
        return [*wrong, f"the ledger cannot be read: {err}"]
    acts = acts_of(json.loads(out))
    wrong += decisions(runs, acts)
    for run in runs:
        wrong += chain(emitted.plan, run, acts)
    return wrong + replays(emitted, folders, acts)
