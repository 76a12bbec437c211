"""Programs that are built from Go modules, once for each change of their pins and of our lines; what cannot be built is an error.

A module of a product has the pins of all that it is made of, so it is copied, our few lines are put beside, and it is built as its own authors build
it: `argo/go.mod` and `argo/go.sum` say which module that is. The cluster has pins of its own, in `argo/cluster`.
"""

import hashlib
import json
import os
import shutil

import judge_argo
from servers import installed, once
from tools import HERE, TARGET

PROGRAMS = TARGET / "programs"
CLUSTER = HERE / "argo" / "cluster"
BUILD = ["go", "build", "-mod=readonly", "-trimpath", "-ldflags=-s", "-o"]
ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl", "new-key")


def digest(*parts):
    """Of all that a program is built from."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def once_for(name, wanted, build):
    """The folder of programs that `build` puts there, unless they are there already for what is wanted."""
    folder, stamp = PROGRAMS / name, PROGRAMS / f"{name}.stamp"
    with once():
        if not folder.is_dir() or not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            stamp.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            build(folder)
            stamp.write_text(wanted, encoding="utf-8")
    return folder


def of_module(name, module, packages, sources, links=()):
    """The programs of packages of a product's module, and of our own lines: `sources` says of each folder in the copy which file of ours is in it.

    Go leaves symbolic links out of modules: `links` has those that the repository of the authors has, each with what it leads to.
    """
    pinned = next(one for one in judge_argo.pinned() if one.startswith(f"{module}@"))
    parts = [part for folder, path in sorted(sources.items()) for part in (folder.encode(), path.read_bytes())]

    def build(folder):
        copy = PROGRAMS / f"{name}.module"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(json.loads(judge_argo.go(["mod", "download", "-json", pinned]))["Dir"], copy)
        # The files of a module are kept so that nobody writes them.
        for path in [copy, *copy.rglob("*")]:
            if path.is_dir():
                os.chmod(path, 0o755)
        for place, path in sources.items():
            (copy / place).mkdir(parents=True)
            shutil.copy(path, copy / place / "main.go")
        for path, to in links:
            (copy / path).symlink_to(to)
        built = [f"./{one}" for one in (*packages, *sources)]
        installed(f"building {name} of {pinned}", [*BUILD, f"{folder}/", *built], cwd=copy, **ENVIRONMENT)
        shutil.rmtree(copy)

    return once_for(name, f"{pinned} {' '.join(packages)} {links} {digest(*parts)}\n", build)


def cluster():
    """The folder of the programs of a cluster, each by its name."""
    parts = [(CLUSTER / name).read_bytes() for name in ("go.mod", "go.sum", "main.go")]

    def build(folder):
        installed("building a cluster", [*BUILD, str(folder / "cluster"), "."], cwd=CLUSTER, **ENVIRONMENT)
        for name in NAMES:
            (folder / name).symlink_to("cluster")

    return once_for("cluster", f"{digest(*parts)}\n", build)
