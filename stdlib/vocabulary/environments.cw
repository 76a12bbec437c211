// Where and when.

/// A place to deploy to.
kind environment project-wide {
  /// How close it is to customers.
  field tier tier required
  /// When a deployment may start; in any of them. Without one, at any time.
  field windows list(window) default []
  /// When no deployment may start.
  field freezes list(freeze) tightens up default []
  /// Deployments that name the same lock take turns.
  field lock name
  /// What the deploying step identifies itself with.
  field credentials credential
  /// Where its metrics are measured: `prometheus("https://…")`.
  field monitoring report
  /// What is deployed there now.
  field deployed deployed-state
  /// It is meant to be like another environment.
  clause parity repeated {
    /// The other environment.
    label with environment required
    /// The fields in which they may differ.
    label except list(name)
  }
}

/// Hours in which a deployment may start.
kind window {
  /// The days.
  field days span(day) or list(day) or day default [Mon, Tue, Wed, Thu, Fri, Sat, Sun]
  /// The hours. Hours past midnight belong to the day they start on.
  field hours span(time) default 00:00..24:00
  /// The zone in which days and hours are meant.
  field timezone zone required
  /// The calendar whose holidays are no days of this window.
  field calendar calendar
}

/// A time in which no deployment may start.
kind freeze {
  /// The first day or moment.
  field from date or date-time
  /// The last day, or the moment it ends. A date includes the whole day.
  field until date or date-time
  /// The zone in which days are meant.
  field timezone zone
  /// Why.
  field reason text
  /// It recurs before the end of every such period…
  field every period-end
  /// …beginning this many days before that day…
  field days-before count default 0
  /// …and ending this many days after it.
  field days-after count default 0
}

/// Something that deployments share, and of which there is only so much: runners, connections, a migration at a time.
kind resource {
  /// How much of it may be taken at once.
  field capacity count required
}

/// Days on which nobody works.
kind calendar {
  /// The days.
  field holidays list(date) default []
}

/// A day of the business that releases must meet.
kind milestone {
  /// Shipped before this day or moment.
  field before date or date-time
  /// Not shipped before this day or moment.
  field after date or date-time
  /// Shipped on this day.
  field on date
  /// The zone in which days are meant.
  field timezone zone
}
