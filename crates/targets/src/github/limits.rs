//! What GitHub takes of one workflow, and of all that a run calls.

use super::model::Workflow;

/// github.com starts no run of a larger workflow file, in bytes.
pub(super) const FILE: usize = 500_000;
/// Nor of one with a longer expression; a text with expressions in it is one.
pub(super) const EXPRESSION: usize = 21_000;
/// Nor of one whose text has more expressions: it is read as a call of `format` with as many values, and a function has at most 255
/// (actions/runner, `ExpressionConstants`).
pub(super) const EXPRESSIONS: usize = 254;
/// As many workflows can be called in one run, at any depth.
pub(super) const CALLS: usize = 50;

/// What of a workflow is more than GitHub takes, in words that follow its name; nothing where all of it is taken.
pub(super) fn excess(workflow: &Workflow, largest: usize) -> Option<String> {
    let size = size(workflow);
    if size > largest {
        return Some(format!(
            "would have {} KB, and GitHub starts nothing of more than {} KB",
            size.div_ceil(1000),
            largest / 1000
        ));
    }
    let mut texts = Texts::default();
    texts.look(&serde_json::to_value(workflow).unwrap_or_default(), false);
    if texts.longest > EXPRESSION {
        let longest = texts.longest;
        return Some(format!(
            "would have an expression of {longest} characters, and GitHub takes at most {EXPRESSION}"
        ));
    }
    (texts.most > EXPRESSIONS).then(|| {
        let most = texts.most;
        format!("would have a text with {most} expressions in it, and GitHub takes at most {EXPRESSIONS}")
    })
}

/// The bytes of its file. What cannot be written at all is told where it is emitted.
pub(super) fn size(workflow: &Workflow) -> usize {
    crate::yaml::yaml("release", workflow).map_or(0, |text| text.len())
}

/// The expressions of a workflow.
#[derive(Default)]
struct Texts {
    /// The length of the longest.
    longest: usize,
    /// The most of them in one text.
    most: usize,
}

impl Texts {
    fn look(&mut self, value: &serde_json::Value, is_condition: bool) {
        use serde_json::Value;

        match value {
            Value::String(text) => {
                let count = text.matches("${{").count();
                if is_condition || count > 0 {
                    self.longest = self.longest.max(text.chars().count());
                }
                self.most = self.most.max(count);
            }
            Value::Array(items) => items.iter().for_each(|item| self.look(item, false)),
            Value::Object(entries) => {
                entries.iter().for_each(|(key, value)| self.look(value, key == "if"));
            }
            _ => {}
        }
    }
}
