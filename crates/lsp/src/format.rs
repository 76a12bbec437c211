//! Formatting, as the few changes that it comes to: what stays as it is keeps its cursor and its folds.

use clearway_diagnostics::Span;
use clearway_model::vocabulary::Shape;
use clearway_syntax::FormatOptions;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::location::TextChange;

/// The changes that format a text; with a range, those that touch it.
pub(crate) fn format(text: &str, range: Option<Span>) -> Vec<TextChange> {
    let formatted = clearway_syntax::format(text, &FormatOptions::default(), &Shape);
    let touches = |change: &TextChange| {
        range.is_none_or(|range| change.span.start <= range.end && range.start <= change.span.end)
    };
    changes(text, &formatted).into_iter().filter(touches).collect()
}

/// The changes from one text to another, in whole lines.
fn changes(old: &str, new: &str) -> Vec<TextChange> {
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let mut starts = vec![0];
    for line in &old_lines {
        starts.push(starts[starts.len() - 1] + line.len() as u32);
    }
    let ops = capture_diff_slices(Algorithm::Patience, &old_lines, &new_lines);
    ops.iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            let (old, new) = (op.old_range(), op.new_range());
            TextChange { span: Span::new(starts[old.start], starts[old.end]), text: new_lines[new].concat() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::format;
    use clearway_diagnostics::Span;

    fn apply(text: &str, range: Option<Span>) -> (String, usize) {
        let changes = format(text, range);
        let mut result = text.to_owned();
        for change in changes.iter().rev() {
            result.replace_range(change.span.range(), &change.text);
        }
        (result, changes.len())
    }

    const TEXT: &str =
        "team a { members = [ ana ] }\n\nteam b {\n  members = [ben]\n}\n\nteam c { members=[chloe] }\n";

    #[test]
    fn only_lines_that_change_are_replaced() {
        let (text, changes) = apply(TEXT, None);
        assert_eq!(changes, 2);
        assert_eq!(
            text,
            "team a { members = [ana] }\n\nteam b {\n  members = [ben]\n}\n\nteam c { members = [chloe] }\n"
        );
    }

    #[test]
    fn a_range_leaves_the_rest_alone() {
        let last = TEXT.len() as u32 - 3;
        let (text, changes) = apply(TEXT, Some(Span::new(last, last)));
        assert_eq!(changes, 1);
        assert!(text.starts_with("team a { members = [ ana ] }"));
        assert!(text.ends_with("members = [chloe] }\n"));
    }
}
