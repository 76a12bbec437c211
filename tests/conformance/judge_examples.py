"""Builds every example for GitHub with the binary as it was built, and judges what comes out."""

import os
import tempfile
from pathlib import Path

import judge_github
from tools import HERE, Broken, built, run

ROOT = HERE.parent.parent


def examples_below(folder):
    """The projects of a folder; without any, nothing would be judged."""
    found = sorted(path.parent for path in folder.glob("*/clearway.toml"))
    if not found:
        raise Broken(f"there is no project in {folder}")
    return found


def build(binary, example, out):
    """Builds one example; one that does not build is a check that cannot be done."""
    code, _, err = run([str(binary), "build", str(example), "--target", "github", "--out", str(out)])
    if code != 0:
        raise Broken(f"`clearway build {os.path.relpath(example, ROOT)}` ended with exit code {code}:\n{err.strip()}")


def judge(binary=None, folder=ROOT / "examples"):
    """Judges every workflow that the examples emit: how many files were judged, and all findings in order.

    The files lie below the example's name, so that a finding says whose it is.
    """
    binary = binary or built()
    if not binary.is_file():
        raise Broken(f"{binary} is not there: run `cargo build` first")
    with tempfile.TemporaryDirectory(prefix="clearway-examples-") as temporary:
        emitted = []
        for example in examples_below(folder):
            out = Path(temporary) / example.name
            build(binary, example, out)
            emitted.append(out)
        files, findings = judge_github.judge(emitted)
        return files, [finding.below(temporary) for finding in findings]
