"""Executes what `clearway build` emits for the examples, of GitHub with act and of GitLab with gitlab-ci-local, and compares it with the plan.

All of an example is as it stands, but for what no machine has: its ledger is a folder, its Prometheus one of ours, the binary the one that was built,
its records are signed with a key of the run, and the package that examples share stands in its repository. `examples/` has what stands in the place of its commands, of the cluster and of who gives an identity,
and for each example the evidence of its scenarios. Nobody waits: holds and bakes last a second.
"""

import hashlib
import os
import re
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import emitted_act
import emitted_answers
import emitted_ledger
import emitted_local
from emitted_damage import damaging
from emitted_expected import Run, World, is_open
from emitted_run import KEYS, Emitted, try_run
from tools import HERE, Broken
from tools import run as run_tool

EXAMPLES = HERE.parents[1] / "examples"
PARTS = HERE / "examples"
ENGINES = {"github": emitted_act, "gitlab": emitted_local}


@dataclass(frozen=True)
class Example:
    """An example: what is executed of it, when everything is open, and by whom."""

    release: str
    now: str
    deployer: str
    asked_for_by: str
    # Who agrees, by chain and step: nobody who asks for it, who wrote it or who starts it.
    agree: dict
    # The gate of which the evidence is bad, and the step of a chain to which too few agree.
    gate: str
    unapproved: tuple
    # The build and the deployment that fail, and what is asked in vain whether it is there.
    build: str
    deployment: str
    smoke: str = ""
    # A time at which no window is open, and one at which nothing may change.
    closed: str = ""
    frozen: str = ""
    # Whether somebody may come in by the emergency way.
    emergency: bool = False
    # Environments in which it is later.
    later: dict = field(default_factory=dict)
    # The scenarios that are executed, where it is not all of them.
    alone: tuple = ()


KNOWN = {
    # In the night of São Paulo.
    "search": Example(
        release="nightly",
        now="2026-11-04T02:00:00+00:00",
        deployer="franco",
        asked_for_by="bruno",
        agree={("pair", "owner"): ("dario", "alma")},
        gate="relevance",
        unapproved=("pair", "owner"),
        build="build-index",
        deployment="deploy-bench-query",
    ),
    "wallet": Example(
        release="app-server",
        now="2026-11-03T10:00:00+00:00",
        deployer="fredrik",
        asked_for_by="elin",
        agree={("pair", "owner"): ("david",)},
        gate="early-birds",
        unapproved=("pair", "owner"),
        build="build-gateway",
        deployment="deploy-staging-gateway",
        smoke="smoke-staging-gateway",
    ),
    # In the evening of Dublin.
    "clinic": Example(
        release="portal-release",
        now="2026-11-03T19:00:00+00:00",
        deployer="declan",
        asked_for_by="brendan",
        agree={
            ("clinical", "peer"): ("aoife", "eoin"),
            ("clinical", "safety"): ("jarlath", "kathleen"),
            ("clinical", "privacy"): ("hugh",),
            ("outage", "on-call"): ("grainne",),
            ("outage", "safety"): ("liam",),
            ("way-back", "sent-back"): ("ciara",),
        },
        gate="scan",
        unapproved=("clinical", "safety"),
        build="build-records",
        deployment="deploy-staging-portal",
        smoke="smoke-staging-portal",
        closed="2026-11-03T15:00:00+00:00",
        frozen="2026-10-06T19:00:00+00:00",
        emergency=True,
    ),
    # In the morning of Berlin, and then in that of New York. It has twelve services, so that a run takes minutes.
    "online-boutique": Example(
        release="shop",
        now="2026-11-03T09:00:00+00:00",
        later={"production-us": "2026-11-03T15:00:00+00:00"},
        alone=("all passes", "a gate fails", "evidence is missing", "a build fails", "an approval is missing", "the platform is not set up as it must be"),
        deployer="farid",
        asked_for_by="ana",
        agree={
            ("standard", "peer-review"): ("chloe", "dimitri", "grace"),
            ("standard", "board"): ("jonas", "kira", "leo"),
        },
        gate="tests",
        unapproved=("standard", "board"),
        build="build-cartservice",
        deployment="deploy-staging-frontend",
        smoke="smoke-staging-frontend",
    ),
}

# What GitLab has no word for.
GITHUB_ALONE = ("a second attempt",)


def worlds(of, product):
    """The scenarios of an example on a product, by name: a row of the table of scenarios each."""
    told = {"change": "CHG-1", "requested-by": of.asked_for_by}

    def world(agree=None, **more):
        given = {"now": of.now, "deployer": of.deployer, "authors": ("ines",), "inputs": told, **more}
        return World(approvals={**of.agree, **(agree or {})}, **given)

    who = of.agree[of.unapproved]
    found = {
        "all passes": world(),
        "a gate fails": world(reports={of.gate: "bad"}),
        "evidence is missing": world(reports={"*": "missing"}),
        "a build fails": world(fails=(of.build,)),
        "a deployment fails": world(fails=(of.deployment,)),
        "an approval is rejected": world({of.unapproved: (*who[:-1], f"-{who[-1]}")}),
        "an approval is missing": world({of.unapproved: who[:-1]}),
        "an author, or who deploys, approves": world(authors=(who[-1],)),
        "the way back fails": world(fails=(of.deployment, f"rollback-{of.deployment.split('-')[1]}")),
        "nobody agrees to go back": world({step: () for step in of.agree}, fails=(of.deployment,)),
        "the platform is not set up as it must be": world(unsettled=True),
        "a second attempt": world(attempt=2),
    }
    if of.smoke:
        found["what was deployed does not answer"] = world(fails=(of.smoke,))
    if of.closed:
        found["outside of the window"] = world(now=of.closed)
    if of.frozen:
        found["in a freeze"] = world(now=of.frozen)
    if of.emergency:
        found["an emergency"] = world(way="emergency", inputs={"incident": "INC-1", "requested-by": of.asked_for_by})
    names = [name for name in of.alone or found if product == "github" or name not in GITHUB_ALONE]
    return {name: found[name] for name in names}


# By product and name: the example and the scenario that must tell it, the file, what is written there, and what is put in its place.
DAMAGES = {
    "github": {
        "a gate that passes whatever it finds": (
            "wallet", "a gate fails", ".github/workflows/app-server.yml", '"${subjects[@]/#/--subject=}"\n', '"${subjects[@]/#/--subject=}" || true\n',
        ),
        "an approval that is not looked at": (
            "search", "an approval is missing", ".github/workflows/nightly.yml", 'clearway" approval verify ', 'clearway" --version || echo ',
        ),
    },
    "gitlab": {
        "a gate that passes whatever it finds": (
            "wallet", "a gate fails", ".gitlab/app-server.yml",
            '--junit .clearway/job/gate.xml "${subjects[@]/#/--subject=}"', '--junit .clearway/job/gate.xml "${subjects[@]/#/--subject=}" || true',
        ),
        "an approval that is not looked at": ("search", "an approval is missing", ".gitlab/nightly.yml", "clearway approval verify ", "echo "),
    },
}


def measured(query):
    """What the running system says: no errors, quick answers, and customers."""
    if "code=~" in query:
        return "0"
    return "0.05" if "histogram_quantile" in query else "1000"


def prometheus():
    """In the place of a Prometheus; gives its address."""

    def answer(address, _heads, _body):
        """An instant query."""
        asked = parse_qs(urlsplit(address).query)
        result = [{"metric": {}, "value": [float(asked.get("time", ["0"])[0]), measured(asked["query"][0])]}]
        return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}

    return emitted_answers.serving(answer)


def digest_of_archive(path, text):
    """The digest of what is made of one file: that of a tar that tells nothing of who made it and when."""
    with tempfile.TemporaryDirectory(prefix="clearway-archive-") as temporary:
        file = Path(temporary) / path
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        whose = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"]
        code, _, err = run_tool(["tar", *whose, "-cf", "made.tar", "--", path], cwd=temporary)
        if code:
            raise Broken(f"tar failed: {err}")
        return "sha256:" + hashlib.sha256((Path(temporary) / "made.tar").read_bytes()).hexdigest()


class Planned(Run):
    """What a run of an example must do, by its plan: one that goes back leaves nothing but its result, which the project beside looks at closely."""

    def __init__(self, plan, of, world):
        super().__init__(plan, of.release, world, live=None)
        self.later, self.at = of.later, None

    def step(self, step):
        """Each command leaves what it was told by the name of its step, whether it succeeds or not."""
        self.at = step["id"]
        result = super().step(step)
        told = self.told(*emitted_ledger.kind_of(step["does"]))
        if told and (result == "success" or result == "failure" and self.at in self.world.fails):
            self.markers[self.at] = told
        return result

    def gate(self, gate, **_):
        """Only good evidence lets a gate pass."""
        reports = self.world.reports
        return None if reports.get(gate, reports.get("*", "good")) == "good" else "gate"

    def ends(self, kind):
        """A command fails where a scenario says so."""
        return kind if self.at in self.world.fails else None

    def build(self, **_):
        """A build."""
        return self.ends("build")

    def deploy(self, environment, **_):
        """A deployment, while it may start."""
        now = self.later.get(environment, self.world.now)
        return self.ends("deploy") if is_open(self.plan["environments"][environment], now) else "window"

    def smoke(self, **_):
        """A look at what was deployed."""
        return self.ends("smoke")

    def rollback(self, **_):
        """The way back."""
        return self.ends("rollback")

    def passes(self, **_):
        """What no scenario makes fail."""

    test = provision = validate = flag = passes

    def told(self, kind, about):
        """What the command of a step is told, where it has one."""
        if kind == "provision":
            return f"{about['dataset']} {about['environment']}"
        if kind == "flag":
            return about["flag"]
        if kind not in ("build", "test", "deploy", "smoke"):
            return None
        version, digest = self.versions[about["service"]], self.digest(about["service"])
        return {"test": digest, "deploy": f"{version}@{digest}"}.get(kind, version)

    def digest(self, service):
        """What the stand-in for a build makes of a service."""
        output = self.plan["artifacts"][service]["build"]["output"]
        if "archive" in output:
            return digest_of_archive(output["archive"], f"{service} {self.versions[service]}\n")
        return super().digest(service)


class Whole(Emitted):
    """An example, with what was emitted for it."""

    variables = {"AWS_REGION": "eu-west-1"}

    def __init__(self, folder, target, example, address):
        self.example, self.address = example, address
        self.name, self.release = f"acme/{example}", KNOWN[example].release
        super().__init__(folder, target)

    def place(self):
        """Copies the example, and puts what a machine of ours has in the place of what it names."""
        shutil.copytree(EXAMPLES / self.example, self.repository)
        shutil.copytree(EXAMPLES / "shared", self.repository / "shared")
        for parts in ("bin", "programs"):
            shutil.copytree(PARTS / parts, self.repository / parts)
        shutil.copytree(PARTS / self.example, self.repository, dirs_exist_ok=True)
        manifest = self.repository / "clearway.toml"
        text = manifest.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^image *=.*$", 'path = "bin/clearway"', text)
        text = re.sub(r"(?m)^ledger *=.*$", f'ledger = {{ url = "{self.ledger}", signed-by = "{KEYS}" }}', text)
        # A folder holds records together where the machines are one's own and share a disk.
        text = text.replace("[targets.github]\n", '[targets.github]\nrunner = "release-machine"\n')
        if "[targets.gitlab]" not in text:
            text += '\n[targets.gitlab]\ntier = "ultimate"\ntags = "release"\n'
        manifest.write_text(text, encoding="utf-8")
        # A job has what is in its repository alone.
        for path in filter(Path.is_file, (manifest, self.repository / "clearway.lock")):
            path.write_text(path.read_text(encoding="utf-8").replace('"../shared/', '"shared/'), encoding="utf-8")
        for spec in self.repository.rglob("*.cw"):
            text = spec.read_text(encoding="utf-8")
            spec.write_text(re.sub(r"https://prometheus\.[a-z.]+", self.address, text), encoding="utf-8")

    def tag(self):
        """Gives the commit the tag that the release asks for, where it asks for one."""
        release = next(one for one in self.plan["releases"] if one["name"] == self.release)
        if release.get("tag"):
            for version in sorted({one["version"] for one in release["ships"]}):
                self.git("tag", release["tag"].replace("{}", version))

    def git(self, *arguments):
        """Calls git in the repository."""
        code, _, err = run_tool(["git", *arguments], cwd=self.repository)
        if code:
            raise Broken(f"git {arguments[0]} failed: {err}")

    def surroundings(self, world, markers):
        """What the commands find in their environment."""
        worse = {"bad": KNOWN[self.example].gate, "missing": "missing"}
        found = [worse[one] for one in world.reports.values()]
        later = " ".join(f"{environment}={now}" for environment, now in KNOWN[self.example].later.items())
        return {**super().surroundings(world, markers), "EVIDENCE": found[0] if found else "good", "SCENARIO_LATER": later}


def try_one(target, example, scenario, damage=None, keep=None):
    """Executes a scenario of an example; what is not as the plan says."""
    with tempfile.TemporaryDirectory(prefix="clearway-example-") as temporary, prometheus() as address:
        folder = Path(keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        emitted = Whole(folder, target, example, address)
        if damage:
            damage(emitted.repository)
        emitted.tag()
        run = Planned(emitted.plan, KNOWN[example], worlds(KNOWN[example], target)[scenario]).steps()
        executed = ENGINES[target].Executed(emitted, run)
        return try_run(executed) + emitted_ledger.check(emitted, [executed])


def try_all(names=(), workers=None, keep=None):
    """Every scenario of every example, or of those that are named, on each product, and every damage where none is: what it was, how long it took,
    and what is wrong."""
    given = [((target, name, scenario), None) for name in names or KNOWN for target in ENGINES for scenario in worlds(KNOWN[name], target)]
    count = len(given)
    if not names:
        given += [((target, name, scenario), damaging(*what)) for target, all_ in DAMAGES.items() for name, scenario, *what in all_.values()]

    def one(of):
        what, damage = of
        started = time.monotonic()
        kept = Path(keep) / "-".join(what).replace(" ", "-") if keep and not damage else None
        wrong = try_one(*what, damage, kept)
        return what, round(time.monotonic() - started, 1), wrong

    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        found = list(pool.map(one, given))
    told = [(target, name) for target, all_ in DAMAGES.items() for name in all_]
    return found[:count], [(what, wrong) for what, (_, _, wrong) in zip(told, found[count:])]
