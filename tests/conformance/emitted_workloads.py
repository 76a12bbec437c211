"""Executes what is emitted for workloads of Kubernetes, by the real controllers of Argo Workflows, of Argo Rollouts and of Kubernetes: `argo/shares`.

The job that deploys speaks to the cluster by kubectl, with the token of the account of its environment and the rights that are emitted for it. The
pods stand for the service and do nothing; where they move by shares, the controller of Rollouts moves them, and asks a real Prometheus for what is watched.
"""

import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import servers
from argo_scenarios import NAMES, Prepared, Scenario
from controllers import argo
from emitted_controllers import IMAGE, IMAGE_USER, Execution, slug
from kubelet import Image
from tools import HERE

PROJECT = HERE / "argo" / "shares"
REGISTRY = "registry.example/web"
BEFORE = f"{REGISTRY}@sha256:{'0' * 64}"
REPLICAS = 4
SMOKE = ("shares.cw", "  deploy with", '  smoke page { run = "ci/smoke" }\n  deploy with')
AT_ONCE = ("shares.cw", "{ rollout = by-halves() }", "{}")
SET = ("shares.cw", "deployment/web", "statefulset/web")


class Case(Scenario):
    """A situation: what Prometheus sees (itself, under the name that is watched or another one), what kind of workload it is, and how the spec differs."""

    def __init__(self, name, *edits, watched="web", kind="Deployment", **told):
        super().__init__(name, way="shares", **told)
        self.edits, self.watched, self.kind = edits, watched, kind
        self.by_shares = AT_ONCE not in edits


FAILS = {"expects": "Failed", "fails": "smoke-production-web", "stopped_by": "smoke-production-web"}
CASES = [
    Case("a service that moves by shares"),
    Case("a service that nothing is seen of", watched="other", expects="Failed", stopped_by="deploy-production-web"),
    Case("a deployment at once", AT_ONCE, SMOKE),
    Case("a deployment at once goes back", AT_ONCE, SMOKE, **FAILS),
    Case("a stateful set goes back", AT_ONCE, SMOKE, SET, kind="StatefulSet", **FAILS),
]


class Workload(Execution):
    """A run that moves a service of Kubernetes."""

    def __init__(self, case, namespace, argo_):
        self.port, self.workloads, self.halves = servers.free_port(), f"{namespace}-workloads", []
        super().__init__(case, namespace, argo_)
        labels = {"app": "web"}
        container = {"name": "web", "image": BEFORE, "command": ["sleep", "infinity"]}
        self.argo.cluster.space(self.workloads)
        self.argo.cluster.apply({
            "apiVersion": "apps/v1", "kind": case.kind, "metadata": {"name": "web", "namespace": self.workloads},
            "spec": {"replicas": REPLICAS, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]}}}})

    def prepared(self, damage):
        edits = [*self.scenario.edits, ("shares.cw", '"workloads"', f'"{self.workloads}"'),
                 ("shares.cw", "127.0.0.1:9090", f"127.0.0.1:{self.port}")]
        return Prepared(self.scenario, self.folder, self.namespace, damage=damage, project=PROJECT, edits=edits)

    def image(self):
        """The jobs have kubectl."""
        image = super().image()
        image.environment["PATH"] = f"/kubernetes:{image.environment['PATH']}"
        return Image(image.user, image.environment, [*image.folders, (self.argo.cluster.programs, "/kubernetes", "ro")])

    def rollout(self):
        """What the Rollout says of itself."""
        return self.argo.cluster.ask("GET", f"/apis/argoproj.io/v1alpha1/namespaces/{self.workloads}/rollouts/web").get("status", {})

    def images(self):
        """The images of the pods that there are."""
        pods = self.argo.cluster.ask("GET", f"/api/v1/namespaces/{self.workloads}/pods")["items"]
        return [pod["spec"]["containers"][0]["image"] for pod in pods if "deletionTimestamp" not in pod["metadata"]]

    def watch(self):
        """Notes what the pods are while a Rollout stands still."""
        if self.scenario.by_shares:
            status = self.rollout()
            if status.get("phase") == "Paused" and status.get("currentStepIndex") == 1:
                self.halves.append(sum(image != BEFORE for image in self.images()))

    def run(self):
        """Runs it beside its Prometheus."""
        configuration = self.folder / "prometheus.yml"
        configuration.write_text(json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": "web", "static_configs": [{"targets": [f"127.0.0.1:{self.port}"], "labels": {"service": self.scenario.watched}}]}],
        }), encoding="utf-8")
        address = f"127.0.0.1:{self.port}"
        command = [servers.prometheus(), f"--config.file={configuration}", f"--storage.tsdb.path={self.folder / 'prometheus'}",
                   f"--web.listen-address={address}"]
        with servers.running(command, f"http://{address}/-/ready", self.folder / "prometheus.log"):
            return super().run()

    def happened(self):
        """What the pods are in the end, and what they were at the first share."""
        images = self.images()
        wanted = len(images) == REPLICAS and all((image != BEFORE) == (self.scenario.expects == "Succeeded") for image in images)
        wrong = [] if wanted else [f"in the end the pods have {images}"]
        if self.scenario.by_shares:
            status = self.rollout()
            if status["phase"] != "Healthy":
                wrong.append(f"in the end the Rollout is {status['phase']}: {status.get('message')}")
            if set(self.halves) != {REPLICAS // 2}:
                wrong.append(f"at the share of a half, as many of {REPLICAS} pods were new: {sorted(set(self.halves))}")
        return wrong


def execute():
    """Executes all: how many there were, and what is wrong with each."""
    executions = {}
    with tempfile.TemporaryDirectory(prefix="clearway-rollouts-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        service = Image(IMAGE_USER, {"PATH": "/usr/bin:/bin"})
        images = {IMAGE: lambda namespace: executions[namespace].image(), REGISTRY: service}
        with argo(folder, NAMES, images) as argo_:
            argo_.start_rollouts()

            def one(case):
                began = time.monotonic()
                execution = executions[slug(case.name)] = Workload(case, slug(case.name), argo_)
                wrong = execution.run()
                print(f"{case.name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
                return [f"{case.name}: {line}" for line in wrong]

            with ThreadPoolExecutor(len(CASES)) as pool:
                return len(CASES), [line for lines in pool.map(one, CASES) for line in lines]
