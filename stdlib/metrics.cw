// What gates and rollouts measure. Each is read from the evidence of its gate, or from the monitoring of a rollout.

// ── Tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// How many test cases ran or should have.
metric tests.total(tag: text = "") : number { }

/// How many test cases passed.
metric tests.passed(tag: text = "") : number { }

/// How many test cases failed.
metric tests.failed(tag: text = "") : number { }

/// How many test cases could not be carried out.
metric tests.errored(tag: text = "") : number { }

/// How many test cases were skipped.
metric tests.skipped(tag: text = "") : number { }

/// How many test cases passed only when they were run again.
metric tests.flaky(tag: text = "") : number { }

/// How many test cases are in quarantine, whatever came of them.
metric tests.quarantined(tag: text = "") : number { }

/// How many more test cases the report declares than it holds.
metric tests.missing : number { }

/// Passed test cases out of those that were not skipped.
metric tests.pass-rate(tag: text = "") : percent { }

// ── Coverage ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// The share of lines that tests execute.
metric coverage.lines : percent { }

/// The share of branches that tests execute.
metric coverage.branches : percent { }

/// The share of functions that tests execute.
metric coverage.functions : percent { }

/// The share of statements that tests execute, where the report counts them.
metric coverage.statements : percent { }

/// The share of machine instructions that tests execute, where the report counts them.
metric coverage.instructions : percent { }

// ── Findings ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// How many findings there are at or above a severity, suppressed ones left out.
metric findings.count(severity: finding-severity = info) : number { }

/// How many of the findings the baseline of the report does not have.
metric findings.new(severity: finding-severity = info) : number { }

/// How many findings somebody set aside.
metric findings.suppressed(severity: finding-severity = info) : number { }

/// How many known vulnerabilities there are at or above a severity.
metric vulnerabilities.count(severity: finding-severity = info) : number { }

/// How many unsafe settings there are at or above a severity.
metric misconfigurations.count(severity: finding-severity = info) : number { }

/// How many secrets lie open, at or above a severity.
metric secrets.count(severity: finding-severity = info) : number { }

/// How many unwanted licences there are at or above a severity.
metric licenses.count(severity: finding-severity = info) : number { }

// ── Load and monitoring ───────────────────────────────────────────────────────────────────────────────────────────

/// How many requests a load test made.
metric http.requests : number { }

/// The share of requests that fail. Where there are requests and none of them ever failed, it is 0.
metric http.error-rate : percent {
  query = """100 * (sum(rate(http_requests_total{service="$service",code=~"5.."}[$over])) or vector(0)) / sum(rate(http_requests_total{service="$service"}[$over]))"""
  samples     = """sum(increase(http_requests_total{service="$service"}[$over]))"""
  min-samples = 100
}

/// How many requests there are.
metric http.request-rate : rate {
  query = """sum(rate(http_requests_total{service="$service"}[$over]))"""
}

/// The time within which half of the requests are answered.
metric latency.p50 : duration {
  query = """histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket{service="$service"}[$over])))"""
  samples     = """sum(increase(http_request_duration_seconds_count{service="$service"}[$over]))"""
  min-samples = 100
}

/// The time within which 90% of the requests are answered.
metric latency.p90 : duration {
  query = """histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket{service="$service"}[$over])))"""
  samples     = """sum(increase(http_request_duration_seconds_count{service="$service"}[$over]))"""
  min-samples = 100
}

/// The time within which 95% of the requests are answered.
metric latency.p95 : duration {
  query = """histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service="$service"}[$over])))"""
  samples     = """sum(increase(http_request_duration_seconds_count{service="$service"}[$over]))"""
  min-samples = 100
}

/// The time within which 99% of the requests are answered.
metric latency.p99 : duration {
  query = """histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{service="$service"}[$over])))"""
  samples     = """sum(increase(http_request_duration_seconds_count{service="$service"}[$over]))"""
  min-samples = 100
}

/// How much longer 95% of the requests take than in the gate's baseline, out of that time.
metric latency.growth : percent { signed = true }

/// How long a load test went on.
metric load.duration : duration { }

/// How many users a load test had at once.
metric load.users : number { }

/// The share of a load test's checks that hold.
metric checks.pass-rate : percent { }

/// How many of a load test's checks do not hold.
metric checks.failed : number { }

/// How many of a load test's own thresholds were crossed.
metric thresholds.crossed : number { }

/// The share of time in which the service answers.
metric availability : percent {
  query = """100 * avg(avg_over_time(up{service="$service"}[$over]))"""
}

// ── What an artifact is made of, and what was attested of it ──────────────────────────────────────────────────────

/// How many components a bill of materials has.
metric components.count : number { }

/// How many components have no version.
metric components.unversioned : number { }

/// How many components name no licence.
metric components.unlicensed : number { }

/// How many entries of a bill of materials say what depends on what.
metric components.dependencies : number { }

/// How many statements there are.
metric attestations.count : number { }

/// How many statements are signed by somebody; who it is, is checked elsewhere.
metric attestations.signed : number { }

/// How many statements say that their subject did not pass.
metric attestations.failed : number { }

/// How many artifacts the statements are about.
metric attestations.subjects : number { }

// ── Vendors ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// How bad a status page says it is: 0 not at all, 1 minor, 2 major, 3 critical.
metric status.impact : number { }

/// How many components a status page has.
metric status.components : number { }

/// How many components of a status page are operational.
metric status.operational : number { }

/// How many components of a status page are not operational.
metric status.degraded : number { }

/// How many incidents of a status page are open.
metric status.incidents : number { }

// ── Records of other systems ──────────────────────────────────────────────────────────────────────────────────────

/// How many issues there are.
metric issues.total(tag: text = "", severity: finding-severity = info) : number { }

/// How many issues are open.
metric issues.open(tag: text = "", severity: finding-severity = info) : number { }

/// How many issues are closed.
metric issues.closed(tag: text = "", severity: finding-severity = info) : number { }

/// The share of issues that are closed.
metric issues.completion(tag: text = "", severity: finding-severity = info) : percent { }

/// How many more issues are open than in the gate's baseline, out of those.
metric issues.growth(tag: text = "", severity: finding-severity = info) : percent { signed = true }

/// How many change tickets there are.
metric changes.total(tag: text = "", severity: finding-severity = info) : number { }

/// How many change tickets are open.
metric changes.open(tag: text = "", severity: finding-severity = info) : number { }

/// How many change tickets are closed.
metric changes.closed(tag: text = "", severity: finding-severity = info) : number { }

/// The state of the release's own change ticket.
metric change.state : text { }

/// How long ago the release's own change ticket was authorised.
metric change.authorised : duration { }

/// How many incidents there are.
metric incidents.total(tag: text = "", severity: finding-severity = info) : number { }

/// How many incidents are open.
metric incidents.open(tag: text = "", severity: finding-severity = info) : number { }

/// How many incidents are closed.
metric incidents.closed(tag: text = "", severity: finding-severity = info) : number { }

/// How many more incidents there are than in the gate's baseline, out of those.
metric incidents.growth(tag: text = "", severity: finding-severity = info) : percent { signed = true }

/// How many support tickets there are.
metric tickets.total(tag: text = "", severity: finding-severity = info) : number { }

/// How many support tickets are open.
metric tickets.open(tag: text = "", severity: finding-severity = info) : number { }

/// How many support tickets are closed.
metric tickets.closed(tag: text = "", severity: finding-severity = info) : number { }

/// How many more support tickets there are than in the gate's baseline, out of those.
metric tickets.growth(tag: text = "", severity: finding-severity = info) : percent { signed = true }

/// How much feedback there is.
metric feedback.total(tag: text = "") : number { }

/// How content users are, as the mean of their scores.
metric feedback.score(tag: text = "") : number { signed = true }

/// How much higher the mean score is than in the gate's baseline, out of that; below 0 where it is lower.
metric feedback.growth(tag: text = "") : percent { signed = true }

// ── One finding or record, in the rules of a triage ───────────────────────────────────────────────────────────────

/// How serious the finding or record is.
metric finding.severity : finding-severity { }

/// A label of the record: it is equal to each of them.
metric finding.label : text { }

/// The service that the record is about, or the file or package of the finding.
metric finding.component : text { }

/// What the finding or record is called: a rule, a vulnerability, an issue's key.
metric finding.id : text { }

// ── Risk ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// How risky the change is, from its size, the services it touches and its point of no return.
metric risk : risk-level { }

// ── Delivery, in a retrospective ──────────────────────────────────────────────────────────────────────────────────

/// How many changes reach production in a week.
metric delivery.frequency : number { }

/// How long it takes from a commit until it is in production, in the middle.
metric delivery.lead-time : duration { }

/// The share of changes in production that fail: a deployment ends badly or is taken back, or an incident follows.
metric delivery.failure-rate : percent { }

/// How long it takes until a failed change is over, in the middle.
metric delivery.time-to-restore : duration { }
