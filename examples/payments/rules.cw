// Who must agree to a change, and how it comes in.

use acme.chains
use gates.penetration-test
use people.{ change-board, finance-controller, head-of-payments, on-call, security-officer }

/// A colleague, finance for what touches the books, security on the last penetration test, and the board where the risk is high.
approval regulated {
  step peer-review { from = owner               need = 1 }
  step controller  { from = finance-controller  need = 1  within = 1 business-days }
  step security    { from = security-officer    need = 1  within = 1 business-days  requires = [penetration-test] }
  step board {
    from     = change-board
    need     = 3
    within   = 2 business-days
    escalate = head-of-payments
    when     = risk >= high
  }
  separate author, approver, deployer
}

/// Money is being lost: two people at once, and everything else afterwards.
approval emergency-fix {
  step on-call  { from = on-call           need = 1  within = 15 m }
  step security { from = security-officer  need = 1  within = 30 m }
  separate author, approver, deployer
}

approval way-back : chains.way-back(on-call = on-call) { }

/// A growing share of the merchants, watched at each step.
rollout guarded(max-errors: percent = 0.5%) : canary {
  step 1%  hold 15 m
  step 10% hold 30 m
  step 50% hold 30 m
  step 100%
  watch http.error-rate <= max-errors over 5 m
  watch latency.p99     <= 300 ms     over 5 m
  on-breach = rollback
}
