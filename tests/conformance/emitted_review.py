"""Executes with act the workflow that looks at pull requests, for the project beside: what it lets through, and what it comments."""

import json
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import act_run
from emitted_github import REPOSITORY
from tools import HERE, Broken, built
from tools import run as run_tool

PROJECT = HERE / "project"
WORKFLOW = ".github/workflows/clearway-review.yml"
SPEC = "parcels.cw"
NOW = "2026-11-03T10:00:00+00:00"
HEAD = "b" * 40
NUMBER = 7
MARK = "<!-- clearway review -->\n"

# What is written in the spec, and what a pull request makes of it.
BOARD = "step board { from = change-board  need = 2 }"
STRONGER = (BOARD, BOARD.replace("2", "3"))
WEAKER = (BOARD, BOARD.replace("2", "1"))
POLICY = '\npolicy house { control "P-1" "Somebody answers." { every s in declared(service) { require has(s.owner) } } }\n'


@dataclass
class Change:
    """A pull request, and what must become of it."""

    # What is replaced in the spec, and by what.
    edit: tuple = WEAKER
    # What stands in the spec before, beside what the project has.
    before: str = ""
    author: str = "ana"
    # Each review: who, its state, and the revision that was looked at.
    reviews: tuple = ()
    # The comments that are there.
    comments: tuple = ()
    fork: bool = False
    # What must become of the job that looks, and of the one that comments.
    ends: str = "failure"
    comments_end: str = "success"
    # Words that the comment must have.
    told: tuple = ("**1 weaker**", "<summary>the plan</summary>")
    writes: str = f"POST /repos/{REPOSITORY}/issues/{NUMBER}/comments"


def approved(login, revision=HEAD):
    """Somebody approved a revision."""
    return (login, "APPROVED", revision)


CHANGES = {
    "what is stronger goes on": Change(edit=STRONGER, ends="success", told=("1 stronger", "<summary>the plan</summary>")),
    "what is weaker is stopped": Change(),
    "what is weaker goes on when one of the group has approved it": Change(reviews=(approved("chloe"),), ends="success"),
    "its author accepts nothing": Change(author="chloe", reviews=(approved("chloe"),)),
    "somebody else accepts nothing": Change(reviews=(approved("farid"),)),
    "an older revision was approved": Change(reviews=(approved("chloe", "c" * 40),)),
    "the last word is no approval": Change(reviews=(approved("chloe"), ("chloe", "CHANGES_REQUESTED", HEAD))),
    "what no plan carries is seen": Change(edit=(POLICY, ""), before=POLICY, told=("policy", "house")),
    "the comment is written anew": Change(
        comments=((11, "somebody", MARK), (12, "github-actions[bot]", "else"), (13, "github-actions[bot]", MARK)),
        writes=f"PATCH /repos/{REPOSITORY}/issues/comments/13",
    ),
    "nobody comments for a fork": Change(fork=True, comments_end="skipped", told=(), writes=""),
}

# What is emitted, damaged: the change that must tell it, what is written in the workflow, and what is put in its place.
DAMAGES = {
    "a comparison that stops nothing": ("what is weaker is stopped", 'exit "${VERDICT}"', "exit 0"),
    "an author who may accept": ("its author accepts nothing", '--author "${AUTHOR}"', "--author nobody"),
    "a comparison of plans alone": ("what no plan carries is seen", 'compare "${before}:./" .', "true"),
    "any revision that was approved": ("an older revision was approved", '"APPROVED " head', 'word[login]'),
}


class Api:
    """GitHub's API, as far as the workflow asks it; what is written is kept."""

    def __init__(self, change):
        issue = f"/repos/{REPOSITORY}/issues/{NUMBER}/comments"
        self.answers = {
            f"/repos/{REPOSITORY}/pulls/{NUMBER}/reviews": [
                {"user": {"login": login}, "state": state, "commit_id": revision}
                for login, state, revision in change.reviews
            ],
            issue: [{"id": number, "user": {"login": login}, "body": body} for number, login, body in change.comments],
        }
        self.written = []

        api = self

        class Handler(BaseHTTPRequestHandler):
            """Answers what is known; writing needs a token that can."""

            def answer(self, status, body):
                """One answer."""
                body = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def may(self, level):
                """Whether the token of the job may do that."""
                scopes = json.loads(self.headers.get("scopes", "{}"))
                known = self.headers.get("authorization") == "Bearer conformance-github-token"
                return known and scopes.get("pull-requests") in ("write", level)

            def do_GET(self):  # pylint: disable=invalid-name
                """One question."""
                known = self.path in api.answers and self.may("read")
                self.answer(200 if known else 404, api.answers.get(self.path) if known else {})

            def write(self):
                """One comment."""
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if not self.may("write"):
                    return self.answer(403, {})
                api.written.append((f"{self.command} {self.path}", body["body"]))
                return self.answer(200, {})

            do_POST = do_PATCH = write

            def log_message(self, *_):
                """Nothing is written beside the results."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def called(line, folder, home):
    """Calls a program that must succeed."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
    code, out, err = run_tool(line, cwd=folder, environment=environment)
    if code:
        raise Broken(f"`{' '.join(line)}` ended with exit code {code}:\n{out}{err}")


def repository(change, folder, damage):
    """The repository as GitHub checks it out for a pull request: its merge, and what it is merged into."""
    path = folder / "repository"
    shutil.copytree(PROJECT, path)
    build = [str(built()), "build", ".", "--target", "github", "--out", "."]
    manifest, spec = path / "clearway.toml", path / SPEC
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("[targets.github]", '[targets.github]\nreview = "change-board"'), encoding="utf-8")
    spec.write_text(spec.read_text(encoding="utf-8") + change.before, encoding="utf-8")
    called(build, path, folder)
    if damage:
        workflow = path / WORKFLOW
        text = workflow.read_text(encoding="utf-8")
        if damage[0] not in text:
            raise Broken(f"{WORKFLOW} does not hold `{damage[0]}`, which was to be damaged")
        workflow.write_text(text.replace(*damage), encoding="utf-8")
        kept = workflow.read_text(encoding="utf-8")
    act_run.commit(path, folder, "main")
    text = spec.read_text(encoding="utf-8")
    if change.edit[0] not in text:
        raise Broken(f"{SPEC} does not hold `{change.edit[0]}`, which was to be changed")
    spec.write_text(text.replace(*change.edit), encoding="utf-8")
    called(build, path, folder)
    if damage:
        workflow.write_text(kept, encoding="utf-8")
    called(["git", "add", "--all"], path, folder)
    called(["git", *act_run.IDENTITY, "commit", "--quiet", "-m", "a change"], path, folder)
    return path


def look(change, damage=None):
    """Executes the workflow; what is not as it must be."""
    with tempfile.TemporaryDirectory(prefix="clearway-review-") as temporary:
        folder = Path(temporary).resolve()
        path = repository(change, folder, damage)
        api = Api(change)
        head = {"sha": HEAD, "repo": {"full_name": "mallory/shop" if change.fork else REPOSITORY}}
        with api as address:
            result = act_run.run(
                {
                    "name": "review",
                    "repository": str(path),
                    "workflow": WORKFLOW,
                    "event": "pull_request",
                    "path": [str(HERE / "review")],
                    "scratch": str(folder / "scratch"),
                    "timeout": 300,
                    "payload": {
                        "number": NUMBER,
                        "pull_request": {"number": NUMBER, "head": head, "user": {"login": change.author}},
                    },
                    "github": {"repository": REPOSITORY, "ref": f"refs/pull/{NUMBER}/merge", "api_url": address},
                    "env": {"CLEARWAY_BINARY": str(built()), "SCENARIO_NOW": NOW},
                }
            )
    if "refused" in result:
        raise Broken(f"the workflow was not executed: {result['refused']}")
    ended = {job: record["result"] for job, record in result["jobs"].items()}
    wrong = [
        f"job {job}: must be {must}, is {ended.get(job)}"
        for job, must in (("review", change.ends), ("comment", change.comments_end))
        if ended.get(job) != must
    ]
    if [where for where, _ in api.written] != ([change.writes] if change.writes else []):
        wrong.append(f"must write {change.writes or 'nothing'}, wrote {[where for where, _ in api.written]}")
    for _, body in api.written:
        wrong += [f"the comment does not say {words!r}" for words in (MARK, *change.told) if words not in body]
        wrong += ["what is folded in the comment is not closed"] * (body.count("<details>") != body.count("</details>"))
    return wrong


def try_all(workers=None):
    """Looks at every change, and at every damage: names with how long it took and what is wrong."""

    def one(given):
        name, damage = given
        started = time.monotonic()
        wrong = look(CHANGES[name], damage)
        return name, round(time.monotonic() - started, 1), wrong

    given = [(name, None) for name in CHANGES] + [(name, (old, new)) for name, old, new in DAMAGES.values()]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = list(pool.map(one, given))
    return found[: len(CHANGES)], list(zip(DAMAGES, found[len(CHANGES) :]))
