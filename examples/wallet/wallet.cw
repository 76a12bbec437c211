// The server behind an app on telephones: versions of the app stay in people's pockets for a year.

use acme.chains
use acme.hours.working-hours

team app { members = [astrid, bjorn, cecilia] }
team backend { members = [david, elin, fredrik] }

role on-call { members = [bjorn, elin] }

/// What the app talks to. Old apps are still out there.
service gateway {
  owner   = backend
  version = 6.2.0
  data    = [personal]

  provides api 6.2.0 since 2026-10-01 stable-for 12 months
  provides api 5.8.0 since 2025-11-15 stable-for 12 months
  requires maps.tiles ^4 optional
  requires push.send  ^2

  build { run = "make gateway"  output = image("ghcr.io/acme/gateway") }
  test { run = "make test" }
  deploy with kubernetes("deployment/gateway")

  smoke open-the-door { run = "./smoke/open" }
}

/// Draws where the next shop is.
vendor maps {
  owner   = app
  version = 4.11.0
  status  = statuspage("https://status.maps.example/api/v2/summary.json")
  provides tiles 4.11.0
}

/// Makes telephones ring.
vendor push {
  owner       = backend
  version     = 2.3.0
  integration = [push-suite]
  provides send 2.3.0
}

gate tests {
  evidence = junit("reports/**/*.xml")
  require tests.pass-rate >= 97%
}

/// What the provider of notifications has to do, tried against their sandbox.
gate push-suite {
  evidence = junit("reports/push/*.xml")
  require tests.failed(tag = "push") == 0
}

/// The people who try everything first.
gate early-birds {
  evidence = table(
    "evidence/feedback.json",
    rows = feedback,
    id = "id",
    score = "stars",
    labels = "cohort",
    path = "reviews",
  )
  require feedback.score(tag = "early-birds") >= 4
  require feedback.total >= 1
}

/// Whoever starts the run is a third person.
approval pair : chains.pair {
  separate author, approver, deployer
}

environment staging { tier = staging }

environment production {
  tier        = production
  windows     = [working-hours(timezone = "Europe/Stockholm")]
  credentials = oidc("wallet-deploy", ttl = 10 m)
  monitoring  = prometheus("https://prometheus.wallet.example")
}

/// Pay by holding two telephones together.
flag pay-by-touch {
  owner   = app
  service = gateway
  expires = 2027-01-31
  ramp {
    step 5%   hold 1 h
    step 50%  hold 2 h
    step 100% hold 1 h
    run = "./flags/apply"
  }
}

alert gateway-fails {
  service = gateway
  when http.error-rate > 2% over 5 m for 10 m
  severity = critical
  runbook  = "https://runbooks.wallet.example/gateway"
  notify   = backend
}

rollout slow : canary {
  step 5% hold 15 m
  step 100%
  watch http.error-rate <= 1% over 5 m
}

release app-server {
  class = standard

  ship gateway

  stage staging { gates = [tests] }
  stage production {
    gates    = [early-birds, push-suite, tests]
    approval = pair
    rollout  = slow
    bake     = 1 h
    validate { require availability >= 99.9% over 30 m }
  }
  rollback {
    approval = pair
    when availability < 99% over 5 m
  }
}
