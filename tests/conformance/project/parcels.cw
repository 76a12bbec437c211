// Two services that say by marker files what became of them; a scenario says in its environment what goes wrong.

team parcels { members = [ana, ben] }

role change-board { members = [chloe, dimitri, eva] }
role on-call { members = [farid, grace] }

environment staging {
  tier     = staging
  deployed = state("state/staging.json")
}

environment production {
  tier     = production
  windows  = [office-hours]
  freezes  = [stock-taking]
  deployed = state("state/production.json")
}

window office-hours {
  days     = Mon..Thu
  hours    = 09:00..16:00
  timezone = "Europe/Berlin"
}

freeze stock-taking {
  from     = 2026-12-21
  until    = 2026-12-23
  timezone = "Europe/Berlin"
  reason   = "whatever is there is counted"
}

/// Keeps what is on its way.
service tracking {
  owner   = parcels
  version = 2.1.0

  provides api 1.1.0

  build {
    run    = "ci/build tracking"
    output = image("registry.example/tracking")
  }
  test { run = "ci/test tracking" }
  deploy with command("ci/deploy")
}

/// Sends parcels, and tells the other about them.
service dispatch {
  owner   = parcels
  version = 3.0.0

  requires tracking.api ^1.1

  // A repair for which no order is safe: it cannot stand the next API, nor the next dispatch the one before.
  at 2.9.1 { requires tracking.api ~1.0 }

  build {
    run    = "ci/build dispatch"
    output = image("registry.example/dispatch")
  }
  deploy with command("ci/deploy")
  smoke parcel { run = "ci/smoke" }
}

gate tests {
  evidence = junit("reports/junit.xml")
  require tests.pass-rate >= 100%
}

gate coverage {
  evidence = lcov("reports/lcov.info")
  require coverage.lines >= 80%
}

approval standard {
  step board { from = change-board  need = 2 }
  separate author, approver, deployer
}

rollout at-once : all-at-once {
  step 100%
}

/// When customers are hurt already.
approval hotfix {
  step on-call { from = on-call  need = 1 }
  separate author, approver, deployer
}

/// Going back.
approval back {
  step on-call { from = on-call  need = 1 }
  separate approver, deployer
}

release parcels {
  change       = "CHG-7"
  requested-by = ana

  ship tracking 2.1.0
  ship dispatch 3.0.0

  stage staging { gates = [tests] }
  stage production {
    gates     = [tests, coverage]
    approval  = standard
    emergency = hotfix
    rollout   = at-once()
  }

  rollback { approval = back }

  accept rollback "the jobs of a scenario share a disk"
  accept records  "the jobs of a scenario share a disk"
  accept basis    "the jobs of a scenario share a disk"
}

/// What somebody else releases in between.
release repair {
  change       = "CHG-8"
  requested-by = ben

  ship dispatch 2.9.1

  stage production { rollout = at-once() }

  accept rollback "the jobs of a scenario share a disk"
  accept records  "the jobs of a scenario share a disk"
  accept basis    "the jobs of a scenario share a disk"
}
