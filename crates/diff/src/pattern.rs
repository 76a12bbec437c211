//! Patterns in which `*` stands for any characters.

/// Whether a pattern matches all that another one matches.
///
/// A star of the narrow pattern may stand for a text that no other pattern has, so only a star of the wide one can stand for it: the wide
/// pattern must match the narrow one as a text in which a star is a character of its own.
pub(crate) fn covers(wide: &str, narrow: &str) -> bool {
    let (wide, narrow): (Vec<char>, Vec<char>) = (wide.chars().collect(), narrow.chars().collect());
    // `reached[at]`: what was read of the wide pattern matches the first `at` characters of the narrow one.
    let mut reached = vec![false; narrow.len() + 1];
    reached[0] = true;
    for part in wide {
        let mut next = vec![false; narrow.len() + 1];
        if part == '*' {
            let mut any = false;
            for (at, known) in reached.iter().enumerate() {
                any |= known;
                next[at] = any;
            }
        } else {
            for at in 0..narrow.len() {
                next[at + 1] = reached[at] && narrow[at] == part;
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_what_can_be_no_other_text() {
        for (wide, narrow) in
            [("*", "a*b"), ("a*", "ab*"), ("a*b", "a*c*b"), ("a", "a"), ("*a*", "*ba"), ("*", "")]
        {
            assert!(covers(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in
            [("a*", "*"), ("ab*", "a*"), ("a", "a*"), ("*a*", "*b*"), ("", "a"), ("a*a", "a")]
        {
            assert!(!covers(wide, narrow), "{wide} {narrow}");
        }
    }
}
