"""Executes with act what `clearway build` emits for the example online-boutique itself: once on good evidence, once on bad.

All of the example is as it stands, but for what no machine has: its ledger is a folder, its Prometheus one of ours, the binary the one that was
built, and its records are signed with a key of the run. `make`, `kubectl`, `gh` and `curl` are programs of ours that build and deploy nothing.
"""

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import act_run
import act_workflow
import emitted_answers
import emitted_github
import emitted_ledger
from emitted_act import WORKFLOWS, left
from emitted_run import KEYS, Emitted
from tools import HERE, Broken, built

EXAMPLE = HERE.parents[1] / "examples" / "online-boutique"
PARTS = HERE / "boutique"
REPOSITORY = "acme/online-boutique"
RELEASE = "shop"

# What is executed of it, by the words of the table of scenarios.
SCENARIOS = ("all passes", "a gate fails")

# Who agrees, by chain and step: one of each team that owns something, and three of the board; none of them wrote it, asks for it or deploys it.
AGREE = {("standard", "peer-review"): ("chloe", "dimitri", "grace"), ("standard", "board"): ("jonas", "kira", "leo")}


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


class Boutique(Emitted):
    """The example, with the workflows that were emitted for it."""

    def __init__(self, folder, address):
        self.address = address
        super().__init__(folder, "github")

    def place(self):
        """Copies the example, and puts what a machine of ours has in the place of what it names."""
        shutil.copytree(EXAMPLE, self.repository)
        shutil.copytree(PARTS, self.repository, dirs_exist_ok=True)
        manifest = self.repository / "clearway.toml"
        text = manifest.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^image *=.*$", 'path = "bin/clearway"', text)
        text = re.sub(r"(?m)^ledger *=.*$", f'ledger = {{ url = "{self.ledger}", signed-by = "{KEYS}" }}', text)
        # A folder holds records together where the machines are one's own and share a disk.
        text = text.replace("[targets.github]\n", '[targets.github]\nrunner = "release-machine"\n')
        manifest.write_text(text, encoding="utf-8")
        spec = self.repository / "environments.cw"
        text = re.sub(r"https://prometheus\.[a-z.]+", self.address, spec.read_text(encoding="utf-8"))
        spec.write_text(text, encoding="utf-8")

    def asking(self):
        """The environments by which the people of each step are asked, as the workflows have them."""
        found = {}
        for path in sorted((self.repository / WORKFLOWS).glob(f"{RELEASE}*.yml")):
            for job in act_workflow.jobs_of(act_workflow.load(path)).values():
                for env in (step.get("env", {}) for step in job.get("steps", [])):
                    if "SEATS" in env:
                        found.setdefault((env["CHAIN"], env["STEP"]), set()).update(env["SEATS"].split(","))
        return found

    def answers(self, run):
        """What GitHub says."""
        given = emitted_answers.settings(self.expectations, repository=REPOSITORY)
        agreed = [
            (seat, login)
            for (chain, step), seats in self.asking().items()
            for seat in sorted(seats)
            for login in AGREE.get((chain, step), ())
        ]
        given[f"/repos/{REPOSITORY}/actions/runs/{run}/approvals"] = emitted_github.approvals(agreed)
        for name in ("commits", "compare"):
            given[f"/repos/{REPOSITORY}/{name}"] = emitted_github.commits(("ines",))
        return given

    def execute(self, run, tests):
        """One run; gives what became of every job."""
        folder = self.folder / str(run)
        folder.mkdir()
        with emitted_github.serving(self.answers(run)) as api:
            result = act_run.run(
                {
                    "name": "run",
                    "workflow": f"{WORKFLOWS}/{RELEASE}.yml",
                    "inputs": {"change": "CHG-1", "requested-by": "ana"},
                    "repository": str(self.repository),
                    "path": [str(self.repository / "programs")],
                    "scratch": str(folder / "run"),
                    "timeout": 900,
                    "github": {
                        "repository": REPOSITORY,
                        "actor": "farid",
                        "run_id": str(run),
                        "api_url": api,
                    },
                    "environment_secrets": {"CLEARWAY_LEDGER_KEY": self.key},
                    "vars": {"CLEARWAY_DEPLOY_REGION": "eu-central-1"},
                    "env": {"TESTS": tests, "CLEARWAY_BINARY": str(built())},
                }
            )
        if "refused" in result:
            raise Broken(f"online-boutique was not executed: {result['refused']}")
        jobs = dict(result["jobs"])
        for one in [job["jobs"] for job in jobs.values() if "jobs" in job]:
            jobs.update(one)
        return jobs


def digest_of(service):
    """What `make` writes down."""
    return "sha256:" + hashlib.sha256(service.encode()).hexdigest()


def judged(boutique, run, jobs, must_pass):
    """What is not as the plan says of a run on good evidence, or on bad."""
    release = next(one for one in boutique.plan["releases"] if one["name"] == RELEASE)
    way = next(path for path in release["paths"] if path["kind"] == "release")
    wrong, kinds = [], {}
    for step in way["steps"]:
        kind, about = emitted_ledger.kind_of(step["does"])
        kinds[step["id"]] = kind
        result = jobs.get(step["id"], {}).get("result", "skipped")
        if kind == "rollback" or step.get("after-failure-of") or "rollback" in step["id"]:
            must = "skipped"
        elif must_pass or kind in ("preflight", "build", "test", "provision"):
            must = "success"
        elif kind == "gate" and about["environment"] == "staging":
            must = "failure" if about["gate"] == "tests" else "success"
        elif kind == "outcome":
            must = "failure"
        else:
            must = "skipped"
        if result != must:
            failed = [one["name"] for one in jobs.get(step["id"], {}).get("steps", []) if one["outcome"] == "failure"]
            wrong.append(f"run {run}: {step['id']} must be {must}, and is {result} {failed}")
    code, out, err = boutique.asks("ledger", "log", "--ledger", boutique.ledger, "--format", "json")
    if code:
        return [*wrong, f"the ledger cannot be read: {err}"]
    acts = emitted_ledger.acts_of(json.loads(out))
    one = SimpleNamespace(number=run, release=release, world=SimpleNamespace(way="release"))
    wrong += emitted_ledger.chain(boutique.plan, one, acts)
    moved = {
        (act.about["environment"], act.about["service"], act.digests.get(act.about["service"]))
        for act in acts
        if act.run == str(run) and act.kind == "deploy" and act.result == "success"
    }
    all_of_it = {
        (stage["environment"], one["service"], digest_of(one["service"]))
        for stage in release["stages"]
        for one in release["ships"]
    }
    if moved != (all_of_it if must_pass else set()):
        wrong.append(f"run {run} deployed {len(moved)} of {len(all_of_it)}: {sorted(all_of_it ^ moved)[:3]}")
    return wrong


def check(keep=None):
    """What is not as it must be, in words: bad evidence stops a run before anything is deployed, good evidence takes it all the way."""
    with tempfile.TemporaryDirectory(prefix="clearway-boutique-") as temporary, prometheus() as address:
        boutique = Boutique(Path(keep or temporary).resolve(), address)
        wrong = []
        for run, (tests, must_pass) in enumerate((("bad", False), ("good", True)), 1):
            wrong += judged(boutique, run, boutique.execute(run, tests), must_pass)
        code, out, err = boutique.asks("ledger", "verify", "--ledger", boutique.ledger, "--trust", KEYS)
        if code:
            wrong.append(f"the ledger does not hold: {out}{err}")
        code, out, err = boutique.asks("ledger", "log", "--ledger", boutique.ledger, "--format", "json")
        runs = {str(run): left(boutique.folder / str(run)) for run in (1, 2)}
        return wrong + emitted_ledger.replays(boutique, runs, json.loads(out))
