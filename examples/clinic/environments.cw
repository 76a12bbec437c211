// Where the clinic's software runs.

environment staging {
  tier       = staging
  monitoring = prometheus("https://prometheus.staging.clinic.example")
  deployed   = state("state/staging.json")
}

environment production {
  tier        = production
  windows     = [surgery-is-closed]
  freezes     = [flu-season-start]
  credentials = oidc("arn:aws:iam::123456789012:role/clinic-deploy", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.clinic.example")
  deployed    = state("state/production.json")

  parity with staging except [credentials, deployed, freezes, monitoring, tier, windows]
}

/// Nobody waits in the waiting room.
window surgery-is-closed {
  days     = Mon..Thu
  hours    = 18:30..23:00
  timezone = "Europe/Dublin"
}

freeze flu-season-start {
  from     = 2026-10-05
  until    = 2026-10-09
  timezone = "Europe/Dublin"
  reason   = "all of the county is vaccinated"
}
