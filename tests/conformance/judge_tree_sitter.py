"""What tree-sitter makes of `editors/tree-sitter`: the grammar without an unresolved conflict, every `.cw` of the repository without an error,
and the queries of the editors against every one of them.
"""

import shutil
import subprocess
import sys

from tools import TARGET, Broken, run

ROOT = TARGET.parent.parent
GRAMMAR = ROOT / "editors" / "tree-sitter"
VERSION = "0.26.13"
# A scanner that a text makes run for ever is a mistake too.
SECONDS = 120


def program():
    """The built program, from its own locked sources, unoptimised: it reads little; that takes minutes, once for each version."""
    root = TARGET / f"tree-sitter-{VERSION}"
    path = root / "bin" / "tree-sitter"
    if not path.exists():
        print(f"conformance: building tree-sitter {VERSION} from crates", file=sys.stderr)
        command = ["cargo", "install", "tree-sitter-cli", "--version", VERSION, "--locked", "--debug", "--no-default-features"]
        done = subprocess.run([*command, "--root", str(root)], stdout=sys.stderr, check=False)
        if done.returncode != 0 or not path.exists():
            raise Broken(f"tree-sitter {VERSION} cannot be built")
    return str(path)


def sources():
    """Every file of the language in the repository."""
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.cw"], cwd=ROOT)[1]
    found = [ROOT / name for name in listed.split("\0") if name]
    # Projects that must fail have syntax errors of their own on purpose.
    sound = [path for path in found if path.is_file() and "failing" not in path.relative_to(ROOT).parts]
    if not sound:
        raise Broken("there is no file of the language")
    return sound


def judge():
    """The findings as texts, and how many files there are."""
    if shutil.which("cc") is None:
        raise Broken("tree-sitter needs a C compiler: `cc` is not on PATH")
    tree_sitter, folder = program(), TARGET / "grammar"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(GRAMMAR, folder)
    code, out, err = run([tree_sitter, "generate"], cwd=folder, timeout=SECONDS)
    if code != 0 or "nnecessary conflicts" in out + err:
        return [f"editors/tree-sitter/grammar.js: {(err or out).strip()}"], 0
    files = sources()
    findings = []
    code, out, err = run([tree_sitter, "parse", "--quiet", *map(str, files)], cwd=folder, timeout=SECONDS)
    findings += [line.strip() for line in out.splitlines() if "ERROR" in line or "MISSING" in line]
    if code != 0 and not findings:
        findings.append(err.strip() or out.strip())
    for query in sorted((folder / "queries").glob("*.scm")):
        code, out, err = run([tree_sitter, "query", str(query), *map(str, files)], cwd=folder, timeout=SECONDS)
        if code != 0:
            findings.append(f"editors/tree-sitter/queries/{query.name}: {err.strip()}")
        elif "capture" not in out:
            findings.append(f"editors/tree-sitter/queries/{query.name}: finds nothing")
    code, out, err = run([tree_sitter, "test"], cwd=folder, timeout=SECONDS)
    if code != 0:
        findings.append(f"editors/tree-sitter/test: {out.strip() or err.strip()}")
    return findings, len(files)
