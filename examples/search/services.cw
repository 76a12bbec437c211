// A search engine on a cluster of its own: libraries that everything is linked with, and infrastructure that moves with the release.

team search { members = [alma, bruno, celia] }
team cluster { members = [dario, elsa, franco] }

/// Splits texts into words.
library analyzers {
  owner   = search
  version = 9.4.0
}

/// Asks the index. Built with the same analyzers as the index is.
service query {
  owner   = search
  version = 12.1.0

  requires index.shards ^8.0
  requires analyzers    >=9.2, <10

  build { run = "make query-image"  output = image("ghcr.io/acme/query") }
  test { run = "make query-test" }
  deploy with command("./deploy query")
}

/// Keeps the index: readers follow writers by at most one minor release.
service index {
  owner   = search
  version = 8.1.0

  provides shards 8.1.0
  requires analyzers ^9.3
  requires volumes   ^3

  skew self behind 1 minor
  upgrade by 1 minor
  releases = [8.1.0]

  group writers { replicas = 3 }
  group readers {
    replicas = 12
    after writers
  }

  build { run = "make index-image"  output = image("ghcr.io/acme/index") }
  test { run = "make index-test" }
  deploy with command("./deploy index")
}

/// The disks of the cluster, and how they are laid out: Terraform, tagged as the release is.
infrastructure volumes {
  owner   = cluster
  version = 3.2.0

  build { run = "make volumes"  output = archive("dist/volumes.tar.gz") }
  deploy with command("./deploy volumes")
}
