// The strategies that rollouts extend.

/// A growing share of the traffic goes to the new version, watched at each step.
rollout canary {
  overlap = true
}

/// The new version is started beside the old one, and all traffic is switched at once.
rollout blue-green {
  overlap = false
}

/// Replicas are replaced one after the other.
rollout rolling {
  overlap = true
}

/// Every replica is replaced at one moment.
rollout all-at-once {
  overlap = false
}
