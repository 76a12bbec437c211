//! Texts of a spec that would be code if anything read them as more than texts.

use std::collections::BTreeSet;

use clearway_tests::specs;

use super::claims;
use clearway_tests::Emits as _;
use clearway_verify::argo::Emitted;

/// Texts that are code to somebody: YAML, Argo, Kubernetes, a shell, `jq`, and what people read.
const TEXTS: [&str; 12] = [
    "it's \"quoted\"",
    "{{workflow.uid}} {{=1+1}}",
    "$(RUN) $$(RUN) $$x",
    "${RUN}",
    "`touch x`",
    "$(touch x)",
    "a\nb: c\n- d",
    "# no comment",
    "*alias &anchor !tag",
    "\n---\nx: y",
    "\\n \\\" \\u0041",
    "äöü 漢字 \u{1F680}",
];

/// A spec with a text wherever any text may stand, but for a role, in which Argo would fill something in: that is refused, and tried below.
fn spec(hostile: &str) -> String {
    specs::with_text(hostile).replace(&format!("\"\"\"role {hostile} of nobody else\"\"\""), "\"role\"")
}

/// Each hostile text, in each place of a spec that holds a text, comes back unchanged as the value of a variable, and stands nowhere else.
pub fn every_text_stays_a_text() {
    let mut lost: BTreeSet<&str> = TEXTS.into_iter().collect();
    for hostile in TEXTS {
        let emitted = Emitted::of(&specs::for_argo(&spec(hostile)))
            .unwrap_or_else(|told| panic!("{hostile:?}: {told:#?}"));
        assert_eq!(claims::broken(&emitted), [""; 0], "{hostile:?}");
        for way in emitted.ways().unwrap() {
            for template in way.containers() {
                let script = way.script(template).unwrap();
                assert!(!script.contains(hostile), "{hostile:?} in the script of `{}`", template.name);
                for variable in template.value["container"]["env"].as_array().unwrap() {
                    let name = variable["name"].as_str().unwrap();
                    if way.variable(template, name).is_some_and(|value| value.contains(hostile)) {
                        lost.remove(hostile);
                    }
                }
            }
        }
    }
    assert!(lost.is_empty(), "not found again: {lost:?}");
}

/// What must stand where Argo fills something in is refused with double braces.
pub fn what_argo_would_fill_in_is_refused() {
    let told = Emitted::of(&specs::for_argo(&specs::with_text("{{workflow.uid}}"))).unwrap_err();
    assert_eq!(told, ["Argo would read `{{` in what `production` says as something to put there"]);
}
