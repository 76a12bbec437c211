// What is learnt from what goes wrong.

use people.change-board

retrospective after-the-fact {
  incidents = table(
    "evidence/incidents.csv",
    rows = incidents,
    id = "Number",
    title = "Title",
    severity = "Priority",
    service = "Service",
    opened = "Opened",
    closed = "Resolved",
    status = "State",
  )
  follow-within     = 2 d
  postmortem-from   = high
  postmortem-within = 5 d
  review-within     = 10 d
  reviewed-by       = change-board
  lesson-after      = 3
  access-review by change-board every 90 d
  audit {
    requests = "CHG-####"
    keys     = "audit/ledger-keys.pem"
  }
  require delivery.failure-rate    <= 15%
  require delivery.time-to-restore <= 1 h
}
