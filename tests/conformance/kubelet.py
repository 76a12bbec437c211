"""A stand-in for the kubelet: takes each pod of a cluster, runs its containers as processes of this machine, and reports what became of them.

Each container has a root of its own (a mount namespace with this machine's programs, and the pod's volumes where the pod says), a user that is not
root, no capabilities and no way to new ones, and the environment that Kubernetes would give it. There are no images: `images` says what the image of
a name has. What is reported is a pod's status, whatever it is that runs, and a pod that is longer active than it may be is ended as a kubelet does.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from cluster import Refused
from tools import Broken

NODE = "this-machine"
HURRIED = 8
EXCEEDED = {"reason": "DeadlineExceeded", "message": "Pod was active on the node longer than the specified deadline"}
# The root of a container: what it is told is where each volume is, where it is to be, and whether it may be written.
ROOT = """set -euo pipefail
root="${POD}/root"
mkdir -p "${root}"
mount -t tmpfs -o mode=755 tmpfs "${root}"
for part in bin dev etc lib lib32 lib64 libx32 sbin sys usr; do
  if [[ -L "/${part}" ]]; then
    cp -P "/${part}" "${root}/"
  elif [[ -d "/${part}" ]]; then
    mkdir "${root}/${part}"
    mount --rbind "/${part}" "${root}/${part}"
  fi
done
mkdir -m 1777 "${root}/tmp"
mkdir "${root}/proc"
mount -t proc proc "${root}/proc"
while IFS=$'\\t' read -r from to mode; do
  if [[ -d "${from}" ]]; then mkdir -p "${root}${to}"; else mkdir -p "$(dirname "${root}${to}")"; touch "${root}${to}"; fi
  mount --rbind "${from}" "${root}${to}"
  if [[ "${mode}" == ro ]]; then mount -o remount,bind,ro "${root}${to}"; fi
done < "${CONTAINER}/mounts"
mapfile -d '' -t told < "${CONTAINER}/environment"
exec chroot "${root}" /usr/bin/setpriv --reuid "${RUN_AS}" --regid "${RUN_AS}" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  env --ignore-environment --chdir=/ "${told[@]}" "$@"
"""


@dataclass
class Image:
    """What an image has: its user, its environment, and folders of this machine, each with its place and `ro` or `rw`."""

    user: int
    environment: dict
    folders: list = field(default_factory=list)


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def expanded(text, known):
    """A text as Kubernetes gives it to a container: `$(NAME)` is what the variable holds, where there is one, and `$$` is `$`."""
    def one(match):
        if match.group(0) == "$$":
            return "$"
        return known.get(match.group(1), match.group(0))

    return re.sub(r"\$\$|\$\(([^)]*)\)", one, text)


class Pod:
    """A pod from its beginning to its end."""

    def __init__(self, kubelet, one):
        self.kubelet, self.cluster, self.spec, self.metadata = kubelet, kubelet.cluster, one["spec"], one["metadata"]
        self.name, self.namespace = self.metadata["name"], self.metadata["namespace"]
        # A name may come again.
        self.folder = kubelet.folder / self.metadata["uid"]
        self.running, self.ended, self.started, self.over, self.gone = {}, {}, {}, None, threading.Event()

    def where(self):
        return f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"

    # Volumes.

    def keys(self, kind, name, optional):
        """What a ConfigMap or a Secret holds; None where it need not be there."""
        try:
            one = self.cluster.ask("GET", f"/api/v1/namespaces/{self.namespace}/{kind}/{name}")
        except Refused as refused:
            if refused.code == 404 and optional:
                return None
            raise
        data = {key: text.encode() for key, text in one.get("data", {}).items()}
        return {key: base64.b64decode(text) for key, text in data.items()} if kind == "secrets" else data

    def source(self, kind, one):
        """The files of a source of a volume."""
        if kind in ("configMap", "secret"):
            name = one.get("name", one.get("secretName"))
            held = self.keys("configmaps" if kind == "configMap" else "secrets", name, one.get("optional", False)) or {}
            return {item["path"]: held[item["key"]] for item in one["items"]} if "items" in one else held
        if kind == "serviceAccountToken":
            token = self.cluster.token_of(
                self.namespace, self.spec["serviceAccountName"], audiences=[one["audience"]] if one.get("audience") else None,
                expirationSeconds=one.get("expirationSeconds"),
                boundObjectRef={"kind": "Pod", "apiVersion": "v1", "name": self.name, "uid": self.metadata["uid"]})
            return {one["path"]: token.encode()}
        if kind == "downwardAPI":
            return {item["path"]: self.of_itself(item["fieldRef"]["fieldPath"]).encode() for item in one["items"]}
        raise Broken(f"the stand-in for the kubelet has no volume of the kind {kind}")

    def of_itself(self, path):
        """A field of the pod that its containers may be told."""
        known = {"metadata.name": self.name, "metadata.namespace": self.namespace, "metadata.uid": self.metadata["uid"], "spec.nodeName": NODE,
                 "spec.serviceAccountName": self.spec["serviceAccountName"]}
        return known[path]

    def volume(self, volume):
        """Makes the folder of a volume."""
        folder = self.folder / "volumes" / volume["name"]
        folder.mkdir(parents=True)
        folder.chmod(0o777)
        (kind, one), = ((kind, one) for kind, one in volume.items() if kind != "name")
        if kind == "emptyDir":
            return
        parts = [pair for each in one["sources"] for pair in each.items()] if kind == "projected" else [(kind, one)]
        for name, content in (pair for part in parts for pair in self.source(*part).items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    # Containers.

    def environment(self, container, image):
        """What a container has in its environment."""
        known = dict(image.environment)
        known |= {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self.cluster.port), "HOSTNAME": self.name}
        for one in container.get("envFrom", []):
            kind = "configmaps" if "configMapRef" in one else "secrets"
            from_ = one.get("configMapRef") or one["secretRef"]
            held = self.keys(kind, from_["name"], from_.get("optional", False)) or {}
            known |= {one.get("prefix", "") + key: value.decode() for key, value in held.items()}
        for one in container.get("env", []):
            source = one.get("valueFrom")
            if source is None:
                known[one["name"]] = expanded(one.get("value", ""), known)
            elif "fieldRef" in source:
                known[one["name"]] = self.of_itself(source["fieldRef"]["fieldPath"])
            else:
                (kind, from_), = source.items()
                held = self.keys("configmaps" if kind == "configMapKeyRef" else "secrets", from_["name"], from_.get("optional", False)) or {}
                if from_["key"] in held:
                    known[one["name"]] = held[from_["key"]].decode()
                elif not from_.get("optional", False):
                    raise Broken(f"{self.name}: {from_['name']} has no {from_['key']}")
        return known

    def begin(self, container):
        """Starts a container."""
        image = self.kubelet.image(container["image"], self.namespace)
        security = {**self.spec.get("securityContext", {}), **container.get("securityContext", {})}
        user = security.get("runAsUser", image.user)
        if user == 0:
            raise Broken(f"{self.name}: {container['name']} would be root")
        folder = self.folder / "containers" / container["name"]
        folder.mkdir(parents=True)
        mounts = [(str(path), place, mode) for path, place, mode in image.folders]
        # A place below another one is laid after it.
        for one in sorted(container.get("volumeMounts", []), key=lambda one: one["mountPath"]):
            path = self.folder / "volumes" / one["name"] / one.get("subPath", "")
            if not path.exists():
                path.mkdir(parents=True)
                path.chmod(0o777)
            mounts.append((str(path), one["mountPath"], "ro" if one.get("readOnly") else "rw"))
        (folder / "mounts").write_text("".join("\t".join(one) + "\n" for one in mounts), encoding="utf-8")
        known = self.environment(container, image)
        (folder / "environment").write_text("".join(f"{name}={value}\0" for name, value in known.items()), encoding="utf-8")
        command = [expanded(part, known) for part in (*container.get("command", []), *container.get("args", []))]
        told = {"PATH": os.environ["PATH"], "POD": str(self.folder), "CONTAINER": str(folder), "RUN_AS": str(user)}
        with open(folder / "log", "w", encoding="utf-8") as log:
            spaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", ROOT, "root"]
            process = subprocess.Popen([*spaces, *command], env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.running[container["name"]], self.started[container["name"]] = process, now()
        return process

    def state(self, container):
        """What is reported of a container."""
        name = container["name"]
        told = {"name": name, "image": container["image"], "imageID": container["image"], "restartCount": 0, "ready": name not in self.ended}
        if name in self.ended:
            code, at = self.ended[name]
            state = {"terminated": {"exitCode": code, "reason": "Completed" if code == 0 else "Error", "startedAt": self.started[name], "finishedAt": at}}
        elif name in self.running:
            state = {"running": {"startedAt": self.started[name]}}
        else:
            state = {"waiting": {"reason": "PodInitializing"}}
        return {**told, "state": state, "started": name in self.running and name not in self.ended}

    def report(self, phase, **more):
        """Tells the cluster what the pod is at."""
        status = {"phase": phase, "startTime": self.began, **more,
                  "initContainerStatuses": [self.state(one) for one in self.spec.get("initContainers", [])],
                  "containerStatuses": [self.state(one) for one in self.spec["containers"]],
                  "conditions": [{"type": "Ready", "status": "True" if phase == "Running" else "False", "lastTransitionTime": now()}]}
        try:
            self.cluster.ask("PATCH", f"{self.where()}/status", {"status": status}, kind="application/strategic-merge-patch+json")
        except Refused as refused:
            if refused.code != 404:
                raise

    def end(self, grace):
        """Ends what runs, as a kubelet does: asks, waits, and ends it. Asked is the container's own process, below the one that keeps its namespace."""
        for name, process in list(self.running.items()):
            if name not in self.ended:
                with contextlib.suppress(OSError):
                    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split():
                        os.kill(int(child), signal.SIGTERM)
        until = time.monotonic() + grace
        for process in list(self.running.values()):
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()

    def finish(self, container, process):
        """Waits for a container."""
        process.wait()
        code = process.returncode
        self.ended[container["name"]] = (code if code >= 0 else 128 - code, now())

    def run(self):
        """From the first container to the last report."""
        self.began = now()
        for volume in self.spec.get("volumes", []):
            self.volume(volume)
        for container in self.spec.get("initContainers", []):
            self.finish(container, self.begin(container))
            if self.ended[container["name"]][0]:
                return self.report("Failed", message=f"{container['name']} ended with exit code {self.ended[container['name']][0]}")
        waits = [threading.Thread(target=self.finish, args=(container, self.begin(container)), daemon=True) for container in self.spec["containers"]]
        for one in waits:
            one.start()
        self.report("Running")
        deadline = self.kubelet.deadline(self)
        until = None if deadline is None else time.monotonic() + deadline
        for one in waits:
            one.join(None if until is None else max(0, until - time.monotonic()))
        if any(one.is_alive() for one in waits):
            self.report("Failed", **EXCEEDED)
            self.end(self.spec.get("terminationGracePeriodSeconds", 30))
            for one in waits:
                one.join()
            return self.report("Failed", **EXCEEDED)
        codes = [self.ended[one["name"]][0] for one in self.spec["containers"]]
        return self.report("Failed" if any(codes) else "Succeeded")


class Kubelet:
    """Takes the pods of a cluster until it is stopped. What goes wrong in it is kept, because nobody would see it."""

    def __init__(self, cluster, folder, images, parallel=6):
        self.cluster, self.folder, self.images = cluster, folder, images
        self.pods, self.wrong, self.stopped, self.slots = {}, [], False, threading.Semaphore(parallel)
        # Pods whose deadline, which is hours away, comes within seconds: by namespace and the end of the name that their annotations give.
        self.hurried = set()

    def image(self, name, namespace):
        """What an image has."""
        for prefix, one in self.images.items():
            if name.startswith(prefix):
                return one(namespace) if callable(one) else one
        raise Broken(f"there is no image {name}")

    def deadline(self, pod):
        """How many seconds a pod may be active."""
        deadline, told = pod.spec.get("activeDeadlineSeconds"), pod.metadata.get("annotations", {}).values()
        is_hurried = any(namespace == pod.namespace and any(text.endswith(f".{name}") for text in told) for namespace, name in self.hurried)
        return HURRIED if is_hurried and deadline is not None else deadline

    def live(self, pod):
        """Runs a pod in its turn."""
        try:
            # What is to run for ever waits for nobody.
            with self.slots if pod.spec["restartPolicy"] == "Never" else contextlib.nullcontext():
                bound = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": pod.name}, "target": {"apiVersion": "v1", "kind": "Node", "name": NODE}}
                self.cluster.ask("POST", f"{pod.where()}/binding", bound)
                pod.run()
                # Each had a copy of the executor; what its containers said is kept.
                shutil.rmtree(pod.folder / "volumes")
        except Exception as error:  # a thread that ends in silence would leave its pod waiting for ever
            if not self.stopped and not pod.gone.is_set():
                self.wrong.append(f"{pod.name}: {type(error).__name__}: {error}")

    def told(self, kind, one):
        """What the cluster says of a pod."""
        uid = one["metadata"]["uid"]
        if kind == "DELETED":
            return
        if uid not in self.pods and not one["spec"].get("nodeName"):
            self.pods[uid] = Pod(self, one)
            threading.Thread(target=self.live, args=(self.pods[uid],), daemon=True).start()
        if "deletionTimestamp" in one["metadata"] and uid in self.pods and not self.pods[uid].gone.is_set():
            threading.Thread(target=self.removed, args=(self.pods[uid],), daemon=True).start()
            self.pods[uid].gone.set()

    def removed(self, pod):
        """Ends a pod that is taken away, and says that it is gone."""
        try:
            pod.end(pod.spec.get("terminationGracePeriodSeconds", 30))
            self.cluster.ask("DELETE", pod.where(), {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0,
                                                    "preconditions": {"uid": pod.metadata["uid"]}})
        except Exception as error:  # as above; a pod that is gone already is gone
            is_gone = isinstance(error, Refused) and error.code in (404, 409)
            if not self.stopped and not is_gone:
                self.wrong.append(f"{pod.name}: {type(error).__name__}: {error}")

    def watch(self):
        """Follows the pods of the cluster."""
        version = "0"
        while not self.stopped:
            # A watch that ends after its time is begun again where it was.
            try:
                with self.cluster.open("GET", f"/api/v1/pods?watch=1&resourceVersion={version}&allowWatchBookmarks=true", timeout=300) as answer:
                    for line in answer:
                        event = json.loads(line)
                        if event["type"] == "ERROR":
                            version = "0"
                            break
                        version = event["object"]["metadata"]["resourceVersion"]
                        if event["type"] != "BOOKMARK":
                            self.told(event["type"], event["object"])
            except (OSError, Refused, ValueError) as error:
                if not self.stopped:
                    self.wrong.append(f"the pods of the cluster are not told: {error}")

    def start(self):
        threading.Thread(target=self.watch, daemon=True).start()

    def stop(self):
        """Ends every container."""
        self.stopped = True
        for pod in list(self.pods.values()):
            pod.end(0)
