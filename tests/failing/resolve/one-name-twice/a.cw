team orders { members = [ana, ben] }

service ledger {
  owner   = orders
  version = 2.0.0
}
