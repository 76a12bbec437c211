"""The scenarios in which emitted pipelines are executed, by name."""

from emitted_expected import World

BOARD = ("production-board-1", "production-board-2")


def approved(*logins):
    """These sat in the seats of the board, in order."""
    return tuple(zip(BOARD, logins))


# Before `GITHUB_ACTIONS` answers at all, and with every guarantee tried by what breaks it.
SCENARIOS = {
    "all passes": World(),
    "the gate on tests fails": World(reports={"tests": "bad"}),
    "the gate on coverage fails": World(reports={"coverage": "bad"}),
    "the report of the tests is missing": World(reports={"tests": "missing"}),
    "the report of the coverage is missing": World(reports={"coverage": "missing"}),
    "no report is there": World(reports={"tests": "missing", "coverage": "missing"}),
    "the first build fails": World(fails=("build-tracking",)),
    "the second build fails": World(fails=("build-dispatch",)),
    "the tests end in an error": World(fails=("test-tracking",)),
    "the first deployment in staging fails": World(fails=("deploy-staging-tracking",)),
    "the second deployment in staging fails": World(fails=("deploy-staging-dispatch",)),
    "the first deployment in production fails": World(fails=("deploy-production-tracking",)),
    "the second deployment in production fails": World(fails=("deploy-production-dispatch",)),
    "the way back fails too": World(fails=("deploy-production-dispatch", "rollback-production-dispatch")),
    "nobody knows where an image comes from": World(fails=("provenance-dispatch",)),
    "before the window": World(now="2026-11-03T07:59:00+00:00"),
    "on a Sunday": World(now="2026-11-01T10:00:00+00:00"),
    "nobody approved": World(approvals=()),
    "GitHub does not say who approved": World(approvals=None),
    "one approval is missing": World(approvals=approved("chloe")),
    "one person approved twice": World(approvals=approved("chloe", "chloe")),
    "an author approved": World(approvals=approved("chloe", "eva"), authors=("ben", "eva")),
    "who deploys approved": World(approvals=approved("chloe", "dimitri"), deployer="dimitri"),
    "an outsider approved": World(approvals=approved("chloe", "mallory")),
    "who asked for it approved": World(approvals=approved("chloe", "ana")),
    "a setting is not as it must be": World(
        settings={"/repos/acme/shop/environments/production": {"can_admins_bypass": True}}
    ),
    "somebody else deployed before the run": World(other="before"),
    "somebody else deployed in the midst of the run": World(other="midst"),
}

# Those that stand for all of them in the quick check.
QUICK = ("all passes", "the second deployment in production fails")
