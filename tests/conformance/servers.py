"""Real servers for the runtime to talk to: a Prometheus, from Debian's package, and storage that speaks S3, built from its Go module.

They are installed into `target/conformance/servers/` when they are first asked for. What cannot be had is an error.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager

from tools import HERE, TARGET, Broken
from tools import run as run_tool

SERVERS = TARGET / "servers"
PINS = HERE / "pins" / "servers"


def installed(what, command, cwd=None, **environment):
    """Runs one step of an installation; a failure carries what was said."""
    if shutil.which(command[0]) is None:
        raise Broken(f"{what} needs `{command[0]}` on PATH")
    code, out, err = run_tool(command, cwd=cwd, environment={**os.environ, **environment}, timeout=1800)
    if code:
        said = "\n".join((out + err).strip().splitlines()[-20:])
        raise Broken(f"{what} failed with exit code {code}:\n{said}")


@contextmanager
def once():
    """Two installations at once wait for each other."""
    SERVERS.mkdir(parents=True, exist_ok=True)
    with open(SERVERS / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def unpacked(name, packages):
    """A folder with Debian's packages, which are unpacked and not installed. Debian signs its packages, and keeps one version of each.

    `packages` says which, once there are lists of packages.
    """
    root = SERVERS / name
    with once():
        if not root.is_dir():
            folder = SERVERS / "download"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            # Without lists of packages nothing can be had; they are fetched once.
            if run_tool(["apt-cache", "show", name])[0]:
                installed("fetching Debian's lists of packages", ["apt-get", "update"])
            installed(f"fetching Debian's package {name}", ["apt-get", "download", *packages()], cwd=folder)
            # An unpacking that is interrupted leaves nothing behind that would be taken for one.
            for package in sorted(folder.glob("*.deb")):
                installed(f"unpacking {package.name}", ["dpkg-deb", "-x", str(package), str(folder / "root")])
            (folder / "root").rename(root)
            shutil.rmtree(folder)
    return root


def prometheus():
    """The program of Debian's package."""
    return str(unpacked("prometheus", lambda: ["prometheus"]) / "usr" / "bin" / "prometheus")


def s3():
    """Versity's gateway, at the version and with the digests of `pins/servers`."""
    program, stamp = SERVERS / "versitygw", SERVERS / "versitygw.sum"
    pins = (PINS / "go.mod").read_text(encoding="utf-8") + (PINS / "go.sum").read_text(encoding="utf-8")
    with once():
        if not program.is_file() or not stamp.is_file() or stamp.read_text(encoding="utf-8") != pins:
            package = "github.com/versity/versitygw/cmd/versitygw"
            command = ["go", "build", "-mod=readonly", "-trimpath", "-o", str(program), package]
            installed("building versitygw", command, cwd=PINS, CGO_ENABLED="0", GOFLAGS="", GOWORK="off")
            stamp.write_text(pins, encoding="utf-8")
    return str(program)


def free_port():
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(url):
    """Whether a server answers at all, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def running(command, ready, log, **environment):
    """A server that runs until it is not needed any more; `ready` is an address that it answers at."""
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **environment}
        )
        try:
            until = time.monotonic() + 30
            while not answers(ready):
                if server.poll() is not None or time.monotonic() > until:
                    said = log.read_text(encoding="utf-8")[-2000:]
                    raise Broken(f"`{command[0]}` does not answer at {ready}:\n{said}")
                time.sleep(0.1)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)
