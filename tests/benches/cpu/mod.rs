//! CPU time, which other work on the machine disturbs less than the wall clock.

use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// What this process, or all its children that have ended, used so far.
pub(crate) fn used(who: UsageWho) -> (Usage, Duration) {
    let usage = getrusage(who).unwrap();
    let time = |time: TimeVal| {
        Duration::from_secs(time.tv_sec() as u64) + Duration::from_micros(time.tv_usec() as u64)
    };
    (usage, time(usage.user_time()) + time(usage.system_time()))
}

/// The middle one, the least and the most, in milliseconds.
pub(crate) fn spread(times: impl IntoIterator<Item = Duration>) -> (f64, f64, f64) {
    let mut times: Vec<f64> = times.into_iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[0], times[times.len() - 1])
}
