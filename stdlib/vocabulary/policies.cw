// What must be true of every spec, what need not be for a time, and what is expected of the specs themselves.

/// What is demanded.
kind demands abstract {
  /// A condition that must hold. One that measures something must be asked for by a gate before every production stage.
  clause require repeated {
    /// The condition.
    positional condition condition
  }
}

/// What is demanded of each of a list: `every s in declared(service) where contains(s.data, payment) { … }`.
kind each : demands abstract {
  /// What each is called in the block.
  positional name name
  /// The list.
  label "in" list(any) binds required
  /// Only those for which this is true.
  label where bool
}

/// How long records of a kind are kept.
kind keeping abstract {
  /// The kind of records.
  positional records record-kind
  /// At least so long.
  label "for" duration or period required
  /// No longer than this.
  label at-most duration or period
}

/// How long records are kept. The policies in force say how long they must be.
kind retention {
  /// A kind of records, and how long it is kept.
  clause keep : keeping repeated required { }
}

/// Rules of an organisation or a framework. One that the project declares is in force, with those of the policies that it extends.
kind policy {
  /// A control. One with the number of a control of an extended policy adds to it.
  clause control : demands repeated adds {
    /// Its number in the framework.
    positional id text
    /// What it demands.
    positional text text optional
    /// How much a finding weighs.
    field severity policy-severity default mandatory
    /// What is demanded of each of a list.
    clause every : each repeated {
      /// What is demanded of each of a list that each of the first has.
      clause every : each repeated { }
    }
    /// How long records of a kind must be kept.
    clause keep : keeping repeated { }
    /// A diagnostic, by its code or name, that weighs as much as a finding of this control.
    clause raise repeated {
      /// The code.
      positional code name
    }
  }
}

/// What is expected of the project as it is, or at another time, with other versions, or upon another state: `clearway test` tries it.
/// Every error must be expected.
kind test {
  /// The time at which it is tried.
  clause at {
    /// The time.
    positional time date-time
  }
  /// The zone in which the time is meant.
  field timezone zone
  /// Ships in another version than the release names.
  clause ship repeated {
    /// The service, library, vendor or infrastructure.
    positional service deployable
    /// The version.
    positional version version
  }
  /// What is deployed in an environment, instead of what it says itself.
  clause deployed repeated {
    /// The environment.
    positional environment environment
    /// The state file.
    label from deployed-state required
  }
  /// What must come of it.
  clause expect repeated required {
    /// What kind of outcome.
    positional outcome expectation
    /// The code of an error or warning, the services of an order, the environment that is open or closed.
    positional value list(deployable) or name optional
    /// Words that the diagnostic must have.
    label about text
    /// The environment whose order is meant; all of them without one.
    label "in" environment
  }
}

/// Something that must hold and, for a time, does not have to: in an outage, and made up for afterwards.
kind waiver {
  /// The gates that need not pass.
  field gates list(gate) default []
  /// The controls of policies that need not hold, by their numbers.
  field controls list(text) default []
  /// Only on the way to these environments; on the way to all of them without any.
  field environments list(environment) default []
  /// The incident that makes it necessary.
  field incident text
  /// Who allows it.
  field approver person required
  /// The last day on which it counts, or the moment it ends. A date includes the whole day.
  field expires date or date-time required
  /// The zone in which days are meant.
  field timezone zone
  /// When it is looked at again, or in what.
  field retrospective date or date-time or text required
  /// Why it is allowed.
  field reason text required
}
