"""Many pipelines write at once to a ledger in storage that speaks S3: no record that was acknowledged is lost, and the chain holds."""

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import servers
from running_prometheus import Asking

KEY, SECRET, BUCKET = "conformance", "conformance-secret", "ledger"
WRITERS, EACH = 16, 5


def check():
    """What is not as it must be, in words."""
    wrong = []
    with tempfile.TemporaryDirectory(prefix="clearway-s3-") as temporary:
        folder = Path(temporary).resolve()
        (folder / "storage" / BUCKET).mkdir(parents=True)
        address = f"127.0.0.1:{servers.free_port()}"
        command = [servers.s3(), "--port", address, "--access", KEY, "--secret", SECRET, "--region", "eu-central-1"]
        command += ["posix", str(folder / "storage")]
        with servers.running(command, f"http://{address}/", folder / "storage.log"):
            asking = Asking(folder, "http://127.0.0.1:9090")
            asking.environment.update(
                AWS_ACCESS_KEY_ID=KEY,
                AWS_SECRET_ACCESS_KEY=SECRET,
                AWS_REGION="eu-central-1",
                AWS_ENDPOINT_URL=f"http://{address}",
                AWS_ALLOW_HTTP="true",
            )
            wrong += writers(asking)
            wrong += leases(asking)
    return wrong


LEDGER = ["--ledger", f"s3://{BUCKET}/running"]


def writers(asking):
    """Runs that all record something, again and again."""

    def write(writer):
        said = []
        for number in range(EACH):
            run = f"{writer}-{number}"
            step = ["--release", "running", "--step", "build-checkout", "--run", run]
            code, out, err = asking.call("record", "begin", *LEDGER, *step)
            said.append(run if code == 0 else f"{run} failed: {out}{err}")
        return said

    with ThreadPoolExecutor(max_workers=WRITERS) as pool:
        said = [run for runs in pool.map(write, range(WRITERS)) for run in runs]
    code, out, err = asking.call("ledger", "log", *LEDGER, "--format", "json")
    if code:
        return [f"the ledger does not hold: {err}"]
    log = json.loads(out)
    wrong = [] if sorted(said) == sorted(one["record"]["run"] for one in log) else ["a record that was acknowledged is lost"]
    code, out, err = asking.call("ledger", "verify", *LEDGER)
    if f"{WRITERS * EACH} records, unbroken" not in out:
        wrong.append(f"the ledger does not hold: {out}{err}")
    return wrong


def leases(asking):
    """Runs that all want the same lock."""

    def acquire(run):
        return asking.call("lease", "acquire", "production", *LEDGER, "--run", str(run))[0]

    with ThreadPoolExecutor(max_workers=WRITERS) as pool:
        codes = sorted(pool.map(acquire, range(WRITERS)))
    return [] if codes == [0] + [1] * (WRITERS - 1) else [f"one of them must have the lock: {codes}"]
