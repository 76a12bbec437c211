"""A cluster on the loopback interface: a real etcd, API server and controller manager of Kubernetes, which know people and accounts by their tokens.

Nothing is turned off that decides whether something may be done: RBAC, admission with its policies, and the schemas of objects.
"""

import contextlib
import json
import os
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import programs
from servers import free_port
from tools import Broken

ADMINISTRATOR = "administrator"
# An account that may do all, and is no person.
ROBOT = "system:robot"
STRICT = "fieldManager=clearway-conformance&force=true&fieldValidation=Strict"
# Those without which an account has no certificate to trust, a Deployment no pods, and nothing that is taken away is ever gone.
CONTROLLERS = (
    "deployment-controller", "replicaset-controller", "statefulset-controller", "root-ca-certificate-publisher-controller",
    "serviceaccount-controller", "garbage-collector-controller", "namespace-controller", "clusterrole-aggregation-controller", "validatingadmissionpolicy-status-controller",
)


class Refused(Exception):
    """The API server does not do what it is asked; `code` and what it says."""

    def __init__(self, code, said):
        super().__init__(f"{code}: {said}")
        self.code, self.said = code, said


class Cluster:
    """A running cluster. Whoever asks is known by a token, which is the name for people and whatever the cluster gave for accounts."""

    def __init__(self, folder, people):
        self.folder, self.programs = folder, programs.cluster()
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.started, self.plurals, self.known = [], {}, threading.Lock()
        self.tokens = folder / "tokens.csv"
        lines = [f"{name},{name},{name},system:masters" for name in (ADMINISTRATOR, ROBOT)]
        self.tokens.write_text("\n".join([*lines, *(f"{person},{person},{person}," for person in people)]) + "\n", encoding="utf-8")

    def begin(self, program, *arguments, **environment):
        """Starts a program; what it says is kept beside."""
        with open(self.log(program), "w", encoding="utf-8") as log:
            self.started.append(subprocess.Popen([str(program), *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                 env={**os.environ, **environment}))
        return self.started[-1]

    def log(self, program):
        """What a program says."""
        return self.folder / f"{Path(program).name}.log"

    def start(self):
        """Brings etcd, the API server and the controllers up."""
        data, certificates, store, peers = self.folder / "etcd", self.folder / "certificates", free_port(), free_port()
        self.begin(self.programs / "etcd", f"--data-dir={data}", "--unsafe-no-fsync", f"--listen-client-urls=http://127.0.0.1:{store}", "--log-level=warn",
                   f"--advertise-client-urls=http://127.0.0.1:{store}", f"--listen-peer-urls=http://127.0.0.1:{peers}")
        key = self.folder / "accounts.key"
        key.write_bytes(subprocess.run([self.programs / "new-key"], capture_output=True, check=True).stdout)
        server = self.begin(
            self.programs / "kube-apiserver", f"--etcd-servers=http://127.0.0.1:{store}", f"--cert-dir={certificates}", f"--secure-port={self.port}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", "--authorization-mode=RBAC",
            f"--token-auth-file={self.tokens}", "--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.0.0.0/24",
            f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}")
        self.authority = certificates / "apiserver.crt"
        until = time.monotonic() + 120
        while not self.ready():
            if server.poll() is not None or time.monotonic() > until:
                raise Broken(f"the API server does not come up:\n{self.log('kube-apiserver').read_text(encoding='utf-8')[-3000:]}")
            time.sleep(0.2)
        self.begin(
            self.programs / "kube-controller-manager", f"--kubeconfig={self.configuration(ADMINISTRATOR, ADMINISTRATOR)}", "--leader-elect=false",
            f"--root-ca-file={self.authority}", f"--service-account-private-key-file={key}", f"--controllers={','.join(CONTROLLERS)}", "--secure-port=0")

    def ready(self):
        """Whether the API server says that it is."""
        try:
            self.context = ssl.create_default_context(cafile=str(self.authority))
            return self.ask("GET", "/readyz?") == "ok"
        except (OSError, Refused):
            return False

    def stop(self):
        """Ends what was started, the last one first; nothing of it is needed any more."""
        for program in reversed(self.started):
            program.kill()
            program.wait()

    def configuration(self, name, token, namespace="default"):
        """A file by which a program speaks to the cluster, as whom the token says."""
        path = self.folder / f"kubeconfig-{name}-{namespace}"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "it",
            "clusters": [{"name": "it", "cluster": {"server": self.url, "certificate-authority": str(self.authority)}}],
            "users": [{"name": "it", "user": {"token": token}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it", "namespace": namespace}}],
        }), encoding="utf-8")
        return path

    def open(self, method, path, body=None, token=ADMINISTRATOR, kind="application/json", timeout=30):
        """Asks the API server; the answer is read by the caller."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            return urllib.request.urlopen(request, context=self.context, timeout=timeout)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            with contextlib.suppress(ValueError, AttributeError):
                said = json.loads(said).get("message", said)
            raise Refused(error.code, said) from error

    def ask(self, method, path, body=None, token=ADMINISTRATOR, kind="application/json"):
        """Asks the API server; gives what it answers."""
        with self.open(method, path, body, token, kind) as answer:
            text = answer.read().decode()
            return json.loads(text) if text.startswith("{") else text

    def kind(self, one):
        """Where objects of the kind of an object are, by what name, and whether in namespaces."""
        version = one["apiVersion"]
        base = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        with self.known:
            if (version, one["kind"]) not in self.plurals:
                for resource in self.ask("GET", base)["resources"]:
                    if "/" not in resource["name"]:
                        self.plurals[(version, resource["kind"])] = (base, resource["name"], resource["namespaced"])
            if (version, one["kind"]) not in self.plurals:
                raise Broken(f"the cluster has no {one['kind']} of {version}")
            return self.plurals[(version, one["kind"])]

    def is_in_namespace(self, one):
        return self.kind(one)[2]

    def path(self, one):
        """Where objects of the kind of an object are."""
        base, plural, namespaced = self.kind(one)
        return f"{base}/namespaces/{one['metadata']['namespace']}/{plural}" if namespaced else f"{base}/{plural}"

    def apply(self, one, token=ADMINISTRATOR):
        """Applies an object as Argo CD does with server-side apply; a key that its schema does not name is an error."""
        name = urllib.parse.quote(one["metadata"]["name"], safe="")
        return self.ask("PATCH", f"{self.path(one)}/{name}?{STRICT}", one, token, "application/apply-patch+yaml")

    def space(self, name):
        """A namespace."""
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def define(self, definitions):
        """Lets the API server know kinds, and waits until it has them."""
        paths = [f"{self.path(one)}/{one['metadata']['name']}" for one in map(self.apply, definitions)]
        until = time.monotonic() + 60
        for path in paths:
            while not any(one["type"] == "Established" and one["status"] == "True" for one in self.ask("GET", path)["status"].get("conditions", [])):
                if time.monotonic() > until:
                    raise Broken(f"the API server does not take {path}")
                time.sleep(0.1)

    def token_of(self, namespace, account, **spec):
        """A token of an account, as the cluster gives it."""
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        return self.ask("POST", path, asked)["status"]["token"]

    def kubectl(self, person, namespace, *arguments, given=None):
        """What kubectl says to a person: its exit code and both outputs."""
        configuration = self.configuration(person, person, namespace)
        environment = {"PATH": f"{self.programs}:{os.environ['PATH']}", "KUBECONFIG": str(configuration), "HOME": str(self.folder)}
        done = subprocess.run([str(self.programs / "kubectl"), *arguments], input=given, env=environment, capture_output=True, text=True, timeout=60,
                              check=False)
        return done.returncode, done.stdout, done.stderr
