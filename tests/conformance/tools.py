"""Where the installed tools are, and how one is run."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target" / "conformance"
STUBS = HERE / "stubs"


class Broken(Exception):
    """The conformance check itself cannot do its work; the message says why."""


def tool(name):
    """The path of an installed program."""
    path = TARGET / "python" / "bin" / name
    if not path.exists():
        raise Broken(f"`{name}` is not in {path.parent}: remove {TARGET / 'installed'} and run again")
    return str(path)


def github_parser():
    """The command of GitHub's own parser."""
    node = shutil.which("node")
    if node is None:
        raise Broken("`node` is not on PATH")
    return [node, str(TARGET / "github-parser.cjs")]


def gitlab_runner():
    """The command of gitlab-ci-local, with a Node.js that is new enough for it."""
    modules = TARGET / "node" / "node_modules"
    found = [path for path in sorted(modules.glob("node-linux-*/bin/node")) if path.is_file()]
    node = str(found[0]) if found else shutil.which("node")
    if node is None or int(run([node, "--version"])[1].lstrip("v").split(".")[0]) < 22:
        raise Broken("gitlab-ci-local needs Node.js 22: put it on PATH, where none comes from npm for this machine")
    return [node, str(modules / "gitlab-ci-local" / "dist" / "index.js")]


def run(command, stdin="", cwd=None, environment=None, timeout=300):
    """Runs a program to its end and returns its exit code, standard output and standard error."""
    try:
        done = subprocess.run(
            command, input=stdin, cwd=cwd, env=environment, timeout=timeout, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Broken(f"`{os.path.basename(command[0])}` did not end within {timeout} s") from error
    except OSError as error:
        raise Broken(f"`{command[0]}` cannot be run: {error}") from error
    return done.returncode, done.stdout, done.stderr


def built():
    """The path of `clearway`: of the binaries of both profiles the one that was built last."""
    target = HERE.parent.parent / "target"
    found = [path for path in (target / kind / "clearway" for kind in ("release", "debug")) if path.is_file()]
    if not found:
        raise Broken("there is no `clearway` in target/release or target/debug: run `cargo build` first")
    return max(found, key=lambda path: path.stat().st_mtime)


def described_actions():
    """The action.yml of each action that has a stub, by `owner/name`."""
    found = {f"{path.parent.parent.name}/{path.parent.name}": path for path in sorted(STUBS.glob("*/*/action.yml"))}
    if not found:
        raise Broken(f"there are no stubs in {STUBS}")
    return found
