vendor ledger { version = 1.0.0 }
