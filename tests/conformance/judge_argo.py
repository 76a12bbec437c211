"""Judges over what is emitted for Argo: the schemas of Argo's and the Prometheus operator's own objects, strictly;
Kubernetes' schemas for its own; and shellcheck for the scripts.

The schemas are taken from the Go modules of the products, whose versions `argo/go.mod` pins. A finding of any is a failure; so is a folder without
workflows, an object that nobody judges, and a judge that cannot do its work.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

import yaml

from judge_examples import examples_below
from judge_github import Finding
from tools import HERE, Broken, run, tool

MODULES = HERE / "argo"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Where the modules keep the schemas of their objects.
SCHEMAS = {
    "github.com/argoproj/argo-workflows/v4": "manifests/base/crds/full/argoproj.io_*.yaml",
    "github.com/argoproj/argo-rollouts": "manifests/crds/*-crd.yaml",
    "github.com/argoproj/argo-cd/v3": "manifests/crds/*-crd.yaml",
    "github.com/prometheus-operator/prometheus-operator": "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
}

# What a manifest says that does not speak of Argo.
TABLE = """
[targets.argo]
image      = "ghcr.io/acme/release-tools@sha256:0f5b3f6a1c9e4d7b8a2c6e0d4f1b3a5c7e9d1f3b5a7c9e1d3f5b7a9c1e3d5f70"
rule-label = "release=prometheus"
"""


def go(arguments):
    """Runs Go in the folder of the pins; nothing of the machine's own settings changes what it reads."""
    if shutil.which("go") is None:
        raise Broken("`go` is not on PATH: the schemas of Argo come as Go modules")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    code, out, err = run(["go", *arguments], cwd=MODULES, environment=environment, timeout=1200)
    if code != 0:
        raise Broken(f"`go {' '.join(arguments)}` ended with exit code {code}: {(err or out).strip()[-600:]}")
    return out


def strict(schema):
    """A schema of Kubernetes as JSON Schema, in which a key that it does not name is a mistake, as for the API server with strict validation."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: strict(part) for name, part in value.items()}
        elif key in ("items", "additionalProperties", "anyOf", "oneOf", "allOf", "not"):
            made[key] = strict(value)
        elif key not in ("description", "default", "title", "format", "nullable") and not key.startswith("x-kubernetes"):
            made[key] = value
    if schema.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
    if schema.get("nullable") and "type" in made:
        made["type"] = [made["type"], "null"]
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-embedded-resource")
    if schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema and not open_ended:
        made["additionalProperties"] = False
    return made


def modules():
    """The folder of each module with schemas."""
    found, told, decoder = {}, go(["mod", "download", "-json", *pinned()]).strip(), json.JSONDecoder()
    while told:
        module, end = decoder.raw_decode(told)
        told = told[end:].lstrip()
        found[module["Path"]] = Path(module["Dir"])
    return found


def definitions():
    """How the products define their kinds: what a cluster is told of them."""
    for module, folder in modules().items():
        for path in sorted(folder.glob(SCHEMAS[module])):
            yield yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)


def schemas():
    """A validator for each kind of object of the products, by version and kind."""
    from jsonschema import Draft202012Validator

    found = {}
    for declared in definitions():
        for version in declared["spec"]["versions"]:
            made = strict(version["schema"]["openAPIV3Schema"])
            made["properties"]["metadata"] = {"type": "object"}
            kind = (f"{declared['spec']['group']}/{version['name']}", declared["spec"]["names"]["kind"])
            found[kind] = Draft202012Validator(made)
    return found


def pinned():
    """The modules with the schemas, each with its version."""
    text = (MODULES / "go.mod").read_text(encoding="utf-8")
    return ["@".join(line.split()[:2]) for line in text.splitlines() if line.startswith("\t")]


def objects(path):
    """The objects of a file, each with the line that it begins at."""
    text, line = path.read_text(encoding="utf-8"), 1
    for document in text.split("\n---\n"):
        yield line, yaml.load(document, Loader=LOADER)
        line += document.count("\n") + 2


def judge_objects(folder, validators):
    """What the schemas have against the objects of a folder: how many there are, and all findings."""
    import kubernetes_validate

    count, findings = 0, []
    for path in sorted((folder / "argo").rglob("*.yaml")):
        for line, one in objects(path):
            count += 1
            kind = (one.get("apiVersion"), one.get("kind"))
            name = f"{kind[1]} {one.get('metadata', {}).get('name')}"
            if kind in validators:
                wrong = [f"{error.json_path}: {error.message[-200:]}" for error in validators[kind].iter_errors(one)]
            else:
                try:
                    kubernetes_validate.validate(one, "1.33", strict=True)
                    wrong = []
                except kubernetes_validate.ValidationError as error:
                    wrong = [str(error)[:300]]
                except Exception as error:
                    raise Broken(f"nobody judges {name} of {path}: {error}") from error
            findings += [Finding(str(path), line, 1, "schema", kind[1], "error", f"{name}: {text}") for text in wrong]
    return count, findings


def scripts(folder):
    """Every script of every job, with the functions that it reads before it."""
    for path in sorted((folder / "argo").glob("*.yaml")):
        for _, one in objects(path):
            data = (one.get("data") or {}) if one.get("kind") == "ConfigMap" else {}
            for name, text in data.items():
                if name.endswith(".sh"):
                    yield path, name, text.replace(". /clearway/jobs/clearway.sh", data["clearway.sh"])
    yield folder / "argo" / "approve.sh", "approve.sh", (folder / "argo" / "approve.sh").read_text(encoding="utf-8")


def shellcheck(folder, scratch):
    """What shellcheck has against the scripts; equal ones are looked at once."""
    seen = {}
    for path, name, text in scripts(folder):
        seen.setdefault(text, (path, name))
    places = {}
    for number, (text, place) in enumerate(seen.items()):
        (scratch / f"{number}.sh").write_text(f"#!/usr/bin/env bash\n{text}\n", encoding="utf-8")
        places[f"{number}.sh"] = place
    # As for GitLab: what a job is about comes in variables that no script sets, and what is set for commands is not read by the script; a
    # function may be called by a trap alone (SC2317, SC2329).
    arguments = ["--shell=bash", "--format=json", "--exclude=SC2030,SC2031,SC2034,SC2153,SC2317,SC2329", *places]
    code, out, err = run([tool("shellcheck"), *arguments], cwd=scratch)
    if code not in (0, 1):
        raise Broken(f"shellcheck ended with exit code {code}: {err.strip()}")
    return [
        Finding(str(places[one["file"]][0]), one["line"], one["column"], "shellcheck", f"SC{one['code']}", one["level"],
                f"{places[one['file']][1]}: {one['message']}")
        for one in json.loads(out)
    ]


def judge(folders):
    """Judges folders: how many objects were judged, and all findings in order."""
    validators, count, findings = schemas(), 0, []
    for folder in map(Path, folders):
        if not list((folder / "argo").glob("*.yaml")):
            raise Broken(f"there is nothing for Argo in {folder}")
        objects_here, found = judge_objects(folder, validators)
        count += objects_here
        with tempfile.TemporaryDirectory(prefix="clearway-argo-") as temporary:
            findings += found + shellcheck(folder, Path(temporary))
    return count, sorted(findings)


def emitted_examples(binary, folder, scratch):
    """What every example emits for Argo, each in a folder of its own; a manifest that does not speak of it is given a table."""
    if not binary.is_file():
        raise Broken(f"{binary} is not there: run `cargo build` first")
    emitted = []
    # Projects name packages beside them.
    shutil.copytree(folder, scratch / "projects")
    for example in examples_below(folder):
        project, out = scratch / "projects" / example.name, scratch / example.name
        manifest = project / "clearway.toml"
        text = manifest.read_text(encoding="utf-8")
        if "[targets.argo]" not in text:
            manifest.write_text(text + TABLE, encoding="utf-8")
        code, _, err = run([str(binary), "build", str(project), "--target", "argo", "--out", str(out)])
        if code != 0:
            raise Broken(f"{example.name} does not build for Argo: exit code {code}:\n{err.strip()}")
        emitted.append(out)
    return emitted


def judge_examples(binary, folder):
    """Judges what the examples emit for Argo."""
    with tempfile.TemporaryDirectory(prefix="clearway-examples-") as temporary:
        count, findings = judge(emitted_examples(binary, folder, Path(temporary)))
        return count, [finding.below(temporary) for finding in findings]
