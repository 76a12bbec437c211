"""Scenarios over the sound workflow: what a job is assumed to come to is what the other jobs see."""

import json
import tempfile
import unittest
from pathlib import Path

import act_run
from tools import HERE, Broken

RELEASE = {
    "repository": str(HERE / "sound"),
    "workflow": ".github/workflows/release.yml",
    "inputs": {"version": "1.2.3"},
}
ALL = ("build", "gate-e2e", "approval-production", "deploy-production", "rollback-production", "outcome")

# By name: what the scenario adds, the result of each job in the order above (by first letters), and what was shipped.
SCENARIOS = {
    "all goes well": ({}, "s s s s - s", "build gate deploy accept clean-up"),
    "the gate fails": ({"env": {"FAIL": "gate"}}, "s f - - - f", "build gate"),
    "the deployment fails": ({"env": {"FAIL": "deploy"}}, "s s s f s f", "build gate deploy clean-up rollback"),
    "a dry run": ({"inputs": {"version": "1.2.3", "dry-run": True}}, "s s s - - f", "build gate"),
    "a second attempt": ({"github": {"run_attempt": "2"}}, "s - - - - f", "build"),
    "the approval is rejected": ({"jobs": {"approval-production": {"result": "failure"}}}, "s s f - - f", "build gate"),
    "the gate is skipped": ({"jobs": {"gate-e2e": {"result": "skipped"}}}, "s - - - - f", "build"),
    "the deployment times out before it began": (
        {"jobs": {"deploy-production": {"result": "cancelled", "runner": "lost"}}},
        "s s s c s f",
        "build gate rollback",
    ),
    "the deployment times out when it was made": (
        {"jobs": {"deploy-production": {"result": "cancelled", "after": "deploy"}}},
        "s s s c s f",
        "build gate deploy clean-up rollback",
    ),
    "the runner is lost when it was made": (
        {"jobs": {"deploy-production": {"result": "cancelled", "after": "deploy", "runner": "lost"}}},
        "s s s c s f",
        "build gate deploy rollback",
    ),
    "the run is cancelled during the gate": (
        {"jobs": {"gate-e2e": {"result": "cancelled", "after": "decide", "run": "cancelled"}}},
        "s c - - - f",
        "build gate",
    ),
    "the run is cancelled during the deployment": (
        {"jobs": {"deploy-production": {"result": "cancelled", "after": 2, "run": "cancelled"}}},
        "s s s c s f",
        "build gate deploy clean-up rollback",
    ),
    "the build was done in an earlier attempt": (
        {
            "jobs": {"build": {"result": "success", "outputs": {"digest": "sha256:" + 64 * "a"}}},
            "artifacts": str(HERE / "self_test" / "artifacts"),
        },
        "s s s s - s",
        "gate deploy accept clean-up",
    ),
}
LETTERS = {"s": "success", "f": "failure", "-": "skipped", "c": "cancelled"}

# By what the refusal says: what the scenario adds.
REFUSED = {
    "the scenario has no `input`": {"input": {}},
    "no workflow `none.yml`": {"workflow": "none.yml"},
    "the workflow has no input `versoin`": {"inputs": {"versoin": "1"}},
    "the input `version` is required": {"inputs": {}},
    "the input `dry-run` is a boolean, not `yes`": {"inputs": {"version": "1", "dry-run": "yes"}},
    "the workflow is not started by `push`": {"event": "push", "inputs": {}},
    "the workflow has no job `deploy`": {"jobs": {"deploy": {"result": "failure"}}},
    "must be one of success, failure, cancelled, skipped": {"jobs": {"build": {"result": "timed-out"}}},
    "0 steps are called `deplyo`": {"jobs": {"deploy-production": {"result": "failure", "after": "deplyo"}}},
    "only a job that ends in failure or cancelled ends at a point": {
        "jobs": {"build": {"result": "skipped", "after": 1}},
    },
    "was to be cancelled, but failed by itself": {
        "env": {"FAIL": "deploy"},
        "jobs": {"deploy-production": {"result": "cancelled", "after": "accept"}},
    },
    "was to be cancelled during `deploy-production`, which did not run": {
        "env": {"FAIL": "gate"},
        "jobs": {"deploy-production": {"result": "cancelled", "run": "cancelled"}},
    },
    "is not a folder": {"artifacts": "none"},
    "has not the form it should have": {"jobs": ["build"]},
}


def expected(letters):
    """The results that a row of letters stands for."""
    return {name: LETTERS[letter] for name, letter in zip(ALL, letters.split())}


class Scenarios(unittest.TestCase):
    """All are executed once, beside each other; each is a test of its own."""

    results, shipped = {}, {}

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as scratch:
            scenarios, ledgers = [], {}
            for number, (name, (adds, _, _)) in enumerate(SCENARIOS.items()):
                ledgers[name] = Path(scratch) / str(number)
                variables = {"LEDGER": str(ledgers[name]), **adds.get("env", {})}
                scenarios.append({**RELEASE, "name": name, **adds, "env": variables})
            for name, adds in REFUSED.items():
                variables = {"LEDGER": str(Path(scratch) / "refused"), **adds.get("env", {})}
                scenarios.append({**RELEASE, "name": name, **adds, "env": variables})
            cls.results = {result["name"]: result for result in act_run.run_all(scenarios)}
            cls.shipped = {
                name: " ".join(line.split()[0] for line in path.read_text(encoding="utf-8").splitlines())
                for name, path in ledgers.items()
                if path.exists()
            }

    def test_a_cancelled_result_is_seen_as_such(self):
        result = self.results["the deployment times out when it was made"]
        needs = next(step["log"] for step in result["jobs"]["outcome"]["steps"])
        self.assertIn('"deploy-production":{"result":"cancelled"', needs)

    def test_artifacts_calls_and_outputs_are_told(self):
        result = self.results["all goes well"]
        self.assertEqual(result["artifacts"], {"evidence-build": ["digest"]})
        actions = [call["action"] for call in result["calls"]]
        self.assertEqual(actions.count("actions/attest"), 1)
        self.assertEqual(actions.count("aws-actions/configure-aws-credentials"), 1)
        built = result["jobs"]["build"]["jobs"]["build"]["steps"][1]
        self.assertTrue(built["outputs"]["digest"].startswith("sha256:"))

    def test_the_same_scenario_gives_the_same_result(self):
        with tempfile.TemporaryDirectory() as scratch:
            scenario = {**RELEASE, "env": {"LEDGER": str(Path(scratch) / "ledger")}}
            first, second = (act_run.run(scenario) for _ in range(2))
        for result in (first, second):
            del result["seconds"]
        self.assertEqual(json.dumps(first), json.dumps(second))

    def test_an_assumption_that_was_not_reached_is_told(self):
        with tempfile.TemporaryDirectory() as scratch:
            variables = {"LEDGER": str(Path(scratch) / "ledger"), "FAIL": "gate"}
            jobs = {"deploy-production": {"result": "failure", "after": "deploy"}}
            result = act_run.run({**RELEASE, "env": variables, "jobs": jobs})
        self.assertEqual(result["unreached"], ["deploy-production"])
        self.assertEqual(result["jobs"]["deploy-production"]["result"], "skipped")

    def test_a_run_that_does_not_end_is_ended(self):
        with tempfile.TemporaryDirectory() as scratch:
            workflows = Path(scratch) / ".github" / "workflows"
            workflows.mkdir(parents=True)
            text = "on: push\njobs: {a: {runs-on: x, steps: [{run: sleep 60}]}}\n"
            (workflows / "a.yml").write_text(text, encoding="utf-8")
            scenario = {"repository": scratch, "workflow": ".github/workflows/a.yml", "event": "push", "timeout": 1}
            result = act_run.run(scenario)
        self.assertFalse(result["result"] == "success" and result["finished"], result)
        self.assertIn("act did not end within 1 s", result["errors"])
        self.assertLess(result["seconds"], 20)

    def test_an_action_without_a_stub_is_refused(self):
        with tempfile.TemporaryDirectory() as scratch:
            workflows = Path(scratch) / ".github" / "workflows"
            workflows.mkdir(parents=True)
            text = "on: push\njobs: {a: {runs-on: x, steps: [{uses: acme/thing@v1}]}}\n"
            (workflows / "a.yml").write_text(text, encoding="utf-8")
            scenario = {"repository": scratch, "workflow": ".github/workflows/a.yml", "event": "push"}
            self.assertIn("no stub for `acme/thing`", act_run.run(scenario)["refused"])

    def test_no_scenario_at_all_does_not_pass(self):
        with self.assertRaises(Broken):
            act_run.run_all([])


def add_scenario(name, letters, shipped):
    """Makes a scenario a test."""

    def test(self):
        result = self.results[name]
        self.assertNotIn("refused", result)
        self.assertEqual({one: job["result"] for one, job in result["jobs"].items()}, expected(letters), result)
        self.assertEqual(self.shipped[name], shipped)
        self.assertEqual((result["finished"], result["errors"], result["unreached"]), (True, [], []))
        wanted = "failure" if {"f", "c"} & set(letters.split()) else "success"
        self.assertEqual(result["result"], wanted)

    setattr(Scenarios, f"test_{name.replace(' ', '_')}", test)


def add_refusal(number, says):
    """Makes a scenario that must be refused a test."""

    def test(self):
        self.assertIn(says, self.results[says].get("refused", ""))

    setattr(Scenarios, f"test_refused_{number}", test)


for title, (_, row, works) in SCENARIOS.items():
    add_scenario(title, row, works)
for index, saying in enumerate(REFUSED):
    add_refusal(index, saying)
