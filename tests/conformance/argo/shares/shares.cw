// One service that comes in by shares of a Rollout, and goes back where what is watched does not hold, or nothing is to be seen of it.

team web { members = [ben] }

environment production {
  tier       = production
  deployed   = state("state/production.json")
  monitoring = prometheus("http://127.0.0.1:9090")
}

service web {
  owner   = web
  version = 1.1.0

  build {
    run    = "ci/build web"
    output = image("registry.example/web")
  }
  deploy with kubernetes("deployment/web", namespace = "workloads")
}

rollout by-halves : canary {
  step 50% hold 20 s
  step 100%
  watch availability >= 99% over 5 s
}

release shares {
  change       = "CHG-7"
  requested-by = ana

  ship web 1.1.0

  stage production { rollout = by-halves() }

  rollback {}

  accept rollback "the jobs of a scenario share a disk"
  accept records  "the jobs of a scenario share a disk"
  accept basis    "the jobs of a scenario share a disk"
}
