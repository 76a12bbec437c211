// Chains of approvals that most projects use as they are.

/// Somebody else who owns what is shipped.
approval pair {
  step owner { from = owner  need = 1 }
  separate author, approver
}

/// Whoever is on call sends a change back; nobody alone.
approval way-back(on-call: role) {
  step sent-back { from = on-call  need = 1  within = 10 m }
  separate approver, deployer
}
