"""The scenarios in which emitted pipelines are executed, by name: for each the runs that follow one another."""

from emitted_expected import AGREED, World


def approved(chain="standard", by=(), **more):
    """These people agreed to a chain, and all who must to the others."""
    return World(approvals={**AGREED, chain: by}, **more)


def emergency(**more):
    """The emergency way."""
    return World(way="emergency", inputs={"incident": "INC-1", "requested-by": "ben"}, **more)


def back(environment, **more):
    """The way back, started by a person."""
    return World(way="rollback", inputs={"environment": environment, "change": "INC-2", "requested-by": "ben"}, **more)


LAST = "deploy-production-dispatch"

SCENARIOS = {
    "all passes": [World()],
    "the gate on tests fails": [World(reports={"tests": "bad"})],
    "the gate on coverage fails": [World(reports={"coverage": "bad"})],
    "the gate on tests is inconclusive": [World(reports={"tests": "empty"})],
    "the report of the tests is missing": [World(reports={"tests": "missing"})],
    "the report of the coverage is missing": [World(reports={"coverage": "missing"})],
    "no report is there": [World(reports={"tests": "missing", "coverage": "missing"})],
    "a gate is skipped": [World(skipped=("gate-production-coverage",))],
    "the first build fails": [World(fails=("build-tracking",))],
    "the second build fails": [World(fails=("build-dispatch",))],
    "the tests end in an error": [World(fails=("test-tracking",))],
    "the first deployment in staging fails": [World(fails=("deploy-staging-tracking",))],
    "the second deployment in staging fails": [World(fails=("deploy-staging-dispatch",))],
    "the first deployment in production fails": [World(fails=("deploy-production-tracking",))],
    "the second deployment in production fails": [World(fails=(LAST,))],
    "a deployment in production reaches its time limit": [World(limited=(LAST,))],
    "the smoke test in staging fails": [World(fails=("smoke-staging-dispatch",))],
    "the smoke test in production fails": [World(fails=("smoke-production-dispatch",))],
    "the way back fails too": [World(fails=(LAST, "rollback-production-dispatch"))],
    "nobody agrees to go back": [approved("back", fails=(LAST,))],
    "who deploys agrees to go back": [approved("back", by=("farid",), fails=(LAST,))],
    "nobody knows where an image comes from": [World(fails=("provenance-dispatch",))],
    "before the window": [World(now="2026-11-03T07:59:00+00:00")],
    "on a Sunday": [World(now="2026-11-01T10:00:00+00:00")],
    "in a freeze": [World(now="2026-12-22T10:00:00+00:00")],
    "nobody approved": [approved()],
    "nobody says who approved": [World(approvals=None)],
    "one approval is missing": [approved(by=("chloe",))],
    "one person approved twice": [approved(by=("chloe", "chloe"))],
    "an author approved": [approved(by=("chloe", "eva"), authors=("ben", "eva"))],
    "who deploys approved": [approved(by=("chloe", "dimitri"), deployer="dimitri")],
    "one rejects": [approved(by=("chloe", "dimitri", "-eva"))],
    "an outsider approved": [approved(by=("chloe", "mallory"))],
    "who asked for it approved": [approved(by=("chloe", "ana"))],
    "a second attempt": [World(attempt=2)],
    "a setting is not as it must be": [World(unsettled=True)],
    "somebody else deployed before the run": [World(other="before")],
    "somebody else deployed in the midst of the run": [World(other="midst")],
    "an emergency": [emergency()],
    "an emergency that an author approved": [emergency(authors=("grace",))],
    "an emergency on a Sunday": [emergency(now="2026-11-01T10:00:00+00:00")],
    "an emergency whose deployment fails": [emergency(fails=(LAST,))],
    "a second run has nothing to do": [World(), World()],
    "a second run after one that went back": [World(fails=(LAST,)), World()],
    "a second run after one that stopped before production": [approved(), World()],
    "a person goes back in production": [World(), back("production")],
    "a person goes back on a Sunday": [World(), back("production", now="2026-11-08T10:00:00+00:00")],
    "a person goes back everywhere, and then forward again": [
        World(),
        back("production"),
        back("staging"),
        World(),
    ],
    "a person goes back without the one who must agree": [
        World(),
        back("production", approvals={"back": ()}),
    ],
    "a person goes back where the run did not": [approved("back", fails=(LAST,)), back("production")],
    "a person goes back where nothing was deployed": [back("production")],
    "in parts all passes": [World(parts=True)],
    "in parts a gate fails": [World(parts=True, reports={"tests": "bad"})],
    "in parts a person goes back": [World(parts=True), back("production")],
}

# What one product alone knows.
GITHUB_ALONE = (
    "a gate is skipped",
    "nobody knows where an image comes from",
    "a second attempt",
    "in parts all passes",
    "in parts a gate fails",
    "in parts a person goes back",
)
GITLAB_ALONE = {
    "a deployment that failed is run again": [World(fails=(LAST,), again=(LAST,))],
    "a deployment that succeeded is run again": [World(again=(LAST,))],
}
GITLAB = {name: runs for name, runs in SCENARIOS.items() if name not in GITHUB_ALONE} | GITLAB_ALONE

# Those that stand for all of them in the quick check.
QUICK = ("all passes", "the second deployment in production fails")
