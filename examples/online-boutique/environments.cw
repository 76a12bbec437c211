// Where the shop runs, and when it may change there.

/// Like production, without customers.
environment staging {
  tier     = staging
  deployed = state("state/staging.json")
}

environment production-eu {
  tier        = production
  windows     = [office-hours-eu]
  freezes     = [year-end-sales]
  lock        = shop
  credentials = oidc("deploy-eu", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.eu.boutique.example")
  deployed    = state("state/production-eu.json")

  parity with staging except [credentials, freezes, lock, monitoring, windows]
}

environment production-us {
  tier        = production
  windows     = [office-hours-us]
  freezes     = [year-end-sales]
  lock        = shop
  credentials = oidc("deploy-us", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.us.boutique.example")
  deployed    = state("state/production-us.json")

  parity with production-eu except [credentials, monitoring, windows]
}

/// Somebody is there to look, and there is an afternoon left to go back in.
window office-hours-eu {
  days     = Mon..Thu
  hours    = 09:00..16:00
  timezone = "Europe/Berlin"
}

window office-hours-us {
  days     = Mon..Thu
  hours    = 09:00..16:00
  timezone = "America/New_York"
}

/// The weeks in which the year is earned.
freeze year-end-sales {
  every       = year-end
  days-before = 12
  days-after  = 2
  timezone    = "Europe/Berlin"
  reason      = "Christmas sales"
}
