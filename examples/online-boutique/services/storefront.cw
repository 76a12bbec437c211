// What customers see, and the traffic that imitates them.

use people.storefront

/// The shop's web pages.
service frontend {
  owner   = storefront
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides http 1.6.0

  requires productcatalogservice.grpc    ^1.3
  requires currencyservice.grpc          ^1.1
  requires cartservice.grpc              ^1.2
  requires shippingservice.grpc          ^1.1
  requires checkoutservice.grpc          ^1.4
  requires recommendationservice.grpc    ^1.0
  requires adservice.grpc                ^1.0 optional
  requires shoppingassistantservice.http ^0.4 optional

  build { run = "make -C src/frontend image"  output = image("ghcr.io/acme/frontend") }
  test { run = "make -C src/frontend test" }
  deploy with kubernetes("deployment/frontend")

  smoke front-page { run = "./smoke/front-page"  timeout = 1 m }
}

/// Advertisements beside the products. The shop works without them.
service adservice {
  owner   = storefront
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides grpc 1.0.2

  build { run = "make -C src/adservice image"  output = image("ghcr.io/acme/adservice") }
  deploy with kubernetes("deployment/adservice")
}

/// Answers questions about the products in words.
service shoppingassistantservice {
  owner   = storefront
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides http 0.4.1

  build {
    run    = "make -C src/shoppingassistantservice image"
    output = image("ghcr.io/acme/shoppingassistantservice")
  }
  deploy with kubernetes("deployment/shoppingassistantservice")
}

/// Imitates customers, so that a canary has traffic to be measured by.
service loadgenerator {
  owner   = storefront
  repo    = "acme/online-boutique"
  version = 0.10.6

  requires frontend.http ^1.5

  build { run = "make -C src/loadgenerator image"  output = image("ghcr.io/acme/loadgenerator") }
  deploy with kubernetes("deployment/loadgenerator")
}
