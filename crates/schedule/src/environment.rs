//! Environments: when a deployment may start there, by its windows and freezes alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::freeze::Freeze;
use crate::interval::{Interval, Intervals};
use crate::name::{Named, Origin};
use crate::window::Window;
use crate::zone::Zone;

/// The windows and freezes of an environment.
///
/// A start is allowed in any of its windows; windows that overlap or touch are one longer window, in whatever zones they are written. An
/// environment without windows is always open. In a freeze it is closed, whatever its windows say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
    /// In any of them a deployment may start; at any time where there are none.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// In none of them a deployment may start.
    #[serde(default)]
    pub freezes: Vec<Freeze>,
}

impl Environment {
    /// Its name and place.
    pub fn named(&self) -> Named {
        Named::new(self.name.clone(), self.origin)
    }

    /// When its windows are open within a range, freezes not looked at.
    pub fn open(&self, range: Interval) -> Intervals {
        if self.windows.is_empty() {
            return [range].into_iter().collect();
        }
        let open: Vec<Interval> =
            self.windows.iter().flat_map(|window| window.open(range).iter().collect::<Vec<_>>()).collect();
        open.into()
    }

    /// When it is frozen within a range.
    pub fn frozen(&self, range: Interval) -> Intervals {
        let times = self.freezes.iter().flat_map(|freeze| freeze.frozen(range).iter().collect::<Vec<_>>());
        times.collect::<Intervals>().within(range)
    }

    /// The windows that are open at an instant.
    pub fn windows_at(&self, instant: Timestamp) -> Vec<Named> {
        self.windows.iter().filter(|window| window.is_open(instant)).map(Window::named).collect()
    }

    /// The zone in which an instant is told: that of a window that is open then, else of the first window, else of the first freeze.
    pub fn zone_at(&self, instant: Timestamp) -> Zone {
        let open = self.windows.iter().find(|window| window.is_open(instant));
        let window = open.or(self.windows.first()).map(|window| &window.zone);
        window.or(self.freezes.first().map(|freeze| &freeze.zone)).cloned().unwrap_or_else(Zone::utc)
    }
}
