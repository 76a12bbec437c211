"""The controllers of Argo Workflows and Argo Rollouts against a cluster, each as its own account with the rights that its authors give it, and the
store that Argo keeps files in.
"""

import contextlib
import json
import os
import time
from pathlib import Path

import yaml

import judge_argo
import linters
import programs
import servers
from cluster import Cluster
from kubelet import Image, Kubelet
from tools import HERE, Broken, run

EXECUTOR = "quay.io/argoproj/argoexec:conformance"
# The user that the image of the executor has.
EXECUTOR_USER = 8737
KEY, SECRET, BUCKET = "conformance", "conformance-secret", "releases"
RIGHTS = ("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "PriorityClass")
# How a process is asked to end is the same there.
LINKS = (("workflow/executor/osspecific/signal_linux.go", "signal_darwin.go"),)
RESUME = HERE / "argo" / "resume" / "main.go"


def workflows():
    """The folder of the controller, the executor and our `resume`."""
    packages, sources = ("cmd/workflow-controller", "cmd/argoexec"), {"cmd/resume": RESUME}
    return programs.of_module("workflow-controller", linters.MODULES["workflows"], packages, sources, LINKS)


def rollouts():
    """The folder of the controller of Rollouts."""
    return programs.of_module("rollouts-controller", linters.MODULES["rollouts"], ("cmd/rollouts-controller",), {})


class Argo:
    """A cluster in which Argo works."""

    def __init__(self, folder, people, images):
        self.folder = folder
        self.programs = workflows()
        self.cluster = Cluster(folder, people)
        executor = Image(EXECUTOR_USER, {"PATH": "/programs:/usr/bin:/bin"}, [(self.programs, "/programs", "ro")])
        self.kubelet = Kubelet(self.cluster, folder / "pods", {EXECUTOR: executor, **images})

    def space(self, name):
        """A namespace, with the key to the store."""
        self.cluster.space(name)
        self.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "store", "namespace": name},
                            "stringData": {"key": KEY, "secret": SECRET}})

    def rights(self, namespace, text):
        """What the authors of a controller say that it may, and no object that would start it."""
        self.cluster.space(namespace)
        for one in yaml.safe_load_all(text):
            if one and one["kind"] in RIGHTS:
                if one["kind"] in ("ServiceAccount", "Role", "RoleBinding"):
                    one["metadata"].setdefault("namespace", namespace)
                self.cluster.apply(one)

    def account(self, namespace, name):
        """A file by which a controller speaks to the cluster as its account."""
        token = self.cluster.token_of(namespace, name, expirationSeconds=24 * 3600)
        return self.cluster.configuration(name, token, namespace)

    def start(self):
        """Brings everything up."""
        self.cluster.start()
        self.cluster.define(judge_argo.definitions())
        manifests = judge_argo.modules()[linters.MODULES["workflows"]] / "manifests" / "cluster-install-no-crds"
        code, out, err = self.cluster.kubectl("administrator", "argo", "kustomize", str(manifests))
        if code:
            raise Broken(f"the rights of the controller of workflows cannot be read: {err}")
        self.rights("argo", out)
        store = f"127.0.0.1:{servers.free_port()}"
        self.cluster.apply({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "workflow-controller-configmap", "namespace": "argo"},
            "data": {"config": json.dumps({
                "metricsConfig": {"enabled": False}, "telemetryConfig": {"enabled": False},
                "artifactRepository": {"s3": {
                    "bucket": BUCKET, "endpoint": store, "insecure": True, "region": "eu-central-1",
                    "keyFormat": "{{workflow.namespace}}/{{workflow.uid}}/{{pod.name}}",
                    "accessKeySecret": {"name": "store", "key": "key"}, "secretKeySecret": {"name": "store", "key": "secret"}}},
            })}})
        (self.folder / "storage" / BUCKET).mkdir(parents=True)
        self.cluster.begin(servers.s3(), "--port", store, "--access", KEY, "--secret", SECRET, "--region", "eu-central-1",
                                "posix", str(self.folder / "storage"))
        # It looks again every second for what it waits for, and not every ten.
        self.cluster.begin(self.programs / "workflow-controller", f"--kubeconfig={self.account('argo', 'argo')}", "--namespace=argo",
                                f"--executor-image={EXECUTOR}", "--qps=200", "--burst=400", LEADER_ELECTION_DISABLE="true", DEFAULT_REQUEUE_TIME="1s")
        self.kubelet.start()

    def start_rollouts(self):
        """Brings the controller of Rollouts up too."""
        install = judge_argo.modules()[linters.MODULES["rollouts"]] / "manifests" / "install.yaml"
        self.rights("argo-rollouts", install.read_text(encoding="utf-8"))
        self.cluster.begin(rollouts() / "rollouts-controller", f"--kubeconfig={self.account('argo-rollouts', 'argo-rollouts')}",
                                "--namespace=argo-rollouts", "--leader-elect=false", f"--metricsPort={servers.free_port()}",
                                f"--healthzPort={servers.free_port()}")

    def resume(self, person, namespace, name, node):
        """What `argo resume` does for a person."""
        environment = {"KUBECONFIG": str(self.cluster.configuration(person, person, namespace)), "HOME": str(self.folder), "PATH": os.environ["PATH"]}
        return run([str(self.programs / "resume"), name, namespace, f"displayName={node}"], environment=environment)

    def broken(self):
        """What makes the execution worth nothing: a program that ended, or a pod that the stand-in could not run."""
        for program in self.cluster.started:
            if program.poll() is not None:
                said = self.cluster.log(program.args[0]).read_text(encoding="utf-8")[-3000:]
                raise Broken(f"`{Path(program.args[0]).name}` ended with exit code {program.returncode}:\n{said}")
        if self.kubelet.wrong:
            raise Broken("\n".join(self.kubelet.wrong))

    def stop(self):
        self.kubelet.stop()
        self.cluster.stop()


@contextlib.contextmanager
def argo(folder, people, images):
    """Argo in a cluster of its own, until it is not needed any more."""
    one = Argo(folder, people, images)
    try:
        one.start()
        yield one
    finally:
        one.stop()


def until(argo_, seconds, done):
    """Waits until something holds; gives it, or None where time is up. What is broken ends the wait."""
    end = time.monotonic() + seconds
    while True:
        found = done()
        if found:
            return found
        argo_.broken()
        if time.monotonic() > end:
            return None
        time.sleep(0.5)
