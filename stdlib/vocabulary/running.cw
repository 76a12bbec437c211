// What is said of the running system besides its deployments: what somebody is told of, and what is turned on.

/// A condition of the running system that somebody is told of: a rule for Prometheus, and a route for its Alertmanager.
kind alert project-wide {
  /// What it is about.
  field service deployable required
  /// The condition that somebody is told of.
  clause when required {
    /// The condition.
    positional condition condition
    /// The time over which it is measured.
    label over duration
    /// How long it must hold before anybody is told.
    label "for" duration
  }
  /// How soon somebody must look.
  field severity alert-severity default warning
  /// The labels by which alerts are told together.
  field group-by list(name) default [service]
  /// Where it says what to do.
  field runbook text
  /// Who is told.
  field notify team
  /// Where it holds; without one, in every production environment that is monitored.
  field environments list(environment) default []
}

/// How soon somebody must look at an alert.
enum alert-severity ordered {
  /// Some day.
  value info
  /// In working hours.
  value warning
  /// At once: it wakes somebody up.
  value critical
}

/// A part of a service that is turned on apart from its deployment. Services ask for it by OpenFeature; what they are answered is
/// emitted for flagd.
kind flag project-wide {
  /// The team that answers for it, and takes it out of the code in the end.
  field owner team
  /// What it is a part of: a release that ships this ramps it.
  field service deployable required
  /// What everybody is answered before it is ramped. A ramp goes to the other answer.
  field default bool default false
  /// How it reaches everybody in a production environment, after the stage there is accepted.
  clause ramp {
    /// A share of the users, and how long it stays there.
    clause step repeated required {
      /// The share.
      positional share percent
      /// How long it stays there before the next.
      label hold duration
    }
    /// The command that puts the flag's configuration in place. It gets it as a file, `$CLEARWAY_FLAG_FILE`, and what it is about as
    /// `$CLEARWAY_FLAG`, `$CLEARWAY_SHARE` and `$CLEARWAY_ENVIRONMENT`.
    field run text required
    /// When that is given up.
    field timeout duration default 10 m
  }
  /// The day by which everybody has it, and no code asks for it any more.
  field expires date
}
