"""What a run must do, by the plan alone: a little interpreter that knows neither GitHub nor what was emitted.

It takes the steps of a way one after the other, gives each a result, and says which commands ran with what.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass
class World:
    """What a run finds: what goes wrong, what was measured, who agreed, when it is."""

    # Commands that fail, by the names of their markers, and `provenance-SERVICE`.
    fails: tuple = ()
    # By gate: good, bad, missing.
    reports: dict = field(default_factory=dict)
    # A Tuesday within the office hours of the project.
    now: str = "2026-11-03T10:00:00+00:00"
    # Seat and login of each who agreed; nothing where GitHub does not answer.
    approvals: object = (("production-board-1", "chloe"), ("production-board-2", "dimitri"))
    # Logins of those who wrote what ships.
    authors: tuple = ("ben",)
    # Who started the run.
    deployer: str = "farid"
    # Answers of GitHub in the place of those that fit.
    settings: dict = field(default_factory=dict)
    # When somebody else deployed in production: `before` the run, or in its `midst`, before production is deployed.
    other: str = ""


def digest_of(service, version):
    """What the builds of the project write down."""
    return "sha256:" + hashlib.sha256(f"{service} {version}".encode()).hexdigest()


def is_open(environment, now):
    """Whether one of an environment's windows is open; one without windows always is."""
    windows = environment["opening"]["windows"]
    for window in windows:
        at = datetime.fromisoformat(now).astimezone(ZoneInfo(window["zone"]))
        for hours in window["hours"]:
            begin, end = (time.fromisoformat(one) for one in hours.split(".."))
            if at.strftime("%a") in window["days"] and begin <= at.time() < end:
                return True
    return not windows


def have_agreed(plan, release, world, chain, name):
    """Whether enough people agreed who may."""
    rule = plan["approvals"][chain]
    step = next(step for step in rule["steps"] if step["name"] == name)
    members = set(plan["groups"][step["from"]["group"]]["members"])
    if "author" in rule["separate"]:
        members -= {*world.authors, release["requested-by"]}
    if "deployer" in rule["separate"]:
        members -= {world.deployer}
    return len(members & {login for _, login in world.approvals or ()}) >= step["need"]


class Run:
    """One run of one way, step by step. What a step does gives what stopped it, or nothing."""

    def __init__(self, plan, release, world):
        self.plan, self.world = plan, world
        self.release = next(one for one in plan["releases"] if one["name"] == release)
        self.versions = {one["service"]: one["version"] for one in self.release["ships"]}
        self.results, self.markers, self.begun = {}, {}, {}
        # What stopped each step that failed.
        self.stopped = {}

    def steps(self, way="release"):
        """Gives every step a result."""
        for step in next(path for path in self.release["paths"] if path["kind"] == way)["steps"]:
            self.results[step["id"]] = self.step(step)
        return self

    def step(self, step):
        """One step: it starts after what it needs, and a way back only after a failure."""
        if any(self.results[need] != "success" for need in step["needs"]):
            # The outcome is told whatever happened.
            if step["does"] != "outcome":
                return "skipped"
            self.stopped[step["id"]] = "outcome"
            return "failure"
        of = step.get("after-failure-of")
        if of and not any(self.results[one] in ("failure", "cancelled") for one in of):
            return "skipped"
        kind, about = (step["does"], {}) if isinstance(step["does"], str) else next(iter(step["does"].items()))
        stopped = getattr(self, kind)(**about)
        if stopped:
            self.stopped[step["id"]] = stopped
        return "failure" if stopped else "success"

    def command(self, name, told):
        """A command of the project: it leaves a marker, whether it succeeds or not."""
        self.markers[name] = told
        return name.partition("-")[0] if name in self.world.fails else None

    def preflight(self):
        """The settings fit, and what is deployed is what the plan was made for."""
        if self.world.settings:
            return "settings"
        return "deployed" if self.world.other == "before" else None

    def build(self, service):
        """A build."""
        return self.command(f"build-{service}", self.versions[service])

    def test(self, service):
        """A test."""
        return self.command(f"test-{service}", digest_of(service, self.versions[service]))

    def gate(self, gate, **_):
        """Only good reports let a gate pass."""
        return None if self.world.reports.get(gate, "good") == "good" else "gate"

    def approval(self, chain, step, **_):
        """Enough people agreed."""
        return None if have_agreed(self.plan, self.release, self.world, chain, step) else "approval"

    def moves(self, environment):
        """The moves of a stage."""
        stage = next(one for one in self.release["stages"] if one["environment"] == environment)
        return [move for wave in stage["waves"] for move in wave]

    def deploy(self, environment, service, **_):
        """A deployment: looked at once more, then begun."""
        if not is_open(self.plan["environments"][environment], self.world.now):
            return "window"
        if self.world.other and environment == "production":
            return "basis"
        move = next(move for move in self.moves(environment) if move["service"] == service)
        self.begun.setdefault(environment, []).append(move)
        if f"provenance-{service}" in self.world.fails:
            return "provenance"
        told = f"{move['to']}@{digest_of(service, move['to'])}"
        return self.command(f"deploy-{environment}-{service}", told)

    def accept(self, **_):
        """Nothing is left to do."""

    def rollback(self, environment):
        """What had begun is undone, the last first; where that fails, the rest stays for a person to look at."""
        for move in reversed(self.begun.get(environment, [])):
            # The project's state files tell no digests.
            stopped = self.command(f"rollback-{environment}-{move['service']}", f"{move['from'][0]}@")
            if stopped:
                return stopped
        return None

    def outcome(self):
        """All succeeded."""
