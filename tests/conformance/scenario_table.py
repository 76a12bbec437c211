"""The table of what can go wrong, and where it is executed or proved, for each product.

A cell names the scenarios in which an engine executes it, or the claims that prove it of every run of what is emitted: `clearway verify` looks at
the same ones, and `tests/tests/*_output` hold every example and generated releases to them. The self-test compares names and table with what is there.
"""

import re
from dataclasses import dataclass

from tools import HERE, Broken

README = HERE / "README.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of the table -->\n"
PRODUCTS = {"github": "GitHub, by act", "gitlab": "GitLab", "argo": "Argo, by the stand-in"}


@dataclass(frozen=True)
class Executed:
    """By scenarios of an engine."""

    names: tuple


@dataclass(frozen=True)
class Proved:
    """By claims, because it is not executed."""

    because: str
    claims: tuple


def executed(*names):
    return Executed(names)


def proved(because, *claims):
    return Proved(because, claims)


def gitlab(*claims):
    """No pipeline of GitLab is executed so far."""
    return Proved("not executed yet", claims)


ROWS = {
    "all passes": (executed("all passes"), gitlab("reachable"), executed("everything passes")),
    "a gate fails": (
        executed("the gate on tests fails", "the gate on coverage fails"),
        gitlab("gates-and-approvals"),
        executed("a gate of production fails"),
    ),
    "evidence is missing": (
        executed("the report of the tests is missing", "the report of the coverage is missing", "no report is there"),
        gitlab("gates-and-approvals"),
        executed("a report is missing"),
    ),
    "a gate is inconclusive": (
        proved("the project has no such gate; the job fails as for a missing report", "gates-and-approvals"),
        gitlab("gates-and-approvals"),
        proved("the project has no such gate; the job fails as for a missing report", "gates-and-approvals"),
    ),
    "a step is skipped": (
        proved("nothing that is emitted is skipped by itself", "order", "gates-and-approvals"),
        gitlab("order", "gates-and-approvals"),
        proved("nothing that is emitted is skipped by itself", "order", "gates-and-approvals"),
    ),
    "a build fails": (executed("the first build fails", "the second build fails"), gitlab("order"), executed("a build fails")),
    "a deployment fails": (
        executed("the first deployment in staging fails", "the second deployment in production fails"),
        gitlab("rollback"),
        executed("a deployment fails and goes back"),
    ),
    "what was deployed does not answer": (
        executed("the smoke test in staging fails", "the smoke test in production fails"),
        gitlab("rollback", "outcome"),
        executed("a smoke test fails"),
    ),
    "a time limit is reached": (
        proved("act knows no job that is cancelled", "rollback", "records"),
        gitlab("rollback", "records"),
        proved("the stand-in ends no pod", "rollback", "records"),
    ),
    "somebody cancels": (
        proved("act knows no run that is cancelled", "rollback", "records"),
        gitlab("rollback", "records"),
        proved("the stand-in ends no pod", "rollback", "records"),
    ),
    "an approval is rejected": (
        proved("act asks nobody; the job of the environment fails", "gates-and-approvals"),
        gitlab("gates-and-approvals"),
        executed("one rejects"),
    ),
    "an approval is missing": (
        executed("nobody approved", "one approval is missing", "one person approved twice"),
        gitlab("gates-and-approvals", "environments"),
        executed("one of two agrees"),
    ),
    "an author, or who deploys, approves": (
        executed("an author approved", "who asked for it approved", "who deploys approved"),
        gitlab("environments"),
        executed("who deploys agrees too"),
    ),
    "outside of the window": (executed("before the window", "on a Sunday"), gitlab("moment"), executed("outside of the window")),
    "in a freeze": (
        proved("the project has none; the same command decides it", "moment"),
        gitlab("moment"),
        proved("the project has none; the same command decides it", "moment"),
    ),
    "two releases at once": (
        executed("somebody else deployed before the run", "somebody else deployed in the midst of the run"),
        gitlab("locks", "moment"),
        proved("the stand-in has one run", "locks", "moment"),
    ),
    "the way back fails": (
        executed("the way back fails too"),
        gitlab("outcome"),
        proved("no scenario says so yet", "outcome", "records"),
    ),
    "nobody agrees to go back": (executed("nobody agrees to go back"), gitlab("rollback"), executed("nobody agrees to go back")),
    "the platform is not set up as it must be": (
        executed("a setting is not as it must be"),
        gitlab("settings"),
        executed("a policy is not as it was reviewed"),
    ),
    "a second attempt": (
        executed("a second attempt"),
        gitlab("attempts"),
        proved("nothing that is emitted is tried again", "hardening"),
    ),
    "an emergency": (executed("an emergency"), gitlab("gates-and-approvals"), executed("an emergency")),
}


def told(cell):
    """A cell in words."""
    if isinstance(cell, Executed):
        return "executed: " + "; ".join(cell.names)
    return f"{cell.because}; proved: " + ", ".join(f"`{claim}`" for claim in cell.claims)


def count(product):
    """How many rows are executed on a product."""
    at = list(PRODUCTS).index(product)
    return sum(isinstance(cells[at], Executed) for cells in ROWS.values())


def table():
    """The table in Markdown, with its counts."""
    lines = ["| | " + " | ".join(PRODUCTS.values()) + " |", "|---|" + "---|" * len(PRODUCTS)]
    lines += [f"| {row} | " + " | ".join(map(told, cells)) + " |" for row, cells in ROWS.items()]
    counts = [f"{count(product)} of {len(ROWS)}" for product in PRODUCTS]
    return "\n".join([*lines, "| **executed** | " + " | ".join(counts) + " |"]) + "\n"


def in_readme():
    """The table as it stands in the page."""
    found = re.search(re.escape(BEGIN) + "(.*?)" + re.escape(END), README.read_text(encoding="utf-8"), re.DOTALL)
    if not found:
        raise Broken(f"{README} has no table")
    return found[1]


def write():
    """Puts the table into the page."""
    text = README.read_text(encoding="utf-8").replace(BEGIN + in_readme(), BEGIN + table())
    README.write_text(text, encoding="utf-8")
