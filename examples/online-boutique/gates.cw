// What must be measured before anything is deployed.

/// The tests pass, and the ones that customers would miss first have no failure.
gate tests {
  evidence = junit("reports/tests/**/*.xml")
  require tests.pass-rate >= 98%
  require tests.failed(tag = "critical-journey") == 0
}

gate coverage {
  evidence = lcov("reports/coverage.lcov")
  require coverage.lines >= 80%
}

/// No known vulnerability of weight goes out.
gate scan {
  evidence = trivy("reports/trivy.json")
  require vulnerabilities.count(severity = high) == 0
  max-age = 1 d
}

let before-customers = [tests, coverage, scan]
