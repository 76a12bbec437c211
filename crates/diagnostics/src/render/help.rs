//! How to go on, as far as words can tell it.

use crate::Report;

/// The lines of help.
pub fn lines(report: &Report) -> impl Iterator<Item = &str> {
    report.help.iter().flat_map(|help| help.lines())
}

/// The lines of help, and the title of every fix that none of them mentions.
pub fn lines_and_fixes(report: &Report) -> impl Iterator<Item = &str> {
    let titles = report.fixes.iter().map(|fix| fix.title.as_str());
    lines(report).chain(titles.filter(|title| !lines(report).any(|line| mentions(line, title))))
}

/// Whether a line of help tells what a fix does: in its words, or by guessing the name that the fix writes.
fn mentions(line: &str, title: &str) -> bool {
    let guess = line.strip_prefix("did you mean ").and_then(|rest| rest.strip_suffix('?'));
    line.to_lowercase().contains(&title.to_lowercase()) || guess.is_some_and(|guess| title.contains(guess))
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_fix_is_not_told_twice() {
        assert!(mentions("Write `optional` before the name", "write `optional`"));
        assert!(mentions("did you mean `optional`?", "write `optional`"));
        assert!(!mentions("did you mean `optional`?", "remove `optinal`"));
        assert!(!mentions("`carts` is declared in `shop.cw`", "remove `carts`"));
    }
}
