// What must not get into the wrong hands: secrets, and the data that tests run on.

/// Something that only few may know, by where it is kept. Its value stands in no spec and in nothing that is built.
kind secret {
  /// Where it is kept: `vault("…")`, `store("…")`.
  field from secret-source required
  /// The teams and roles whose services may use it. Without one, no service may.
  field roles list(team or role) required
  /// How old it may get before it is made anew.
  field max-age duration
  /// The day on which it was made.
  field rotated date
}

/// Data that is put into environments before anything is measured there.
kind dataset {
  /// The kinds of data it holds.
  field class data-class or list(data-class) required
  /// Where it comes from.
  field source data-source required
  /// How much it is.
  field volume size
  /// Where it is put.
  field environments list(environment) required
  /// The command that puts it there. It gets what it is about as `$CLEARWAY_DATASET`, `$CLEARWAY_ENVIRONMENT`,
  /// `$CLEARWAY_DATA_SOURCE`, `$CLEARWAY_DATA_CLASS` and, in bytes, `$CLEARWAY_VOLUME`.
  field provision text required
  /// When that is given up.
  field timeout duration default 1 h
}

/// Where data comes from.
enum data-source {
  /// As customers left it.
  value production
  /// From production, with all that tells people apart taken out.
  value masked
  /// Made up.
  value synthetic
}
