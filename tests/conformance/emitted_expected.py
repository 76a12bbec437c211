"""What a run must do, by the plan alone: a little interpreter that knows neither GitHub nor what was emitted.

It takes the steps of a way one after the other, gives each a result, and says which commands ran with what.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass
class World:
    """What a run finds: what goes wrong, what was measured, who agreed, when it is."""

    # Commands that fail, by the names of their markers, and `provenance-SERVICE`.
    fails: tuple = ()
    # Deployments that reach their time limit, by the names of their markers.
    limited: tuple = ()
    # Steps that are left out, whoever did so.
    skipped: tuple = ()
    # By gate: good, bad, missing, or empty, of which nobody can tell.
    reports: dict = field(default_factory=dict)
    # A Tuesday within the office hours of the project.
    now: str = "2026-11-03T10:00:00+00:00"
    # Logins of those who agreed, by chain, or by chain and step, with `-` before who rejects; nothing where the product does not answer.
    approvals: object = field(default_factory=lambda: dict(AGREED))
    # Logins of those who wrote what ships.
    authors: tuple = ("ben",)
    # Who started the run.
    deployer: str = "farid"
    # Whether a setting of the product is not as it must be.
    unsettled: bool = False
    # When somebody else deployed in production: `before` the run, or in its `midst`, before production is deployed.
    other: str = ""
    # Which attempt of the run this is.
    attempt: int = 1
    # Jobs that a person runs once more, after all has ended.
    again: tuple = ()
    # Whether what is emitted is too large for one workflow, and so stands in parts; as the first run of a scenario says.
    parts: bool = False
    # The way that the run takes, and what it is told.
    way: str = "release"
    inputs: dict = field(default_factory=dict)


# Whoever must agree has.
AGREED = {"standard": ("chloe", "dimitri"), "hotfix": ("grace",), "back": ("grace",)}


def digest_of(service, version):
    """What the builds of the project write down."""
    return "sha256:" + hashlib.sha256(f"{service} {version}".encode()).hexdigest()


# The last days of the quarters of a year that begins in January.
QUARTERS = ((3, 31), (6, 30), (9, 30), (12, 31))


def is_frozen(environment, now):
    """Whether one of an environment's freezes lasts; its last day is one of its days."""
    for freeze in environment["opening"]["freezes"]:
        day = datetime.fromisoformat(now).astimezone(ZoneInfo(freeze["zone"])).date()
        once, again = freeze["when"].get("once"), freeze["when"].get("recurring")
        if once and once["from"]["day"] <= day.isoformat() <= once["until"]["day"]:
            return True
        # Around the last day of each year or quarter.
        for month, last in (QUARTERS if again["every"] == "quarter-end" else QUARTERS[-1:]) if again else ():
            for end in (date(year, month, last) for year in (day.year - 1, day.year)):
                if end - timedelta(days=again["days_before"]) <= day <= end + timedelta(days=again["days_after"]):
                    return True
    return False


def is_open(environment, now):
    """Whether one of an environment's windows is open and nothing is frozen; one without windows always is."""
    if is_frozen(environment, now):
        return False
    windows = environment["opening"]["windows"]
    for window in windows:
        at = datetime.fromisoformat(now).astimezone(ZoneInfo(window["zone"]))
        for hours in window["hours"]:
            begin, end = (time.fromisoformat(one) for one in hours.split(".."))
            # One that ends before it begins is that of the night, and belongs to the day on which it began.
            day = at - timedelta(days=1) if end <= begin and at.time() < end else at
            inside = begin <= at.time() < end if begin < end else at.time() >= begin or at.time() < end
            if inside and day.strftime("%a") in window["days"]:
                return True
    return not windows


def agreed(approvals, chain, step):
    """Who agreed to a step of a chain; where a chain has one step alone, nothing says which."""
    return approvals.get((chain, step), approvals.get(chain, ()))


def have_agreed(plan, release, asked_for_by, world, chain, name):
    """Whether enough people agreed who may: of each team that owns what ships, where the owners are asked."""
    rule = plan["approvals"][chain]
    step = next(step for step in rule["steps"] if step["name"] == name)
    owners = {plan["artifacts"][one["service"]]["owner"] for one in release["ships"]}
    said = set(agreed(world.approvals or {}, chain, name))
    for group in owners if step["from"] == "owners" else [step["from"]["group"]]:
        members = set(plan["groups"][group]["members"])
        if "author" in rule["separate"]:
            members -= {*world.authors, asked_for_by}
        if "deployer" in rule["separate"]:
            members -= {world.deployer}
        if len(members & said) < step["need"]:
            return False
    return not any(one.startswith("-") for one in said)


# What is done in the first attempt of a run alone: of approvals nobody can tell for which attempt they were given, and what was
# deployed may have been taken back since.
ONCE = ("approval", "deploy", "smoke", "accept")


class Live:
    """What is deployed, and which deployments have begun and are not undone: what is left of one run for the next."""

    def __init__(self, plan, release):
        # The project's state files tell no digests.
        self.deployed = {
            stage["environment"]: {name: (fact["version"], "") for name, fact in stage["deployed"].items()}
            for stage in release_of(plan, release)["stages"]
        }
        self.begun = []


def release_of(plan, name):
    """A release of a plan."""
    return next(one for one in plan["releases"] if one["name"] == name)


class Run:
    """One run of one way, step by step. What a step does gives what stopped it, or nothing."""

    def __init__(self, plan, release, world, live, number=1):
        self.plan, self.world, self.live, self.number = plan, world, live, number
        self.release = release_of(plan, release)
        self.way = next(path for path in self.release["paths"] if path["kind"] == world.way)
        self.versions = {one["service"]: one["version"] for one in self.release["ships"]}
        # What the spec does not say, whoever starts the run says.
        said = {**self.release, **world.inputs} if world.way == "release" else world.inputs
        self.asked_for_by = said["requested-by"]
        self.results, self.markers = {}, {}
        # What stopped each step that failed.
        self.stopped = {}
        # Approvals that the product itself refuses, before anything is recorded of them.
        self.undecided = set()

    def steps(self):
        """Gives every step a result."""
        for step in self.way["steps"]:
            self.results[step["id"]] = self.step(step)
        return self

    def step(self, step):
        """One step: it starts after what it needs, and a way back only after a failure."""
        kind, about = (step["does"], {}) if isinstance(step["does"], str) else next(iter(step["does"].items()))
        needs = step["needs"]
        if step["id"] in self.world.skipped:
            return "skipped"
        # Whoever goes back says where, and nothing else is asked of the run.
        chosen = self.world.inputs.get("environment")
        if chosen:
            if about.get("environment", chosen) != chosen:
                return "skipped"
            if kind == "outcome":
                needs = [f"rollback-{chosen}"]
        if any(self.results[need] != "success" for need in needs):
            if kind != "outcome":
                return "skipped"
            self.stopped[step["id"]] = "outcome"
            return "failure"
        of = step.get("after-failure-of")
        if of and not any(self.results[one] in ("failure", "cancelled") for one in of):
            return "skipped"
        if self.world.attempt > 1 and kind in ONCE:
            return "skipped"
        stopped = getattr(self, kind)(**about)
        if stopped:
            self.stopped[step["id"]] = stopped
        return "failure" if stopped else "success"

    def digest(self, service):
        """What the build of a service writes down."""
        return digest_of(service, self.versions[service])

    def command(self, name, told):
        """A command of the project: it leaves a marker, whether it succeeds or not."""
        self.markers[name] = told
        return name.partition("-")[0] if name in (*self.world.fails, *self.world.limited) else None

    def preflight(self):
        """The settings fit, and what is deployed is what the plan was made for."""
        if self.world.unsettled:
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
        return None if have_agreed(self.plan, self.release, self.asked_for_by, self.world, chain, step) else "approval"

    def deploy(self, environment, service, **_):
        """A deployment: looked at once more, then begun, unless the version is there already."""
        if not is_open(self.plan["environments"][environment], self.world.now):
            return "window"
        if self.world.other and environment == "production":
            return "basis"
        version = self.versions[service]
        deployed, becomes = self.live.deployed[environment], (version, digest_of(service, version))
        if deployed[service] == becomes:
            return None
        self.live.begun.append((self.number, environment, service, deployed[service]))
        if f"provenance-{service}" in self.world.fails:
            return "provenance"
        stopped = self.command(f"deploy-{environment}-{service}", "@".join(becomes))
        if not stopped:
            deployed[service] = becomes
        return stopped

    def smoke(self, environment, service, **_):
        """A look at what was deployed, or was there already."""
        return self.command(f"smoke-{environment}-{service}", self.versions[service])

    def accept(self, **_):
        """Nothing is left to do."""

    def rollback(self, environment):
        """What had begun is undone, the last first; where that fails, the rest stays for a person to look at.

        A run that fails undoes what it did itself; whoever goes back later undoes what there is.
        """
        for one in reversed(list(self.live.begun)):
            number, where, service, before = one
            if where != environment or number != self.number and self.world.way != "rollback":
                continue
            stopped = self.command(f"rollback-{environment}-{service}", "@".join(before))
            if stopped:
                return stopped
            self.live.begun.remove(one)
            self.live.deployed[environment][service] = before
        return None

    def outcome(self):
        """All succeeded."""
