// What must be measured before a change reaches customers.

use readiness.{ flaky-webhooks, known-defects, pay-with-a-card, refund }

/// Unit and contract tests, and the ways of customers that would be missed first.
gate tests {
  evidence        = junit("reports/tests/**/*.xml")
  covers          = [pay-with-a-card, refund]
  quarantines     = [flaky-webhooks]
  max-quarantined = 2%
  require tests.pass-rate >= 99%
  require tests.failed(tag = "double-entry") == 0
}

gate static-analysis {
  evidence = sarif("reports/codeql/*.sarif")
  require findings.count(severity = high) == 0
}

gate dependencies {
  evidence = [osv("reports/osv.json"), trivy("reports/trivy.json")]
  require vulnerabilities.count(severity = high) == 0
  max-age = 1 d
}

gate coverage {
  evidence = jacoco("reports/jacoco.xml")
  require coverage.branches >= 85%
}

/// As many payments as on the last Friday of November, and half as many again.
gate peak-load {
  evidence = k6("reports/k6/summary.json")
  max-age  = 7 d
  load { rate = 1200 rps  duration = 10 m }
  require latency.p99     <= 300 ms
  require http.error-rate <= 0.1%
}

/// Made by others, once a year at least.
gate penetration-test {
  evidence = sarif("evidence/penetration-test.sarif")
  max-age  = 12 months
  require findings.count(severity = high) == 0
}

/// What was promised for the release is there, and nothing that blocks it is open.
gate issues {
  evidence = table(
    "evidence/issues.csv",
    rows = issues,
    id = "Key",
    status = "Status",
    severity = "Priority",
    labels = "Labels",
  )
  triage = known-defects
  require issues.completion(tag = "promised") >= 100%
}

/// The change was authorised in the last days, and still is.
gate change-ticket {
  evidence = table(
    "evidence/changes.json",
    rows = changes,
    id = "number",
    status = "state",
    authorised = "authorised_at",
  )
  require change.state      == "Authorized"
  require change.authorised <= 5 d
}

/// Merchants do not write more than before the last release.
gate support {
  evidence = table("evidence/tickets.csv", rows = tickets, id = "Ticket", status = "Status", severity = "Priority")
  baseline = table(
    "evidence/tickets-before.csv",
    rows = tickets,
    id = "Ticket",
    status = "Status",
    severity = "Priority",
  )
  require tickets.growth(severity = medium) <= 10%
  require tickets.open(severity = critical) == 0
}

/// What the merchants of the early access say.
gate early-access {
  evidence = table("evidence/feedback.csv", rows = feedback, id = "Id", score = "Stars", labels = "Cohort")
  require feedback.score(tag = "early-access") >= 4
}

let before-customers = [coverage, dependencies, issues, peak-load, static-analysis, tests]

let in-production = [
  change-ticket,
  coverage,
  dependencies,
  early-access,
  issues,
  peak-load,
  static-analysis,
  support,
  tests,
]
