// What is measured.

/// A measured value; what follows `:` is its type.
kind metric typed {
  /// The query that measures it, in PromQL. `$service`, `$environment` and `$over` stand for what is measured and for how long.
  /// A query without `$over` tells how it is at one moment: what must hold over a time must hold of it at each moment of that time.
  field query text
  /// The query that says how many samples there are.
  field samples text
  /// What is decided when there is no data.
  field no-data no-data default inconclusive
  /// With fewer samples than this the result is inconclusive; where it is not written, one must be there if samples are counted.
  field min-samples count
  /// It may be below zero.
  field signed bool default false
}

/// What a missing measurement means.
enum no-data {
  /// Nobody can tell: it does not pass.
  value inconclusive
  /// It fails.
  value fail
}
