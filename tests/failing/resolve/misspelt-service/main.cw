team orders { members = [ana, ben] }

service carts {
  owner   = orders
  version = 1.4.0
  provides api 1.4.0
}

service front-end {
  owner   = orders
  version = 2.0.0
  requires cart.api ^1.2
}
