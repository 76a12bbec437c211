"""Installs what `pins/` names into `target/conformance/`, once for each change of the pins.

Only the standard library: this runs before anything is installed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent.parent / "target" / "conformance"
PARSER = "github_parser.mjs"


class Missing(Exception):
    """A tool cannot be had; the message says which and why."""


def run(what, command, cwd=None, **environment):
    """Runs one step of the installation; a failure carries what the installer said."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(done.stdout.strip().splitlines()[:30])
        raise Missing(f"{what} failed with exit code {done.returncode}:\n{said}")


def fingerprint():
    """What an installation depends on: the pins, the glue that is bundled, and the two interpreters."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(node.lstrip("v").split(".")[0]) < 20:
        raise Missing(f"Node.js 20 or newer is needed, and `node` is {node}")
    if sys.version_info < (3, 9):
        raise Missing(f"Python 3.9 or newer is needed, and `python3` is {sys.version.split()[0]}")
    digest = hashlib.sha256()
    for path in sorted((HERE / "pins").glob("*.*")) + [HERE / PARSER, Path(__file__)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"python {sys.version.split()[0]} at {sys.base_prefix}\nnode {node}\npins {digest.hexdigest()}\n"


def install():
    """Everything anew: what an interrupted or older installation left is removed first."""
    python, node = TARGET / "python", TARGET / "node"
    shutil.rmtree(python, ignore_errors=True)
    shutil.rmtree(node, ignore_errors=True)

    print("conformance: installing the judges and the executor from PyPI", file=sys.stderr)
    run("creating a virtual environment", [sys.executable, "-m", "venv", python])
    run(
        "installing pins/requirements.txt",
        [python / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        + ["--only-binary", ":all:", "--require-hashes", "--requirement", HERE / "pins" / "requirements.txt"],
    )

    print("conformance: installing GitHub's workflow parser and gitlab-ci-local from npm", file=sys.stderr)
    node.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "pins" / name, node / name)
    run(
        "installing pins/package-lock.json",
        ["npm", "ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=node,
    )
    # Bundled, because the packages import JSON in a way that Node.js 20 does not accept.
    run(
        "bundling GitHub's workflow parser",
        ["node", node / "node_modules" / "esbuild" / "bin" / "esbuild", HERE / PARSER, "--bundle"]
        + ["--platform=node", "--format=cjs", "--log-level=warning", f"--outfile={TARGET / 'github-parser.cjs'}"],
        NODE_PATH=str(node / "node_modules"),
    )


def main():
    """Installs if anything changed; two runs at once wait for each other."""
    try:
        TARGET.mkdir(parents=True, exist_ok=True)
        with open(TARGET / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            wanted, stamp = fingerprint(), TARGET / "installed"
            if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
                stamp.unlink(missing_ok=True)
                install()
                stamp.write_text(wanted, encoding="utf-8")
    except Missing as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
