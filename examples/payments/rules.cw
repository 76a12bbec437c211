// What must hold before a change, who must agree, and how it comes in.

use people.{ change-board, finance-controller, head-of-payments, on-call, security-officer }

/// Unit and contract tests.
gate tests {
  evidence = junit("reports/tests/**/*.xml")
  require tests.pass-rate >= 99%
  require tests.failed(tag = "critical-journey") == 0
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
  require latency.p99     <= 300 ms
  require http.error-rate <= 0.1%
  max-age = 7 d
}

let before-customers = [coverage, dependencies, peak-load, static-analysis, tests]

/// A colleague, finance for what touches the books, and the board where the risk is high.
approval regulated {
  step peer-review { from = owner               need = 1 }
  step controller  { from = finance-controller  need = 1  within = 1 business-days }
  step board {
    from     = change-board
    need     = 3
    within   = 2 business-days
    escalate = head-of-payments
    when     = risk >= high
  }
  separate author, approver, deployer
}

/// Money is being lost: two people at once, and everything else afterwards.
approval emergency-fix {
  step on-call  { from = on-call           need = 1  within = 15 m }
  step security { from = security-officer  need = 1  within = 30 m }
  separate author, approver, deployer
}

approval way-back {
  step on-call { from = on-call  need = 1  within = 10 m }
  separate approver, deployer
}

/// A growing share of the merchants, watched at each step.
rollout guarded(max-errors: percent = 0.5%) : canary {
  step 1%  hold 15 m
  step 10% hold 30 m
  step 50% hold 30 m
  step 100%
  watch http.error-rate <= max-errors over 5 m
  watch latency.p99     <= 300 ms     over 5 m
  on-breach = rollback
}
