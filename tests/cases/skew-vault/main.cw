// Clusters that replicate: a primary is never newer than its secondaries. The nodes of one go standby first.

team platform { members = [ana, ben] }

environment production {
  tier     = production
  deployed = state("production.json")
}

service vault-a {
  owner   = platform
  version = 1.16.0
  never-newer-than vault-b
  never-newer-than vault-c
  group standby { replicas = 2 }
  group active {
    replicas = 1
    after standby
  }
}

service vault-b {
  owner   = platform
  version = 1.16.0
}

service vault-c {
  owner   = platform
  version = 1.16.0
  never-newer-than vault-d
}

service vault-d {
  owner   = platform
  version = 1.16.0
}

release vault {
  ship vault-a
  ship vault-b
  ship vault-c
  ship vault-d
  stage production
}
