"""The linters of the products over what is emitted for Argo: that of Argo Workflows and that of Argo Rollouts; and Prometheus' own over every rule
and every query that a Rollout rests on.

A finding of any is a failure; so is a folder that a linter has nothing to look at in, and a linter that lets through what stands in
`argo/lint/defects`.
"""

import re
import tempfile
from pathlib import Path

import yaml

import linters
from judge_argo import LOADER, emitted_examples, objects
from judge_github import Finding
from tools import Broken, run

DEFECTS = linters.SOURCES / "defects"


def workflows(folder):
    """What the linter of Argo Workflows has against the templates, and how many files it looked at."""
    files = [path for path in sorted(Path(folder).glob("*.yaml")) if b"\nkind: WorkflowTemplate\n" in b"\n" + path.read_bytes()]
    if not files:
        return 0, []
    code, out, err = run([linters.built("workflows"), *map(str, files)])
    lines = [line for line in out.splitlines() if line.strip()]
    if code not in (0, 1) or (code == 1 and not lines):
        raise Broken(f"the linter of Argo Workflows ended with exit code {code}: {(err or out).strip()[-600:]}")
    findings = []
    for line in lines:
        path, _, message = line.partition(": ")
        if Path(path).is_file():
            findings.append(Finding(path, 1, 1, "argo-lint", "workflows", "error", message))
    if bool(findings) != (code == 1):
        raise Broken(f"the linter of Argo Workflows says what is not understood: {out.strip()[-600:]}")
    return len(files), findings


def rollouts(folder):
    """What the linter of Argo Rollouts has against the Rollouts, one file at a time, and how many it looked at."""
    count, findings = 0, []
    for path in sorted(Path(folder).rglob("*.yaml")):
        if not any(one and one.get("kind") == "Rollout" for _, one in objects(path)):
            continue
        count += 1
        code, out, err = run([linters.built("rollouts"), "-f", str(path)])
        if code not in (0, 1):
            raise Broken(f"the linter of Argo Rollouts ended with exit code {code}: {err.strip()}")
        if code == 1:
            findings.append(Finding(str(path), 1, 1, "rollouts-lint", "rollouts", "error", (err or out).strip()[:600]))
    return count, findings


def rules(folder):
    """Every rule and every query, as groups of rules of Prometheus, with the place that each comes from."""
    for path in sorted(Path(folder).rglob("*.yaml")):
        for line, one in objects(path):
            kind = (one or {}).get("kind")
            if kind == "PrometheusRule":
                yield path, line, one["spec"]["groups"]
            if kind in ("AnalysisTemplate", "ClusterAnalysisTemplate"):
                for metric in one["spec"]["metrics"]:
                    query = metric["provider"]["prometheus"]["query"]
                    # What Rollouts puts in is a number or a text in a selector.
                    query = re.sub(r"\{\{\s*args\.[\w-]+\s*\}\}", "1", query)
                    yield path, line, [{"name": "queries", "rules": [{"record": "asked", "expr": query}]}]


def prometheus(folder, scratch):
    """What Prometheus has against the rules and queries, and how many there are."""
    count, findings = 0, []
    for count, (path, line, groups) in enumerate(rules(folder), 1):
        file = scratch / f"{count}.yml"
        file.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
        code, out, err = run([linters.promtool(), "check", "rules", str(file)])
        if code != 0:
            findings.append(Finding(str(path), line, 1, "promtool", "rules", "error", (err + out).strip()[-600:]))
    return count, findings


def look(folder, scratch):
    """What each linter looked at, and what it found."""
    return {"workflows": workflows(folder), "rollouts": rollouts(folder), "prometheus": prometheus(folder, scratch)}


def judge(folders):
    """Judges folders: how many files and rules were looked at, and all findings in order."""
    sees_defects()
    seen, findings = {}, []
    for folder in map(Path, folders):
        with tempfile.TemporaryDirectory(prefix="clearway-lint-") as temporary:
            told = look(folder / "argo", Path(temporary))
        if not told["workflows"][0]:
            raise Broken(f"there is no workflow for Argo in {folder}")
        for name, (count, found) in told.items():
            seen[name] = seen.get(name, 0) + count
            findings += found
    idle = [name for name, count in seen.items() if not count]
    if idle:
        raise Broken(f"there was nothing to look at for {', '.join(idle)}")
    return sum(seen.values()), sorted(findings)


def sees_defects():
    """A linter that lets a known mistake through cannot judge: each file in `defects` says in its first line who must find it, and what is said."""
    files = sorted(DEFECTS.glob("*.yaml"))
    if not files:
        raise Broken(f"there are no defects in {DEFECTS}")
    for path in files:
        who, _, text = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(": ")
        with tempfile.TemporaryDirectory(prefix="clearway-lint-") as temporary:
            folder, scratch = Path(temporary) / "argo", Path(temporary) / "scratch"
            folder.mkdir(), scratch.mkdir()
            (folder / path.name).write_bytes(path.read_bytes())
            told = look(folder, scratch)
        found = [finding.message for finding in told[who][1]]
        if not any(text in message for message in found):
            raise Broken(f"{who} does not say `{text}` of {path.name}: {found}")


def judge_examples(binary, folder):
    """Judges what the examples emit for Argo."""
    with tempfile.TemporaryDirectory(prefix="clearway-examples-") as temporary:
        count, findings = judge(emitted_examples(binary, folder, Path(temporary)))
        return count, [finding.below(temporary) for finding in findings]
