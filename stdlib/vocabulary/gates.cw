// What must be measured before anything is deployed, and what is known of the measurements.

/// Measured conditions without which nothing is deployed.
kind gate {
  /// The reports that the conditions are measured in.
  field evidence report or list(report)
  /// A condition that must hold.
  clause require tightens up repeated {
    /// The condition.
    positional condition condition
  }
  /// Evidence older than this does not count.
  field max-age duration or period tightens down
  /// The command that makes the evidence, where neither a build nor a test does.
  field run text
  /// When that command is given up.
  field timeout duration
  /// Journeys of users whose tests are among its evidence: each has such tests, and all of them pass.
  field covers list(journey) tightens up default []
  /// Flaky tests whose failures do not count, for now.
  field quarantines list(quarantine) tightens down default []
  /// How many tests, or which share of them, may be in quarantine before the gate fails.
  field max-quarantined count or percent tightens down default 5%
  /// The services that its evidence is about, where that is not all that ships: a penetration test of some of them.
  field scope list(service) default []
  /// What figures are compared with by metrics of growth: the reports of an earlier release.
  field baseline report or list(report)
  /// Which findings and records block the release, and which become follow-ups.
  field triage triage
  /// The load that a load test must have put on. What was measured under less does not count.
  clause load tightens up {
    /// How many requests there were in a second, at least.
    field rate rate tightens up
    /// How long they were kept up, at least.
    field duration duration tightens up
    /// How many users there were at once, at least.
    field users count tightens up
  }
}

/// Tests that are known to be flaky: gates that name it do not count their failures, until a day.
kind quarantine {
  /// The tests, as reports name them: `suite::test`, `class::test`, `class.test` or `test`; `*` stands for any characters.
  field test text or list(text) required
  /// Who mends them.
  field owner team or person required
  /// The last day, in UTC.
  field until date required
  /// Why they are flaky.
  field reason text required
}

/// What is to be done about findings and records of other systems. One that no rule is about blocks the release.
kind triage {
  /// What blocks the release.
  clause blocker tightens up repeated {
    /// Which findings or records.
    label when condition required
  }
  /// What is mended after the release. A blocker is none.
  clause defect repeated {
    /// Which findings or records.
    label when condition required
    /// Who mends it.
    label owner team or person required
    /// How long they have.
    label within duration or period required
  }
  /// Who agreed on these rules.
  field agreed-by team or role required
}

/// What must be done before a stage, item by item.
kind checklist {
  /// An item: a gate or a policy decides it, or a person attests it.
  clause item tightens up repeated required {
    /// What must be done.
    positional text text
    /// The gate that decides it: it must have passed in the run.
    label gate gate
    /// The policy that decides it: each of its controls must be met, also those that are only advice, or be waived when it is asked.
    label policy policy
    /// The people of whom one attests it, with `clearway record attest`.
    label attested-by team or role
    /// How long an attestation holds. Without it, one holds for the commit that it names, and for no other.
    label within duration or period
  }
}

/// A way of users through the product.
kind journey {
  /// No release may reach production without a gate that covers it.
  field critical bool default false
  /// What its tests are tagged with.
  field tag text required
  /// The services that it goes through. Only releases that ship one of these have to cover it; without any, all releases.
  field services list(service) default []
}
