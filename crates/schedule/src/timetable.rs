//! The windows and freezes of an environment over a range, computed once and asked often.

use crate::deployment::{Deployment, Timing};
use crate::interval::{Interval, Intervals};

/// When an environment is open and frozen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timetable {
    /// When its windows are open; `None` without windows.
    pub(crate) open: Option<Intervals>,
    /// When each of its freezes is.
    pub(crate) freezes: Vec<Intervals>,
}

impl Timetable {
    /// What there is to know of every start in a range.
    pub(crate) fn of(deployment: &Deployment, range: Interval) -> Self {
        let Deployment { environment, timing } = deployment;
        let reach = |room| Interval::new(range.start, Interval::lasting(range.end, room).end);
        let open =
            (!environment.windows.is_empty()).then(|| environment.open(reach(timing.room_in_window())));
        let frozen = reach(timing.room_before_freeze());
        Self { open, freezes: environment.freezes.iter().map(|freeze| freeze.frozen(frozen)).collect() }
    }

    /// The instants of a range at which a deployment may start.
    pub(crate) fn starts(&self, timing: &Timing, range: Interval) -> Intervals {
        self.starts_of(timing, range, true, |_| true)
    }

    /// The same, with the windows and only some of the freezes looked at.
    pub(crate) fn starts_of(
        &self,
        timing: &Timing,
        range: Interval,
        windows: bool,
        freeze: impl Fn(usize) -> bool,
    ) -> Intervals {
        let always = || [range].into_iter().collect();
        let open = match &self.open {
            Some(open) if windows => {
                let room = timing.room_in_window();
                let reach = Interval::new(range.start, Interval::lasting(range.end, room).end);
                open.within(reach).with_room(room).within(range)
            }
            _ => always(),
        };
        let held = self.freezes.iter().enumerate().filter(|(at, _)| freeze(*at));
        held.fold(open, |open, (_, frozen)| {
            open.subtract(&frozen.reached_within(timing.room_before_freeze()))
        })
    }
}
