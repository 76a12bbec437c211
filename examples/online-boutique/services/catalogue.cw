// The products, and which of them to show.

use people.catalogue

/// The products and their search.
service productcatalogservice {
  owner   = catalogue
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides grpc 1.3.0

  build {
    run    = "make -C src/productcatalogservice image"
    output = image("ghcr.io/acme/productcatalogservice")
  }
  test { run = "make -C src/productcatalogservice test" }
  deploy with kubernetes("deployment/productcatalogservice")
}

/// Products that go with those in the cart.
service recommendationservice {
  owner   = catalogue
  repo    = "acme/online-boutique"
  version = 0.10.6

  provides grpc 1.0.1

  requires productcatalogservice.grpc ^1.2

  build {
    run    = "make -C src/recommendationservice image"
    output = image("ghcr.io/acme/recommendationservice")
  }
  deploy with kubernetes("deployment/recommendationservice")
}
