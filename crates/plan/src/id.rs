//! Names that every platform takes for a job, a file or an environment.

/// Some text as a name of lower-case letters, digits and single hyphens. Texts that differ only in what is left out come to the same
/// name: whoever needs different ones must look.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}
