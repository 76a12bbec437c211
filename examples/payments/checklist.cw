// Who must have done what before a region changes.

use gates.{ peak-load, tests }
use people.on-call
use policies.audited

checklist go-live {
  item "the ways of customers work"         gate tests
  item "the peak of the sales is withstood" gate peak-load
  item "what auditors look for is met" policy audited
  item "whoever is on call has read the runbook"          attested-by on-call within 7 d
  item "no test data is left, and no account of a tester" attested-by on-call within 30 d
}
