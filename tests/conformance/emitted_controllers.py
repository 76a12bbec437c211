"""Executes what `clearway build` emits for Argo for the project beside, by the real controller of Argo Workflows against a real cluster.

The objects are applied as they are emitted, each scenario in a namespace of its own. People are users of the cluster: they start runs, agree with the
emitted `approve.sh`, and resume, each with the rights that the emitted roles give; what the emitted policies refuse is refused by the API server. The
executor of Argo runs around each job, in a container of the stand-in for the kubelet, and hands files on through a store that speaks S3.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from argo_scenarios import CONTROLLED, NAMES, Prepared
from cluster import ADMINISTRATOR, ROBOT, Refused
from controllers import argo, until
from kubelet import Image
from tools import Broken

IMAGE = "ghcr.io/acme/release-tools@sha256:"
IMAGE_USER = 1000
PARALLEL = 4
SECONDS = 420
# What is emitted, damaged: the scenario that must tell, the file, what is written there, and what is put in its place.
DAMAGES = {
    "a file that its job may not read": ("a gate is inconclusive", "parcels.yaml", "            mode: 292\n", ""),
    "a stage that nobody holds": ("two releases at once", "parcels.yaml", "      synchronization:\n        mutexes:\n          - name: ", "      # "),
    "a policy that only writes down": ("somebody cancels, and tries what else nobody may", "admission.yaml", "    - Deny\n", "    - Audit\n"),
    "people who may change templates": ("somebody cancels, and tries what else nobody may", "access.yaml", "      - cronworkflows\n    verbs:\n",
                                        "      - cronworkflows\n    verbs:\n      - patch\n"),
    "an account that may start nothing": ("a build fails", "access.yaml", "      - workflowtaskresults\n    verbs:\n      - create\n",
                                          "      - workflowtaskresults\n    verbs:\n"),
}
WORKFLOWS = "/apis/argoproj.io/v1alpha1/namespaces/{}/workflows"


def slug(name):
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


class Run:
    """A run of a way in a namespace."""

    def __init__(self, execution, started_by, way):
        self.execution, self.argo, self.namespace = execution, execution.argo, execution.namespace
        self.started_by, self.way, self.answered = started_by, way, set()
        values = {"commit": execution.project.commit, "started-by": started_by, "incident": "INC-1", "requested-by": "ana", "change": "CHG-7", "ship": ""}
        template = execution.project.objects[("WorkflowTemplate", way)]
        asked = [one["name"] for one in template["spec"]["arguments"]["parameters"]]
        self.object = {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"generateName": f"{way}-"},
            "spec": {"workflowTemplateRef": {"name": way},
                     "arguments": {"parameters": [{"name": name, "value": values[name]} for name in asked]}}}
        code, out, err = self.argo.cluster.kubectl(started_by, self.namespace, "create", "--filename", "-", "--output", "json",
                                                   given=json.dumps(self.object))
        if code:
            raise Broken(f"{started_by} cannot start a run: {err}")
        self.name = json.loads(out)["metadata"]["name"]
        self.path = f"{WORKFLOWS.format(self.namespace)}/{self.name}"

    def look(self):
        """What the cluster has of it; whoever is asked by now answers."""
        self.execution.watch()
        one = self.argo.cluster.ask("GET", self.path)
        for node in one.get("status", {}).get("nodes", {}).values():
            if node["type"] == "Suspend" and node["phase"] == "Running" and node["displayName"] not in self.answered:
                self.answered.add(node["displayName"])
                self.execution.asked(self, node["displayName"])
        return one

    def ended(self):
        one = self.look()
        return one if one.get("status", {}).get("phase") in ("Succeeded", "Failed", "Error") else None


class Execution:
    """A scenario in a namespace of its own."""

    def __init__(self, scenario, namespace, argo_, damage=None):
        self.scenario, self.namespace, self.argo, self.wrong = scenario, namespace, argo_, []
        self.folder = folder = argo_.folder / namespace
        folder.mkdir()
        self.project = self.prepared(damage)
        # Git serves nobody what belongs to another.
        for path in (folder, *folder.rglob("*")):
            os.chown(path, IMAGE_USER, IMAGE_USER, follow_symlinks=False)
        self.argo.space(self.namespace)
        for one in self.project.emitted:
            if one["metadata"].get("namespace") not in (None, self.namespace):
                self.argo.space(one["metadata"]["namespace"])
            self.argo.cluster.apply(one)
        if scenario.broken_policy:
            self.weaken()

    def prepared(self, damage):
        """The project, as it is built for this scenario."""
        return Prepared(self.scenario, self.folder, self.namespace, damage=damage)

    def weaken(self):
        """Somebody who may lets the cluster only write down what its policies would refuse."""
        for kind, name in self.project.objects:
            if kind == "ValidatingAdmissionPolicyBinding":
                path = f"/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/{name}"
                self.argo.cluster.ask("PATCH", path, {"spec": {"validationActions": ["Audit"]}}, kind="application/merge-patch+json")

    def image(self):
        """What the image of the jobs has."""
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **self.project.environment(self.scenario)}
        return Image(IMAGE_USER, environment, [(self.folder, str(self.folder), "rw")])

    def watch(self):
        """Looks at what is around a run, again and again while it runs."""

    # People.

    def asked(self, run, wait):
        """People say what they think of a run that waits for them, and the first of them resumes it."""
        step = wait.replace("ask-", "approval-", 1)
        group = next((group for group in self.scenario.agree if step.endswith(group)), None)
        for person in self.scenario.agree.get(group, []):
            if person.startswith("system:"):
                self.refused(f"{person} agrees", "only people approve", lambda: self.says(run, step, ROBOT, "approved"))
            elif self.scenario.other_content:
                self.says(run, step, person, "approved")
            else:
                decision = "rejected" if person.startswith("-") else "approved"
                self.approves(run, step, person.lstrip("-"), decision)
        if self.scenario.tried and not run.answered - {wait}:
            self.tries(run, step)
        code, out, err = self.argo.resume(run.started_by, self.namespace, run.name, wait)
        if code:
            self.wrong.append(f"{wait} is not resumed: {out}{err}")

    def approves(self, run, step, person, decision):
        """A person says so with the emitted script."""
        configuration = self.argo.cluster.configuration(person, person, self.namespace)
        environment = {"PATH": f"{self.argo.cluster.programs}:{os.environ['PATH']}", "KUBECONFIG": str(configuration), "HOME": str(self.folder)}
        command = ["bash", str(self.project.repository / "argo" / "approve.sh"), run.name, step, decision]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            self.wrong.append(f"{person} cannot say `{decision}` of {step}: {done.stderr}")

    def says(self, run, step, person, decision, by=None):
        """An object that says it, made without the script: of another content than the run has."""
        uid = self.argo.cluster.ask("GET", run.path)["metadata"]["uid"]
        one = {"apiVersion": "v1", "kind": "ConfigMap", "immutable": True,
               "metadata": {"generateName": "approval-", "labels": {"clearway.dev/approval": uid}},
               "data": {"run": run.name, "step": step, "known": "0" * 64, "person": person, "decision": decision}}
        return self.argo.cluster.ask("POST", f"/api/v1/namespaces/{self.namespace}/configmaps", one, token=by or person)

    def refused(self, what, why, attempt):
        """What the API server must refuse, and what it must say."""
        try:
            attempt()
        except Refused as refused:
            if why not in refused.said:
                self.wrong.append(f"{what}: refused, but because {refused.said}")
        else:
            self.wrong.append(f"{what}: the API server lets it be")

    def tries(self, run, step):
        """Everybody tries what nobody may, while a run waits."""
        ask, merge, space = self.argo.cluster.ask, "application/merge-patch+json", self.namespace
        account = self.argo.cluster.token_of(space, "clearway-build")
        workflows, forbidden = WORKFLOWS.format(space), "is forbidden"

        def started(spec, person="eva"):
            return ask("POST", workflows, {**run.object, "spec": {**run.object["spec"], **spec}}, token=person)

        own = {"entrypoint": "own", "templates": [{"name": "own", "container": {"image": "x", "command": ["true"]}}]}
        self.refused("a run in the name of another", "a run is started in one's own name alone", lambda: started({}))
        self.refused("a run of something else", "a run is what its template says", lambda: started(own, "ben"))
        self.refused("a run by an account", "cannot create resource \"workflows\"", lambda: started({}, account))
        for person in ("eva", ADMINISTRATOR):
            self.refused(f"{person} stops the run", "a run that is stopped or terminated would not go back",
                         lambda person=person: ask("PATCH", run.path, {"spec": {"shutdown": "Stop"}}, person, merge))
            self.refused(f"{person} tells the run something else", "what a run was told is never changed",
                         lambda person=person: ask("PATCH", run.path, {"spec": {"arguments": {"parameters": []}}}, person, merge))
            self.refused(f"{person} agrees for another", "an approval is given in one's own name alone",
                         lambda person=person: self.says(run, step, "chloe", "approved", by=person))
        self.refused("the run is taken away", "a run that is taken away would not go back", lambda: ask("DELETE", run.path))
        self.refused("eva takes the run away", forbidden, lambda: ask("DELETE", run.path, token="eva"))
        self.refused("an account agrees", forbidden, lambda: self.says(run, step, "eva", "approved", by=account))
        self.refused("a command of the repository reads approvals", forbidden, lambda: ask("GET", f"/api/v1/namespaces/{space}/configmaps", token=account))
        template = f"/apis/argoproj.io/v1alpha1/namespaces/{space}/workflowtemplates/{run.way}"
        self.refused("eva changes the template", forbidden, lambda: ask("PATCH", template, {"spec": {"entrypoint": "outcome"}}, "eva", merge))
        for pod in ask("GET", f"/api/v1/namespaces/{space}/pods")["items"][:1]:
            self.refused("eva ends a job", forbidden, lambda pod=pod: ask("DELETE", f"/api/v1/namespaces/{space}/pods/{pod['metadata']['name']}", token="eva"))

    # What became of it.

    def run(self):
        """Runs the scenario; gives what is not as it says."""
        if self.scenario.hangs:
            self.argo.kubelet.hurried.add((self.namespace, self.scenario.hangs))
        people = [self.scenario.started_by, *([self.scenario.beside] if self.scenario.beside else [])]
        runs = [Run(self, person, self.scenario.way) for person in people]
        until(self.argo, SECONDS, lambda: all([run.ended() for run in runs]))
        ends = [run.look() for run in runs]
        wrong = self.happened() + [line for one in ends for line in self.end(one)]
        if self.scenario.beside:
            wrong += overlaps(ends)
        said = [self.log(node) for one in ends for node in self.failed(one)]
        return [*self.wrong, *wrong, *said] if self.wrong or wrong else []

    def happened(self):
        """What must have happened, and what must not."""
        markers = {path.name for path in (self.folder / "markers").iterdir()}
        wrong = [f"{mark} did not happen" for mark in self.scenario.marks if mark not in markers]
        return wrong + [f"{mark} happened" for mark in self.scenario.not_marks if mark in markers]

    def failed(self, one):
        """The jobs that failed; the one that makes a stage fail that went back is not looked at."""
        nodes = [node for node in one["status"].get("nodes", {}).values() if node["type"] == "Pod" and node["phase"] in ("Failed", "Error")]
        return [node for node in nodes if not node["displayName"].startswith("failed-")]

    def end(self, one):
        """What is wrong with how a run ended."""
        status, failed = one["status"], [node["displayName"] for node in self.failed(one)]
        if "finishedAt" not in status or status["finishedAt"] is None:
            nodes = [f"{node['displayName']} is {node['phase']}" for node in status["nodes"].values() if node["phase"] in ("Running", "Pending")]
            return [f"does not end within {SECONDS} s: {', '.join(nodes)}"]
        wrong = [] if status["phase"] == self.scenario.expects else [f"ends {status['phase']} and not {self.scenario.expects}: {status.get('message')}"]
        if self.scenario.stopped_by and self.scenario.stopped_by not in failed:
            wrong.append(f"{self.scenario.stopped_by} did not fail, but {', '.join(failed) or 'nothing'}")
        if not self.scenario.stopped_by and failed:
            wrong.append(f"{', '.join(failed)} failed")
        return wrong

    def log(self, node):
        """What the containers of a job said."""
        found = []
        for pod in list(self.argo.kubelet.pods.values()):
            if pod.namespace == self.namespace and pod.name.endswith(node["id"].rsplit("-", 1)[1]):
                found += [f"--- {node['displayName']}: {path.parent.name}\n{path.read_text(encoding='utf-8', errors='replace')[-1500:]}"
                          for path in sorted(pod.folder.glob("containers/*/log"))]
        return "\n".join([f"--- {node['displayName']}: {node.get('message')}", *found])


def overlaps(ends):
    """Stages of one environment that two runs were in at once, by when their jobs ran."""
    times = {}
    for number, one in enumerate(ends):
        nodes = one["status"]["nodes"]
        for stage in (node for node in nodes.values() if node["displayName"].startswith("stage-")):
            jobs = [node for node in nodes.values() if node.get("boundaryID") == stage["id"] and node["type"] == "Pod"]
            if jobs:
                span = (min(node["startedAt"] for node in jobs), max(node["finishedAt"] for node in jobs))
                times.setdefault(stage["displayName"], []).append((*span, number))
    wrong = [] if any(len(spans) > 1 for spans in times.values()) else ["no stage was reached by both runs"]
    for stage, spans in times.items():
        for before, after in zip(sorted(spans), sorted(spans)[1:]):
            if after[0] < before[1]:
                wrong.append(f"{stage} was held by two runs at once: {before} and {after}")
    return wrong


def execute(names):
    """Executes scenarios; all without names, and then again with what is emitted damaged: how many there were, and what is wrong with each."""
    chosen = [(one, None) for one in CONTROLLED if not names or one.name in names]
    if not chosen:
        raise Broken("there is no such scenario")
    known = {one.name: one for one in CONTROLLED}
    damages = [] if names else [(known[name], (title, damage)) for title, (name, *damage) in DAMAGES.items()]
    executions = {}
    with tempfile.TemporaryDirectory(prefix="clearway-argo-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        images = {IMAGE: lambda namespace: executions[namespace].image()}
        with argo(folder, NAMES, images) as argo_:
            def one(job):
                scenario, damaged = job
                title, damage = damaged or (scenario.name, None)
                began = time.monotonic()
                execution = executions[slug(title)] = Execution(scenario, slug(title), argo_, damage)
                wrong = execution.run()
                print(f"{title}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
                if damaged:
                    return [] if wrong else [f"{title}: `{scenario.name}` does not tell"]
                return [f"{title}: {line}" for line in wrong]

            with ThreadPoolExecutor(PARALLEL) as pool:
                return len(chosen) + len(damages), [line for lines in pool.map(one, [*chosen, *damages]) for line in lines]
