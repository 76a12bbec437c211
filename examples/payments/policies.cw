// What auditors ask of the platform: the books and the cards, and what the house adds.

use std.frameworks.{ pci, sox }

policy audited : sox, pci {
  control "PAY-1" "Whatever touches cards is tested, and somebody answers for it." {
    every s in declared(service) where contains(s.data, payment) {
      require has(s.owner)
    }
  }
}

/// How long the company keeps what auditors may ask for.
retention books {
  keep records  for 10 years
  keep logs     for 13 months
  keep evidence for 365 d
}
