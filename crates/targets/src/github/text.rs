//! Texts of the spec in a workflow. Nothing of a spec stands where GitHub or a shell would read it as more than text: it goes through
//! the environment of a step, and what GitHub would take for an expression is taken apart.

/// A text that stands for itself in a value that GitHub looks through for expressions.
pub(crate) fn literal(text: &str) -> String {
    text.replace("${{", "${{ '${{' }}")
}

/// A text in an expression: `'it''s'`.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text in one line, for a name that people read.
pub(crate) fn one_line(text: &str) -> String {
    literal(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Seconds in whole minutes, at least one.
pub(crate) const fn minutes(seconds: u64) -> u64 {
    let minutes = seconds.div_ceil(60);
    if minutes == 0 { 1 } else { minutes }
}
