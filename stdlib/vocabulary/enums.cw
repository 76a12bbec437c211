// The closed sets of words that fields take.

/// How close an environment is to customers.
enum tier ordered {
  /// Where authors try things.
  value development
  /// Where tests run.
  value testing
  /// Looks like production, without customers.
  value staging
  /// Serves customers.
  value production
}

/// The class of a change, as change management counts them.
enum change-class {
  /// Pre-approved: low risk, well known, done often.
  value standard
  /// Assessed and approved each time.
  value normal
  /// Must be made at once; approved by the emergency chain.
  value emergency
}

/// What kind of data a service holds.
enum data-class {
  /// May be read by anyone.
  value public
  /// May be read by employees.
  value internal
  /// May be read by those who need it.
  value confidential
  /// About a person.
  value personal
  /// About a person's health.
  value health
  /// Cards and accounts.
  value payment
  /// Kept for the books.
  value financial
}

/// A day of the week.
enum day ordered {
  /// Monday.
  value Mon
  /// Tuesday.
  value Tue
  /// Wednesday.
  value Wed
  /// Thursday.
  value Thu
  /// Friday.
  value Fri
  /// Saturday.
  value Sat
  /// Sunday.
  value Sun
}

/// How a service's replicas move to another version.
enum move-kind {
  /// Old and new serve together for a while.
  value rolling
  /// All old replicas stop before the first new one starts.
  value recreate
  /// All change at one moment: a setting, a schema, a feature level.
  value switch
}

/// When a move can no longer be undone.
enum finality {
  /// From its first step on.
  value on-start
  /// When no old replica is left.
  value on-completion
}

/// How versions are written and counted.
enum scheme {
  /// Major, minor, patch.
  value semver
  /// Year, month and what follows, as major, minor, patch.
  value calver
}

/// What a rollout does when a watched condition does not hold.
enum breach-action {
  /// Back to the version before, under the rollback's own approval.
  value rollback
  /// Stay at this step until a person decides.
  value pause
}

/// A part a person plays in a change.
enum duty {
  /// Requested it or wrote a commit of it.
  value author
  /// Approved a step of its chain.
  value approver
  /// Started its deployment.
  value deployer
  /// Nobody is kept apart.
  value none
}

/// How risky a change is.
enum risk-level ordered {
  /// Small, usual, easily undone.
  value low
  /// In between.
  value medium
  /// Large, unusual, or hard to undo.
  value high
  /// Past the point of no return.
  value critical
}

/// How serious a finding is.
enum finding-severity ordered {
  /// For information.
  value info
  /// Low.
  value low
  /// Medium.
  value medium
  /// High.
  value high
  /// Critical.
  value critical
}

/// What the rows of a table are.
enum record-topic {
  /// Issues of a tracker.
  value issues
  /// Change tickets.
  value changes
  /// Incidents.
  value incidents
  /// Support tickets.
  value tickets
  /// What users say.
  value feedback
}

/// The ends of fiscal periods.
enum period-end {
  /// The last day of a month.
  value month-end
  /// The last day of a calendar quarter.
  value quarter-end
  /// The last day of a calendar year.
  value year-end
}

/// What every run of an emitted pipeline keeps.
enum guarantee {
  /// A step starts only after everything it needs succeeded.
  value order
  /// Nothing is deployed unless each gate of its stage passed for this artifact.
  value gates
  /// Each step has its quorum of distinct, permitted people.
  value approvals
  /// No deployment starts outside its windows or in a freeze.
  value windows
  /// One deployment at a time.
  value locks
  /// A failed deployment takes its rollback path.
  value rollback
  /// Short-lived, only in the deploying step.
  value credentials
  /// Nothing happens without a record.
  value records
  /// What was tested is what is deployed.
  value digest
  /// Green only if all that was required succeeded.
  value outcome
  /// A run goes on only while what is deployed is what its plan was proved for.
  value basis
}

/// What Clearway compiles to.
enum target {
  /// GitHub Actions.
  value github
  /// GitLab CI.
  value gitlab
  /// Argo Workflows, Rollouts and CD.
  value argo
}

/// How much a policy's finding weighs.
enum policy-severity ordered {
  /// Told, and no more.
  value advisory
  /// Must hold, unless a waiver in force says otherwise.
  value mandatory-unless-waived
  /// Must hold.
  value mandatory
}

/// The service itself, where another could be named.
enum itself {
  /// The service in whose block it stands.
  value self
}

/// The owners of what is shipped, where a group could be named.
enum owning {
  /// The owning team of each shipped service.
  value owner
}

/// No limit, where one could be named.
enum unlimited {
  /// However many.
  value any
}

/// What a test may expect.
enum expectation {
  /// An error with this code.
  value error
  /// A warning with this code.
  value warning
  /// Neither an error nor a warning.
  value clean
  /// Each of these services is done before the next begins.
  value order
  /// A deployment to this environment may start at the test's time.
  value open
  /// No deployment to this environment may start at the test's time.
  value closed
}

/// What is kept of releases.
enum record-kind {
  /// The ledger: what was done, who agreed, what was decided.
  value records
  /// The reports that gates decided on.
  value evidence
  /// What was built.
  value artifacts
  /// What pipelines printed.
  value logs
}

/// In which direction a change tightens what is demanded.
enum direction {
  /// More is tighter: of a list, one that has all of the other and more.
  value up
  /// Less is.
  value down
}
