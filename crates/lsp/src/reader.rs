//! Times as the reader meets them: from now on, and by the reader's own clock beside that of the place they are meant for.

use std::fmt::Write as _;

use clearway_analysis as times;
use clearway_model::views::{self, Freeze, Milestone, Stage, Window};
use clearway_model::{Db, Item};
use clearway_schedule::{DEFAULT_HORIZON, Deployment, Environment, Interval, Origin, Zone};
use jiff::Timestamp;

/// How many times are named.
const TIMES: usize = 3;

/// Who reads, and when.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The time.
    pub now: Timestamp,
    /// Whose clock is on the wall.
    pub zone: Zone,
}

impl Reader {
    /// The next times of a window, an environment, a freeze or a milestone, as a paragraph. `None` of what has no times.
    pub(crate) fn times(&self, db: &dyn Db, item: Item) -> Option<String> {
        match item.kind(db).as_str() {
            "window" => {
                let view: Window = views::declared(db, item).view;
                let place = of_windows(vec![times::window_of(db, item.name(db), &view)?]);
                Some(self.open(&place))
            }
            "environment" => {
                let place = times::opening(db, item);
                (!place.windows.is_empty() || !place.freezes.is_empty()).then(|| self.open(&place))
            }
            "freeze" => {
                let view: Freeze = views::declared(db, item).view;
                let mut place = of_windows(Vec::new());
                place.freezes.push(times::freeze_of(item.name(db), &view)?);
                let zone = place.freezes.first()?.zone.clone();
                Some(self.list("Frozen", place.frozen(self.ahead()).iter(), |_| zone.clone()))
            }
            "milestone" => {
                let view: Milestone = views::declared(db, item).view;
                let milestone = times::milestone_of(item.name(db), &view)?;
                let end = milestone.due().or_else(|| Some(milestone.day()?.end))?;
                let over = if end <= self.now { "It was over" } else { "It is over" };
                Some(format!("\n\n{over} {}.", self.show(end, &milestone.zone)))
            }
            _ => None,
        }
    }

    fn open(&self, place: &Environment) -> String {
        self.list("Open", place.open(self.ahead()).iter(), |at| place.zone_at(at))
    }

    /// When a stage's deployment may start next, where that is not at once.
    pub(crate) fn earliest(&self, db: &dyn Db, stage: &Stage) -> Option<String> {
        let environment = times::opening(db, stage.environment.as_ref()?.value.item);
        let deployment = Deployment { environment, timing: times::timing(db, stage) };
        let ahead = self.ahead();
        match deployment.next_opening(ahead.start, ahead.end) {
            Some(opening) if opening.start <= self.now => None,
            Some(opening) => Some(format!("from {}", self.show(opening.start, &opening.zone))),
            None => Some("no time in the year ahead".to_owned()),
        }
    }

    fn list(
        &self,
        what: &str,
        mut times: impl Iterator<Item = Interval>,
        zone: impl Fn(Timestamp) -> Zone,
    ) -> String {
        let ahead = self.ahead();
        let mut text = format!("\n\n{what}:\n");
        let named: Vec<Interval> = times.by_ref().take(TIMES).collect();
        for time in &named {
            let zone = zone(time.start);
            let end = || self.end(*time, &zone);
            let _ = match (time.start <= ahead.start, time.end >= ahead.end) {
                (true, true) => write!(text, "\n- at any time"),
                (true, false) => write!(text, "\n- now, until {}", end()),
                (false, true) => write!(text, "\n- from {} on", self.show(time.start, &zone)),
                (false, false) => write!(text, "\n- {} until {}", self.show(time.start, &zone), end()),
            };
        }
        match (named.is_empty(), times.next()) {
            (true, _) => text += "\n- at no time in the year ahead",
            (false, Some(_)) => text += "\n- and so on",
            (false, None) => {}
        }
        text
    }

    /// `Monday 2026-11-30 09:00 Europe/Berlin (for you 03:00)`
    fn show(&self, instant: Timestamp, zone: &Zone) -> String {
        let text = zone.show(instant);
        let (there, here) = (zone.local(instant), self.zone.local(instant));
        if there == here {
            return text;
        }
        let form = if there.date() == here.date() { "%H:%M" } else { "%A %H:%M" };
        format!("{text} (for you {})", here.strftime(form))
    }

    /// The end of a time whose beginning is shown before it.
    fn end(&self, time: Interval, zone: &Zone) -> String {
        let (start, end) = (zone.local(time.start), zone.local(time.end));
        let here = self.zone.local(time.end);
        match start.date() == end.date() {
            true if here == end => end.strftime("%H:%M").to_string(),
            true => format!("{} (for you {})", end.strftime("%H:%M"), here.strftime("%H:%M")),
            false => self.show(time.end, zone),
        }
    }

    fn ahead(&self) -> Interval {
        Interval::lasting(self.now, DEFAULT_HORIZON)
    }
}

fn of_windows(windows: Vec<clearway_schedule::Window>) -> Environment {
    Environment { name: Default::default(), origin: Origin::default(), windows, freezes: Vec::new() }
}
