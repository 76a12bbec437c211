team money { members = [ana, ben] }

service ledger {
  owner   = money
  version = 2.3.1
}

service checkout {
  owner   = money
  version = 3.4.0
  requires ledger ^2
}

environment staging { tier = staging }

release only-checkout {
  ship checkout
  stage staging
}
