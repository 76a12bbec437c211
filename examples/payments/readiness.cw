// What is known before a release: the ways of customers, the tests that are flaky, and what may wait.

use people.{ change-board, payments, risk }

/// The way that pays everybody's wages.
journey pay-with-a-card {
  critical = true
  tag      = "journey-pay"
  services = [card-vault, fraud-check, ledger, payment-api]
}

journey refund {
  critical = true
  tag      = "journey-refund"
  services = [ledger, payment-api]
}

/// The simulator of the banks drops a call now and then.
quarantine flaky-webhooks {
  test   = "webhooks::*"
  owner  = payments
  until  = 2026-11-30
  reason = "the simulator of the banks drops calls; a new one is on its way"
}

/// What blocks a release, and what is mended after it: the board agreed on this.
triage known-defects {
  blocker when finding.severity >= high or finding.label == "release-blocker"
  defect when finding.component == "fraud-check" owner risk     within 14 d
  defect when finding.severity  <= medium        owner payments within 30 d
  agreed-by = change-board
}
