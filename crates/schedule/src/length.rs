//! Durations as people write them.

use std::fmt;
use std::time::Duration;

/// A duration as the language writes it: `1 h 30 m`, `2 d`, `250 ms`; what is less than a millisecond is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length(pub Duration);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let parts = [
            (seconds / 86_400, "d"),
            (seconds / 3_600 % 24, "h"),
            (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
            (u64::from(self.0.subsec_millis()), "ms"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let text: Vec<String> = parts.map(|(count, unit)| format!("{count} {unit}")).collect();
        f.write_str(if text.is_empty() { "0 s" } else { "" })?;
        f.write_str(&text.join(" "))
    }
}
