"""The linters of Argo Workflows and Argo Rollouts, built from the Go modules of the products; and Prometheus' own, from Debian's package.

A module of a product has the pins of all that it is made of, so it is copied, our few lines that start its linter are put beside, and it is built
as its own authors build it. `argo/go.mod` and `argo/go.sum` say which module that is. Built once for each change of either; the first time takes
minutes. What cannot be built is an error.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

import judge_argo
from servers import installed, once, prometheus
from tools import HERE, TARGET

SOURCES = HERE / "argo" / "lint"
PROGRAMS = TARGET / "linters"

MODULES = {
    "workflows": "github.com/argoproj/argo-workflows/v4",
    "rollouts": "github.com/argoproj/argo-rollouts",
}


def built(name):
    """The path of a linter."""
    module, source = MODULES[name], SOURCES / f"{name}.go"
    pinned = next(one for one in judge_argo.pinned() if one.startswith(f"{module}@"))
    program, stamp = PROGRAMS / name, PROGRAMS / f"{name}.stamp"
    wanted = f"{pinned} {hashlib.sha256(source.read_bytes()).hexdigest()}\n"
    with once():
        PROGRAMS.mkdir(parents=True, exist_ok=True)
        if not program.is_file() or not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            folder = PROGRAMS / f"{name}.module"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(json.loads(judge_argo.go(["mod", "download", "-json", pinned]))["Dir"], folder)
            # The files of a module are kept so that nobody writes them.
            for path in [folder, *folder.rglob("*")]:
                if path.is_dir():
                    os.chmod(path, 0o755)
            (folder / "cmd" / "lint").mkdir(parents=True)
            shutil.copy(source, folder / "cmd" / "lint" / "main.go")
            command = ["go", "build", "-mod=readonly", "-trimpath", "-ldflags=-s", "-o", str(program), "./cmd/lint"]
            installed(f"building the linter of {pinned}", command, cwd=folder, CGO_ENABLED="0", GOFLAGS="", GOWORK="off")
            shutil.rmtree(folder)
            stamp.write_text(wanted, encoding="utf-8")
    return str(program)


def promtool():
    """Prometheus' own judge of rules and queries."""
    return str(Path(prometheus()).with_name("promtool"))
