team orders { members = [ana, ben] }

service carts {
  owner   = orders
  version = 1.4.0
  build {
    run = "make"
  deploy with kubernetes("deployment/carts")
}

service front-end {
  owner   = orders
  version = 2.0.0
  requires carts ^1.2
}
