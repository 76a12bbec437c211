"""What the ledger must show after the runs of a scenario: for one digest, its gates, then its approvals, then its deployments; nothing
left open, and every decision made again from its record.

It reads the records as the ledger prints them, and the plan; it knows nothing of what was emitted.
"""

import json
import shutil


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
            asked = kind == "gate" or run.world.approvals is not None and step["id"] not in run.undecided
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


def decided(log):
    """How many decisions a log has: what came of a gate, an approval or a checklist, and looks at windows and at what runs."""
    entries = [next(iter(one["record"]["entry"].items())) for one in log]
    return sum(what == "looked" or (what == "outcome" and "decision" in said) for what, said in entries)


def replays(emitted, left, log):
    """What does not come out the same when every decision is made again from its record, offline; `left` says for each run where its plan lies,
    and the folders of reports as a job of a gate found them."""
    count, plans, reports = decided(log), {}, emitted.folder / "replayed"
    for run, (plan, folders) in left.items():
        if plan.is_file():
            plans[plan.read_bytes()] = plan
        for folder in folders:
            shutil.copytree(folder, reports / run, dirs_exist_ok=True)
    if not count:
        return []
    reports.mkdir(exist_ok=True)
    given = [part for plan in plans.values() for part in ("--plan", str(plan))]
    code, out, err = emitted.asks("ledger", "replay", "--ledger", emitted.ledger, "--reports", str(reports), *given)
    same = code == 0 and f"{count} decisions replay to the same answers" in out
    return [] if same else [f"{count} decisions do not all replay: {out}{err}"]


def check(emitted, tried):
    """All that is wrong with the ledger after the runs that were executed."""
    code, out, err = emitted.asks("ledger", "verify", "--ledger", emitted.ledger, "--trust", "keys.pem")
    wrong = [] if code == 0 else [f"the ledger does not hold: {out}{err}"]
    code, out, err = emitted.asks("ledger", "log", "--ledger", emitted.ledger, "--format", "json")
    if code:
        return [*wrong, f"the ledger cannot be read: {err}"]
    log = json.loads(out)
    acts = acts_of(log)
    runs = [one.run for one in tried]
    wrong += decisions(runs, acts)
    for run in runs:
        wrong += chain(emitted.plan, run, acts)
    return wrong + replays(emitted, {str(one.run.number): one.evidence() for one in tried}, log)
