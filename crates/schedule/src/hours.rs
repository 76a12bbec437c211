//! Spans of hours on the wall clock.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// From one time of day up to, and without, another. A span that ends before it starts goes on past midnight, into the day after the
/// one it starts on. In JSON, `"09:00..16:00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "SmolStr", into = "SmolStr")]
pub struct Hours {
    /// Minutes after the midnight that the day starts with, less than a day.
    from: u16,
    /// Minutes after the same midnight: after `from`, and at most a day after it.
    until: u16,
}

/// Why two times of day are no span of hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoHours {
    /// Both times are the same: no time, or a whole day?
    Empty,
    /// A time beyond the end of the day, or a start at the end of it.
    NoTime(SmolStr),
}

impl fmt::Display for NoHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => {
                write!(f, "hours that end when they start are empty; the whole day is `00:00..24:00`")
            }
            Self::NoTime(text) => write!(
                f,
                "`{text}` is no span of hours: they start at `00:00` to `23:59` and end at `00:00` to `24:00`, as in `09:00..16:00`"
            ),
        }
    }
}

impl std::error::Error for NoHours {}

impl Hours {
    /// The whole day, however long it is.
    pub const WHOLE_DAY: Self = Self { from: 0, until: DAY };

    /// From one time to another, both in minutes since midnight; 1,440 is the end of the day.
    ///
    /// # Errors
    ///
    /// The times are equal, or one of them is none of the day. A span cannot start at the end of the day, which is the next one.
    pub fn new(from: u16, until: u16) -> Result<Self, NoHours> {
        if from >= DAY || until > DAY {
            return Err(NoHours::NoTime(written(from, until)));
        }
        match from.cmp(&until) {
            std::cmp::Ordering::Less => Ok(Self { from, until }),
            std::cmp::Ordering::Equal => Err(NoHours::Empty),
            std::cmp::Ordering::Greater => Ok(Self { from, until: until + DAY }),
        }
    }

    /// Minutes from the midnight that its day starts with to its start.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// Minutes from the midnight that its day starts with to its end; more than 1,440 where it goes on past midnight.
    pub const fn until(self) -> u16 {
        self.until
    }

    /// By how many minutes it is shorter than a day.
    pub(crate) const fn slack(self) -> u16 {
        DAY - (self.until - self.from)
    }

    /// The span that starts and ends earlier and later by minutes, as far as it stays on its day and no longer than one.
    pub(crate) fn widened(self, earlier: u16, later: u16) -> Self {
        let from = self.from - earlier.min(self.from).min(self.slack());
        let wider = Self { from, until: self.until };
        Self { from, until: self.until + later.min(wider.slack()) }
    }
}

fn written(from: u16, until: u16) -> SmolStr {
    smol_str::format_smolstr!("{:02}:{:02}..{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
}

/// As the language writes it.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = if self.until > DAY { self.until - DAY } else { self.until };
        f.write_str(&written(self.from, until))
    }
}

impl From<Hours> for SmolStr {
    fn from(hours: Hours) -> Self {
        smol_str::format_smolstr!("{hours}")
    }
}

impl TryFrom<SmolStr> for Hours {
    type Error = NoHours;

    fn try_from(text: SmolStr) -> Result<Self, NoHours> {
        text.parse()
    }
}

impl FromStr for Hours {
    type Err = NoHours;

    fn from_str(text: &str) -> Result<Self, NoHours> {
        let no_time = || NoHours::NoTime(text.into());
        let (from, until) = text.split_once("..").ok_or_else(no_time)?;
        Self::new(minutes(from).ok_or_else(no_time)?, minutes(until).ok_or_else(no_time)?)
    }
}

/// `09:30` in minutes.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|minutes| *minutes < 60)?);
    Some(hours * 60 + minutes)
}
