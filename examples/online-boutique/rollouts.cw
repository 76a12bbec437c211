// How a new version comes in.

/// A growing share of the customers, watched at each step.
rollout careful(max-errors: percent = 1%) : canary {
  step 5%  hold 10 m
  step 25% hold 20 m
  step 100%
  watch http.error-rate <= max-errors over 5 m
  watch latency.p99     <= 400 ms     over 5 m
  on-breach = rollback
}
