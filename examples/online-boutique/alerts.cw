// What somebody is told of while the shop runs.

use people.{ orders, storefront }

/// Customers who want to pay cannot.
alert checkout-fails {
  service = checkoutservice
  when http.error-rate > 2% over 5 m for 10 m
  severity = critical
  group-by = [service, environment]
  runbook  = "https://runbooks.boutique.example/checkout"
  notify   = orders
}

/// Customers wait, and go.
alert front-page-slow {
  service = frontend
  when latency.p99 > 800 ms over 10 m for 15 m
  runbook = "https://runbooks.boutique.example/front-page"
  notify  = storefront
}
