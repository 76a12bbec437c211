"""Two judges over the GitLab pipelines of a folder: gitlab-ci-local (GitLab's schema, inputs, includes, references) and shellcheck.

A pipeline is judged for each thing that a person can choose, and that of each stage by itself, since a job triggers it. A finding of any of
them is a failure; so is a pipeline without jobs, a folder without pipelines, and a judge that cannot do its work.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from judge_examples import examples_below
from judge_github import Finding
from tools import Broken, gitlab_runner, run, tool

ROOT = ".gitlab-ci.yml"

# What a person says who starts a run; what a file does not ask for is left out.
SAID = {"change": "CHG-1", "incident": "INC-1", "requested-by": "ana", "version": "1.0.0", "digests": "x=sha256:0"}

# What GitLab says of a run, and what a pipeline is told that another one triggers.
RUN = {"CI_COMMIT_REF_PROTECTED": "true", "CI_PIPELINE_SOURCE": "web"}
TRIGGERED = {"CI_COMMIT_REF_PROTECTED": "true", "CI_PIPELINE_SOURCE": "parent_pipeline", "CLEARWAY_RUN": "1", "WAY": "release"}


def documents(path):
    """The head of a file, which has its inputs, and what the file holds."""
    try:
        found = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise Broken(f"{path} cannot be read: {error}") from error
    return (found[0], found[1]) if len(found) == 2 else ({}, found[0])


def inputs_of(head):
    """The inputs of a file, by name."""
    return (head.get("spec") or {}).get("inputs") or {}


def answers(inputs, pipeline, own):
    """What a person says to each input; where the file of the pipeline has a choice, one of its own."""
    said = {}
    for name, declared in inputs.items():
        options = [option for option in own.get(name, declared).get("options", []) if option != "-"]
        value = pipeline if name == "pipeline" else options[0] if options else SAID.get(name)
        if value:
            said[name] = value
    return said


def starts(folder):
    """What can be started in a folder: a file, its inputs and what GitLab says of the run."""
    head, _ = documents(folder / ROOT)
    inputs = inputs_of(head)
    for pipeline in (option for option in inputs["pipeline"]["options"] if option != "-"):
        own = folder / ".gitlab" / f"{pipeline}.yml"
        if not own.is_file():
            raise Broken(f"there is no {own} for what a person can choose")
        yield ROOT, answers(inputs, pipeline, inputs_of(documents(own)[0])), RUN, pipeline
    for path in sorted((folder / ".gitlab").glob("*.yml")):
        head, body = documents(path)
        if any(rule.get("if") == '$CI_PIPELINE_SOURCE == "parent_pipeline"' for rule in (body.get("workflow") or {}).get("rules", [])):
            yield path.relative_to(folder).as_posix(), {}, TRIGGERED, path.stem


def repository(folder, scratch):
    """A copy that is a git repository with a remote, without which gitlab-ci-local does nothing."""
    copy = scratch / "repository"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".git", ".gitlab-ci-local"))
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["config", "user.name", "x"],
        ["config", "user.email", "x@example.com"],
        ["add", "--all"],
        ["commit", "--quiet", "--message=x"],
        ["remote", "add", "origin", "git@gitlab.example:acme/shop.git"],
    ):
        subprocess.run(["git", *command], cwd=copy, check=True, capture_output=True)
    return copy


def runner(given, copy, start, scratch):
    """What gitlab-ci-local has against a pipeline."""
    file, inputs, variables, name = start
    arguments = [f"--file={file}", "--list-json", "--ignore-predefined-vars=CI_COMMIT_REF_PROTECTED,CI_PIPELINE_SOURCE"]
    arguments += [f"--home={scratch}", f"--state-dir=.gitlab-ci-local/{name}"]
    arguments += [part for pair in inputs.items() for part in ("--input", "=".join(pair))]
    arguments += [part for pair in variables.items() for part in ("--variable", "=".join(pair))]
    environment = {"PATH": os.environ["PATH"], "HOME": str(scratch), "NO_COLOR": "1"}
    code, out, err = run([*gitlab_runner(), *arguments], cwd=copy, environment=environment, timeout=60)
    said = re.sub(r"\x1b\[[0-9;]*m", "", f"{out}\n{err}")
    listed = re.search(r"^\[.*^\]|^\[.*\]$", said, re.DOTALL | re.MULTILINE)
    jobs = json.loads(listed.group()) if code == 0 and listed else []
    if code == 0 and jobs and "json schema validated" in said:
        return []
    lines = [line.strip() for line in said.splitlines() if "invalid" in line or "rror" in line or line.strip().startswith("•")]
    message = " ".join(lines) or f"exit code {code}, {len(jobs)} jobs: {said.strip()[-400:]}"
    return [Finding(str(given / file), 1, 1, "gitlab-ci-local", name, "error", " ".join(message.split()))]


def scripts(folder):
    """Every script of every job, as one file of bash each: what comes before it stands before it."""
    shared = (folder / ".gitlab" / "clearway.sh").read_text(encoding="utf-8")
    yield ".gitlab/clearway.sh", "clearway.sh", shared
    for path in sorted((folder / ".gitlab").glob("*.yml")):
        _, body = documents(path)
        for name, job in body.items():
            if not isinstance(job, dict) or "script" not in job:
                continue
            before = [shared if line == ". .gitlab/clearway.sh" else line for line in job.get("before_script", [])]
            after = [shared if line == ". .gitlab/clearway.sh" else line for line in job.get("after_script", [])]
            for lines in ([*before, *job["script"]], after):
                if lines:
                    yield path.relative_to(folder).as_posix(), name, "\n".join(lines)


def shellcheck(given, folder, scratch):
    """What shellcheck has against the scripts; equal ones are looked at once."""
    seen, names = {}, []
    for file, job, text in scripts(folder):
        if text not in seen:
            seen[text] = (file, job)
    for number, (text, place) in enumerate(seen.items()):
        path = scratch / f"{number}.sh"
        path.write_text(f"#!/usr/bin/env bash\n{text}\n", encoding="utf-8")
        names.append((path.name, place))
    if not names:
        raise Broken(f"there is no script below {given}")
    # What a job is about comes in variables of the job, which no script sets (SC2153); each service that goes back has its own in a
    # subshell (SC2030, SC2031); and what is set for commands is not read by the script (SC2034).
    arguments = ["--shell=bash", "--format=json", "--exclude=SC2030,SC2031,SC2034,SC2153", *(name for name, _ in names)]
    code, out, err = run([tool("shellcheck"), *arguments], cwd=scratch)
    if code not in (0, 1):
        raise Broken(f"shellcheck ended with exit code {code}: {err.strip()}")
    places = dict(names)
    return [
        Finding(str(given / places[one["file"]][0]), one["line"], one["column"], "shellcheck", f"SC{one['code']}", one["level"],
                f"{places[one['file']][1]}: {one['message']}")
        for one in json.loads(out)
    ]


def judge(folders):
    """Judges every pipeline of the folders: how many were judged, and all findings in order."""
    count, findings = 0, set()
    for folder in map(Path, folders):
        if not (folder / ROOT).is_file():
            raise Broken(f"there is no {ROOT} in {folder}")
        with tempfile.TemporaryDirectory(prefix="clearway-gitlab-") as temporary, ThreadPoolExecutor(os.cpu_count()) as pool:
            scratch = Path(temporary)
            copy = repository(folder, scratch)
            (scratch / "scripts").mkdir()
            work = [pool.submit(runner, folder, copy, start, scratch) for start in starts(folder)]
            count += len(work)
            work.append(pool.submit(shellcheck, folder, folder, scratch / "scripts"))
            findings |= {finding for one in work for finding in one.result()}
    return count, sorted(findings)


def judge_examples(binary, folder):
    """Judges every pipeline that the examples emit for GitLab; those whose manifest does not speak of it are taken to be of a paid tier."""
    if not binary.is_file():
        raise Broken(f"{binary} is not there: run `cargo build` first")
    with tempfile.TemporaryDirectory(prefix="clearway-examples-") as temporary:
        emitted = []
        # All of them: an example may rest on a package beside it.
        shutil.copytree(folder, Path(temporary) / "projects")
        for example in examples_below(folder):
            project, out = Path(temporary) / "projects" / example.name, Path(temporary) / example.name
            manifest = project / "clearway.toml"
            text = manifest.read_text(encoding="utf-8")
            if "[targets.gitlab]" not in text:
                manifest.write_text(f'{text}\n[targets.gitlab]\ntier = "premium"\ntags = "release"\n', encoding="utf-8")
            code, _, err = run([str(binary), "build", str(project), "--target", "gitlab", "--out", str(out)])
            if code != 0:
                raise Broken(f"{example.name} does not build for GitLab: exit code {code}:\n{err.strip()}")
            emitted.append(out)
        pipelines, findings = judge(emitted)
        return pipelines, [finding.below(temporary) for finding in findings]
