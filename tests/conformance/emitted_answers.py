"""In the place of a product's API, on this machine alone: settings with which every expectation holds, served on the loopback interface."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def at(answer, part, default):
    """What an answer has at one part of a JSON pointer; what is not there yet is put there."""
    if isinstance(answer, list):
        while len(answer) <= int(part):
            answer.append({})
        return answer[int(part)]
    return answer.setdefault(part, default)


def parts(pointer):
    """The parts of a JSON pointer."""
    return pointer.split("/")[1:]


def put(answer, pointer, value):
    """Writes a value into an answer; a number says a place in a list."""
    *path, last = parts(pointer)
    for part, following in zip(path, [*path[1:], last]):
        answer = at(answer, part, [] if following.isdigit() else {})
    answer[last] = value


def element(answer, where):
    """The element of a list that an expectation is about."""
    for part in parts(where["at"]):
        answer = at(answer, part, [])
    found = [one for one in answer if one.get(where["key"]) == where["is"]]
    if not found:
        found = [{where["key"]: where["is"]}]
        answer += found
    return found[0]


def settings(expectations, **names):
    """Answers with which every expectation holds, by address."""
    answers, numbers = {}, {}
    for one in expectations:
        url = one["url"].format(**names)
        answer = answers.setdefault(url, [] if one.get("where", {}).get("at") == "" else {})
        if "where" in one:
            answer = element(answer, one["where"])
        if "same-set" not in one:
            put(answer, one["pointer"], one["equals"])
            continue
        put(answer, one["pointer"], elements := [{} for _ in one["same-set"]])
        for of, text in zip(elements, one["same-set"]):
            value = int(text) if text.isdigit() else text
            if "named-by" in one:
                # What is picked is a number, and the name is found with it.
                value = numbers.setdefault(text, 100 + len(numbers))
                put(answers.setdefault(one["named-by"]["url"].format(value), {}), one["named-by"]["pointer"], text)
            put(of, one["pick"], value)
    return answers


@contextmanager
def serving(answer):
    """Serves on a free port of the loopback interface; gives its address. `answer` says status and value by address, heads and body."""

    class Handler(BaseHTTPRequestHandler):
        """One question after the other, in a thread each."""

        def do_GET(self):  # pylint: disable=invalid-name
            """A question."""
            status, value = answer(self.path, self.headers, self.rfile.read(int(self.headers.get("content-length", 0))))
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            """Nothing is written beside the results."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
