"""In the place of GitHub's API, on this machine alone: settings as they are expected, who approved, who wrote what ships."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

REPOSITORY = "acme/shop"


def put(answer, pointer, value):
    """Writes a value into an answer, at a JSON pointer whose parts are all names."""
    *path, last = pointer.strip("/").split("/")
    for part in path:
        answer = answer.setdefault(part, {})
    answer[last] = value


def settings(expectations, repository=REPOSITORY):
    """Answers with which every expectation holds."""
    answers = {}
    for one in expectations:
        answer = answers.setdefault(one["url"].replace("{repository}", repository), {})
        if "where" in one:
            where = one["where"]
            elements = answer.setdefault(where["at"].strip("/"), [])
            found = [element for element in elements if element[where["key"]] == where["is"]]
            if not found:
                found = [{where["key"]: where["is"]}]
                elements += found
            answer = found[0]
        value = one.get("equals")
        if "same-set" in one:
            value = [{} for _ in one["same-set"]]
            for element, text in zip(value, one["same-set"]):
                put(element, one["pick"], text)
        put(answer, one["pointer"], value)
    return answers


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


def answers(world, expectations, seats, run):
    """Every answer of a run, by path; where there is none, GitHub says that it is not there.

    `seats` are the environments by which the people of each chain are asked.
    """
    given = {**settings(expectations), **world.settings}
    if world.approvals is not None:
        sat = [pair for chain, names in seats for pair in zip(names, world.approvals.get(chain, ()))]
        given[f"/repos/{REPOSITORY}/actions/runs/{run}/approvals"] = approvals(sat)
    given[f"/repos/{REPOSITORY}/commits"] = commits(world.authors)
    given[f"/repos/{REPOSITORY}/compare"] = {"commits": commits(world.authors)}
    return given


@contextmanager
def serving(given):
    """Serves answers on a free port of the loopback interface; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        """Answers what is known, and else 404."""

        def do_GET(self):  # pylint: disable=invalid-name
            """One question."""
            path = urlsplit(self.path).path
            # Whatever is compared, it is what ships.
            path = path.split("/compare/")[0] + "/compare" if "/compare/" in path else path
            known = self.headers.get("authorization") == "Bearer conformance-github-token"
            status = (200 if path in given else 404) if known else 401
            body = json.dumps(given.get(path) if status == 200 else {"message": "Not Found"}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing is written beside the results."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
