"""Executes what is emitted for a service that comes in by shares, by the real controllers of Argo Workflows and of Argo Rollouts: `argo/shares`.

The job that deploys speaks to the cluster by kubectl, with the token of the account of its environment and the rights that are emitted for it. The
controller of Rollouts moves the pods of a Deployment, which stand for the service and do nothing, and asks a real Prometheus for what is watched.
"""

import json
import tempfile
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
# What Prometheus sees: itself, under the name that is watched or another one.
SEEN = {"web": "a service that moves by shares", "other": "a service that nothing is seen of"}
SCENARIOS = [
    Scenario(SEEN["web"], way="shares"),
    Scenario(SEEN["other"], way="shares", expects="Failed", stopped_by="deploy-production-web"),
]


class Shares(Execution):
    """A run that moves a service by shares."""

    def __init__(self, scenario, namespace, argo_, watched):
        self.port, self.workloads, self.halves = servers.free_port(), f"{namespace}-workloads", []
        self.watched = watched
        super().__init__(scenario, namespace, argo_)
        cluster = self.argo.cluster
        labels = {"app": "web"}
        container = {"name": "web", "image": BEFORE, "command": ["sleep", "infinity"]}
        cluster.apply({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": self.workloads},
            "spec": {"replicas": REPLICAS, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]}}}})

    def prepared(self, damage):
        edits = [("shares.cw", '"workloads"', f'"{self.workloads}"'), ("shares.cw", "127.0.0.1:9090", f"127.0.0.1:{self.port}")]
        return Prepared(self.scenario, self.folder, self.namespace, damage=damage, project=PROJECT, edits=edits)

    def image(self):
        """The jobs have kubectl."""
        image = super().image()
        image.environment["PATH"] = f"/kubernetes:{image.environment['PATH']}"
        return Image(image.user, image.environment, [*image.folders, (self.argo.cluster.programs, "/kubernetes", "ro")])

    def look(self):
        """The Rollout, and how many of the pods that there are have which image."""
        rollout = self.argo.cluster.ask("GET", f"/apis/argoproj.io/v1alpha1/namespaces/{self.workloads}/rollouts/web")
        pods = self.argo.cluster.ask("GET", f"/api/v1/namespaces/{self.workloads}/pods")["items"]
        images = [pod["spec"]["containers"][0]["image"] for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        return rollout, images

    def watch(self):
        """Notes what the pods are while the Rollout stands still."""
        rollout, images = self.look()
        status = rollout.get("status", {})
        if status.get("phase") == "Paused" and status.get("currentStepIndex") == 1:
            self.halves.append(sum(image != BEFORE for image in images))

    def run(self):
        """Runs it beside its Prometheus."""
        configuration = self.folder / "prometheus.yml"
        configuration.write_text(json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{"job_name": "web", "static_configs": [{"targets": [f"127.0.0.1:{self.port}"], "labels": {"service": self.watched}}]}],
        }), encoding="utf-8")
        address = f"127.0.0.1:{self.port}"
        command = [servers.prometheus(), f"--config.file={configuration}", f"--storage.tsdb.path={self.folder / 'prometheus'}",
                   f"--web.listen-address={address}"]
        with servers.running(command, f"http://{address}/-/ready", self.folder / "prometheus.log"):
            return super().run()

    def happened(self):
        """What the pods are in the end, and what they were at the first share."""
        rollout, images = self.look()
        wanted = len(images) == REPLICAS and all((image != BEFORE) == (self.scenario.expects == "Succeeded") for image in images)
        wrong = [] if wanted else [f"in the end the pods have {images}"]
        if rollout["status"]["phase"] != "Healthy":
            wrong.append(f"in the end the Rollout is {rollout['status']['phase']}: {rollout['status'].get('message')}")
        if set(self.halves) != {REPLICAS // 2}:
            wrong.append(f"at the share of a half, as many of {REPLICAS} pods were new: {sorted(set(self.halves))}")
        return wrong


def execute():
    """Executes both: how many there were, and what is wrong with each."""
    executions = {}
    with tempfile.TemporaryDirectory(prefix="clearway-rollouts-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        service = Image(IMAGE_USER, {"PATH": "/usr/bin:/bin"})
        images = {IMAGE: lambda namespace: executions[namespace].image(), REGISTRY: service}
        with argo(folder, NAMES, images) as argo_:
            argo_.start_rollouts()

            def one(scenario):
                watched = next(name for name, title in SEEN.items() if title == scenario.name)
                execution = executions[slug(scenario.name)] = Shares(scenario, slug(scenario.name), argo_, watched)
                return [f"{scenario.name}: {line}" for line in execution.run()]

            with ThreadPoolExecutor(len(SCENARIOS)) as pool:
                return len(SCENARIOS), [line for lines in pool.map(one, SCENARIOS) for line in lines]
