// A cluster's control plane and nodes, with the rules of the project's version skew policy.

team platform { members = [ana, ben] }

environment production {
  tier     = production
  deployed = state("production.json")
}

/// Everything else is measured against it: it is never older than what talks to it, and no two of its instances are
/// more than one minor apart.
service kube-apiserver {
  owner   = platform
  version = 1.36.0
  releases = [1.35.0]
  skew self behind 1 minor ahead 1 minor
  upgrade by 1 minor
}

service kube-controller-manager {
  owner   = platform
  version = 1.36.0
  releases = [1.35.0]
  skew kube-apiserver behind 1 minor
}

service kube-scheduler {
  owner   = platform
  version = 1.36.0
  releases = [1.35.0]
  skew kube-apiserver behind 1 minor
}

service cloud-controller-manager {
  owner   = platform
  version = 1.36.0
  releases = [1.35.0]
  skew kube-apiserver behind 1 minor
}

service kubelet {
  owner   = platform
  version = 1.36.0
  skew kube-apiserver behind 3 minor when >=1.25
  skew kube-apiserver behind 2 minor when <1.25
}

service kube-proxy {
  owner   = platform
  version = 1.36.0
  skew kube-apiserver behind 3 minor when >=1.25
  skew kube-apiserver behind 2 minor when <1.25
  skew kubelet behind 3 minor ahead 3 minor when >=1.25
  skew kubelet behind 2 minor ahead 2 minor when <1.25
}

service kubectl {
  owner   = platform
  version = 1.36.0
  skew kube-apiserver behind 1 minor ahead 1 minor
}

release cluster {
  ship kube-apiserver
  ship kube-controller-manager
  ship kube-scheduler
  ship cloud-controller-manager
  ship kubelet
  ship kube-proxy
  stage production
}
