// What can be called in a value.

// ── Versions ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// The version of the newest tag that is reachable from the commit at hand; `{}` in the pattern stands for the version.
function from-tag(pattern: text) : version computed { }

/// The version that a file of the repository names: JSON, TOML or YAML with a dotted key, or a text file without one.
function from-file(path: text, key: text = "") : version computed reads { }

/// A version range, where a comma would end the value: `range(">=1.2, <3 || ^5")`.
function range(text: text) : range computed { }

/// Whether a list has a value.
function contains(list: list(any), value: any) : bool computed { }

/// How many items a list has.
function length(list: list(any)) : number computed { }

/// Whether each of a list is true: true of an empty list.
function all(list: list(bool)) : bool computed { }

/// Whether one of a list is true: false of an empty list.
function any(list: list(bool)) : bool computed { }

/// The items of several lists as one list.
function flatten(lists: list(list(any))) : list(any) computed { }

/// Whether something is written or has a default: `has(service.owner)`. Only in a policy.
function has(value: any) : bool computed { }

/// What the project declares of a kind: `declared(service)`, `declared(service or vendor)`. Only in a policy.
function declared(kind: type) : list(any) computed { }

/// Versions that are places in a list: a change from one to the next is one minor release.
function series(releases: list(text)) : version-series { }

// ── What a build makes and how it is deployed ─────────────────────────────────────────────────────────────────────

/// A container image, by its name without tag; it is deployed by digest.
function image(name: text) : artifact { }

/// A file or folder that the build leaves.
function archive(path: text) : artifact { }

/// Sets the image of a Kubernetes workload, `kind/name`, and waits until it is available.
function kubernetes(workload: text, namespace: text = "") : deployer { }

/// Upgrades a Helm release.
function helm(release: text, chart: text, namespace: text = "") : deployer { }

/// Runs a command of the repository. It gets the artifact's digest as `$CLEARWAY_DIGEST`.
function command(run: text) : deployer { }

/// What is deployed in an environment, from a file of the repository that is derived from the ledger.
function state(path: text) : deployed-state { }

/// Short-lived credentials from the cloud's identity provider, for the deploying step alone.
function oidc(role: text, ttl: duration = 15 m) : credential { }

/// A secret that a vault keeps: its path there, and the key below it.
function vault(path: text, key: text = "") : secret-source { }

/// A secret that the store of the platform or the cluster keeps, by its name there.
function store(name: text) : secret-source { }

/// The people of a group, from an exported directory file (JSON: a list of names, or an object of lists).
function directory(path: text, group: text = "") : member-list reads { }

// ── Evidence ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// Test results as JUnit XML.
function junit(files: text or list(text)) : report { measures = [tests] }

/// Findings of static analysis as SARIF.
function sarif(files: text or list(text)) : report {
  measures = [findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// Coverage as LCOV.
function lcov(files: text or list(text)) : report { measures = [coverage] }

/// Coverage as Cobertura XML.
function cobertura(files: text or list(text)) : report { measures = [coverage] }

/// Coverage as JaCoCo XML.
function jacoco(files: text or list(text)) : report { measures = [coverage] }

/// Coverage as a Go cover profile.
function go-cover(files: text or list(text)) : report { measures = [coverage] }

/// A load test's summary, written by k6.
function k6(files: text or list(text)) : report { measures = [checks, http, latency, load, thresholds] }

/// A load test's results, written by JMeter.
function jmeter(files: text or list(text)) : report { measures = [checks, http, latency, load, thresholds] }

/// Vulnerable dependencies, found by OSV-Scanner.
function osv(files: text or list(text)) : report {
  measures = [findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// Vulnerabilities and misconfigurations, found by Trivy.
function trivy(files: text or list(text)) : report {
  measures = [findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// Vulnerabilities, found by Grype.
function grype(files: text or list(text)) : report {
  measures = [findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// Findings of Semgrep.
function semgrep(files: text or list(text)) : report {
  measures = [findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// A security report, as GitLab's scanners write it.
function gitlab(files: text or list(text)) : report {
  measures = [findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// A bill of materials as CycloneDX, with vulnerabilities if it has them.
function cyclonedx(files: text or list(text)) : report {
  measures = [components, findings, licenses, misconfigurations, secrets, vulnerabilities]
}

/// A bill of materials as SPDX.
function spdx(files: text or list(text)) : report { measures = [components] }

/// Statements of in-toto about artifacts.
function in-toto(files: text or list(text)) : report { measures = [attestations] }

/// A vendor's status page, as Statuspage writes it: files, or the address of its summary, `https://…/api/v2/summary.json`.
function statuspage(files: text or list(text)) : report { measures = [status] }

/// Rows that another system exports, as CSV or JSON. Each of the parameters from `id` to `score` names the column with that meaning: by its
/// heading, in JSON by its keys with dots between them. What is in one of the states `closed-states` is closed; of priorities that are none of
/// the usual words, the last five lists say how serious they are. `path` leads to the rows of a JSON text: keys with dots between them.
function table(
  files: text or list(text),
  rows: record-topic,
  id: text,
  title: text = "",
  status: text = "",
  severity: text = "",
  labels: text = "",
  service: text = "",
  opened: text = "",
  closed: text = "",
  authorised: text = "",
  score: text = "",
  path: text = "",
  closed-states: list(text) = [],
  critical: list(text) = [],
  high: list(text) = [],
  medium: list(text) = [],
  low: list(text) = [],
  info: list(text) = [],
) : report { measures = [change, changes, feedback, incidents, issues, tickets] }

/// Measurements of the running system, asked from Prometheus.
function prometheus(url: text) : report { }
