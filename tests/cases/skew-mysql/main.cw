// A source and its replicas: a replica may be one series ahead, never behind, and no third version may be live.

team platform { members = [ana, ben] }

environment production {
  tier     = production
  deployed = state("production.json")
}

service source {
  owner          = platform
  version        = "8.1.0"
  version-scheme = series(["5.7", "8.0", "8.1", "8.2"])
}

service replica-1 {
  owner          = platform
  version        = "8.1.0"
  version-scheme = series(["5.7", "8.0", "8.1", "8.2"])
  skew source ahead 1 minor
}

service replica-2 {
  owner          = platform
  version        = "8.1.0"
  version-scheme = series(["5.7", "8.0", "8.1", "8.2"])
  skew source ahead 1 minor
}

limit topology {
  services = [source, replica-1, replica-2]
  versions = 2
}

release databases {
  ship source
  ship replica-1
  ship replica-2
  stage production
}
