"""Executes a pipeline with gitlab-ci-local: every job in a folder of its own, with what the jobs before it kept.

gitlab-ci-local never starts a job that waits for a failure where a job before it was skipped, since it waits for the skipped one to end. On
GitLab a skipped job has ended. What is left over so is started in a second call.
"""

import json
import os
import re
import shutil

import gitlab_pipeline
from servers import unpacked
from tools import Broken, gitlab_runner
from tools import run as run_tool

STATE = ".gitlab-ci-local"

# What a file of GitLab may set itself, and a scenario does.
PREDEFINED = "CI_COMMIT_REF_PROTECTED,CI_PIPELINE_SOURCE,CI_API_V4_URL,CI_PIPELINE_ID,CI_PIPELINE_IID,CI_JOB_ID,GITLAB_USER_LOGIN"

# gitlab-ci-local empties the folder of a job before its `after_script`, which GitLab does not. Every folder is new, so nothing is to be deleted.
RSYNC = """#!/usr/bin/env bash
arguments=()
for one in "$@"; do
  case "${one}" in --delete | --delete-excluded) ;; *) arguments+=("${one}") ;; esac
done
LD_LIBRARY_PATH='%(root)s/usr/lib/%(machine)s-linux-gnu' exec '%(root)s/usr/bin/rsync' "${arguments[@]}"
"""

SAID = re.compile(r"^ (PASS|WARN|FAIL)  (\S+) *(\S*)$", re.MULTILINE)
# What stands behind the first line of a part with several.
COLLAPSED = " # collapsed multi-line command"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def programs(folder):
    """A folder with `rsync`, which gitlab-ci-local copies with: of Debian's package, for which it looks on PATH."""
    root = unpacked("rsync", lambda: ["rsync", "libpopt0"])
    folder.mkdir()
    (folder / "rsync").write_text(RSYNC % {"root": root, "machine": os.uname().machine}, encoding="utf-8")
    (folder / "rsync").chmod(0o755)
    return folder


def file_variable(home, name, text):
    """A variable of the project of the type file: every job gets a file of its own."""
    said = {"global": {name: {"type": "file", "values": {"*": text}}}}
    (home / ".gitlab-ci-local").mkdir()
    (home / ".gitlab-ci-local" / "variables.yml").write_text(json.dumps(said), encoding="utf-8")


def remote(repository):
    """Gives a repository a remote, without which gitlab-ci-local does nothing."""
    code, _, err = run_tool(["git", "remote", "add", "origin", "git@gitlab.example:acme/shop.git"], cwd=repository)
    if code:
        raise Broken(f"git remote add failed: {err.strip()}")


class Local:
    """One pipeline of a repository that is its own copy of it."""

    def __init__(self, repository, file, pipeline, arguments, environment):
        self.repository, self.file, self.pipeline = repository, file, pipeline
        self.arguments, self.environment = arguments, environment
        # By name, of all that started.
        self.results, self.wrong = {}, []

    @property
    def kept(self):
        """Where what its jobs kept lies, by their names."""
        return self.repository / STATE / "artifacts"

    def call(self, *arguments):
        """Calls gitlab-ci-local, and takes what it says of each job."""
        # What a scenario copies is not shared by jobs, and the schema is looked at where pipelines are judged.
        given = ["--force-shell-executor", "--shell-isolation", "--no-json-schema-validation", f"--state-dir={STATE}"]
        given += [f"--home={self.repository.parent}", f"--ignore-predefined-vars={PREDEFINED}", f"--file={self.file}"]
        code, out, err = run_tool(
            [*gitlab_runner(), *given, *self.arguments, *arguments], cwd=self.repository, environment=self.environment
        )
        said = SAID.findall(COLOUR.sub("", out))
        if not said:
            raise Broken(f"gitlab-ci-local executes nothing of {self.file}, exit code {code}:\n{(out + err)[-3000:]}")
        for result, name, part in said:
            if part == "after_script":
                self.wrong.append(f"what job {name} does after its script fails")
            elif name in self.results:
                raise Broken(f"gitlab-ci-local executes job {name} of {self.file} twice")
            else:
                self.results[name] = "failure" if result == "FAIL" else "success"
        return self

    def run(self):
        """Executes the pipeline to its end."""
        manual = [f"--manual={name}" for name, job in self.pipeline.jobs.items() if job.said("when") == "manual"]
        self.call(*manual)
        while waiting := self.left_over():
            gitlab_pipeline.starts_by_itself(self.repository / self.file, waiting)
            self.call(*waiting, *self.below(waiting))
        return self

    def left_over(self):
        """Jobs of the first stage with some that wait for a failure before it, or for no result, and have not started."""
        jobs, stages = self.pipeline.jobs, self.pipeline.stages
        failed = [stages.index(jobs[name].body["stage"]) for name, result in self.results.items() if result == "failure"]
        if not failed:
            return []
        waiting = [
            name
            for name, job in jobs.items()
            if name not in self.results
            and "needs" not in job.body
            and job.said("when") in ("on_failure", "always")
            and stages.index(job.body["stage"]) > min(failed)
        ]
        first = min((stages.index(jobs[name].body["stage"]) for name in waiting), default=None)
        return [name for name in waiting if stages.index(jobs[name].body["stage"]) == first]

    def below(self, names):
        """All that needs one of these, or one that needs it."""
        found = []
        for name, job in self.pipeline.jobs.items():
            needs = {need["job"] for need in job.body.get("needs", []) if "pipeline" not in need}
            if needs & {*names, *found} and name not in self.results:
                found.append(name)
        return found

    def again(self, name):
        """Lets a person press a button on a job that has ended: it runs once more; gives how it ended."""
        self.results.pop(name)
        log = self.repository / STATE / "output" / f"{name}.log"
        log.unlink()
        shutil.rmtree(self.repository / STATE / "builds" / name)
        return self.call(name).results[name]

    def stopped_in(self, name):
        """Of all that a job runs, the last that began."""
        log = COLOUR.sub("", (self.repository / STATE / "output" / f"{name}.log").read_text(encoding="utf-8"))
        begun = [line[2:].removesuffix(COLLAPSED).strip() for line in log.splitlines() if line.startswith("$ ")]
        script = self.pipeline.jobs[name].script
        last = ""
        for line in begun:
            if script and line == script[0].splitlines()[0].strip():
                last, *script = script
        return last

    @property
    def succeeded(self):
        """Whether nothing failed."""
        return "failure" not in self.results.values()
