// The shop's own release manifest: the frontend is told of a service that nothing there deploys.

team shop { members = [ana] }

service frontend {
  owner   = shop
  version = 0.10.6

  requires productcatalogservice any
  requires currencyservice any
  requires cartservice any
  requires recommendationservice any
  requires shippingservice any
  requires checkoutservice any
  requires adservice any
  requires shoppingassistantservice any
}

service adservice {
  owner   = shop
  version = 0.10.6
}

service currencyservice {
  owner   = shop
  version = 0.10.6
}

service cartservice {
  owner   = shop
  version = 0.10.6

  requires redis-cart any
}

service redis-cart {
  owner   = shop
  version = 7.2.5
}

service loadgenerator {
  owner   = shop
  version = 0.10.6

  requires frontend any
}

service recommendationservice {
  owner   = shop
  version = 0.10.6

  requires productcatalogservice any
}

service checkoutservice {
  owner   = shop
  version = 0.10.6

  requires productcatalogservice any
  requires shippingservice any
  requires paymentservice any
  requires emailservice any
  requires currencyservice any
  requires cartservice any
}

service emailservice {
  owner   = shop
  version = 0.10.6
}

service paymentservice {
  owner   = shop
  version = 0.10.6
}

service shippingservice {
  owner   = shop
  version = 0.10.6
}

service productcatalogservice {
  owner   = shop
  version = 0.10.6
}
