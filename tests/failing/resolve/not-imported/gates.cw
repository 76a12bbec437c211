gate tests {
  evidence = junit("reports/**/*.xml")
  require tests.pass-rate >= 98%
}
