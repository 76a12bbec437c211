// What goes out together: the disks first, the index after them, and those who ask at the end.

use acme.chains.pair

environment bench { tier = staging  lock = cluster }

environment production {
  tier        = production
  lock        = cluster
  windows     = [nights]
  credentials = oidc("arn:aws:iam::123456789012:role/search-deploy", ttl = 30 m)
  monitoring  = prometheus("https://prometheus.search.example")
  deployed    = state("state/production.json")
}

/// From the evening of one day into the morning of the next.
window nights {
  days     = Mon..Thu
  hours    = 22:00..05:00
  timezone = "America/Sao_Paulo"
}

gate tests {
  evidence = go-cover("cover.out")
  require coverage.statements >= 75%
}

gate relevance {
  evidence = junit("reports/relevance.xml")
  require tests.failed(tag = "golden-queries") == 0
}

release nightly {
  tag = "v{}"

  ship volumes
  ship index
  ship query

  stage bench      { gates = [tests] }
  stage production { gates = [relevance, tests]  approval = pair  bake = 1 h }
  rollback { approval = pair }
}
