"""Gates and a watch that ask a real Prometheus, which scrapes a little exporter: what holds passes, and nothing else does."""

import json
import os
import shutil
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import servers
from tools import HERE, Broken, built
from tools import run as run_tool

PROJECT = HERE / "running"
RELEASE = "running"
ENVIRONMENT = "production"
COMMIT = "0123456789abcdef0123456789abcdef01234567"

# How a gate must end, and a word of why.
GATES = {
    "sound": ("pass", "passes"),
    "errors": ("fail", "20"),
    "not-a-number": ("inconclusive", "NaN"),
    "too-few-samples": ("inconclusive", "needs 100 samples"),
    "no-series": ("inconclusive", "no series"),
    "several-series": ("inconclusive", "2 series"),
    "refused": ("inconclusive", "does not answer"),
    "nobody-listens": ("inconclusive", "does not answer"),
}

# How many requests a second each service answers, and which part of them with an error.
TRAFFIC = {"checkout": (200, 0.0), "carts": (200, 0.2)}


def exposition(seconds):
    """What the exporter says of the services, some seconds after it started."""
    lines = []
    for service, (rate, errors) in TRAFFIC.items():
        count = int(rate * seconds)
        failed = int(count * errors)
        lines += [
            f'http_requests_total{{service="{service}",code="200"}} {count - failed}',
            f'http_requests_total{{service="{service}",code="500"}} {failed}',
        ]
        # Of the requests of carts almost none are timed.
        timed = count if service == "checkout" else int(seconds)
        for bound, share in (("0.1", 0.9), ("0.25", 0.99), ("+Inf", 1)):
            lines.append(
                f'http_request_duration_seconds_bucket{{service="{service}",le="{bound}"}} {int(timed * share)}'
            )
        lines.append(f'http_request_duration_seconds_count{{service="{service}"}} {timed}')
    lines += ['queue_length{service="checkout"} 3', 'queue_length{service="carts"} NaN']
    return "\n".join(lines) + "\n"


@contextmanager
def exporter():
    """Serves the metrics; gives its address."""
    # It has been running for a minute, so that the first scrape sees no counter at zero.
    started = time.monotonic() - 60

    class Handler(BaseHTTPRequestHandler):
        """Answers every question with the metrics."""

        def do_GET(self):  # pylint: disable=invalid-name
            """One scrape."""
            body = exposition(time.monotonic() - started).encode()
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing is written beside the results."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def scraped(address, times):
    """Waits until each service was scraped so many times."""
    query = urllib.parse.urlencode({"query": "min by (service) (count_over_time(http_requests_total[1m]))"})
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{address}/api/v1/query?{query}", timeout=10) as answer:
            series = json.load(answer)["data"]["result"]
        if len(series) >= len(TRAFFIC) and all(float(one["value"][1]) >= times for one in series):
            return
        time.sleep(0.2)
    raise Broken("Prometheus scrapes nothing")


@contextmanager
def prometheus(folder):
    """A Prometheus that scrapes the exporter every second; gives its address once it has scraped some times."""
    with exporter() as target:
        port = servers.free_port()
        scrapes = [{"targets": [target], "labels": {"service": service}} for service in TRAFFIC]
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [
                {"job_name": "services", "honor_labels": True, "static_configs": scrapes[:1]},
            ],
        }
        # JSON is YAML too.
        (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
        address = f"http://127.0.0.1:{port}"
        command = [servers.prometheus(), f"--config.file={folder}/prometheus.yml"]
        command += [f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
        with servers.running(command, f"{address}/-/ready", folder / "prometheus.log"):
            # Rates need two scrapes, and a share of enough requests a few more; the first comes some seconds after the server is ready.
            scraped(address, 5)
            yield address


class Asking:
    """The project, built for an address of a Prometheus, and calls of the binary as a pipeline makes them."""

    def __init__(self, folder, address):
        self.repository = folder / "repository"
        shutil.copytree(PROJECT, self.repository)
        spec = self.repository / "running.cw"
        spec.write_text(spec.read_text(encoding="utf-8").replace("http://127.0.0.1:9090", address), encoding="utf-8")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        code, out, err = self.call("build", ".", "--target", "github", "--out", ".")
        if code:
            raise Broken(f"the project cannot be built:\n{out}{err}")

    def call(self, *arguments):
        """Calls the binary: exit code, output and errors."""
        return run_tool([str(built()), *arguments], cwd=self.repository, environment=self.environment)

    def asked(self, *arguments):
        """Calls a command of pipelines: exit code and the answer."""
        way = ["--ledger", "records", "--run", "1", "--release", RELEASE, "--stage", ENVIRONMENT, "--format", "json"]
        code, out, err = self.call(*arguments, *way)
        if not out:
            raise Broken(f"`clearway {' '.join(arguments)}` says nothing: {err}")
        return code, json.loads(out)

    def watched(self, service, seconds):
        """Watches a service, and looks at the end at how it was all the while."""
        return self.asked("watch", "--service", service, "--for", str(seconds), "--validate")


def check():
    """What is not as it must be, in words."""
    wrong = []
    with tempfile.TemporaryDirectory(prefix="clearway-prometheus-") as temporary:
        folder = Path(temporary).resolve()
        with prometheus(folder) as address:
            asking = Asking(folder, address)
            for gate, (result, why) in GATES.items():
                subjects = [f"--subject={service}=1.0.0@sha256:{'a' * 64}" for service in TRAFFIC]
                code, answer = asking.asked("gate", "run", gate, "--commit", COMMIT, *subjects)
                told = json.dumps(answer)
                if (code, answer["details"]["result"]) != (0 if result == "pass" else 1, result) or why not in told:
                    wrong.append(f"gate {gate} must be {result} ({why}), exit code {code}: {told}")
            for service, must in (("checkout", 0), ("carts", 1)):
                code, answer = asking.watched(service, 3)
                if code != must:
                    wrong.append(f"watching {service} must end with {must}, and ended with {code}: {answer['title']}")
        # The server is gone, and what was decided with it is decided again without it.
        code, out, err = asking.call("ledger", "log", "--ledger", "records", "--format", "json")
        if code:
            return [*wrong, f"the ledger cannot be read: {err}"]
        begun = [one["digest"] for one in json.loads(out) if "intent" in one["record"]["entry"]]
        if len(begun) != len(GATES):
            wrong.append(f"{len(GATES)} gates were decided, and {len(begun)} are recorded")
        code, out, err = asking.call("ledger", "replay", "--ledger", "records")
        if code or f"{len(GATES) + 2} decisions replay to the same answers" not in out:
            wrong.append(f"what was decided and watched does not replay: {out}{err}")
    return wrong
