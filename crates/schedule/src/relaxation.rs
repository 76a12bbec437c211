//! What would help: single changes to what is declared, each by an amount.

use std::fmt;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::{Deserialize, Serialize};

use crate::length::Length;
use crate::name::Named;
use crate::period::Period;
use crate::weekdays::short_name;

/// A change to one declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relaxation {
    /// What is changed: a window, a freeze, an environment, a lead or a milestone.
    pub subject: Named,
    /// How.
    pub change: Change,
    /// By how much, where it is a matter of amount.
    pub by: Option<Amount>,
}

/// How a declaration is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A window's first hours start earlier.
    OpenEarlier,
    /// A window's last hours end later.
    CloseLater,
    /// A window has one day more.
    OpenOn(#[serde(with = "day")] Weekday),
    /// A freeze ends earlier.
    EndFreezeEarlier,
    /// A freeze begins later.
    BeginFreezeLater,
    /// The rollout to an environment is shorter.
    ShortenRollout,
    /// A rollback of an environment is shorter.
    ShortenRollback,
    /// The bake time in an environment is shorter.
    ShortenBake,
    /// The bake time in an environment may end outside of its windows.
    BakeOutsideWindow,
    /// Less is waited for.
    ShortenLead,
    /// A milestone's `before` is later.
    MoveBefore,
    /// A milestone's `after` is earlier.
    MoveAfter,
}

/// By how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// Days of the calendar.
    Days(u32),
    /// Elapsed time.
    Time(#[serde(with = "duration")] Duration),
    /// Time counted by a calendar.
    Counted(Period),
}

/// Days as `"Mon"` in JSON.
mod day {
    use jiff::civil::Weekday;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::weekdays::{Weekdays, short_name};

    pub(super) fn serialize<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(short_name(*day))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
        let name = smol_str::SmolStr::deserialize(deserializer)?;
        let day = Weekdays::ALL.iter().find(|day| short_name(*day) == name);
        day.ok_or_else(|| D::Error::custom(format!("`{name}` is no day of the week")))
    }
}

/// As an order to the reader: `end freeze year-end 3 days earlier`.
impl fmt::Display for Relaxation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = &self.subject;
        let by = self.by.map(|by| by.to_string()).unwrap_or_default();
        match self.change {
            Change::OpenEarlier => write!(f, "open window `{subject}` {by} earlier"),
            Change::CloseLater => write!(f, "close window `{subject}` {by} later"),
            Change::OpenOn(day) => write!(f, "open window `{subject}` on {}, too", short_name(day)),
            Change::EndFreezeEarlier => write!(f, "end freeze `{subject}` {by} earlier"),
            Change::BeginFreezeLater => write!(f, "begin freeze `{subject}` {by} later"),
            Change::ShortenRollout => write!(f, "shorten the rollout to `{subject}` by {by}"),
            Change::ShortenRollback => write!(f, "shorten the rollback of `{subject}` by {by}"),
            Change::ShortenBake => write!(f, "shorten the bake time in `{subject}` by {by}"),
            Change::BakeOutsideWindow => {
                write!(f, "let the bake time in `{subject}` end outside of its windows")
            }
            Change::ShortenLead => write!(f, "give `{subject}` {by} less"),
            Change::MoveBefore => write!(f, "move milestone `{subject}` {by} later"),
            Change::MoveAfter => write!(f, "let milestone `{subject}` begin {by} earlier"),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: u32, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
        match self {
            Self::Days(count) => write!(f, "{}", counted(*count, "day")),
            Self::Time(length) => write!(f, "{}", Length(*length)),
            Self::Counted(period) => write!(f, "{period}"),
        }
    }
}
