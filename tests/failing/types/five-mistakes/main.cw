team payments { members = [ana, ben] }

service checkout {
  owner   = paymnts
  version = 3.4.0
}

service ledger {
  owner   = payments
  version = = 2
  requires chekout ^3
}

window office-hours {
  days     = Mon..Thu
  hours    = 09:00..16:00
  timezone = "Europe/Berln"
}

environment shop {
  tier    = prodution
  windows = [office-hours]
}
