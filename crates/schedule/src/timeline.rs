//! Timelines: what a picture of an environment's time shows.

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::interval::{Interval, Intervals};
use crate::name::Named;

/// When an environment is open and frozen, between two instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// The environment.
    pub environment: Named,
    /// From when to when.
    pub range: Interval,
    /// The time in which a deployment that takes no time could start: windows without freezes.
    pub open: Intervals,
    /// Each window with the times that it is open.
    pub windows: Vec<Row>,
    /// Each freeze with its times.
    pub freezes: Vec<Row>,
}

/// A row of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The window or freeze.
    pub named: Named,
    /// Its times, cut off at the ends of the range.
    pub times: Intervals,
}

impl Environment {
    /// Its open and frozen times between two instants.
    pub fn timeline(&self, range: Interval) -> Timeline {
        let windows = self.windows.iter();
        let freezes = self.freezes.iter();
        Timeline {
            environment: self.named(),
            range,
            open: self.open(range).subtract(&self.frozen(range)),
            windows: windows.map(|window| Row { named: window.named(), times: window.open(range) }).collect(),
            freezes: freezes
                .map(|freeze| Row { named: freeze.named(), times: freeze.frozen(range).within(range) })
                .collect(),
        }
    }
}
