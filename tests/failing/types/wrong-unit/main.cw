rollout careful : canary {
  step 5%  hold 10%
  step 100%
  watch latency.p99 <= 400 MB over 5 m
  watch http.error-rate <= 1 over 5 minuts
}
