"""actions/upload-artifact and actions/download-artifact over a folder: `artifacts/NAME` in the run's state.

The rules that decide what lands where are those of the actions: which files a pattern finds, the folder that is cut
off, hidden files, a name that is taken, and where a download puts one artifact or several.
"""

import fnmatch
import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from common import INPUTS, STATE, WORKSPACE, boolean, called, fail, need, output, text

STORE = STATE / "artifacts"
WILD = re.compile(r"[*?]")


def absolute(pattern):
    """A pattern as an absolute path, `~` being the home folder."""
    if pattern == "~" or pattern.startswith("~/"):
        pattern = os.path.expanduser(pattern)
    return os.path.normpath(os.path.join(WORKSPACE, pattern))


def search_path(pattern):
    """The folder or file where the search begins: the segments before the first with a wildcard."""
    segments = pattern.split("/")
    plain = next((number for number, segment in enumerate(segments) if WILD.search(segment)), len(segments))
    return "/".join(segments[:plain]) or "/"


def matcher(pattern):
    """A pattern as a test of absolute paths; what lies below a match matches too."""

    def segment(text):
        wild = {"*": "[^/]*", "?": "[^/]"}
        return "/" + "".join(wild.get(part) or re.escape(part) for part in re.split(r"([*?])", text))

    segments = pattern.strip("/").split("/")
    return re.compile("".join("(?:/[^/]+)*" if one == "**" else segment(one) for one in segments) + "(?:/.*)?$").match


def below(path, hidden):
    """The files at and below a path. A dot-folder or dot-file is passed over even where the search begins."""
    if not hidden and os.path.basename(path).startswith("."):
        return
    if os.path.isdir(path):
        for name in sorted(os.listdir(path)):
            yield from below(os.path.join(path, name), hidden)
    elif os.path.exists(path):
        yield path


def found(lines, hidden):
    """The files that the patterns choose, in order, and the folder that is cut off their paths."""
    chosen, searched = {}, []
    for line in lines:
        excluded, pattern = line.startswith("!"), absolute(line.lstrip("!").strip())
        matches = matcher(pattern)
        if excluded:
            chosen = {path: None for path in chosen if not matches(path)}
            continue
        start = search_path(pattern)
        searched.append(start)
        chosen.update((path, None) for path in below(start, hidden) if matches(path))
    # A search path inside another is not a second one.
    searched = [one for one in dict.fromkeys(searched) if not any(one.startswith(other + "/") for other in searched)]
    files = list(chosen)
    if len(searched) > 1:
        root = os.path.commonpath(searched)
    elif len(files) == 1 and searched == files:
        root = os.path.dirname(files[0])
    else:
        root = searched[0] if searched else str(WORKSPACE)
    return files, root


def identifier(name):
    """A number for an artifact that is the same in every run of a scenario."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)


def digest(folder):
    """The digest of an artifact's names and contents."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def upload():
    """actions/upload-artifact."""
    lines = [line.strip() for line in INPUTS["path"].splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        fail("Input required and not supplied: path")
    none = text("if-no-files-found")
    if none not in ("warn", "error", "ignore"):
        fail(f"Unrecognized if-no-files-found input. Provided: {none}. Available options: warn,error,ignore")
    for number in ("retention-days", "compression-level"):
        if text(number) and not text(number).isdigit():
            fail(f"Invalid {number}")
    files, root = found(lines, boolean("include-hidden-files"))
    whole, name = boolean("archive"), text("name")
    if not files:
        message = f"No files were found with the provided path: {' '.join(lines)}. No artifacts will be uploaded."
        if none == "error":
            fail(message)
        print(f"::warning::{message}" if none == "warn" else message)
        return
    if not whole:
        if len(files) > 1:
            fail(f"When 'archive' is set to false, only a single file can be uploaded. Found {len(files)} files.")
        name = os.path.basename(files[0])
    if not name or re.search(r'["\\/:<>|*?\r\n]', name):
        fail(f"The artifact name is not valid: {name!r}")
    folder = STORE / name
    if boolean("overwrite"):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        fail(f"(409) Conflict: an artifact with this name already exists on the workflow run: {name}")
    for path in files:
        target = folder / os.path.relpath(path, root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    called("actions/upload-artifact", files=sorted(os.path.relpath(path, root) for path in files))
    output("artifact-id", identifier(name))
    run = f"{os.environ['GITHUB_REPOSITORY']}/actions/runs/{os.environ['GITHUB_RUN_ID']}"
    output("artifact-url", f"https://github.com/{run}/artifacts/{identifier(name)}")
    output("artifact-digest", digest(folder))


def download():
    """actions/download-artifact."""
    name, pattern, numbers = text("name"), text("pattern"), text("artifact-ids")
    if name and numbers:
        fail("Inputs 'name' and 'artifact-ids' cannot be used together. Please specify only one.")
    if text("github-token"):
        need("actions", "read", "downloading from another run")
    stored = sorted(path for path in STORE.iterdir() if path.is_dir()) if STORE.is_dir() else []
    if name:
        artifacts = [path for path in stored if path.name == name]
        if not artifacts:
            fail(f"Unable to download artifact(s): Artifact not found for name: {name}")
    elif numbers:
        wanted = {number.strip() for number in numbers.split(",") if number.strip()}
        artifacts = [path for path in stored if str(identifier(path.name)) in wanted]
        if not artifacts:
            fail("None of the provided artifact IDs were found")
    else:
        artifacts = [path for path in stored if not pattern or fnmatch.fnmatchcase(path.name, pattern)]
    target = Path(absolute(text("path") or "."))
    # One artifact lands in the folder itself, even when a pattern found it; several get a folder each.
    flat = bool(name) or boolean("merge-multiple") or len(artifacts) == 1
    target.mkdir(parents=True, exist_ok=True)
    for artifact in artifacts:
        shutil.copytree(artifact, target if flat else target / artifact.name, dirs_exist_ok=True)
    called("actions/download-artifact", artifacts=[artifact.name for artifact in artifacts])
    print(f"Total of {len(artifacts)} artifact(s) downloaded")
    output("download-path", target)


if __name__ == "__main__":
    {"upload": upload, "download": download}[sys.argv[1]]()
