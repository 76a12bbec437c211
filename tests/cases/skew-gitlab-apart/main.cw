// Web nodes and workers run the same code: while only one web node was new and the workers were old, requests failed.

team platform { members = [ana, ben] }

environment production {
  tier     = production
  deployed = state("production.json")
}

service gitaly {
  owner   = platform
  version = 16.2.0
  upgrade by 1 minor
}

service rails {
  owner   = platform
  version = 16.2.0
  upgrade by 1 minor
  after gitaly
  match sidekiq
}

service sidekiq {
  owner   = platform
  version = 16.2.0
  upgrade by 1 minor
}

release gitlab {
  ship gitaly
  ship rails
  ship sidekiq
  stage production
}
