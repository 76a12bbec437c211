//! Sets of days of the week.

use std::fmt;

use jiff::civil::Weekday;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Monday, "Mon"),
    (Weekday::Tuesday, "Tue"),
    (Weekday::Wednesday, "Wed"),
    (Weekday::Thursday, "Thu"),
    (Weekday::Friday, "Fri"),
    (Weekday::Saturday, "Sat"),
    (Weekday::Sunday, "Sun"),
];

/// The three letters that the language writes for a day.
pub(crate) fn short_name(day: Weekday) -> &'static str {
    WEEK.iter().find(|(weekday, _)| *weekday == day).map_or("", |(_, name)| name)
}

/// A set of days of the week. In JSON, a list of `"Mon"` to `"Sun"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b1_1111);

    /// From one day to another, both included; over the end of the week where the second comes before the first.
    pub fn span(from: Weekday, until: Weekday) -> Self {
        let days = std::iter::successors(Some(from), |day| (*day != until).then(|| day.next()));
        days.collect()
    }

    /// Whether a day is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether no day is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The days from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        WEEK.iter().map(|(day, _)| *day).filter(move |day| self.contains(*day))
    }

    /// The days that are not in the set.
    #[must_use]
    pub fn others(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    /// The set with one more day.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | bit(day))
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<T: IntoIterator<Item = Weekday>>(days: T) -> Self {
        days.into_iter().fold(Self::default(), Self::with)
    }
}

/// As the language writes it: `Mon..Thu`, `Fri..Mon` (over the end of the week), `Mon, Wed`.
impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let starts = self.iter().filter(|day| !self.contains(day.previous()));
        let runs: Vec<(Weekday, Weekday)> = starts
            .map(|start| {
                let run = std::iter::successors(Some(start), |day| Some(day.next()));
                (start, run.take_while(|day| self.contains(*day)).last().unwrap_or(start))
            })
            .collect();
        if runs.is_empty() {
            return f.write_str(if self.is_empty() { "no day" } else { "every day" });
        }
        for (at, (from, until)) in runs.into_iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match (from, until) {
                (from, until) if from == until => write!(f, "{comma}{}", short_name(from))?,
                (from, until) => write!(f, "{comma}{}..{}", short_name(from), short_name(until))?,
            }
        }
        Ok(())
    }
}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(short_name))
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<smol_str::SmolStr>::deserialize(deserializer)?;
        let day = |name: &smol_str::SmolStr| {
            let found = WEEK.iter().find(|(_, short)| short == name);
            found.map(|(day, _)| *day).ok_or_else(|| {
                D::Error::custom(format!("`{name}` is no day of the week: they are `Mon` to `Sun`"))
            })
        };
        names.iter().map(day).collect()
    }
}
