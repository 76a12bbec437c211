//! The schedule of a release as a Gantt chart: for each environment its windows and freezes on its own clock, and when the release is there.

use clearway_picture::{Bar, BarLook, Chart, Row, Section, Tick};
use clearway_plan::{Plan, Release};
use clearway_schedule::{Interval, Intervals, Schedule, Slot, Zone};
use jiff::civil::{Date, Weekday};
use jiff::{Span, Timestamp};

/// What is shown where there is no schedule, and at least, in days.
const SHOWN: i64 = 7;
const DAY: i64 = 24 * 60 * 60;

/// The schedule of a release, from a moment on; the windows and freezes alone, where there is no time for it.
#[must_use]
pub fn chart(plan: &Plan, release: &Release, schedule: Option<&Schedule>, now: Timestamp) -> Chart {
    let slots = schedule.map(|schedule| schedule.stages.as_slice()).unwrap_or_default();
    let ends = slots.iter().map(|slot| slot.accepted.as_second().saturating_add(DAY / 2));
    let shown = if schedule.is_some() { SHOWN } else { 4 * SHOWN };
    let until = ends.chain([now.as_second().saturating_add(shown * DAY)]).max().unwrap_or_default();
    let range = Interval::new(now, Timestamp::from_second(until).unwrap_or(Timestamp::MAX));
    let sections = release.stages.iter().filter_map(|stage| {
        let opening = &plan.environments.get(&stage.environment)?.opening;
        let slot = slots.iter().find(|slot| slot.stage.name == opening.name);
        let zone = opening.zone_at(slot.map_or(now, |slot| slot.start));
        let times = opening.timeline(range);
        let bars = |times: &Intervals, look: BarLook, what: &str| {
            let bar = |time: Interval| bar((time.start, time.end), look, what, &zone);
            times.iter().map(bar).collect::<Vec<_>>()
        };
        let mut rows: Vec<Row> = Vec::new();
        for row in &times.windows {
            let name = format!("window {}", row.named.name);
            rows.push(Row { bars: bars(&row.times, BarLook::Open, &name), name });
        }
        for row in &times.freezes {
            let name = format!("freeze {}", row.named.name);
            rows.push(Row { bars: bars(&row.times, BarLook::Frozen, &name), name });
        }
        if let Some(slot) = slot {
            rows.push(Row { name: "this release".to_owned(), bars: of_slot(slot, slots, now, &zone) });
        }
        if rows.is_empty() {
            rows.push(Row { name: "at any time".to_owned(), bars: bars(&times.open, BarLook::Open, "open") });
        }
        let name = format!("{} ({})", stage.environment, zone.name());
        Some(Section { name, ticks: ticks(&zone, range), rows })
    });
    let legend = [
        (BarLook::Open, "window open"),
        (BarLook::Frozen, "freeze"),
        (BarLook::Wait, "people have time to agree"),
        (BarLook::Work, "rollout"),
        (BarLook::Watch, "watched until it is accepted"),
        (BarLook::May, "could start then, too"),
    ];
    let told = slots.iter().map(|slot| {
        let zone = slot.deployments.first().map_or_else(Zone::utc, |placed| placed.zone.clone());
        format!("{}: from {}, accepted {}.", slot.stage.name, zone.show(slot.start), zone.show(slot.accepted))
    });
    let told: Vec<String> = told.collect();
    Chart {
        title: format!("The schedule of {}", release.name),
        description: if told.is_empty() { "There is no time for it.".to_owned() } else { told.join(" ") },
        from: now.as_second(),
        until,
        sections: sections.collect(),
        legend: legend.map(|(look, means)| (look, means.to_owned())).to_vec(),
    }
}

fn bar((from, until): (Timestamp, Timestamp), look: BarLook, what: &str, zone: &Zone) -> Bar {
    let note = format!("{what}: {} to {}", zone.show(from), zone.show(until));
    Bar { from: from.as_second(), until: until.as_second(), look, note }
}

/// When a release is in an environment: what people have time for, the rollout, what is watched, and until when it could start.
fn of_slot(slot: &Slot, slots: &[Slot], now: Timestamp, zone: &Zone) -> Vec<Bar> {
    let before = slots.iter().take_while(|other| other.stage.name != slot.stage.name).last();
    let before = before.map_or(now, |before| before.accepted);
    let rolled_out = slot.deployments.iter().map(|placed| placed.rolled_out).max().unwrap_or(slot.start);
    let times = [
        (before, slot.ready, BarLook::Wait, "people have time to agree"),
        (slot.start, slot.last.unwrap_or(slot.start), BarLook::May, "may start"),
        (rolled_out, slot.accepted, BarLook::Watch, "watched"),
    ];
    let times = times.into_iter().filter(|(from, until, ..)| from < until);
    let mut bars: Vec<Bar> =
        times.map(|(from, until, look, what)| bar((from, until), look, what, zone)).collect();
    bars.push(bar((slot.start, rolled_out), BarLook::Work, "rollout", zone));
    bars
}

/// Midnights of a zone: every day of a short range, Mondays of a longer one, else the first of each month.
fn ticks(zone: &Zone, range: Interval) -> Vec<Tick> {
    let days = (range.end.as_second() - range.start.as_second()) / DAY;
    let (is_shown, form): (fn(Date) -> bool, &str) = match days {
        0..=21 => (|_| true, "%a %d %b"),
        22..=120 => (|day| day.weekday() == Weekday::Monday, "%d %b"),
        _ => (|day| day.day() == 1, "%b %Y"),
    };
    let mut ticks = Vec::new();
    let mut day = zone.local(range.start).date();
    while let Ok(next) = day.checked_add(Span::new().days(1)) {
        day = next;
        let at = zone.start_of(day);
        if at >= range.end {
            break;
        }
        if is_shown(day) {
            ticks.push(Tick { at: at.as_second(), label: day.strftime(form).to_string() });
        }
    }
    ticks
}
