// What is learnt from what went wrong.

/// How a project looks back: which incidents there were, what is written about them, and how well changes are to be delivered. A
/// project has one.
kind retrospective {
  /// Where incidents come from: a table that names at least when each began.
  field incidents report
  /// How long after a deployment an incident may follow it.
  field follow-within duration default 3 d
  /// From this severity on, a postmortem is written of an incident…
  field postmortem-from finding-severity
  /// …this long after it is over, at the latest…
  field postmortem-within duration default 10 d
  /// …into this folder, as `INCIDENT.md`.
  field postmortems text default "postmortems"
  /// Every change in production is reviewed this long after it, at the latest…
  field review-within duration
  /// …in this folder, as `RUN.md`.
  field reviews text default "reviews"
  /// …and one of this team or role says in the records that the review was held. Where nobody is named, a file that is there is enough.
  field reviewed-by team or role
  /// Who may do what is looked at again and again, and a pipeline of its own fails where that is overdue.
  clause access-review {
    /// One of this team or role looks, and says so in the records…
    label by team or role required
    /// …this long after it was looked at before, at the latest.
    label every duration required
  }
  /// What goes wrong in so many changes is a lesson.
  field lesson-after count default 2
  /// What every change in production must show to an auditor.
  clause audit {
    /// The form of a change request's number: `#` stands for a digit, `*` for any characters. What has another form is no request.
    field requests text
    /// The public keys, Ed25519 in PEM, of which one has signed each record: with them anybody can tell, from a copy of the records
    /// alone, that none was written by somebody else.
    field keys text
  }
  /// How well changes are to be delivered: a condition over `delivery.frequency` and its like.
  clause require repeated {
    /// The condition.
    positional condition condition
  }
}
