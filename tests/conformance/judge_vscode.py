"""The extension for VS Code in `editors/vscode`: its types, its colours over every `.cw`, its client library against the built server, and its package."""

import shutil

from tools import TARGET, Broken, built, run

ROOT = TARGET.parent.parent
EXTENSION = ROOT / "editors" / "vscode"
# What the tests of the extension look at besides.
LOOKED_AT = ("examples", "stdlib")


def installed():
    """A copy of the extension with what its `package-lock.json` pins, in a folder that lies to the texts of the language as its own does."""
    root = TARGET / "vscode"
    folder = root / "editors" / "vscode"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(EXTENSION, folder, ignore=shutil.ignore_patterns("node_modules", "out", "*.vsix"))
    for name in LOOKED_AT:
        (root / name).symlink_to(ROOT / name)
    code, out, err = run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder)
    if code:
        raise Broken(f"npm does not install what editors/vscode/package-lock.json pins:\n{(out + err).strip()[-2000:]}")
    return folder


def judge():
    """The findings as texts."""
    if shutil.which("npm") is None:
        raise Broken("`npm` is not on PATH")
    folder, findings = installed(), []
    for what, command in (
        ("the types", ["npm", "run", "--silent", "build"]),
        ("the colours", ["npm", "test", "--silent"]),
        ("the client", ["node", "test/client.mjs", str(built())]),
        ("the package", ["npm", "run", "--silent", "package"]),
    ):
        code, out, err = run(command, cwd=folder)
        if code:
            findings.append(f"{what}: {(out + err).strip()[-2000:]}")
    if not findings and not (folder / "clearway.vsix").is_file():
        findings.append("the package: there is no clearway.vsix")
    return findings
