team money { members = [ana, ben] }

service ledger {
  owner   = money
  version = 2.3.1
  provides api 2.3.0
}
