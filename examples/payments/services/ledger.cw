// The books: every cent that moves is written here twice.

use data.acquirer-key
use people.{ payments, platform }
use resources.migration-slots

/// Writes the bookings, and never forgets one.
service ledger {
  owner   = payments
  repo    = "acme/payments"
  version = 4.2.0
  data    = [financial]

  provides bookings 4.1.0 since 2026-06-01 stable-for 24 months
  provides bookings 3.9.0
  requires ledger-db ^15

  uses migration-slots amount 1

  build { run = "make -C ledger image"  output = image("ghcr.io/acme/ledger") }
  test { run = "make -C ledger test" }
  deploy with kubernetes("deployment/ledger", namespace = "payments")

  smoke balance { run = "./smoke/balance"  timeout = 2 m }
}

/// Takes orders to pay, and sees that each is carried out once.
service payment-api {
  owner   = payments
  repo    = "acme/payments"
  version = 7.0.0
  data    = [payment, personal]

  provides http 7.0.0 since 2026-09-01 stable-for 12 months
  provides http 6.4.0
  requires ledger.bookings   ^4.0
  requires card-vault.tokens ^2.3
  requires fraud-check.score ^3.0
  requires acquirer.clearing ^2 optional
  requires money-types       ^1.8

  build { run = "make -C payment-api image"  output = image("ghcr.io/acme/payment-api") }
  test { run = "make -C payment-api test" }
  deploy with kubernetes("deployment/payment-api", namespace = "payments")

  secrets = [acquirer-key]

  smoke one-cent { run = "./smoke/one-cent"  timeout = 2 m }
}

/// Keeps card numbers, and gives tokens for them: the part that PCI DSS is about.
service card-vault {
  owner   = payments
  repo    = "acme/card-vault"
  version = 2.4.1
  data    = [payment]

  provides tokens 2.3.0 stable-for 36 months
  requires money-types ^1.6

  build { run = "make image"  output = image("ghcr.io/acme/card-vault") }
  deploy with kubernetes("deployment/card-vault", namespace = "vault")
}

/// Amounts and currencies, without rounding.
library money-types {
  owner   = payments
  repo    = "acme/money-types"
  version = 1.8.2
}

/// The database of the books.
infrastructure ledger-db {
  owner   = platform
  repo    = "acme/platform"
  version = 15.6.0
  data    = [financial]

  upgrade by 1 major
}
