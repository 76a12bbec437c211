// Ceph's daemons: monitors and managers first, never back, at most two releases at once.

team platform { members = [ana, ben] }

environment production {
  tier     = production
  deployed = state("production.json")
}

service mon {
  owner   = platform
  version = 19.2.0
  upgrade by 2 major
  no-downgrade
}

service mgr {
  owner   = platform
  version = 19.2.0
  upgrade by 2 major
  no-downgrade
}

service osd {
  owner   = platform
  version = 19.2.0
  upgrade by 2 major
  no-downgrade
  after mon
  after mgr
}

service mds {
  owner   = platform
  version = 19.2.0
  upgrade by 2 major
  no-downgrade
  after osd
}

service rgw {
  owner   = platform
  version = 19.2.0
  upgrade by 2 major
  no-downgrade
  after mds
}

release squid {
  ship mon
  ship mgr
  ship osd
  ship mds
  ship rgw
  stage production
}
