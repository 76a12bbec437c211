// What gates and rollouts measure. Each is read from the evidence of its gate, or from the monitoring of a rollout.

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

/// Passed test cases out of those that were not skipped.
metric tests.pass-rate(tag: text = "") : percent { }

/// The share of lines that tests execute.
metric coverage.lines : percent { }

/// The share of branches that tests execute.
metric coverage.branches : percent { }

/// The share of functions that tests execute.
metric coverage.functions : percent { }

/// How many findings there are at or above a severity, suppressed ones left out.
metric findings.count(severity: finding-severity = info) : number { }

/// How many known vulnerabilities there are at or above a severity.
metric vulnerabilities.count(severity: finding-severity = info) : number { }

/// The share of requests that fail.
metric http.error-rate : percent {
  query = """100 * sum(rate(http_requests_total{service="$service",code=~"5.."}[$over])) / sum(rate(http_requests_total{service="$service"}[$over]))"""
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

/// The share of time in which the service answers.
metric availability : percent {
  query = """100 * avg(avg_over_time(up{service="$service"}[$over]))"""
}

/// How risky the change is, from its size, the services it touches and its point of no return.
metric risk : risk-level { }
