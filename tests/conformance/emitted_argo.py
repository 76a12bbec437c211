"""Executes what `clearway build` emits for Argo for the project beside, with the built binary, by a stand-in for the controller.

The stand-in knows of Argo what `crates/verify/src/argo` states: when a task starts, and how a graph ends. Each container is a process of this machine in
a mount namespace of its own: what its volumes would be lies where the pod would have it, and nothing of one job is seen by another but
what the workflow hands on. Files are read as emitted; only the address of the repository and the ledger are of this machine. So the scripts, the
texts, what is handed on, and every decision of `clearway` are executed; Kubernetes, the images, and the resuming of waits are not.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

from argo_scenarios import SCENARIOS, Prepared
from tools import Broken

NAMESPACE = "releases"

# What a pod has at its start: its files, its tools, and what it takes; then its own command; then what it kept is put where the next ones find it.
POD = """set -euo pipefail
mkdir -p /scratch /clearway /taken
mount -t tmpfs tmpfs /scratch; mount -t tmpfs tmpfs /clearway; mount -t tmpfs tmpfs /taken
mkdir /clearway/jobs
cp "${POD}"/jobs/* /clearway/jobs/
if [[ -n "$(ls -A "${POD}/taken")" ]]; then cp "${POD}"/taken/* /taken/; fi
mapfile -d '' -t told < "${POD}/env"
code=0
env --ignore-environment "${told[@]}" "$@" || code=$?
if [[ -d /scratch/kept ]]; then cp -r /scratch/kept "${POD}/"; fi
exit "${code}"
"""

# In the place of the binary: at the time of the scenario, and with what the cluster would answer.
BINARY = """#!/usr/bin/env bash
more=()
case "$1 $2" in
  "preflight "*) more=(--live "${SCENARIO_LIVE}") ;;
  "approval verify") more=(--approvals "${SCENARIO_APPROVALS}") ;;
esac
exec "${CLEARWAY_BINARY}" "$@" "${more[@]}" --now "${SCENARIO_NOW}"
"""


class Execution:
    """One run of a workflow."""

    def __init__(self, scenario, folder):
        self.scenario, self.folder = scenario, folder
        self.project = Prepared(scenario, folder, NAMESPACE, BINARY)
        self.objects = self.project.objects
        spec = self.objects[("WorkflowTemplate", scenario.way)]["spec"]
        self.templates = {template["name"]: template for template in spec["templates"]}
        self.volumes = {volume["name"]: volume for volume in spec["volumes"]}
        self.uid = str(uuid.uuid5(uuid.NAMESPACE_URL, scenario.name))
        self.parameters = {"commit": self.project.commit, "started-by": scenario.started_by, "incident": "INC-1", "requested-by": "ana", "change": "CHG-7",
                           "ship": ""}
        self.approvals, self.phases, self.said = [], {}, {}
        self.live()

    def live(self):
        """What the cluster answers about its policies: what was emitted, unless somebody changed it."""
        answers = {}
        for (kind, name), one in self.objects.items():
            if kind.startswith("ValidatingAdmissionPolicy"):
                plural = "validatingadmissionpolicies" if kind == "ValidatingAdmissionPolicy" else "validatingadmissionpolicybindings"
                answers[f"/apis/admissionregistration.k8s.io/v1/{plural}/{name}"] = one
        if self.scenario.broken_policy:
            next(iter(answers.values()))["spec"].pop("validations", None)
            answers = json.loads(json.dumps(answers))
            for answer in answers.values():
                answer["spec"]["validations"] = []
        (self.folder / "live.json").write_text(json.dumps(answers), encoding="utf-8")

    def fill(self, text, inputs):
        """Puts in the place of an expression what Argo would."""
        def value(match):
            parts = match.group(1).split(".")
            known = {"uid": self.uid, "name": "run-1"}
            if parts[0] == "workflow":
                return known[parts[1]] if len(parts) == 2 else self.parameters[parts[2]]
            if parts[0] == "tasks":
                return self.said[parts[1]][parts[4]]
            return inputs[parts[2]]

        return re.sub(r"\{\{([a-z0-9.-]+)\}\}", value, text)

    def graph(self, template, inputs):
        """Runs a graph; gives how it ends."""
        tasks, here = template["dag"]["tasks"], {}
        while True:
            moved = False
            for task in tasks:
                if task["name"] in here:
                    continue
                depends = task.get("depends", "")
                needs = re.findall(r"([a-z0-9-]+)\.[A-Z][a-z]+", depends)
                if any(need not in here for need in needs):
                    continue
                here[task["name"]] = self.task(task, depends, here, inputs)
                moved = True
            if not moved:
                break
        self.phases.update(here)
        named = {need for task in tasks for need in re.findall(r"([a-z0-9-]+)\.[A-Z]", task.get("depends", ""))}

        def branch(name):
            if here[name] in ("Succeeded", "Failed"):
                return {here[name]}
            needs = re.findall(r"([a-z0-9-]+)\.[A-Z]", next(task for task in tasks if task["name"] == name).get("depends", ""))
            return set().union(*(branch(need) for need in needs)) if needs else {"Succeeded"}

        leaves = [task["name"] for task in tasks if task["name"] not in named]
        return "Failed" if any("Failed" in branch(leaf) for leaf in leaves) else "Succeeded"

    def task(self, task, depends, here, inputs):
        """Runs a task where its condition holds."""
        condition = re.sub(r"([a-z0-9-]+)\.([A-Z][a-z]+)", lambda one: str(here[one.group(1)] == one.group(2)), depends)
        if condition and not eval(condition.replace("&&", " and ").replace("||", " or ")):  # the names are gone: only True and False are left
            return "Omitted"
        if "when" in task:
            left, right = self.fill(task["when"], inputs).split(" == ")
            if left != right:
                return "Skipped"
        given = {one["name"]: self.fill(one["value"], inputs) for one in task.get("arguments", {}).get("parameters", [])}
        for one in task.get("arguments", {}).get("artifacts", []):
            source = one["from"].strip("{}").split(".")
            given[f"file {one['name']}"] = inputs[f"file {source[2]}"] if source[0] == "inputs" else self.folder / "pods" / source[1] / "kept" / "kept.tar"
        template = self.templates[task["template"]]
        if "dag" in template:
            return self.graph(template, given)
        if "suspend" in template:
            self.answers(task["name"])
            return "Succeeded"
        return self.pod(template, given)

    def answers(self, wait):
        """People say what they think, of the content that the run has."""
        step = wait.replace("ask-", "approval-", 1)
        group = next((group for group in self.scenario.agree if step.endswith(group)), None)
        known = self.said.get("wave-made", self.said.get("preflight", {})).get("kept", "")
        for person in self.scenario.agree.get(group, []):
            decision = "rejected" if person.startswith("-") else "approved"
            content = "0" * 64 if self.scenario.other_content else known
            self.approvals.append({"data": {"step": step, "known": content, "person": person.lstrip("-"), "decision": decision}})

    def pod(self, template, given):
        """Runs a container; gives how it ends."""
        pod = self.folder / "pods" / template["name"]
        for part in ("jobs", "taken"):
            (pod / part).mkdir(parents=True)
        for name, text in self.objects[("ConfigMap", self.volumes["jobs"]["configMap"]["name"])]["data"].items():
            if name.endswith(".sh"):
                (pod / "jobs" / name).write_text(text, encoding="utf-8")
        for one in template.get("inputs", {}).get("artifacts", []):
            shutil.copy(given[f"file {one['name']}"], pod / "taken" / f"{one['name']}.tar")
        environment = dict(self.objects[("ConfigMap", template["container"]["envFrom"][0]["configMapRef"]["name"])]["data"])
        for one in template["container"]["env"]:
            if "value" in one:
                environment[one["name"]] = self.fill(one["value"], given)
            else:
                source = one["valueFrom"]["configMapKeyRef"]
                environment[one["name"]] = self.objects[("ConfigMap", source["name"])]["data"][source["key"]]
        approvals = self.folder / "approvals.json"
        approvals.write_text(json.dumps({"items": self.approvals}), encoding="utf-8")
        environment |= self.project.environment(self.scenario) | {
            "PATH": os.environ["PATH"], "SCENARIO_LIVE": str(self.folder / "live.json"), "SCENARIO_APPROVALS": str(approvals),
        }
        quoted = [f"{name}={value}" for name, value in environment.items()]
        command = ["unshare", "--mount", "bash", "-c", POD, "pod", *template["container"]["command"]]
        (pod / "env").write_text("".join(f"{one}\0" for one in quoted), encoding="utf-8")
        done = subprocess.run(command, env={"PATH": os.environ["PATH"], "POD": str(pod)}, capture_output=True, text=True, timeout=120, check=False)
        (pod / "log").write_text(done.stdout + done.stderr, encoding="utf-8")
        for one in template.get("outputs", {}).get("parameters", []):
            path = pod / one["valueFrom"]["path"].removeprefix("/scratch/")
            if path.exists():
                self.said.setdefault(template["name"], {})[one["name"]] = path.read_text(encoding="utf-8")
            elif done.returncode == 0:
                return "Failed"
        return "Succeeded" if done.returncode == 0 else "Failed"

    def wrong(self):
        """Runs the workflow; gives what is not as the scenario says."""
        phase = self.graph(self.templates["main"], {})
        wrong = [] if phase == self.scenario.expects else [f"ends {phase} and not {self.scenario.expects}"]
        markers = {path.name for path in (self.folder / "markers").iterdir()}
        wrong += [f"{mark} did not happen" for mark in self.scenario.marks if mark not in markers]
        wrong += [f"{mark} happened" for mark in self.scenario.not_marks if mark in markers]
        failed = [name for name, phase in self.phases.items() if phase == "Failed" and not name.startswith(("stage-", "failed-"))]
        if self.scenario.stopped_by and self.scenario.stopped_by not in failed:
            wrong.append(f"{self.scenario.stopped_by} did not fail, but {', '.join(failed) or 'nothing'}")
        if not self.scenario.stopped_by and failed:
            wrong.append(f"{', '.join(failed)} failed")
        logs = [f"--- {name}\n{(self.folder / 'pods' / name / 'log').read_text(encoding='utf-8')[-1500:]}" for name in failed]
        return [*wrong, *logs] if wrong else []


def execute(names):
    """Executes scenarios, all without names: how many there were, and what is wrong with each."""
    chosen = [one for one in SCENARIOS if not names or one.name in names]
    if not chosen:
        raise Broken("there is no such scenario")
    found = []
    for scenario in chosen:
        with tempfile.TemporaryDirectory(prefix="clearway-argo-") as temporary:
            found += [f"{scenario.name}: {wrong}" for wrong in Execution(scenario, Path(temporary)).wrong()]
    return len(chosen), found
