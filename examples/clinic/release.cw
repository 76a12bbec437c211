// A release of the portal and all that it rests on.

use acme.chains
use acme.gates.scan
use people.{ clinical-safety, on-call, privacy-officer }

gate tests {
  evidence = junit("reports/**/*.xml")
  covers   = [see-a-result]
  require tests.pass-rate >= 98%
}

/// A patient sees the result of a test on the day it is there.
journey see-a-result {
  critical = true
  tag      = "journey-result"
}

approval clinical {
  step peer    { from = owner            need = 1 }
  step safety  { from = clinical-safety  need = 2  within = 2 business-days }
  step privacy { from = privacy-officer  need = 1  within = 2 business-days  when = risk >= medium }
  separate author, approver, deployer
}

approval outage {
  step on-call { from = on-call          need = 1  within = 15 m }
  step safety  { from = clinical-safety  need = 1  within = 30 m }
  separate author, approver, deployer
}

approval way-back : chains.way-back(on-call = on-call) { }

/// Test patients: nobody lives behind them.
dataset test-patients {
  class        = [health, personal]
  source       = synthetic
  volume       = 2 GB
  environments = [staging]
  provision    = "make patients"
}

rollout steady : canary {
  step 10% hold 20 m
  step 100%
  watch http.error-rate <= 0.5% over 5 m
}

/// What the clinic demands of each of its projects.
policy house-rules {
  control "CL-1" "Whatever knows a patient has an owner." {
    every s in declared(service or infrastructure) where contains(s.data, health) {
      require has(s.owner)
    }
  }
  control "CL-2" "Credentials for production last a quarter of an hour." {
    every e in declared(environment) where e.tier == production {
      require e.credentials.ttl <= 15 m
    }
  }
}

release portal-release {
  class = normal

  ship portal
  ship records
  ship appointments

  stage staging { gates = [tests] }
  stage production {
    gates     = [scan, tests]
    approval  = clinical
    emergency = outage
    rollout   = steady
    bake      = 30 m
  }
  rollback { approval = way-back }
}

// What must come of it, whoever changes the files above.

test "the records move before what reads them" {
  at 2026-11-02T09:00
  expect order [records, portal]
}

test "what runs today keeps working" {
  at 2026-11-02T09:00
  expect clean
}
