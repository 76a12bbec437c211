team orders { members = [ana, ben] }

service carts {
  owner   = orders
  version = 1.4.0
}

service front-end {
  owner   = orders
  version = 2.0.0
  requires carts >= 1.2
}

gate fast {
  evidence = k6("load.json")
  require latency.p99 <=400 ms
}
