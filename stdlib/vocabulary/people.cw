// Who.

/// A person's names on the platforms.
kind identity {
  /// The name on GitHub.
  field github text
  /// The name on GitLab.
  field gitlab text
  /// The e-mail address.
  field email text
  /// Until when the person is away.
  field away-until date
}

/// People who own services together.
kind team {
  /// Its members.
  field members list(person) or member-list required
  /// The team that it is on GitHub: `organisation/team`.
  field github text
  /// The group that it is on GitLab.
  field gitlab text
}

/// People with a part in releases: a change advisory board, an on-call rota.
kind role {
  /// Those who have it.
  field members list(person or team) or member-list required
  /// The team that it is on GitHub: `organisation/team`.
  field github text
  /// The group that it is on GitLab.
  field gitlab text
}
