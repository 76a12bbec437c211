"""Executes workflows with act: no containers, no network, a copy of the repository, one JSON object in and one out."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import act_assume
import act_workflow
from act_log import NOT_RUN, Log, called_record, job_record
from act_scenario import Refused, read
from tools import STUBS, Broken, described_actions, tool
from tools import run as run_tool

IDENTITY = ["-c", "user.name=conformance", "-c", "user.email=conformance@example.invalid", "-c", "commit.gpgsign=false"]


def commit(folder, home, branch):
    """Makes a folder a git repository with one commit of all that is in it."""
    # Fixed names and times, so that `github.sha` is the same in every run.
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    }
    first = [*IDENTITY, "commit", "--quiet", "--allow-empty", "-m", "the repository of a scenario"]
    # Few files, since every job has a copy: no examples of hooks, and one pack.
    for arguments in (["init", "--quiet", "--template=", "-b", branch], ["add", "--all"], first, ["repack", "-adq"]):
        code, _, err = run_tool(["git", *arguments], cwd=folder, environment=environment)
        if code:
            raise Refused(f"git {arguments[-1]} failed: {err.strip()}")


def copy_repository(scenario, scratch):
    """Copies the repository into the scratch folder, as a git repository with a commit, which act asks for."""
    copy = scratch / "repository"
    shutil.copytree(scenario.repository, copy, symlinks=True)
    if not (copy / ".git").exists():
        commit(copy, scratch, scenario.github["ref"].rsplit("/", maxsplit=1)[-1])
    return copy


def local_path(copy, uses):
    """The file of a workflow or action that is named by its path in the repository."""
    path = copy / uses[2:]
    if path.is_dir():
        names = [name for name in ("action.yml", "action.yaml") if (path / name).is_file()]
        path = path / (names or ["action.yml"])[0]
    if not path.is_file():
        raise Refused(f"`{uses}` names no file of the repository")
    return path


def remote_action(uses):
    """A remote action as its repository and its revision."""
    name, _, revision = uses.partition("@")
    repository = "/".join(name.split("/")[:2])
    if uses.startswith("docker://") or not revision or repository != name:
        raise Refused(f"`{uses}` cannot be executed without containers and network, and there is no stub for it")
    stub = {known.lower(): path for known, path in described_actions().items()}.get(repository.lower())
    if stub is None:
        raise Refused(f"there is no stub for `{repository}` in {STUBS}")
    return repository, revision, stub.parent


class Prepared:
    """A workflow and what it calls, rewritten in the copy."""

    def __init__(self, scenario, copy):
        self.scenario, self.copy = scenario, copy
        self.removed, self.ignored, self.actions, self.documents = [], [], {}, {}
        self.document = self.prepare(scenario.workflow, scenario.jobs)

    def prepare(self, workflow, assumptions):
        """Rewrites one workflow and those that it calls."""
        path = self.copy / workflow
        document = act_workflow.load(path)
        removed, ignored = act_workflow.take_out(document)
        for name, assumed in assumptions.items():
            act_assume.assume(document, name, assumed)
        document = act_workflow.put_in(document, self.scenario, self.scenario.workflow)
        prefix = "" if workflow == self.scenario.workflow else f"{workflow}: "
        self.removed += [prefix + one for one in removed]
        self.ignored += [prefix + one for one in ignored]
        self.documents[workflow] = document
        act_workflow.save(path, document)
        for job in act_workflow.jobs_of(document).values():
            if isinstance(job.get("uses"), str):
                self.call(job["uses"])
            self.steps(job.get("steps", []))
        return document

    def call(self, uses):
        """Follows a job into the workflow that it calls."""
        if not uses.startswith("./"):
            raise Refused(f"`{uses}`: a workflow of another repository cannot be read here")
        workflow = local_path(self.copy, uses).relative_to(self.copy).as_posix()
        if workflow not in self.documents:
            self.prepare(workflow, {})

    def called(self, job):
        """The workflow that a job calls, with its path in the repository."""
        workflow = local_path(self.copy, job["uses"]).relative_to(self.copy).as_posix()
        return workflow, self.documents[workflow]

    def calls(self, document, above=()):
        """For each path of jobs that call a workflow, with what act begins the names of its jobs."""
        found = {}
        for name, job in act_workflow.jobs_of(document).items():
            if isinstance(job.get("uses"), str):
                path, (workflow, called) = (*above, name), self.called(job)
                found[path] = f"{job.get('name', name)}/{called.get('name', Path(workflow).name)}/"
                found |= self.calls(called, path)
        return found

    def steps(self, steps):
        """Finds the actions that steps use, also within local actions."""
        for step in steps:
            uses = step.get("uses")
            if uses is None:
                continue
            if uses.startswith("./"):
                self.steps(act_workflow.load(local_path(self.copy, uses)).get("runs", {}).get("steps", []))
            elif uses.split("@")[0].lower() != "actions/checkout":
                repository, revision, folder = remote_action(uses)
                self.actions[f"{repository}@{revision}"] = folder


def dispatch_inputs(document, given):
    """The inputs of a manual run as GitHub fills and checks them before it starts one."""
    triggers = document.get("on")
    declared = ((triggers.get("workflow_dispatch") or {}) if isinstance(triggers, dict) else {}).get("inputs") or {}
    for name in given:
        if name not in declared:
            raise Refused(f"the workflow has no input `{name}`; it has {', '.join(declared) or 'none'}")
    values = {}
    for name, one in declared.items():
        one = one or {}
        value = given.get(name)
        if value is None and "default" in one:
            value = str(one["default"]).lower() if isinstance(one["default"], bool) else str(one["default"])
        if value is None and one.get("required") is True:
            raise Refused(f"the input `{name}` is required")
        if value is None:
            value = "false" if one.get("type") == "boolean" else ""
        if one.get("type") == "boolean" and value not in ("true", "false"):
            raise Refused(f"the input `{name}` is a boolean, not `{value}`")
        if one.get("type") == "choice" and value not in [str(option) for option in one.get("options", [])]:
            raise Refused(f"the input `{name}` may not be `{value}`")
        values[name] = value
    return values


def event(document, scenario):
    """The event of the run, in the form in which a workflow reads it."""
    github = scenario.github
    owner, _, name = github["repository"].partition("/")
    payload = {
        "repository": {
            "full_name": github["repository"],
            "name": name,
            "owner": {"login": owner},
            "default_branch": "main",
        },
        "sender": {"login": github["actor"]},
        "ref": github["ref"],
    }
    payload.update(scenario.payload)
    if scenario.event == "workflow_dispatch":
        payload["inputs"] = dispatch_inputs(document, scenario.inputs)
    elif scenario.inputs:
        raise Refused("only a workflow that is started by hand has inputs")
    triggers = document.get("on")
    if scenario.event not in ([triggers] if isinstance(triggers, str) else triggers or []):
        raise Refused(f"the workflow is not started by `{scenario.event}`")
    return payload


def command(scenario, prepared, scratch):
    """The command line of act."""
    github = scenario.github
    kind = "tag" if github["ref"].startswith("refs/tags/") else "branch"
    facts = {
        "GITHUB_REPOSITORY": github["repository"],
        "GITHUB_REPOSITORY_OWNER": github["repository"].partition("/")[0],
        "GITHUB_REF": github["ref"],
        "GITHUB_REF_NAME": github["ref"].split("/", maxsplit=2)[-1],
        "GITHUB_REF_TYPE": kind,
        "GITHUB_RUN_ID": github["run_id"],
        "GITHUB_RUN_NUMBER": github["run_number"],
        "GITHUB_RUN_ATTEMPT": github["run_attempt"],
        "GITHUB_API_URL": github["api_url"],
    }
    line = [tool("act"), scenario.event, "--directory", str(prepared.copy), "--workflows", scenario.workflow]
    line += ["--json", "--verbose", "--no-cache-server"]
    line += ["--platform", "ubuntu-latest=-self-hosted", "--container-daemon-socket", "-", "--concurrent-jobs", "1"]
    line += ["--actor", github["actor"], "--eventpath", str(scratch / "event.json")]
    # Otherwise act reads `.env`, `.secrets`, `.vars` and `.input` of the repository.
    for kind_of_file in ("env", "secret", "var", "input"):
        line += [f"--{kind_of_file}-file", str(scratch / "none")]
    for flag, values in (("--env", facts), ("--var", scenario.vars), ("--secret", {**scenario.secrets, **scenario.environment_secrets})):
        line += [part for name, value in values.items() for part in (flag, f"{name}={value}")]
    line += ["--secret", f"GITHUB_TOKEN={github['token']}"]
    for name, folder in sorted(prepared.actions.items()):
        line += ["--local-repository", f"{name}={folder}"]
    return line


def known_node(scratch):
    """A folder with a `node` that answers at once what act asks in every job, and else is this machine's.

    act starts Node.js to learn where it is, which takes longer than everything else that it does for a small job.
    """
    folder = scratch / "bin"
    folder.mkdir()
    node = shutil.which("node")
    if node is None:
        raise Broken("`node` is not on PATH")
    question = "--no-warnings -e console.log(process.execPath)"
    script = folder / "node"
    text = f"#!/bin/sh\n[ \"$*\" = '{question}' ] && echo '{node}' || exec '{node}' \"$@\"\n"
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return folder


def environment(scenario, scratch):
    """The environment of the machine that the jobs run on: nothing of this one's but its PATH."""
    home = scratch / "home"
    (home / "act").mkdir(parents=True)
    (home / "act" / "actrc").touch()
    github = scenario.github
    folders = [*(str(Path(one).resolve()) for one in scenario.path), str(known_node(scratch)), os.environ["PATH"]]
    return {
        "PATH": os.pathsep.join(folders),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "XDG_CONFIG_HOME": str(home),
        "XDG_CACHE_HOME": str(scratch / "cache"),
        "ACT_DISABLE_VERSION_CHECK": "1",
        "CONFORMANCE_PYTHON": sys.executable,
        "CONFORMANCE_STUBS": str(STUBS),
        "CONFORMANCE_STATE": str(scratch / "state"),
        "GITHUB_TRIGGERING_ACTOR": github["triggering_actor"],
        "GITHUB_WORKFLOW_REF": f"{github['repository']}/{scenario.workflow}@{github['ref']}",
        **scenario.env,
    }


def execute(line, folder, variables, log, limit):
    """Runs act and returns its exit code, or nothing when it had to be ended."""
    with open(log, "wb") as out:
        process = subprocess.Popen(
            line, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            return process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            # At this signal act kills the step that is running, which is in a process group of its own.
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            return None


def records_of(prepared, log, jobs, path=()):
    """What became of jobs, and of those of the workflows that they call."""
    records = {}
    for name, job in jobs.items():
        record = job_record(log.legs.get(path, {}).get(name), job)
        inside = (*path, name)
        if "uses" in job and inside in log.legs:
            record["jobs"] = records_of(prepared, log, act_workflow.jobs_of(prepared.called(job)[1]), inside)
            record["result"] = called_record(record["jobs"])
        records[name] = record
    return records


def outcome(scenario, prepared, log, scratch):
    """What became of the run."""
    jobs = act_workflow.jobs_of(prepared.document)
    records = records_of(prepared, log, jobs)
    unreached = reached(scenario, log, jobs, records)
    results = [record["result"] for record in records.values()]
    state = scratch / "state"
    calls, artifacts = state / "calls.jsonl", state / "artifacts"
    recorded = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
    return {
        "result": "failure" if {"failure", "cancelled"} & set(results) else "success",
        "finished": NOT_RUN not in results,
        "jobs": records,
        "errors": log.said,
        "unreached": unreached,
        "calls": [json.loads(line) for line in recorded],
        "artifacts": {
            one.name: sorted(file.relative_to(one).as_posix() for file in one.rglob("*") if file.is_file())
            for one in (sorted(artifacts.iterdir()) if artifacts.is_dir() else [])
        },
        "ignored": sorted(prepared.ignored),
        "removed": sorted(prepared.removed),
    }


def reached(scenario, log, jobs, records):
    """Gives jobs the result that was assumed of them; returns those that never came to the assumed point."""
    unreached = []
    for name, assumed in scenario.jobs.items():
        if assumed.result == "skipped":
            continue
        legs = list(log.legs[()].get(name, {}).values())
        if not legs or any(leg.step(act_assume.MARK)["outcome"] == NOT_RUN for leg in legs):
            if assumed.run == "cancelled":
                raise Refused(f"the run was to be cancelled during `{name}`, which did not run")
            unreached.append(name)
        elif assumed.result == "cancelled":
            identifiers = [step.get("id") or str(number) for number, step in enumerate(jobs[name]["steps"])]
            before = identifiers[: identifiers.index(act_assume.MARK)]
            if any(leg.step(one)["conclusion"] == "failure" for leg in legs for one in before):
                raise Refused(f"`{name}` was to be cancelled, but failed by itself before that")
            records[name]["result"] = "cancelled"
    return unreached


def run_in(scenario, scratch):
    """Executes a scenario in a scratch folder."""
    copy = copy_repository(scenario, scratch)
    prepared = Prepared(scenario, copy)
    (scratch / "event.json").write_text(json.dumps(event(prepared.document, scenario)), encoding="utf-8")
    state = scratch / "state"
    state.mkdir()
    if scenario.artifacts:
        shutil.copytree(scenario.artifacts, state / "artifacts")
    log = scratch / "act.jsonl"
    variables = environment(scenario, scratch)
    # Not started in the repository, whose `.actrc` would add to the command line.
    code = execute(command(scenario, prepared, scratch), scratch / "home", variables, log, scenario.timeout)
    # The same run gives the same result: neither the scratch folder nor act's random names are in it.
    text = log.read_text(encoding="utf-8", errors="replace").replace(str(scratch), "SCRATCH")
    text = re.sub(r"SCRATCH/cache/act/[0-9a-f]{16}", "SCRATCH/job", text)
    name = prepared.document.get("name", Path(scenario.workflow).name)
    read_log = Log(text, name, act_workflow.jobs_of(prepared.document), prepared.calls(prepared.document))
    if code is None:
        read_log.said.append(f"act did not end within {scenario.timeout} s")
    return outcome(scenario, prepared, read_log, scratch)


def run(given):
    """Executes one scenario given as parsed JSON and returns its result; a refused one says why in `refused`."""
    started = time.monotonic()
    name = given.get("name", "") if isinstance(given, dict) else ""
    try:
        scenario = read(given)
        if scenario.scratch:
            scratch = Path(scenario.scratch).resolve()
            scratch.mkdir(parents=True, exist_ok=True)
            if any(scratch.iterdir()):
                raise Refused(f"{scratch} is not empty")
            result = run_in(scenario, scratch)
        else:
            with tempfile.TemporaryDirectory(prefix="clearway-act-") as temporary:
                result = run_in(scenario, Path(temporary).resolve())
    except Refused as error:
        return {"name": name, "refused": str(error)}
    except OSError as error:
        return {"name": name, "refused": f"the repository cannot be copied or read: {error}"}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # Something stands where its form forbids it, a list for a mapping, say.
        return {"name": name, "refused": f"the scenario or a workflow has not the form it should have: {error!r}"}
    return {"name": name, **result, "seconds": round(time.monotonic() - started, 2)}


def run_all(scenarios, workers=None):
    """Executes scenarios beside each other and returns their results in the same order."""
    tool("act")
    if not scenarios:
        raise Broken("there is no scenario to execute")
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        return list(pool.map(run, scenarios))
