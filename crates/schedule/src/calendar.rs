//! Business calendars: on which days a business works, and counting by them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::name::{Named, Origin};
use crate::weekdays::Weekdays;

/// The days on which a business works: those of its working week that are no holidays.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// The days of the week on which it works; Monday to Friday where nothing is said.
    #[serde(default = "monday_to_friday")]
    pub working: Weekdays,
    /// Days on which it does not work, in the zone that it is used in.
    #[serde(default)]
    pub holidays: BTreeSet<Date>,
}

fn monday_to_friday() -> Weekdays {
    Weekdays::WORKING
}

/// Monday to Friday without holidays: what a business day is where no calendar is named.
impl Default for Calendar {
    fn default() -> Self {
        Self {
            name: SmolStr::new_static("Mon..Fri"),
            origin: Origin::default(),
            working: Weekdays::WORKING,
            holidays: BTreeSet::new(),
        }
    }
}

impl Calendar {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }

    /// Whether the business works on a day.
    pub fn is_business_day(&self, day: Date) -> bool {
        self.working.contains(day.weekday()) && !self.holidays.contains(&day)
    }

    /// The first business day after a day. `None` when there is none any more.
    pub fn next_business_day(&self, day: Date) -> Option<Date> {
        if self.working.is_empty() {
            return None;
        }
        std::iter::successors(day.tomorrow().ok(), |day| day.tomorrow().ok())
            .find(|day| self.is_business_day(*day))
    }

    /// The day that is a number of business days after a day, which need not be one itself: one after a Friday or a Saturday is the
    /// Monday. None at all is the day itself. `None` when there is no such day any more.
    pub fn business_days_after(&self, day: Date, count: u32) -> Option<Date> {
        (0..count).try_fold(day, |day, _| self.next_business_day(day))
    }
}
