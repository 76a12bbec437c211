"""What GitHub's API answers in a scenario: settings as they are expected, who approved, who wrote what ships."""

from urllib.parse import urlsplit

import emitted_answers
from emitted_expected import agreed

REPOSITORY = "acme/shop"


def approvals(given):
    """Who approved which seat, in GitHub's form."""
    return [
        {"state": "approved", "comment": "", "environments": [{"name": seat}], "user": {"login": login, "type": "User"}}
        for seat, login in given
    ]


def commits(authors):
    """Commits, one of each author."""
    return [
        {"sha": f"{number:040x}", "author": {"login": login}, "commit": {"author": {"email": f"{login}@shop.example"}}}
        for number, login in enumerate(authors, 1)
    ]


def answers(world, expectations, seats, run, repository=REPOSITORY):
    """Every answer of a run, by path; where there is none, GitHub says that it is not there.

    `seats` are the environments by which the people of each step of a chain are asked.
    """
    given = emitted_answers.settings(expectations, repository=repository)
    if world.unsettled:
        protected = next(one["url"] for one in expectations if one["pointer"] == "/can_admins_bypass")
        given[protected.format(repository=repository)] = {"can_admins_bypass": True}
    if world.approvals is not None:
        sat = [pair for chain, step, names in seats for pair in zip(names, agreed(world.approvals, chain, step))]
        given[f"/repos/{repository}/actions/runs/{run}/approvals"] = approvals(sat)
    given[f"/repos/{repository}/commits"] = commits(world.authors)
    given[f"/repos/{repository}/compare"] = {"commits": commits(world.authors)}
    return given


def serving(given):
    """Serves the answers."""

    def answer(address, heads, _):
        path = urlsplit(address).path
        # Whatever is compared, it is what ships.
        path = path.split("/compare/")[0] + "/compare" if "/compare/" in path else path
        if heads.get("authorization") != "Bearer conformance-github-token":
            return 401, {"message": "Bad credentials"}
        return (200, given[path]) if path in given else (404, {"message": "Not Found"})

    return emitted_answers.serving(answer)
