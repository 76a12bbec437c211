"""A real browser: Chromium from Debian's package, without a screen, driven by Playwright."""

import json
import os
import shutil

from servers import unpacked
from tools import HERE, TARGET, Broken, run

PACKAGE = "chromium-headless-shell"
SCRIPT = HERE / "page.mjs"
SECONDS = 600


def needed():
    """The package, with those that it needs and this machine has not."""
    code, out, err = run(["apt-get", "install", "--simulate", "--no-install-recommends", PACKAGE, "fonts-dejavu-core"])
    if code:
        raise Broken(f"apt-get does not say what {PACKAGE} needs: {err.strip()}")
    return [PACKAGE, *sorted({line.split()[1] for line in out.splitlines() if line.startswith("Inst ")} - {PACKAGE})]


def looked_at(pages):
    """What the browser finds wrong with each page (a path and what it is asked about it), as a list of texts for each."""
    node = shutil.which("node")
    if node is None:
        raise Broken("`node` is not on PATH")
    root = unpacked(PACKAGE, needed)
    libraries = root / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": f"{libraries}:{libraries / 'pulseaudio'}",
        "CLEARWAY_BROWSER": str(root / "usr" / "lib" / "chromium" / PACKAGE),
        "CLEARWAY_MODULES": str(TARGET / "node" / "node_modules"),
    }
    fonts = root / "etc" / "fonts" / "fonts.conf"
    if fonts.is_file():
        environment["FONTCONFIG_FILE"] = str(fonts)
    code, out, err = run([node, str(SCRIPT)], stdin=json.dumps(pages), environment=environment, timeout=SECONDS)
    if code:
        raise Broken(f"the browser ended with exit code {code}:\n{err.strip()[-2000:]}")
    found = json.loads(out)
    if len(found) != len(pages):
        raise Broken(f"the browser looked at {len(found)} of {len(pages)} pages")
    return found
