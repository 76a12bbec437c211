"""Judges what is emitted of a release that is too large for one workflow of GitHub: it stands in parts, which are called."""

import tempfile
from pathlib import Path

import judge_examples
import judge_github
from tools import Broken

# Just more than a workflow has room for, of builds and of moves.
SERVICES = 115

MANIFEST = """\
[project]
name = "large"
repo = "acme/large"

[targets.github]
visibility = "public"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:{digest}"
ledger = "s3://acme-release-ledger/large"
"""

AROUND = """\
team everything { members = [ana, ben, chloe] }
role board { members = [dimitri, eva] }

environment production { tier = production }

gate tests {
  evidence = junit("reports/junit.xml")
  require tests.pass-rate >= 100%
}

approval standard { step board { from = board  need = 1 } }
approval back { step owners { from = owner  need = 1 } }
"""


def service(number):
    """A service; each second one stands on the one before, so that there are two waves."""
    requires = f"\n  requires part-{number - 1}.api ^1.0" if number % 2 else ""
    return f"""
service part-{number} {{
  owner   = everything
  version = 1.0.0
  provides api 1.0.0{requires}
  build {{ run = "make part-{number}"  output = image("ghcr.io/acme/part-{number}") }}
  test {{ run = "make test-{number}" }}
  deploy with kubernetes("deployment/part-{number}")
  smoke answers {{ run = "./smoke part-{number}" }}
}}
"""


def write(folder):
    """Writes its project."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    (folder / "clearway.toml").write_text(MANIFEST.format(digest="0" * 64), encoding="utf-8")
    # The version of the first is said when a run is started.
    ships = "".join(f"  ship part-{number}{'' if number == 0 else ' 1.0.0'}\n" for number in range(SERVICES))
    stage = "  stage production { gates = [tests]  approval = standard }\n"
    release = f"\nrelease large {{\n{ships}{stage}  rollback {{ approval = back }}\n}}\n"
    text = AROUND + "".join(map(service, range(SERVICES))) + release
    (folder / "large.cw").write_text(text, encoding="utf-8")


def judge(binary):
    """Judges what the binary emits of it: how many files were judged, and all findings."""
    with tempfile.TemporaryDirectory(prefix="clearway-large-") as temporary:
        project, out = Path(temporary) / "project", Path(temporary) / "large"
        write(project)
        judge_examples.build(binary, project, out)
        parts = {path.name.split(".")[-2][:-2] for path in out.glob(".github/workflows/large.*.yml")}
        if not {"part", "moves", "back"} <= parts:
            raise Broken(f"a release of {SERVICES} services is not in parts: {sorted(parts)}")
        files, findings = judge_github.judge([out])
        return files, [finding.below(temporary) for finding in findings]
