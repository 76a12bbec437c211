// From the cart to the parcel.

use data.card-processor
use people.orders

/// Keeps what a customer has put aside.
service cartservice {
  owner   = orders
  repo    = "acme/online-boutique"
  version = 0.10.6
  data    = [personal]

  provides grpc 1.2.1

  requires redis-cart >=7.2, <8

  build { run = "make -C src/cartservice image"  output = image("ghcr.io/acme/cartservice") }
  test { run = "make -C src/cartservice test" }
  deploy with kubernetes("deployment/cartservice")
}

/// The store behind the cart.
service redis-cart {
  owner   = orders
  version = 7.2.5

  deploy with kubernetes("statefulset/redis-cart")
}

/// Takes the order, charges the card and sends the parcel.
service checkoutservice {
  owner   = orders
  repo    = "acme/online-boutique"
  version = 0.10.6
  data    = [personal, payment]

  provides grpc 1.4.0 stable-for 12 months

  requires productcatalogservice.grpc ^1.3
  requires cartservice.grpc           ^1.2
  requires currencyservice.grpc       ^1.1
  requires paymentservice.grpc        ^2.0
  requires shippingservice.grpc       ^1.1
  requires emailservice.grpc          ^1.0

  build {
    run    = "make -C src/checkoutservice image"
    output = image("ghcr.io/acme/checkoutservice")
  }
  test { run = "make -C src/checkoutservice test" }
  deploy with kubernetes("deployment/checkoutservice")

  // An order of nothing for nobody, which is thrown away.
  smoke order { run = "./smoke/order"  timeout = 2 m }
}

/// The checkout on one page. Customers get it a few at a time.
flag one-page-checkout {
  owner   = orders
  service = checkoutservice
  expires = 2099-06-30

  ramp {
    step 5%  hold 1 d
    step 25% hold 2 d
    step 100%
    run = "./flags/apply"
  }
}

/// Charges cards.
service paymentservice {
  owner   = orders
  repo    = "acme/online-boutique"
  version = 0.10.6
  data    = [payment]
  secrets = [card-processor]

  // Callers of the first API are still served while they move.
  provides grpc 1.8.0
  provides grpc 2.0.0

  build { run = "make -C src/paymentservice image"  output = image("ghcr.io/acme/paymentservice") }
  test { run = "make -C src/paymentservice test" }
  deploy with kubernetes("deployment/paymentservice")
}

/// Says what a parcel costs, and sends it.
service shippingservice {
  owner   = orders
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides grpc 1.1.3

  build {
    run    = "make -C src/shippingservice image"
    output = image("ghcr.io/acme/shippingservice")
  }
  deploy with kubernetes("deployment/shippingservice")
}

/// Confirms orders by mail.
service emailservice {
  owner   = orders
  repo    = "acme/online-boutique"
  version = 0.10.6
  data    = [personal]

  provides grpc 1.0.4

  build { run = "make -C src/emailservice image"  output = image("ghcr.io/acme/emailservice") }
  deploy with kubernetes("deployment/emailservice")
}

/// Converts prices.
service currencyservice {
  owner   = orders
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides grpc 1.1.0

  build {
    run    = "make -C src/currencyservice image"
    output = image("ghcr.io/acme/currencyservice")
  }
  deploy with kubernetes("deployment/currencyservice")
}
