// A streaming platform: controllers, brokers, the rest, the control centre; but a control centre of 2.0 or 2.1 does not work
// with a platform of 8.0, and then it goes first.

team platform { members = [ana, ben] }

environment production {
  tier     = production
  deployed = state("production.json")
}

service kraft {
  owner   = platform
  version = 8.0.0
}

service kafka {
  owner   = platform
  version = 8.0.0
  after kraft
}

service schema-registry {
  owner   = platform
  version = 8.0.0
  after kafka
}

service connect {
  owner   = platform
  version = 8.0.0
  after kafka
}

service control-center {
  owner   = platform
  version = 2.2.0
  requires kafka any
  after connect when <2
  after schema-registry when <2
  at 2.1.0 {
    requires kraft <8
    requires kafka <8
  }
  at 1.9.0 { requires kafka any }
}

release platform-8 {
  ship kraft
  ship kafka
  ship schema-registry
  ship connect
  ship control-center
  stage production
}
