// What the shop's services may know, and what its tests run on.

use people.orders

/// The key with which cards are charged.
secret card-processor {
  from    = vault("kv/boutique/card-processor", "key")
  roles   = [orders]
  max-age = 90 d
}

/// A week of orders, without the people who placed them.
dataset orders-of-a-week {
  class        = [personal, payment]
  source       = masked
  volume       = 5 GB
  environments = [staging]
  provision    = "make mask-orders seed"
}
