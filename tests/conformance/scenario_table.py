"""The tables of what can go wrong, and where it is executed or proved, for each product and project.

A cell names the scenarios in which an engine executes it, or the claims that prove it of every run of what is emitted: `clearway verify` looks at
the same ones, and `tests/tests/*_output` hold every example and generated releases to them. The self-test compares names and table with what is there.
"""

import re
from dataclasses import dataclass

import argo_scenarios
import emitted_examples
import emitted_recurring
import judge_examples
from emitted_scenarios import GITLAB, SCENARIOS
from tools import HERE, Broken

README = HERE / "README.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of the table -->\n"
# What holds the examples to every claim, by product.
EXAMPLES = (
    ["the_examples_keep_every_claim"],
    ["every_example_keeps_every_claim", "the_shop_keeps_every_claim"],
    ["every_example_keeps_every_claim"],
)
PRODUCTS = {"github": "GitHub, by act", "gitlab": "GitLab, by gitlab-ci-local", "argo": "Argo, by its controllers"}


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


ROWS = {
    "all passes": (executed("all passes"), executed("all passes"), executed("everything passes")),
    "a gate fails": (
        executed("the gate on tests fails", "the gate on coverage fails"),
        executed("the gate on tests fails", "the gate on coverage fails"),
        executed("a gate of production fails"),
    ),
    "evidence is missing": (
        executed("the report of the tests is missing", "the report of the coverage is missing", "no report is there"),
        executed("the report of the tests is missing", "the report of the coverage is missing", "no report is there"),
        executed("a report is missing"),
    ),
    "a gate is inconclusive": (
        executed("the gate on tests is inconclusive"),
        executed("the gate on tests is inconclusive"),
        executed("a gate is inconclusive"),
    ),
    "a step is skipped": (
        executed("a gate is skipped"),
        proved("nothing that is emitted is skipped by itself", "order", "gates-and-approvals"),
        proved("nothing that is emitted is skipped by itself", "order", "gates-and-approvals"),
    ),
    "a build fails": (
        executed("the first build fails", "the second build fails"),
        executed("the first build fails", "the second build fails"),
        executed("a build fails"),
    ),
    "a deployment fails": (
        executed("the first deployment in staging fails", "the second deployment in production fails"),
        executed("the first deployment in staging fails", "the second deployment in production fails"),
        executed("a deployment fails and goes back"),
    ),
    "what was deployed does not answer": (
        executed("the smoke test in staging fails", "the smoke test in production fails"),
        executed("the smoke test in staging fails", "the smoke test in production fails"),
        executed("a smoke test fails"),
    ),
    "a time limit is reached": (
        executed("a deployment in production reaches its time limit"),
        executed("a deployment in production reaches its time limit"),
        executed("a deployment reaches its time limit"),
    ),
    "somebody cancels": (
        proved("act knows no run that is cancelled", "rollback", "records"),
        proved("gitlab-ci-local knows no pipeline that is cancelled", "rollback", "records"),
        executed("somebody cancels, and tries what else nobody may"),
    ),
    "an approval is rejected": (
        executed("one rejects"),
        executed("one rejects"),
        executed("one rejects"),
    ),
    "an approval is missing": (
        executed("nobody approved", "one approval is missing", "one person approved twice"),
        executed("nobody approved", "one approval is missing", "one person approved twice"),
        executed("one of two agrees"),
    ),
    "an author, or who deploys, approves": (
        executed("an author approved", "who asked for it approved", "who deploys approved"),
        executed("an author approved", "who asked for it approved", "who deploys approved"),
        executed("who deploys agrees too"),
    ),
    "outside of the window": (
        executed("before the window", "on a Sunday"),
        executed("before the window", "on a Sunday"),
        executed("outside of the window"),
    ),
    "in a freeze": (executed("in a freeze"), executed("in a freeze"), executed("in a freeze")),
    "two releases at once": (
        executed("somebody else deployed before the run", "somebody else deployed in the midst of the run"),
        executed("somebody else deployed before the run", "somebody else deployed in the midst of the run"),
        executed("two releases at once"),
    ),
    "the way back fails": (
        executed("the way back fails too"),
        executed("the way back fails too"),
        executed("the way back fails too"),
    ),
    "nobody agrees to go back": (
        executed("nobody agrees to go back"),
        executed("nobody agrees to go back"),
        executed("nobody agrees to go back"),
    ),
    "the platform is not set up as it must be": (
        executed("a setting is not as it must be"),
        executed("a setting is not as it must be"),
        executed("a policy is not as it was reviewed"),
    ),
    "a second attempt": (
        executed("a second attempt"),
        executed("a deployment that failed is run again", "a deployment that succeeded is run again"),
        proved("nothing that is emitted is tried again", "hardening"),
    ),
    "an emergency": (executed("an emergency"), executed("an emergency"), executed("an emergency")),
    "what comes round": (
        executed(*emitted_recurring.CASES),
        executed(*emitted_recurring.CASES),
        proved("nobody waits for the clock of a cluster", "recurring"),
    ),
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


def executed_of(example):
    """By product, the rows that an engine executes of an example."""
    known = emitted_examples.KNOWN.get(example)
    return {product: tuple(emitted_examples.worlds(known, product)) for product in emitted_examples.ENGINES} if known else {}


def by_example():
    """What can go wrong, and on which products an engine executes it of the project beside and of each example, in Markdown."""
    examples = [path.name for path in judge_examples.examples_below(judge_examples.ROOT / "examples")]
    lines = ["| | `project/` | " + " | ".join(f"`{name}`" for name in examples) + " |", "|---|" + "---|" * (len(examples) + 1)]
    short = {product: engine.split(",")[0] for product, engine in PRODUCTS.items()}
    for row, cells in ROWS.items():
        of_project = [short[product] for product, cell in zip(PRODUCTS, cells) if isinstance(cell, Executed)]
        of_examples = [[short[product] for product, rows in executed_of(name).items() if row in rows] for name in examples]
        lines.append(f"| {row} | " + " | ".join(", ".join(one) or "proved" for one in [of_project, *of_examples]) + " |")
    return "\n".join(lines) + "\n"


def table():
    """The tables in Markdown, with their counts."""
    lines = ["| | " + " | ".join(PRODUCTS.values()) + " |", "|---|" + "---|" * len(PRODUCTS)]
    lines += [f"| {row} | " + " | ".join(map(told, cells)) + " |" for row, cells in ROWS.items()]
    counts = [f"{count(product)} of {len(ROWS)}" for product in PRODUCTS]
    return "\n".join([*lines, "| **executed** | " + " | ".join(counts) + " |"]) + "\n\n" + by_example() + "\n" + where()


def scenarios():
    """By product, the scenarios in which it is executed."""
    again = list(emitted_recurring.CASES)
    return {"github": [*SCENARIOS, *again], "gitlab": [*GITLAB, *again], "argo": [one.name for one in argo_scenarios.CONTROLLED]}


def where():
    """What each product's column rests on, in Markdown: what is executed, and which tests hold the rest to the claims."""
    examples = ", ".join(f"`{path.name}`" for path in judge_examples.examples_below(judge_examples.ROOT / "examples"))
    lines = ["| | " + " | ".join(PRODUCTS.values()) + " |", "|---|" + "---|" * len(PRODUCTS)]
    lines += ["| `project/` | " + " | ".join(f"executed: {len(names)} scenarios" for names in scenarios().values()) + " |"]
    for row, tests in (
        (f"the examples {examples}", EXAMPLES),
        ("releases that are generated", [["generated_releases_keep_every_claim"]] * 3),
        ("mistakes that are made on purpose", [["every_kind_of_damage_is_told_by_its_claim"]] * 3),
    ):
        cells = [
            f"proved: {', '.join(f'`{test}`' for test in names)} in `tests/tests/{product}_output`"
            for product, names in zip(PRODUCTS, tests)
        ]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


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
