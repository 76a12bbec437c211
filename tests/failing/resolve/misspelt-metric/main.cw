gate tests {
  evidence = junit("reports/**/*.xml")
  require tests.pas-rate >= 95%
}

rollout careful : canarry {
  step 5% hold 10 m
  step 100%
}
