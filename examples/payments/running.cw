// What is watched and turned on while the platform runs.

use people.payments

/// Payments fail, and somebody must look at once.
alert payments-fail {
  service = payment-api
  when http.error-rate > 1% over 5 m for 10 m
  severity = critical
  group-by = [service, environment]
  runbook  = "https://runbooks.payments.example/payments-fail"
  notify   = payments
}

alert bookings-are-slow {
  service = ledger
  when latency.p99 > 1 s over 10 m for 15 m
  severity = warning
  runbook  = "https://runbooks.payments.example/bookings-are-slow"
  notify   = payments
}

/// Money is there within seconds: for a few merchants first.
flag instant-payouts {
  owner   = payments
  service = payment-api
  default = false
  expires = 2027-03-31
  ramp {
    step 1%   hold 2 h
    step 10%  hold 4 h
    step 100% hold 1 h
    run = "./flags/apply"
  }
}
