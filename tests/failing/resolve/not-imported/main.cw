team orders { members = [ana, ben] }

service checkout {
  owner   = orders
  version = 2.0.0
}

environment staging { tier = staging }

release weekly {
  ship checkout 2.0.0
  stage staging { gates = [tests] }
}
