use std.rollouts.canary
use platform.environments.{ staging, production-eu, production-us }

/// Takes the order and charges the card.
service checkout {
  owner   = payments
  repo    = "acme/checkout"
  version = 3.4.0
  data    = [personal, payment]

  provides api 3.4.0 stable-for 12 months
  requires ledger.api ^2.1
  requires auth-sdk ^5.2
  requires fraudco.score ^1 optional

  build { run = "make image"  output = image("ghcr.io/acme/checkout") }
  deploy with kubernetes("deploy/checkout")
}

gate e2e {
  evidence = junit("reports/e2e/**/*.xml")
  require tests.pass-rate >= 95%
  require tests.failed(tag = "critical-journey") == 0
}

approval standard {
  step peer-review { from = owner         need = 1 }
  step board       { from = change-board  need = 3  within = 2 business-days  escalate = head-of-engineering }
  separate author, approver, deployer
}

rollout careful(max-errors: percent = 1%) : canary {
  step 5%  hold 10 m
  step 25% hold 20 m
  step 100%
  watch http.error-rate <= max-errors over 5 m
  watch latency.p99     <= 400 ms     over 5 m
  on-breach = rollback
}

release november-train {
  change       = "CHG-0042"
  class        = standard                      // standard | normal | emergency
  requested-by = ana
  milestone    = black-friday
  ship checkout 3.4.0
  ship ledger   2.3.1
  stage staging       { gates = [e2e, sast] }
  stage production-eu { gates = [load-test, pentest]  approval = standard  rollout = careful(max-errors = 0.5%)  bake = 2 h }
  stage production-us { approval = standard  rollout = careful() }
  rollback { approval = rollback-fast }
}
