"""Three judges over the GitHub workflows of a folder: zizmor, actionlint with shellcheck, and GitHub's own parser.

A finding of any of them is a failure, whatever its severity; so is a folder without workflows, and a judge that
cannot do its work.
"""

import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tools import Broken, described_actions, github_parser, run, tool

# What GitHub reads in a repository: the workflows directly in their folder, and actions called by their path.
PATTERNS = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".github/actions/**/action.yml",
    ".github/actions/**/action.yaml",
)


@dataclass(frozen=True, order=True)
class Finding:
    """What one judge has against one place. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    judge: str
    rule: str
    severity: str
    message: str

    def below(self, folder):
        """The same with its path seen from a folder."""
        return replace(self, file=os.path.relpath(self.file, folder))

    def __str__(self):
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.judge}/{self.rule}: {self.message}"


@dataclass(frozen=True)
class Repository:
    """One repository root: where it was given, and the copy that is judged."""

    given: Path
    copy: Path
    files: tuple

    def finding(self, file, line, column, judge, rule, severity, message):
        """A finding with the path that the user knows, on one line."""
        plain = " ".join(message.replace(f"{self.copy}/", "").split())
        return Finding(str(self.given / file), line, column, judge, rule, severity, plain)


def repositories_below(folder):
    """The roots in an emitted folder: itself, and what is written for other repositories in `repos/OWNER/NAME`."""
    candidates = [folder] + sorted(path for path in folder.glob("repos/*/*") if path.is_dir())
    found = []
    for root in candidates:
        files = sorted(path.relative_to(root).as_posix() for pattern in PATTERNS for path in root.glob(pattern))
        if files:
            found.append((root, files))
    if not any(".github/workflows/" in file for _, files in found for file in files):
        raise Broken(f"there is no workflow below {folder}/.github/workflows nor {folder}/repos/*/*/.github/workflows")
    return found


def copied(folders, scratch):
    """Copies each root's `.github` to where no configuration and no ignore file of a parent folder can reach it.

    The empty `.git` folder makes actionlint take it for a repository, without which it does not follow `uses: ./…`.
    """
    repositories = []
    for folder in folders:
        if not folder.is_dir():
            raise Broken(f"{folder} is not a folder")
        for root, files in repositories_below(folder):
            copy = scratch / str(len(repositories))
            shutil.copytree(root / ".github", copy / ".github")
            (copy / ".git").mkdir()
            repositories.append(Repository(root, copy, tuple(files)))
    return repositories


def workflows(repository):
    """The files that are workflows; the others are actions."""
    return [file for file in repository.files if file.startswith(".github/workflows/")]


def collected(judge):
    """Makes a judge that yields its findings return them all, so that it does its work where it is called."""

    def run_judge(*arguments):
        return list(judge(*arguments))

    return run_judge


@collected
def zizmor(repository):
    """Security: the strictest persona, no network, and deaf to comments and configuration that would silence it."""
    code, out, err = run(
        [tool("zizmor"), "--offline", "--persona=auditor", "--no-config", "--no-ignores", "--strict-collection"]
        + ["--collect=all", "--no-progress", "--quiet", "--format=json-v1", *repository.files],
        cwd=repository.copy,
        environment={"NO_COLOR": "1"},
    )
    # 0 and, depending on the worst severity, 11 to 14 are verdicts; all else is a file it could not read, or a crash.
    if code != 0 and not 11 <= code <= 14:
        said = err if err.strip() else f"exit code {code}"
        yield repository.finding(repository.files[0], 1, 1, "zizmor", "refused", "error", said)
        return
    for entry in json.loads(out):
        location = next(
            (place for place in entry["locations"] if place["symbolic"].get("kind") == "Primary"), entry["locations"][0]
        )
        file = location["symbolic"]["key"]["Local"]["verbatim_path"]
        start = location["concrete"]["location"]["start_point"]
        yield repository.finding(
            file,
            start["row"] + 1,
            start["column"] + 1,
            "zizmor",
            entry["ident"],
            entry["determinations"]["severity"].lower(),
            f"{entry['desc']}: {location['symbolic']['annotation']}",
        )


@collected
def actionlint(repository, configuration):
    """Correctness of keys, expressions and references, and of the shell scripts in `run`."""
    code, out, err = run(
        [tool("actionlint"), "-no-color", "-config-file", str(configuration), "-shellcheck", tool("shellcheck")]
        + ["-pyflakes", "", "-format", "{{json .}}", *workflows(repository)],
        cwd=repository.copy,
    )
    if code not in (0, 1):
        raise Broken(f"actionlint ended with exit code {code}: {err.strip()}")
    for entry in json.loads(out):
        place = (entry["filepath"], entry["line"], entry["column"])
        yield repository.finding(*place, "actionlint", entry["kind"], "error", entry["message"])


@collected
def github(repositories):
    """What GitHub itself says, for all roots at once, since starting it takes longer than judging."""
    request = {
        "roots": [{"root": str(repository.copy), "files": repository.files} for repository in repositories],
        "actions": {name: str(path) for name, path in described_actions().items()},
    }
    code, out, err = run(github_parser(), stdin=json.dumps(request))
    if code != 0:
        raise Broken(f"GitHub's parser ended with exit code {code}: {err.strip()}")
    by_copy = {str(repository.copy): repository for repository in repositories}
    for entry in json.loads(out):
        message = entry["message"]
        if message.startswith("Unable to resolve action"):
            message += " (an action that is emitted needs its description in tests/conformance/stubs/OWNER/NAME)"
        place = (entry["file"], entry["line"], entry["column"])
        yield by_copy[entry["root"]].finding(*place, "github", "workflow-parser", entry["severity"], message)


def judge(folders):
    """Judges every workflow of the folders: how many files were judged, and all findings in order."""
    with tempfile.TemporaryDirectory(prefix="clearway-judge-") as temporary, ThreadPoolExecutor(os.cpu_count()) as pool:
        scratch = Path(temporary)
        repositories = copied([Path(folder) for folder in folders], scratch)
        configuration = scratch / "actionlint.yaml"
        configuration.write_text("{}\n", encoding="utf-8")
        work = [pool.submit(github, repositories)]
        for repository in repositories:
            work += [pool.submit(zizmor, repository), pool.submit(actionlint, repository, configuration)]
        findings = {finding for one in work for finding in one.result()}
        return sum(len(repository.files) for repository in repositories), sorted(findings)
