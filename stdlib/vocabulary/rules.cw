// What is measured, and what must be true of every spec.

/// A measured value; what follows `:` is its type.
kind metric typed {
  /// The query that measures it, in PromQL. `$service`, `$environment` and `$over` stand for what is measured and for how long.
  field query text
  /// The query that says how many samples there are.
  field samples text
  /// What is decided when there is no data.
  field no-data no-data default inconclusive
  /// With fewer samples than this the result is inconclusive; where it is not written, one must be there if samples are counted.
  field min-samples count
}

/// What a missing measurement means.
enum no-data {
  /// Nobody can tell: it does not pass.
  value inconclusive
  /// It fails.
  value fail
}

/// Rules of an organisation or a framework.
kind policy {
  /// A control that must be covered.
  clause control repeated {
    /// Its number in the framework.
    positional id text
    /// What it demands.
    positional text text
    /// How much a finding weighs.
    field severity policy-severity default mandatory
    /// A condition that must hold.
    clause require repeated {
      /// The condition.
      positional condition condition
    }
  }
}

/// What is expected of the specs themselves.
kind test {
  /// The time at which it is tried.
  clause at {
    /// The time.
    positional time date-time
  }
  /// What must come of it.
  clause expect repeated {
    /// What: `error`, `warning` or `order`.
    positional outcome name
    /// A code, a name, or a list.
    positional value name or list(name) optional
  }
}
