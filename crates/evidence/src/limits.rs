//! How much of a report is read.

/// The limits of reading. Beyond `listed` a report is still read and counted; beyond any other it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of a report.
    pub bytes: u64,
    /// How deep elements or objects may be nested; JSON never more than 127.
    pub depth: usize,
    /// The bytes of one element's attributes, or of one string.
    pub token: usize,
    /// How many different things are told apart: rules, tags, labels, source lines.
    pub distinct: usize,
    /// How many failures or findings are listed one by one.
    pub listed: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 8 << 30, depth: 128, token: 16 << 20, distinct: 4_000_000, listed: 1000 }
    }
}

/// How much of the text of a message is kept.
pub(crate) const MESSAGE: usize = 500;

/// A text for people, in one line and short.
pub(crate) fn short(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > MESSAGE {
            let end = out.char_indices().map(|(at, _)| at).take_while(|at| *at <= MESSAGE).last();
            out.truncate(end.unwrap_or(0));
            out.push('…');
            break;
        }
    }
    out.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
