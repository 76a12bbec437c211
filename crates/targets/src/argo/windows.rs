//! Windows and freezes as Argo CD has them: a cron expression for the start, and a duration in hours and minutes. It reads both in the offset
//! that the zone has today, and knows neither holidays nor years, so they are a second line: the job that deploys looks at the spec's own.

use serde_json::Value;

use super::model::SyncWindow;

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// As many days has each month; February has them in three years of four, and a freeze in it is a day longer.
const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// How much longer a freeze is at either end, in hours: the clock of its zone may be put forward or back in it.
const CHANGE: u64 = 1;

/// The windows of an environment, for an application.
pub(super) fn of(opening: &Value, application: &str) -> Vec<SyncWindow> {
    let list = |key: &str| opening[key].as_array().cloned().unwrap_or_default();
    let mut all: Vec<SyncWindow> = Vec::new();
    for window in list("windows") {
        let days: Vec<usize> = days(&window["days"]);
        for hours in window["hours"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let Some((from, minutes)) = span(hours) else { continue };
            let week = if days.len() == 7 {
                "*".to_owned()
            } else {
                days.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
            };
            all.push(SyncWindow {
                kind: "allow",
                schedule: format!("{} {} * * {week}", from % 60, from / 60),
                duration: format!("{}h{}m", minutes / 60, minutes % 60),
                ..common(&window, application)
            });
        }
    }
    for freeze in list("freezes") {
        for (start, hours) in times(&freeze["when"]) {
            all.push(SyncWindow {
                kind: "deny",
                schedule: start,
                duration: format!("{hours}h"),
                ..common(&freeze, application)
            });
        }
    }
    all
}

fn common(declared: &Value, application: &str) -> SyncWindow {
    let text = |key: &str| declared[key].as_str().unwrap_or_default().to_owned();
    let description: String = text("name").chars().take(255).collect();
    SyncWindow {
        kind: "deny",
        schedule: String::new(),
        duration: String::new(),
        time_zone: text("zone"),
        applications: vec![application.to_owned()],
        manual_sync: false,
        description,
    }
}

/// Days of the week, by number from Sunday.
fn days(told: &Value) -> Vec<usize> {
    let names = told.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut days: Vec<usize> = names.filter_map(|name| DAYS.iter().position(|day| *day == name)).collect();
    days.sort_unstable();
    days
}

/// The minute of the day at which hours start, and how many minutes they are.
fn span(hours: &str) -> Option<(u64, u64)> {
    let minute = |time: &str| {
        let (hour, minute) = time.split_once(':')?;
        Some(hour.parse::<u64>().ok()? * 60 + minute.parse::<u64>().ok()?)
    };
    let (from, until) = hours.split_once("..")?;
    let (from, until) = (minute(from)?, minute(until)?);
    Some((from, if until > from { until - from } else { until + 24 * 60 - from }))
}

/// When a freeze starts, as cron has it, and how many hours it is.
fn times(when: &Value) -> Vec<(String, u64)> {
    if let Some(once) = when.get("once") {
        let day = |key: &str| once[key].as_str().and_then(date);
        let (Some(from), Some(until)) = (day("from"), day("until")) else { return Vec::new() };
        // A day of a year comes again every year; whoever keeps an old freeze in the spec keeps it there too.
        let days = between(from, until);
        return vec![(start(from.1, from.2), days * 24 + 2 * CHANGE)];
    }
    let Some(recurring) = when.get("recurring") else { return Vec::new() };
    let count = |key: &str| recurring[key].as_u64().unwrap_or_default();
    let (before, after) = (count("days_before"), count("days_after"));
    let first = recurring["year_starts"].as_u64().unwrap_or(1);
    let every = match recurring["every"].as_str() {
        Some("month-end") => 1,
        Some("quarter-end") => 3,
        _ => 12,
    };
    let ends = (1..=12).filter(|month| (month + 12 - first) % every == every - 1);
    ends.map(|month| {
        let leap = u64::from(month == 2);
        let (month, day) = back(month, MONTHS[month as usize - 1], before);
        (start(month, day), (before + 1 + after + leap) * 24 + 2 * CHANGE)
    })
    .collect()
}

/// Some days before a day of the year.
fn back(mut month: u64, mut day: u64, mut days: u64) -> (u64, u64) {
    while days >= day {
        days -= day;
        month = if month == 1 { 12 } else { month - 1 };
        day = MONTHS[month as usize - 1];
    }
    (month, day - days)
}

/// An hour before a day begins, as cron has it.
fn start(month: u64, day: u64) -> String {
    let (month, day) = back(month, day, 1);
    format!("0 {} {day} {month} *", 24 - CHANGE)
}

/// The year, month and day of a date, whatever follows it.
fn date(text: &str) -> Option<(u64, u64, u64)> {
    let mut parts = text.get(..10)?.split('-').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// How many days there are from one to another, both counted.
fn between(from: (u64, u64, u64), until: (u64, u64, u64)) -> u64 {
    let (mut days, mut at) = (1, from);
    while at < until && days < 366 {
        days += 1;
        let leap = at.1 == 2 && at.0 % 4 == 0;
        at = if at.2 < MONTHS[at.1 as usize - 1] + u64::from(leap) {
            (at.0, at.1, at.2 + 1)
        } else if at.1 == 12 {
            (at.0 + 1, 1, 1)
        } else {
            (at.0, at.1 + 1, 1)
        };
    }
    days
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{of, times};

    #[test]
    fn windows_past_midnight_and_freezes_over_the_year() {
        let opening = json!({
            "windows": [{ "name": "night", "days": ["Mon", "Thu"], "hours": ["22:30..02:00"], "zone": "Europe/Berlin" }],
            "freezes": [{ "name": "holidays", "zone": "Europe/Berlin",
                "when": { "once": { "from": "2026-12-20", "until": "2027-01-04" } } }]
        });
        let windows = of(&opening, "app");
        let told = |one: &super::SyncWindow| format!("{} {} {}", one.kind, one.schedule, one.duration);
        assert_eq!(
            windows.iter().map(told).collect::<Vec<_>>(),
            ["allow 30 22 * * 1,4 3h30m", "deny 0 23 19 12 * 386h"]
        );
        assert!(windows.iter().all(|one| one.time_zone == "Europe/Berlin" && !one.manual_sync));
    }

    #[test]
    fn the_ends_of_quarters_in_a_fiscal_year() {
        let quarter = json!({ "recurring": { "every": "quarter-end", "days_before": 3, "days_after": 1, "year_starts": 2 } });
        // The year ends in January: its quarters end in April, July, October and January.
        assert_eq!(
            times(&quarter).into_iter().map(|(start, hours)| format!("{start} {hours}")).collect::<Vec<_>>(),
            ["0 23 27 1 * 122", "0 23 26 4 * 122", "0 23 27 7 * 122", "0 23 27 10 * 122"]
        );
        let february = json!({ "recurring": { "every": "month-end", "days_before": 30 } });
        assert_eq!(
            times(&february)[1],
            ("0 23 28 1 *".to_owned(), 32 * 24 + 2),
            "in a leap year it is a day longer"
        );
    }
}
