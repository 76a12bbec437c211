"""Executes what `clearway build` emits for the project beside, with the built binary, and compares it with the plan.

What is the same for every product: the project of a scenario, its runs one after the other, and what is compared. `emitted_act.py` and
`emitted_local.py` execute a run.
"""

import json
import os
import re
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import act_run
import emitted_github
import emitted_ledger
from emitted_expected import Live, Run, digest_of
from tools import HERE, Broken, built
from tools import run as run_tool

PROJECT = HERE / "project"
RELEASE = "parcels"

# The public key of those who sign records, in the repository.
KEYS = "keys.pem"


def key_pair():
    """A new key that signs records, and its public half, both in PEM."""
    pem = "{privateKeyEncoding: {type: 'pkcs8', format: 'pem'}, publicKeyEncoding: {type: 'spki', format: 'pem'}}"
    script = f"console.log(JSON.stringify(require('crypto').generateKeyPairSync('ed25519', {pem})))"
    code, out, err = run_tool(["node", "--eval", script])
    if code:
        raise Broken(f"no key could be made: {err}")
    made = json.loads(out)
    return made["privateKey"], made["publicKey"]


# Hardly less than a variable of the environment may have. Each of its marks takes more room in YAML, whichever way it is quoted.
PADDING = "'\\\"" * 60_000


class Emitted:
    """The project of one scenario, with what was emitted for it."""

    # The repository, and the release of it that is executed.
    name, release = emitted_github.REPOSITORY, RELEASE
    # What the project says to every job.
    variables = {}

    def __init__(self, folder, target, parts=False):
        self.folder = folder
        self.repository = folder / "repository"
        self.ledger = f"file://{folder}/ledger"
        self.key, public = key_pair()
        self.place()
        if parts:
            self.pad()
        (self.repository / KEYS).write_text(public, encoding="utf-8")
        self.clearway("build", ".", "--target", target, "--out", ".")
        # One commit for all that the scenario executes, as a run has.
        act_run.commit(self.repository, folder, "main")
        self.plan = self.read(".clearway/plan.json")
        self.expectations = self.read(f".clearway/settings/{target}/expectations.json")["expectations"]

    def place(self):
        """Copies the project, and puts the ledger of the scenario in the place of its own."""
        shutil.copytree(PROJECT, self.repository)
        manifest = self.repository / "clearway.toml"
        text = manifest.read_text(encoding="utf-8")
        if '"file:///ledger"' not in text:
            raise Broken(f"{manifest} has not the ledger that a scenario puts its own in the place of")
        ours = f'{{ url = "{self.ledger}", signed-by = "{KEYS}" }}'
        manifest.write_text(text.replace('"file:///ledger"', ours), encoding="utf-8")

    def pad(self):
        """Makes every command so long that a workflow has no room for all of them: behind each stands a comment of the shell."""
        spec = self.repository / "parcels.cw"
        text = spec.read_text(encoding="utf-8")
        padded = re.sub(r'"(ci/[^"]*)"', lambda found: f'"{found[1]} # {PADDING}"', text)
        spec.write_text(padded, encoding="utf-8")

    def read(self, path):
        """A file of JSON that was emitted."""
        return json.loads((self.repository / path).read_text(encoding="utf-8"))

    def asks(self, *arguments):
        """Calls the binary as a person would, outside of any pipeline: exit code, output and errors."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "CLEARWAY_LEDGER_KEY": self.key}
        return run_tool([str(built()), *arguments], cwd=self.repository, environment=environment)

    def clearway(self, *arguments):
        """The same, where it must succeed."""
        code, out, err = self.asks(*arguments)
        if code:
            raise Broken(f"`clearway {' '.join(arguments)}` ended with exit code {code}:\n{out}{err}")

    def surroundings(self, world, markers):
        """What the commands of the project find in their environment."""
        return {
            "MARKERS": str(markers),
            "FAILS": " ".join(world.fails),
            "TESTS": world.reports.get("tests", "good"),
            "COVERAGE": world.reports.get("coverage", "good"),
            "CLEARWAY_BINARY": str(built()),
            "SCENARIO_NOW": world.now,
        }

    def somebody_else(self, now):
        """Another release deploys, in a run of its own."""
        way = ["--ledger", self.ledger, "--run", "900", "--release", "repair", "--now", now]
        self.clearway("record", "adopt", "production", *way)
        step = ["--step", "deploy-production-dispatch", "--subject", f"dispatch=2.9.1@{digest_of('dispatch', '2.9.1')}"]
        self.clearway("record", "begin", *way, *step)
        self.clearway("record", "end", *way, *step[:2], "--result", "success")


def differences(expected, found, what):
    """What is not as it must be, in words."""
    return [
        f"{what} {key}: must be {expected.get(key, 'absent')!r}, is {found.get(key, 'absent')!r}"
        for key in sorted({*expected, *found})
        if expected.get(key) != found.get(key)
    ]


def try_run(executed):
    """Executes a run; what is not as the plan says."""
    run = executed.run
    results = executed.results()
    found = {path.name: path.read_text(encoding="utf-8").strip() for path in executed.markers.iterdir()}
    return [
        *executed.wrong,
        *differences(run.markers, found, "marker"),
        # A job in a stage that was never called has no result of its own.
        *differences(run.results, {step: results.get(step, "skipped") for step in run.results}, "step"),
        *executed.other_stops(),
    ]


def try_one(name, product, worlds, damage=None, keep=None):
    """Executes a scenario, one run after the other; returns its name, how long it took, what ran, and what is not as the plan says."""
    started, commands, wrong = time.monotonic(), 0, []
    with tempfile.TemporaryDirectory(prefix="clearway-emitted-") as temporary:
        folder = Path(keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        emitted = Emitted(folder, product.TARGET, worlds[0].parts)
        if damage:
            damage(emitted.repository)
        live, tried = Live(emitted.plan, RELEASE), []
        for number, world in enumerate(worlds, 1):
            executed = product.Executed(emitted, Run(emitted.plan, RELEASE, world, live, number).steps())
            tried.append(executed)
            wrong += [f"run {number}: {one}" for one in try_run(executed)]
            commands += len(executed.run.markers)
        wrong += emitted_ledger.check(emitted, tried)
    return name, round(time.monotonic() - started, 1), commands, wrong


def try_all(product, scenarios, workers=None, keep=None):
    """Executes scenarios beside each other, in the same order: for each name its runs, and what is damaged before them."""

    def one(given):
        name, (worlds, damage) = given
        return try_one(name, product, worlds, damage, keep and str(Path(keep) / name.replace(" ", "-")))

    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        return list(pool.map(one, scenarios.items()))
