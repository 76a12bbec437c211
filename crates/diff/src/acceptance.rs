//! Who lets a change through that makes something weaker.

use std::collections::BTreeSet;
use std::fmt;

use clearway_plan::{Person, Plan};

/// A team or role that may accept what is weaker, and who of it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// The team or role.
    pub group: String,
    /// Its members, but for who wrote the change.
    pub members: BTreeSet<String>,
    /// Those of them who have accepted it.
    pub accepted: BTreeSet<String>,
}

impl Acceptance {
    /// Who of a group has accepted a change, by what people are called where they do so. `None` where the plan knows no such group.
    ///
    /// The plan is the one from before the change, or a change could name those who accept it. `called` says what a person is called
    /// there, if not by their own name; letters are taken without their case, as GitHub and GitLab do.
    pub fn of(
        before: &Plan,
        group: &str,
        accepted: &[String],
        author: Option<&str>,
        called: impl Fn(&Person) -> Option<&str>,
    ) -> Option<Self> {
        let is_called = |member: &str, name: &str| {
            let known = before.people.get(member).and_then(&called).unwrap_or(member);
            known.eq_ignore_ascii_case(name)
        };
        let members: BTreeSet<String> = before.groups.get(group)?.members.iter().cloned().collect();
        let members: BTreeSet<String> = members
            .into_iter()
            .filter(|member| author.is_none_or(|author| !is_called(member, author)))
            .collect();
        let has_accepted = |member: &&String| accepted.iter().any(|name| is_called(member, name));
        let accepted = members.iter().filter(has_accepted).cloned().collect();
        Some(Self { group: group.to_owned(), members, accepted })
    }
}

/// As a reader wants it: `one of board must accept this: carla, dimitri`.
impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        match (self.accepted.is_empty(), self.members.is_empty()) {
            (false, _) => write!(f, "accepted by {} of {}", names(&self.accepted), self.group),
            (true, false) => write!(f, "one of {} must accept this: {}", self.group, names(&self.members)),
            (true, true) => write!(f, "nobody of {} is there to accept this", self.group),
        }
    }
}
