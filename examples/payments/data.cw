// What must not get into the wrong hands.

use people.payments

/// The key with which the acquirer knows us.
secret acquirer-key {
  from    = vault("payments/acquirer-key")
  roles   = [payments]
  max-age = 90 d
  rotated = 2026-10-01
}

/// A year of payments, with made-up people and cards.
dataset a-year-of-payments {
  class        = [payment, personal]
  source       = synthetic
  volume       = 40 GB
  environments = [testing, staging]
  provision    = "make seed"
}
