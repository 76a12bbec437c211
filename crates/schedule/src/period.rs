//! Time counted by a calendar: business days, months, quarters, years. How long it is depends on when it starts.

use std::fmt;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::zone::Zone;

/// A number of business days, months, quarters or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// What a period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodUnit {
    /// A day on which the calendar works.
    BusinessDays,
    /// A month.
    Months,
    /// Three months.
    Quarters,
    /// A year.
    Years,
}

impl Period {
    /// A number of a unit.
    pub const fn new(count: u32, unit: PeriodUnit) -> Self {
        Self { count, unit }
    }

    /// The day that is this period after a day. `None` beyond the year 9999.
    ///
    /// A month later is the same day of the next month, or its last day where it is shorter: 2026-01-31 and one month is 2026-02-28,
    /// and 2028-02-29 and one year is 2029-02-28. Several months are counted at once and not one by one: 2026-01-31 and two months is
    /// 2026-03-31. Only business days read the calendar.
    pub fn after_day(self, day: Date, calendar: &Calendar) -> Option<Date> {
        let months = match self.unit {
            PeriodUnit::BusinessDays => return calendar.business_days_after(day, self.count),
            PeriodUnit::Months => i64::from(self.count),
            PeriodUnit::Quarters => i64::from(self.count) * 3,
            PeriodUnit::Years => i64::from(self.count) * 12,
        };
        day.checked_add(Span::new().try_months(months).ok()?).ok()
    }

    /// The instant that is this period after another: the same time on the wall clock of the day that is so much later. `None` beyond
    /// the year 9999.
    ///
    /// A time that the clock passes over on that day is the moment of the change; of one that it shows twice it is the second, so that
    /// nobody gets less time than was promised. Where the hour of the start itself is one that is shown twice, it counts as its end.
    /// A later start never comes to an earlier end.
    ///
    /// Business days from a day off are counted from the next business day, and end when the last of them ends. Months from a day that
    /// the last of them does not have end when that month ends.
    pub fn after(self, instant: Timestamp, zone: &Zone, calendar: &Calendar) -> Option<Timestamp> {
        if self.count == 0 {
            return Some(instant);
        }
        let start = zone.furthest(instant);
        let day = self.after_day(start.date(), calendar)?;
        let whole_day = match self.unit {
            PeriodUnit::BusinessDays => !calendar.is_business_day(start.date()),
            PeriodUnit::Months | PeriodUnit::Quarters | PeriodUnit::Years => day.day() != start.day(),
        };
        let end = if whole_day { zone.end_of(day) } else { zone.last_at(day.to_datetime(start.time())) };
        Some(end.max(instant))
    }
}

/// As the language writes it: `2 business-days`, `1 month`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            PeriodUnit::BusinessDays => "business-day",
            PeriodUnit::Months => "month",
            PeriodUnit::Quarters => "quarter",
            PeriodUnit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}
