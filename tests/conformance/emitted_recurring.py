"""Executes the pipelines of what comes round, of GitHub with act and of GitLab with gitlab-ci-local: who may do what is looked at, changes in production
are reviewed, and all that an auditor asks for is put away.

The project beside has `recurring/` in it besides. A case is a release, where it has one, and then looks one after the other on the same records: each is
begun by the clock or by a person who says something, and how it must end, what it must tell and how many records it must add stands beside it.
"""

import json
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import emitted_act
import emitted_answers
import emitted_github
import emitted_local
from emitted_damage import damaging
from emitted_expected import Live, Run, World
from emitted_run import KEYS, RELEASE, Emitted, try_run
from gitlab_local import STATE
from tools import HERE
from tools import run as run_tool

PARTS = HERE / "recurring"
ACCESS, REVIEW, ARCHIVE = "access-review", "post-implementation-review", "archive"


@dataclass(frozen=True)
class Look:
    """One of the pipelines begins once."""

    job: str
    now: str
    ends: str = "success"
    # What it must tell.
    tells: tuple = ()
    # Who begins it; the clock without.
    by: str = ""
    # What that person says was looked at: `yes`, or the run whose change it was.
    said: str = ""
    # How many records there are more than before.
    adds: int = 0
    # Whether a setting of the product is not as it must be.
    unsettled: bool = False


@dataclass(frozen=True)
class Case:
    """Looks that follow one another."""

    looks: tuple
    # Whether the release of the project came before, in a run of its own.
    released: bool = False
    # Whether somebody deployed before without telling why.
    untold: bool = False
    # Files that the repository does not have.
    without: tuple = ()


# The release of a case is of 3 November.
CASES = {
    "nobody has looked at who may do what": Case((
        Look(ACCESS, "2026-11-04T05:23:00Z", "failure", ("overdue", "nobody has looked at it yet")),
    )),
    "somebody looks in time at who may do what": Case((
        Look(ACCESS, "2026-11-04T09:00:00Z", tells=("chloe looked at who may do what",), by="chloe", said="yes", adds=1),
        Look(ACCESS, "2026-11-05T05:23:00Z", tells=("chloe looked at it at 2026-11-04T09:00:00Z", "again by 2027-02-02")),
        Look(ACCESS, "2027-02-03T05:23:00Z", "failure", ("overdue",)),
    )),
    "who begins it has not looked": Case((
        Look(ACCESS, "2026-11-04T09:00:00Z", "failure", ("nobody has looked at it yet",), by="chloe"),
    )),
    "somebody looks who may not": Case((
        Look(ACCESS, "2026-11-04T09:00:00Z", "failure", ("ben is not of `change-board`",), by="ben", said="yes"),
    )),
    "the platform lets others": Case((
        Look(ACCESS, "2026-11-04T09:00:00Z", "success", by="chloe", said="yes", adds=1),
        Look(ACCESS, "2026-11-05T05:23:00Z", "failure", ("are not as the plan says",), unsettled=True),
    )),
    "a change is reviewed in time": Case((
        Look(REVIEW, "2026-11-04T05:37:00Z", tells=("2026-11-08", "written")),
        Look(REVIEW, "2026-11-05T09:00:00Z", tells=("ana has reviewed the change of run 1",), by="ana", said="1", adds=1),
        Look(REVIEW, "2026-11-20T05:37:00Z", tells=("held, says ana",)),
    ), released=True),
    "nobody reviews a change": Case((
        Look(REVIEW, "2026-11-09T05:37:00Z", "failure", ("overdue",)),
    ), released=True),
    "somebody reviews a change who may not": Case((
        Look(REVIEW, "2026-11-05T09:00:00Z", "failure", ("chloe is not of `parcels`",), by="chloe", said="1"),
    ), released=True),
    "a review without its file": Case((
        Look(REVIEW, "2026-11-05T09:00:00Z", "failure", ("reviews/1.md",), by="ana", said="1"),
    ), released=True, without=("reviews/1.md",)),
    "all is put away": Case((Look(ARCHIVE, "2026-11-09T05:51:00Z"),), released=True),
    "the audit finds a change that nobody asked for": Case((
        Look(ARCHIVE, "2026-11-09T05:51:00Z", "failure"),
    ), untold=True),
}

# By product and name: the case that must tell it, the file, what is written there, and what is put in its place.
DAMAGES = {
    "github": {
        "a look that fails at nothing": (
            "nobody has looked at who may do what",
            ".github/workflows/clearway-access-review.yml",
            "expectations.json --summary \"${GITHUB_STEP_SUMMARY}\"",
            "expectations.json --summary \"${GITHUB_STEP_SUMMARY}\" || true",
        ),
        "the clock says that a person has looked": (
            "nobody has looked at who may do what",
            ".github/workflows/clearway-access-review.yml",
            "github.event_name == 'workflow_dispatch' && inputs.looked",
            "always()",
        ),
        "another person has looked than the one who says so": (
            "somebody looks who may not",
            ".github/workflows/clearway-access-review.yml",
            "${GITHUB_TRIGGERING_ACTOR}",
            "chloe",
        ),
        "a review that is overdue and told to nobody": (
            "nobody reviews a change",
            ".github/workflows/clearway-post-implementation-review.yml",
            "shell: bash\n        run: |\n          \"${RUNNER_TEMP}/clearway/clearway\" report review",
            "shell: sh\n        run: |\n          \"${RUNNER_TEMP}/clearway/clearway\" report review",
        ),
        "an archive that is kept when nothing is found alone": (
            "the audit finds a change that nobody asked for",
            ".github/workflows/clearway-archive.yml",
            "!cancelled()",
            "success()",
        ),
    },
    "gitlab": {
        "a look that fails at nothing": (
            "nobody has looked at who may do what",
            ".gitlab/clearway-access-review.yml",
            "--expectations .clearway/settings/gitlab/expectations.json",
            "--expectations .clearway/settings/gitlab/expectations.json || true",
        ),
        "the clock says that a person has looked": (
            "nobody has looked at who may do what",
            ".gitlab/clearway-access-review.yml",
            '"${CI_PIPELINE_SOURCE}" != schedule && "${REVIEWED}" != -',
            '"${CI_PIPELINE_SOURCE}" == schedule',
        ),
        "another person has looked than the one who says so": (
            "somebody looks who may not",
            ".gitlab/clearway-access-review.yml",
            "${GITLAB_USER_LOGIN}",
            "chloe",
        ),
        "a review that is overdue and told to nobody": (
            "nobody reviews a change",
            ".gitlab/clearway-post-implementation-review.yml",
            'clearway report review --plan .clearway/plan.json --ledger "${CLEARWAY_LEDGER}"',
            'clearway report review --plan .clearway/plan.json --ledger "${CLEARWAY_LEDGER}" || true',
        ),
        "an archive that is kept when nothing is found alone": (
            "the audit finds a change that nobody asked for",
            ".gitlab/clearway-archive.yml",
            "when: always",
            "when: on_success",
        ),
    },
}


class Rounds(Emitted):
    """The project of a case: it has what comes round besides."""

    def __init__(self, folder, target, case):
        self.case = case
        super().__init__(folder, target)

    def place(self):
        super().place()
        shutil.copytree(PARTS, self.repository, dirs_exist_ok=True)
        for path in self.case.without:
            (self.repository / path).unlink()

    def records(self):
        """How many there are."""
        code, out, _ = self.asks("ledger", "log", "--ledger", self.ledger, "--format", "json")
        return len(json.loads(out)) if code == 0 else 0


class ByAct:
    """A look that act executes: how it ends, what it tells, and where its archive lies."""

    def __init__(self, executed, look):
        name, given = f"clearway-{look.job}", {"event": "schedule"}
        if look.by:
            given = {"inputs": {"note": "as it should be"}} if look.job != ARCHIVE else {}
            if look.said:
                given["inputs"] |= {"looked": True} if look.job == ACCESS else {"run": look.said}
        answers = emitted_github.answers(executed.world, executed.emitted.expectations, [], executed.run.number)
        with emitted_github.serving(answers) as executed.api:
            jobs = executed.act("look", workflow=f"{emitted_act.WORKFLOWS}/{name}.yml", **given)
        job = jobs[look.job]
        self.ends = job["result"]
        self.told = "\n".join(step.get(key) or "" for step in job["steps"] for key in ("log", "summary"))
        self.archive = executed.folder / "look" / "state" / "artifacts" / name


class ByLocal:
    """A look that gitlab-ci-local executes."""

    def __init__(self, executed, look):
        name, given = f"clearway-{look.job}", {}
        if look.said:
            given = {"looked" if look.job == ACCESS else "reviewed-run": look.said, "note": "as it should be"}
        source = "web" if look.by else "schedule"
        with emitted_answers.serving(executed.api.answer) as executed.address:
            started = {"pipeline": name, **given, "variables": {"CI_PIPELINE_SOURCE": source}}
            local = executed.local(name, executed.run.number, ".gitlab-ci.yml", started).run()
        self.ends = local.results.get(look.job)
        self.told = (local.repository / STATE / "output" / f"{look.job}.log").read_text(encoding="utf-8")
        self.archive = local.kept / look.job / ".clearway" / "run" / "archive"


ENGINES = {"github": (emitted_act, ByAct), "gitlab": (emitted_local, ByLocal)}


def put_away(emitted, archive, records):
    """What an auditor would miss in an archive."""
    code, out, err = run_tool(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=archive)
    wrong = [f"the archive is not what its sums say: {out}{err}"] if code else []
    if json.loads((archive / "plan.json").read_text(encoding="utf-8")) != emitted.plan:
        wrong.append("the archive has another plan")
    code, out, err = emitted.asks("ledger", "verify", "--ledger", f"file://{archive}/ledger", "--trust", KEYS)
    if code or not out.startswith(f"{records} records"):
        wrong.append(f"the archive has not all {records} records: {out}{err}")
    return wrong


def try_look(emitted, target, number, look):
    """What is not as it must be of one look."""
    product, engine = ENGINES[target]
    world = World(now=look.now, deployer=look.by or "clock", unsettled=look.unsettled)
    executed = product.Executed(emitted, SimpleNamespace(world=world, number=number))
    before = emitted.records()
    found = engine(executed, look)
    wrong = [] if found.ends == look.ends else [f"must end in {look.ends}, ended in {found.ends}:\n{found.told[-1500:]}"]
    wrong += [f"does not tell `{words}`:\n{found.told[-1500:]}" for words in look.tells if words not in found.told]
    added = emitted.records() - before
    if added != look.adds:
        wrong.append(f"must add {look.adds} records, and added {added}")
    if look.job == ARCHIVE:
        wrong += put_away(emitted, found.archive, before) if found.archive.is_dir() else ["nothing is put away"]
    return [*executed.wrong, *wrong]


def try_case(target, case, damage=None, keep=None):
    """What is not as it must be of a case."""
    with tempfile.TemporaryDirectory(prefix="clearway-recurring-") as temporary:
        folder = Path(keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        emitted = Rounds(folder, target, case)
        if damage:
            damage(emitted.repository)
        wrong = []
        if case.released:
            run = Run(emitted.plan, RELEASE, World(), Live(emitted.plan, RELEASE)).steps()
            wrong += try_run(ENGINES[target][0].Executed(emitted, run))
        if case.untold:
            emitted.somebody_else("2026-11-03T10:00:00Z")
        for number, look in enumerate(case.looks, 2):
            wrong += [f"{look.job} at {look.now}: {one}" for one in try_look(emitted, target, number, look)]
        code, out, err = emitted.asks("ledger", "verify", "--ledger", emitted.ledger, "--trust", KEYS)
        if code and emitted.records():
            wrong.append(f"the ledger does not hold: {out}{err}")
        return wrong


def try_all(target, names=(), workers=None, keep=None):
    """Every case, or those that are named, and every damage where none is: names, how long each took, and what is wrong."""
    given = [(name, CASES[name], None) for name in names or CASES]
    if not names:
        given += [(name, CASES[case], damaging(*what)) for name, (case, *what) in DAMAGES[target].items()]

    def one(of):
        name, case, damage = of
        started = time.monotonic()
        kept = Path(keep) / name.replace(" ", "-") if keep else None
        wrong = try_case(target, case, damage, kept)
        return name, round(time.monotonic() - started, 1), wrong

    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = list(pool.map(one, given))
    count = len(names or CASES)
    return found[:count], found[count:]
