//! Texts of a spec that would be code if anything read them as more than texts.

use std::collections::{BTreeMap, BTreeSet};

use clearway_tests::specs;
use clearway_verify::github::{Scope, Value, Workflow, template, value};

use super::claims;
use clearway_tests::Emits as _;
use clearway_verify::github::Emitted;

/// Texts that are code to somebody: YAML, GitHub's expressions, a shell, `jq`, and what people read.
pub const TEXTS: [&str; 14] = [
    "it's \"quoted\"",
    "${{ github.token }}",
    "a ${{ '}}' }} b",
    "`touch x`",
    "$(touch x)",
    "a\nb: c\n- d",
    "# no comment",
    "a # comment",
    "key: value",
    "*alias &anchor !tag",
    "%{x} @y |",
    "\\n \\\" \\u0041",
    "}} ${{",
    "äöü 漢字 \u{1F680}",
];

/// Nothing can be seen: what a text of ours gives depends on nothing.
struct Nothing;

impl Scope for Nothing {
    fn context(&self, _: &str) -> Option<Value> {
        None
    }

    fn status(&self, _: &str) -> Option<Option<bool>> {
        None
    }
}

/// What GitHub makes of a text that depends on nothing.
pub fn as_read(text: &str) -> Option<String> {
    match value(&template(text).ok()?, &Nothing).ok()? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Each hostile text, in each place of a spec that holds a text, comes back unchanged, and stands only where a text is a text.
pub fn every_text_stays_a_text() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for hostile in TEXTS {
        let Ok(emitted) = Emitted::of(&specs::project(&specs::with_text(hostile))) else {
            continue;
        };
        assert_eq!(claims::broken(&emitted), [""; 0], "{hostile:?}");
        let mut found = 0;
        for (file, text) in emitted.workflows() {
            let workflow = Workflow::read(&text).unwrap();
            for (id, job) in &workflow.jobs {
                assert!(!job.condition_text().contains(hostile), "{hostile:?} in a condition of {file}");
                let mut texts: Vec<String> = job.env.values().map(|scalar| scalar.text()).collect();
                for step in job.steps() {
                    assert!(!step.condition_text().contains(hostile));
                    assert!(
                        !step.run.as_deref().unwrap_or_default().contains(hostile),
                        "{hostile:?} in a script of `{id}`"
                    );
                    texts.extend(step.env.values().map(|scalar| scalar.text()));
                }
                found += texts
                    .iter()
                    .filter_map(|text| as_read(text))
                    .filter(|text| text.contains(hostile))
                    .count();
            }
        }
        seen.insert(hostile, found);
    }
    let lost: BTreeSet<&str> =
        TEXTS.into_iter().filter(|text| seen.get(text).copied().unwrap_or_default() == 0).collect();
    assert!(lost.is_empty(), "not found again: {lost:?}");
}
