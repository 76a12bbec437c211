//! What templates can call.

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State};

/// Writes a value as Markdown shows it and nothing more. Only `safe` lets a text through as it is.
pub(crate) fn inert(out: &mut Output<'_>, _: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Ok(()),
        _ if value.is_safe() => out.write_str(&value.to_string()).map_err(Error::from),
        _ => out.write_str(&plain(&value.to_string())).map_err(Error::from),
    }
}

/// A text on one line, without what starts a cell, a tag, a link or code.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '|' | '[' | ']' | '`' | '*' | '\\' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

pub(crate) fn register(environment: &mut Environment<'_>) {
    environment.add_filter("duration", span);
    environment.add_filter("thousandths", |number: u64| decimal(number, 3));
    environment.add_filter("tenths", |number: u64| decimal(number, 1));
    environment.add_filter("moment", |text: String| text.replacen('T', " ", 1).replace('Z', " UTC"));
    // Where nothing is known, which is not the same as undefined.
    environment.add_filter("or", |value: Value, other: Value| if value.is_none() { other } else { value });
}

/// A whole number of parts as a decimal, without zeros at its end.
fn decimal(parts: u64, places: usize) -> String {
    let digits = format!("{parts:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

/// A duration in its two largest units.
pub(crate) fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds.max(0);
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        if left >= size && parts.len() < 2 {
            parts.push(format!("{} {unit}", left / size));
            left %= size;
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::{decimal, plain, span};

    #[test]
    fn texts_cannot_start_anything() {
        assert_eq!(plain("a|b\n# c <script> [x](y) `z`"), "a\\|b # c &lt;script> \\[x\\](y) \\`z\\`");
    }

    #[test]
    fn numbers_are_written_as_decimals() {
        assert_eq!(
            [decimal(0, 3), decimal(1_500, 3), decimal(7, 3), decimal(125, 1)],
            ["0", "1.5", "0.007", "12.5"]
        );
    }

    #[test]
    fn durations_have_two_units() {
        assert_eq!(
            [span(0), span(59), span(3_660), span(90_061), span(86_400)],
            ["0 s", "59 s", "1 h 1 min", "1 d 1 h", "1 d"]
        );
    }
}
