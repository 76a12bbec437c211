// The platform, once a week, region after region.

use checklist.go-live
use gates.{ before-customers, in-production, tests }
use rules.{ emergency-fix, guarded, regulated, way-back }

/// Open season: all of it must be out before the sales begin.
milestone winter-sales {
  before   = 2026-12-01
  timezone = "Europe/Berlin"
}

release weekly {
  class     = normal
  milestone = winter-sales

  ship ledger
  ship payment-api
  ship card-vault
  ship fraud-check

  stage testing { gates = [tests] }
  stage staging { gates = before-customers }

  stage production-eu {
    gates     = in-production
    checklist = go-live
    approval  = regulated
    emergency = emergency-fix
    rollout   = guarded(max-errors = 0.2%)
    bake      = 4 h

    validate {
      require http.error-rate <= 0.2%   over 15 m
      require latency.p99     <= 300 ms over 15 m
    }
  }

  stage production-us {
    gates     = in-production
    checklist = go-live
    approval  = regulated
    emergency = emergency-fix
    rollout   = guarded()
    bake      = 4 h
  }

  stage production-apac {
    gates     = in-production
    checklist = go-live
    approval  = regulated
    emergency = emergency-fix
    rollout   = guarded()
    bake      = 2 h
  }

  rollback {
    approval = way-back
    when http.error-rate > 2% over 2 m
  }
}
