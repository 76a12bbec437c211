team travel { members = [ana, ben] }

service station {
  owner   = travel
  version = 1.0.0
}

environment production {
  tier     = production
  deployed = state("production.json")
}
