// Services that a Prometheus scrapes: each gate asks it for something that is, is not, or is no number.

team shop { members = [ana, ben] }

environment production {
  tier       = production
  monitoring = prometheus("http://127.0.0.1:9090")
}

/// Answers soundly.
service checkout {
  owner   = shop
  version = 1.0.0
  build {
    run    = "ci/build"
    output = image("registry.example/checkout")
  }
  deploy with command("ci/deploy")
}

/// A fifth of its answers are errors.
service carts {
  owner   = shop
  version = 1.0.0
  build {
    run    = "ci/build"
    output = image("registry.example/carts")
  }
  deploy with command("ci/deploy")
}

metric queue.length : number { query = """queue_length{service="$service"}""" }
metric queue.rate : number   { query = """rate(queue_taken_total{service="$service"}[$over])""" }
metric nothing : number      { query = """no_such_series{service="$service"}""" }
metric each : number         { query = """http_requests_total{service="$service"}""" }
metric nonsense : number     { query = """sum by ("""  }

gate sound {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [checkout]
  require http.error-rate <= 1%
  require latency.p95 <= 400 ms
  require availability >= 99%
  require queue.length <= 5
}

gate errors {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [carts]
  require http.error-rate <= 1%
}

gate not-a-number {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [carts]
  require queue.length <= 5
}

gate too-few-samples {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [carts]
  require latency.p95 <= 400 ms
}

gate no-series {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [checkout]
  require nothing <= 5
}

gate several-series {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [checkout]
  require each >= 0
}

gate refused {
  evidence = prometheus("http://127.0.0.1:9090")
  scope    = [checkout]
  require nonsense >= 0
}

gate nobody-listens {
  evidence = prometheus("http://127.0.0.1:9")
  scope    = [checkout]
  require queue.length <= 5
}

rollout watched : all-at-once {
  step 100%
  watch queue.length <= 5 over 5 s
}

release running {
  change       = "CHG-1"
  requested-by = ana

  ship checkout 1.0.0
  ship carts 1.0.0

  stage production {
    gates   = [sound, errors, not-a-number, too-few-samples, no-series, several-series, refused, nobody-listens]
    rollout = watched()
    bake    = 5 s
    validate { require queue.length <= 5 over 5 s }
  }

  accept rollback "nothing is deployed"
}
