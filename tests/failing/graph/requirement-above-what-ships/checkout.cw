use ledger.money

service checkout {
  owner   = money
  version = 3.4.0
  requires ledger.api ^2.4
}

environment staging { tier = staging }
environment testing { tier = testing }

release weekly {
  ship checkout 3.4.0
  ship ledger   2.3.1
  stage testing
  stage staging
}
