//! Texts of a spec that would be code if anything read them as more than texts.

use std::collections::{BTreeMap, BTreeSet};

use clearway_tests::specs;

use super::claims;
use clearway_tests::Emits as _;
use clearway_verify::gitlab::Emitted;

/// Texts that are code to somebody: YAML, variables and inputs of GitLab, a shell, `jq`, and what people read.
pub const TEXTS: [&str; 13] = [
    "it's \"quoted\"",
    "$CI_JOB_TOKEN",
    "${CI_JOB_TOKEN} %CI_JOB_TOKEN%",
    "$$x",
    "`touch x`",
    "$(touch x)",
    "a\nb: c\n- d",
    "# no comment",
    "a # comment",
    "*alias &anchor !tag",
    "\n---\nx: y",
    "\\n \\\" \\u0041",
    "äöü 漢字 \u{1F680}",
];

/// Each hostile text, in each place of a spec that holds a text, comes back unchanged, and stands only where a text is a text.
pub fn every_text_stays_a_text() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for hostile in TEXTS {
        // A role that is what a token is for cannot have a variable in it, and is refused with one; it is tried below.
        let spec = specs::with_text(hostile)
            .replace(&format!("\"\"\"role {hostile} of nobody else\"\"\""), "\"role\"");
        let emitted =
            Emitted::of(&specs::for_gitlab(&spec)).unwrap_or_else(|told| panic!("{hostile:?}: {told:#?}"));
        assert_eq!(claims::broken(&emitted), [""; 0], "{hostile:?}");
        let mut found = 0;
        for way in emitted.ways().unwrap() {
            for (name, job) in way.jobs() {
                for key in ["script", "before_script", "after_script"] {
                    assert!(!job.lines(key).contains(hostile), "{hostile:?} in a script of `{name}`");
                }
                let variables = job.value.get("variables").and_then(|all| all.as_object());
                for (variable, value) in variables.into_iter().flatten() {
                    let text = job.variable(variable).unwrap();
                    if text.contains(hostile) {
                        found += 1;
                        let expands = text.contains(['$', '%'])
                            && value.get("expand") != Some(&serde_json::json!(false));
                        assert!(!expands, "GitLab would put something into {variable} of `{name}`");
                    }
                }
            }
        }
        seen.insert(hostile, found);
    }
    let lost: BTreeSet<&str> =
        TEXTS.into_iter().filter(|text| seen.get(text).copied().unwrap_or_default() == 0).collect();
    assert!(lost.is_empty(), "not found again: {lost:?}");
}

/// What GitLab would read as an input wherever it stands is refused, and a role with a variable in it.
pub fn what_cannot_stay_a_text_is_refused() {
    let told = Emitted::of(&specs::for_gitlab(&specs::with_text("$[[ inputs.change ]]"))).unwrap_err();
    assert!(told.iter().any(|line| line.contains("as an input")), "{told:#?}");
    let told = Emitted::of(&specs::for_gitlab(&specs::with_text("$CI_JOB_TOKEN"))).unwrap_err();
    assert!(told.iter().any(|line| line.contains("put a variable into it")), "{told:#?}");
}

/// What a person says who starts a run is a text in which nothing can be more, or there is no run.
pub fn what_a_person_says_stays_a_text() {
    let emitted = Emitted::of(&specs::for_gitlab(specs::SMALL)).unwrap();
    let project = emitted.project();
    let start = |change: &str| {
        let said = [("pipeline", "shop"), ("change", change), ("requested-by", "ana")];
        project.start(&said.map(|(key, value)| (key.to_owned(), value.to_owned())).into())
    };
    assert!(start("CHG-0042: #7").is_ok());
    for hostile in
        ["", "-", "\"\nx: y", "$CI_JOB_TOKEN", "a\nb", "\\", "'", "`x`", "$(x)", "%x%", "{x}", "a;b", "a|b"]
    {
        assert!(start(hostile).is_err(), "{hostile:?}");
    }
}
