// Who may pay: the rules of the house, and those of others.

use people.{ payments, risk }

/// Says how likely a payment is a fraud.
service fraud-check {
  owner   = risk
  repo    = "acme/fraud-check"
  version = 3.1.0
  data    = [payment, personal]

  provides score 3.0.0 stable-for 12 months
  requires ledger.bookings >=3.9, <5
  requires sanctions.list  ^1 optional
  requires money-types     ^1.7

  build { run = "make image"  output = image("ghcr.io/acme/fraud-check") }
  deploy with kubernetes("deployment/fraud-check", namespace = "risk")
}

/// Clears card payments with the banks.
vendor acquirer {
  owner   = payments
  version = 2.11.0
  status  = statuspage("https://status.acquirer.example/api/v2/summary.json")

  provides clearing 2.4.0
}

/// Lists of people with whom nobody may trade.
vendor sanctions {
  owner   = risk
  version = 1.3.0
  status  = statuspage("https://status.sanctions.example/api/v2/summary.json")

  provides list 1.3.0
}
