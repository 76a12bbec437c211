//! Days around the ends of months, quarters and years, of the calendar or of a fiscal year.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

/// More days than any period has; to be frozen for more days before or after each end is to be frozen always.
const WHOLE_YEAR: u32 = 366;

/// The days around the end of every period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    /// The periods.
    pub every: PeriodEnd,
    /// How many days before the last day of the period it begins.
    #[serde(default)]
    pub days_before: u32,
    /// How many days after that day it ends; the last of them is included.
    #[serde(default)]
    pub days_after: u32,
    /// The month with which the year starts, by which quarters and years are counted: January, unless a fiscal calendar says otherwise.
    #[serde(default)]
    pub year_starts: Month,
}

/// The ends of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodEnd {
    /// The last day of a month.
    MonthEnd,
    /// The last day of a quarter.
    QuarterEnd,
    /// The last day of a year.
    YearEnd,
}

/// A month of the year, 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Month(u8);

impl Default for Month {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<u8> for Month {
    type Error = String;

    fn try_from(month: u8) -> Result<Self, String> {
        if (1..=12).contains(&month) {
            return Ok(Self(month));
        }
        Err(format!("{month} is no month: they are 1 to 12"))
    }
}

impl From<Month> for u8 {
    fn from(month: Month) -> Self {
        month.0
    }
}

impl PeriodEnd {
    /// How many months a period has.
    const fn months(self) -> i8 {
        match self {
            Self::MonthEnd => 1,
            Self::QuarterEnd => 3,
            Self::YearEnd => 12,
        }
    }

    /// The last day of the period that a day lies in.
    fn of(self, day: Date, year_starts: Month) -> Date {
        let into = (day.month() - year_starts.0.cast_signed()).rem_euclid(self.months());
        day.first_of_month().saturating_add(i64::from(self.months() - 1 - into).months()).last_of_month()
    }
}

impl Recurrence {
    /// The first and the last day of each time that has a day from `first` to `last`, in order. Neighbours may overlap.
    pub(crate) fn days(self, first: Date, last: Date) -> impl Iterator<Item = (Date, Date)> {
        let days = |count: u32| Span::new().days(i64::from(count.min(WHOLE_YEAR)));
        let (before, after) = (days(self.days_before), days(self.days_after));
        let start = self.every.of(first.saturating_sub(after), self.year_starts);
        let next = move |end: &Date| Some(self.every.of(end.tomorrow().ok()?, self.year_starts));
        std::iter::successors(Some(start), next)
            .map(move |end| (end.saturating_sub(before), end.saturating_add(after)))
            .take_while(move |(from, _)| *from <= last)
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |count: u32| format!("{count} day{}", if count == 1 { "" } else { "s" });
        match (self.days_before, self.days_after) {
            (0, 0) => write!(f, "on every {}", self.every),
            (before, 0) => write!(f, "from {} before until every {}", days(before), self.every),
            (0, after) => write!(f, "from every {} until {} after it", self.every, days(after)),
            (before, after) => {
                write!(f, "from {} before until {} after every {}", days(before), days(after), self.every)
            }
        }?;
        if self.year_starts != Month::default() && self.every != PeriodEnd::MonthEnd {
            write!(f, " (of years that start with month {})", self.year_starts.0)?;
        }
        Ok(())
    }
}

impl fmt::Display for PeriodEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MonthEnd => "month's end",
            Self::QuarterEnd => "quarter's end",
            Self::YearEnd => "year's end",
        })
    }
}
