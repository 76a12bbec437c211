// Three regions, and what stands before them. A region changes while its own people are awake.

use acme.hours.working-hours

environment testing {
  tier     = testing
  lock     = payments
  deployed = state("state/testing.json")
}

environment staging {
  tier     = staging
  lock     = payments
  deployed = state("state/staging.json")
}

environment production-eu {
  tier        = production
  windows     = [working-hours-eu]
  freezes     = [quarter-close, year-end]
  lock        = payments
  credentials = oidc("arn:aws:iam::123456789012:role/deploy-eu", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.eu.payments.example")
  deployed    = state("state/production-eu.json")

  parity with staging except [credentials, deployed, freezes, monitoring, tier, windows]
}

environment production-us {
  tier        = production
  windows     = [working-hours-us]
  freezes     = [quarter-close, year-end]
  lock        = payments
  credentials = oidc("arn:aws:iam::123456789012:role/deploy-us", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.us.payments.example")
  deployed    = state("state/production-us.json")

  parity with production-eu except [credentials, deployed, monitoring, windows]
}

environment production-apac {
  tier        = production
  windows     = [working-hours-apac]
  freezes     = [quarter-close, year-end]
  lock        = payments
  credentials = oidc("arn:aws:iam::123456789012:role/deploy-apac", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.apac.payments.example")
  deployed    = state("state/production-apac.json")

  parity with production-eu except [credentials, deployed, monitoring, windows]
}

window working-hours-us : working-hours(timezone = "America/New_York") { }

window working-hours-eu {
  days     = Mon..Thu
  hours    = 08:00..16:00
  timezone = "Europe/Berlin"
  calendar = bank-holidays-eu
}

/// Half an hour off the full hour of everybody else, all year.
window working-hours-apac {
  days     = Mon..Thu
  hours    = 09:30..17:30
  timezone = "Asia/Kolkata"
}

/// The days on which TARGET is closed.
calendar bank-holidays-eu {
  holidays = [2026-12-25, 2027-01-01, 2027-03-26, 2027-03-29]
}

/// The books of a quarter are closed in these days, and nothing moves under them.
freeze quarter-close {
  every       = quarter-end
  days-before = 2
  days-after  = 3
  timezone    = "Europe/Berlin"
  reason      = "the books of the quarter are closed"
}

freeze year-end {
  every       = year-end
  days-before = 14
  days-after  = 3
  timezone    = "Europe/Berlin"
  reason      = "the week in which most cards are charged, and the books of the year"
}
