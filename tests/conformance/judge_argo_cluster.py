"""A real API server over what is emitted for Argo: every object is applied strictly, as Argo CD would, and every expression of a policy is type-checked.

A key that a schema does not name, a value that validation does not take, a right or a binding that cannot be, an expression that does not compile or
does not fit its kinds: each is a finding.
"""

import contextlib
import tempfile
import time
from pathlib import Path

import judge_argo
from cluster import Cluster, Refused
from judge_github import Finding
from tools import Broken

POLICY = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/"
# Where an object goes whose namespace whoever installs it says.
INSTALLED = "installed"
# The version that objects of a group have, by its name.
VERSIONS = {"": ["v1"], "argoproj.io": ["v1alpha1"], "apps": ["v1"]}
# What the API server must refuse, and what it says.
DEFECTS = {
    "a key that no schema names": ({"dta": {}}, "field not declared in schema"),
    "a name that cannot be": ({"metadata": {"name": "A_B", "namespace": INSTALLED}}, "Invalid value"),
}
# What the type check of a policy must tell.
UNTYPED = {
    "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "conformance-untyped"},
    "spec": {"matchConstraints": {"resourceRules": [{"apiGroups": ["argoproj.io"], "apiVersions": ["*"], "operations": ["CREATE"],
                                                     "resources": ["workflows"]}]},
             "validations": [{"expression": "object.spec.entrypint == 'main'"}]}}


@contextlib.contextmanager
def cluster():
    """A cluster that knows the kinds of the products."""
    with tempfile.TemporaryDirectory(prefix="clearway-cluster-") as temporary:
        one = Cluster(Path(temporary), [])
        try:
            one.start()
            one.define(judge_argo.definitions())
            one.space(INSTALLED)
            yield one
        finally:
            one.stop()


def sees_defects(one):
    """An API server that takes a known mistake cannot judge."""
    good = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": INSTALLED}}
    one.apply(good)
    for name, (damage, said) in DEFECTS.items():
        try:
            one.apply({**good, **damage})
        except Refused as refused:
            if said in refused.said:
                continue
            raise Broken(f"the API server refuses {name}, but says `{refused.said}`") from refused
        raise Broken(f"the API server takes {name}")
    if not any("undefined field" in warning for warning in warnings(one, UNTYPED)):
        raise Broken("the type check of policies lets an unknown field through")


def warnings(one, policy):
    """What the type check of a policy has against it. It looks at versions that are named alone, so a copy that nothing binds names them."""
    name = f"{policy['metadata']['name']}-typed"
    rules = policy["spec"]["matchConstraints"]["resourceRules"]
    named = [{**rule, "apiVersions": VERSIONS[group]} for rule in rules for group in rule["apiGroups"]]
    typed = {**policy, "metadata": {"name": name}, "spec": {**policy["spec"], "matchConstraints": {"resourceRules": named}}}
    one.apply(typed)
    until = time.monotonic() + 60
    while True:
        seen = one.ask("GET", POLICY + name)
        status = seen.get("status", {})
        if status.get("observedGeneration") == seen["metadata"]["generation"]:
            return [warning["warning"] for warning in status.get("typeChecking", {}).get("expressionWarnings", [])]
        if time.monotonic() > until:
            raise Broken(f"nobody looks at the policy {name}")
        time.sleep(0.2)


def look(one, folder):
    """How many objects of a folder were applied, and what is against them."""
    count, findings = 0, []
    for path in sorted((Path(folder) / "argo").rglob("*.yaml")):
        for line, body in judge_argo.objects(path):
            if not body:
                continue
            count += 1
            try:
                if one.is_in_namespace(body):
                    one.space(body["metadata"].setdefault("namespace", INSTALLED))
                one.apply(body)
                said = warnings(one, body) if body["kind"] == "ValidatingAdmissionPolicy" else []
            except Refused as refused:
                said = [refused.said]
            findings += [Finding(str(path), line, 1, "kube-apiserver", "strict", "error", message) for message in said]
    return count, findings


def judge(folders):
    """Judges folders: how many objects were applied, and all findings in order."""
    count, findings = 0, []
    with cluster() as one:
        sees_defects(one)
        for folder in folders:
            here, found = look(one, folder)
            if not here:
                raise Broken(f"there is nothing for Argo in {folder}")
            count, findings = count + here, findings + found
    return count, sorted(findings)


def judge_examples(binary, folder):
    """Judges what the examples emit for Argo."""
    with tempfile.TemporaryDirectory(prefix="clearway-examples-") as temporary:
        count, findings = judge(judge_argo.emitted_examples(binary, folder, Path(temporary)))
        return count, [finding.below(temporary) for finding in findings]
