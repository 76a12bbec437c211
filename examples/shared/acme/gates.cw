// What is measured alike everywhere.

/// No vulnerability that is known to be critical, by what was known yesterday.
gate scan {
  evidence = grype("reports/grype.json")
  max-age  = 1 d
  require vulnerabilities.count(severity = critical) == 0
}
