//! Laws over the repository itself: what depends on what, what is documented, and lists that must agree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::{BTreeMap, BTreeSet};

use clearway_diagnostics::catalogue;
use clearway_model::vocabulary::{Contents, Type, Vocabulary};
use clearway_model::{MemorySystem, Workspace, views};
use clearway_syntax::{FormatOptions, format};
use clearway_tests::{Fixture, MANIFEST, files_below, line, read, repository, sources_of, vocabulary_words};

/// The direct dependencies that each crate may have on the others.
const EDGES: &[(&str, &[&str])] = &[
    ("analysis", &["diagnostics", "model", "quorum", "schedule", "skew", "syntax", "versions"]),
    (
        "cli",
        &[
            "analysis",
            "compile",
            "diagnostics",
            "diff",
            "evidence",
            "history",
            "init",
            "lsp",
            "model",
            "picture",
            "plan",
            "reference",
            "report",
            "runtime",
            "schedule",
            "syntax",
            "targets",
            "verify",
        ],
    ),
    ("compile", &["analysis", "diagnostics", "model", "plan", "schedule", "targets", "verify"]),
    ("diagnostics", &[]),
    ("diff", &["plan", "quorum", "schedule"]),
    ("evidence", &[]),
    ("history", &["plan", "runtime"]),
    ("init", &[]),
    (
        "lsp",
        &["analysis", "compile", "diagnostics", "model", "plan", "schedule", "syntax", "targets", "verify"],
    ),
    ("model", &["diagnostics", "syntax", "versions"]),
    ("picture", &[]),
    ("plan", &["analysis", "model", "schedule", "syntax"]),
    ("quorum", &[]),
    ("reference", &["diagnostics", "model", "syntax"]),
    ("report", &["diff", "picture", "plan", "schedule"]),
    ("runtime", &["evidence", "plan", "schedule"]),
    ("schedule", &[]),
    ("skew", &["versions"]),
    ("syntax", &["diagnostics"]),
    ("targets", &["plan"]),
    ("verify", &["plan"]),
    ("versions", &[]),
];

#[test]
fn crates_depend_on_no_others_than_allowed() {
    let mut found = BTreeMap::new();
    for path in files_below(&repository().join("crates")).iter().filter(|path| path.ends_with("Cargo.toml")) {
        let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let manifest: toml::Table = toml::from_str(&read(&format!("crates/{folder}/Cargo.toml"))).unwrap();
        let names = manifest["dependencies"].as_table().unwrap().keys();
        let edges: Vec<String> =
            names.filter_map(|name| name.strip_prefix("clearway-")).map(str::to_owned).collect();
        found.insert(folder, edges);
    }
    let allowed: BTreeMap<String, Vec<String>> = EDGES
        .iter()
        .map(|(name, edges)| ((*name).to_owned(), edges.iter().map(|edge| (*edge).to_owned()).collect()))
        .collect();
    assert_eq!(found, allowed);
}

#[test]
fn the_core_does_not_know_the_disk() {
    for part in [
        "diagnostics",
        "versions",
        "syntax",
        "model",
        "analysis",
        "init",
        "evidence",
        "quorum",
        "picture",
        "history",
        "schedule",
        "plan",
        "targets",
        "compile",
        "diff",
        "report",
        "reference",
        "lsp",
        "verify",
    ] {
        for path in files_below(&repository().join("crates").join(part).join("src")) {
            let text = read(&path.strip_prefix(repository()).unwrap().to_string_lossy());
            for banned in ["std::fs", "std::env::var", "SystemTime", "Instant::now"] {
                assert!(!text.contains(banned), "{} uses {banned}", path.display());
            }
        }
    }
}

// Crates are not asked for examples in their documentation (`doctest = false`), which costs each a run of the compiler: so there are none.
#[test]
fn no_example_stands_where_it_would_not_be_run() {
    for path in files_below(&repository().join("crates"))
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
    {
        let text = read(&path.strip_prefix(repository()).unwrap().to_string_lossy());
        let mut is_open = false;
        for line in text.lines().map(str::trim_start) {
            let Some(fence) = line.strip_prefix("/// ```").or_else(|| line.strip_prefix("//! ```")) else {
                continue;
            };
            assert!(
                is_open || fence == "text",
                "{}: the example in the documentation is not run",
                path.display()
            );
            is_open = !is_open;
        }
    }
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let roots = ["crates/", "tests/", "stdlib/", "grammar/", "examples/", "editors/", ".ci/"];
    let mut count = 0;
    for document in ["README.md", "crates/README.md"] {
        for name in read(document).split('`').skip(1).step_by(2) {
            if roots.iter().any(|root| name.starts_with(root)) && !name.contains([' ', '*', '(']) {
                count += 1;
                assert!(repository().join(name).exists(), "{document} names `{name}`, which does not exist");
            }
        }
    }
    assert!(count > 20, "only {count} paths were found");
}

#[test]
fn codes_are_unique_sorted_and_well_named() {
    let codes = catalogue::all();
    assert!(codes.windows(2).all(|pair| pair[0].id() < pair[1].id()));
    let names: BTreeSet<&str> = codes.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), codes.len());
    for code in codes {
        let kebab = code
            .name()
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert!(kebab, "{}", code.name());
    }
}

#[test]
fn views_read_what_the_vocabulary_declares_and_nothing_else() {
    let declared: BTreeSet<String> = vocabulary_words().into_keys().collect();
    let read: BTreeSet<String> = views::reads().into_iter().collect();
    let unread: Vec<_> = declared.difference(&read).collect();
    let undeclared: Vec<_> = read.difference(&declared).collect();
    assert!(unread.is_empty(), "declared in stdlib/vocabulary, and no view reads them: {unread:#?}");
    assert!(undeclared.is_empty(), "read by a view, and not declared: {undeclared:#?}");
}

#[test]
fn everything_in_the_vocabulary_is_documented() {
    let vocabulary = Vocabulary::get();
    let mut docs = vocabulary_words();
    let mut add = |name: String, doc: &str| drop(docs.insert(name, doc.to_owned()));
    vocabulary.kinds.values().for_each(|kind| add(kind.name.to_string(), &kind.doc));
    vocabulary.dimensions.values().for_each(|dimension| add(dimension.name.to_string(), &dimension.doc));
    vocabulary.functions.values().for_each(|function| add(format!("{}()", function.name), &function.doc));
    for words in vocabulary.enums.values() {
        add(words.name.to_string(), &words.doc);
        words.words.iter().for_each(|word| add(format!("{} {}", words.name, word.name), &word.doc));
    }
    for unit in vocabulary.unit_spellings(None).filter_map(|spelling| vocabulary.unit(spelling)) {
        add(format!("unit {}", unit.name), &unit.doc);
    }
    let silent: Vec<_> = docs.iter().filter(|(_, doc)| doc.trim().is_empty()).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "without documentation: {silent:#?}");
    assert!(docs.len() > 300);
}

/// Kinds and clauses, each with its path.
fn all_contents() -> Vec<(String, &'static Contents)> {
    fn add(path: String, contents: &'static Contents, out: &mut Vec<(String, &'static Contents)>) {
        for clause in &contents.clauses {
            add(format!("{path}.{}", clause.keyword), &clause.contents, out);
        }
        out.push((path, contents));
    }
    let mut out = Vec::new();
    for kind in Vocabulary::get().kinds.values() {
        add(kind.name.to_string(), &kind.contents, &mut out);
    }
    out
}

#[test]
fn operands_can_be_told_apart() {
    for (path, contents) in all_contents() {
        for word in contents.label_words() {
            assert!(
                Vocabulary::get().unit(word).is_none(),
                "{path}: the label `{word}` is spelt like a unit"
            );
        }
        let mut optional: Option<&Type> = None;
        for positional in &contents.positionals {
            if let Some(before) = optional {
                assert_ne!(
                    *before, positional.ty,
                    "{path}: two positionals of one type, and the first may be left out"
                );
            }
            optional = positional.optional.then_some(&positional.ty);
        }
        let mut names: Vec<&str> = contents.label_words().collect();
        names.extend(contents.positionals.iter().map(|positional| positional.name.as_str()));
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(distinct.len(), names.len(), "{path}: two operands of one name");
    }
}

#[test]
fn computed_functions_are_those_that_are_implemented() {
    let declared: Vec<&str> = Vocabulary::get()
        .functions
        .values()
        .filter(|function| function.computed)
        .map(|function| function.name.as_str())
        .collect();
    assert_eq!(declared, clearway_model::computed_functions());
}

#[test]
fn the_vocabulary_follows_its_own_description() {
    let files = clearway_model::stdlib::FILES
        .iter()
        .map(|(path, text)| ((*path).to_owned(), std::sync::Arc::from(*text)));
    let workspace = Workspace::of_library(std::sync::Arc::new(MemorySystem::default()), files.collect());
    let reports = clearway_tests::reports(&workspace, MANIFEST);
    // Its form is held to the description. What stands in a type's place or after `default` is read by the loader, which knows
    // kinds and words as types; as values of a spec they mean nothing.
    let form = [
        "CW01", "CW0202", "CW0301", "CW0302", "CW0303", "CW0304", "CW0305", "CW0306", "CW0307", "CW0308",
        "CW0309",
    ];
    let wrong: Vec<String> = reports
        .iter()
        .filter(|report| form.iter().any(|code| report.code.starts_with(code)))
        .map(line)
        .collect();
    assert_eq!(wrong, [""; 0]);
    assert!(reports.iter().all(|report| !report.labels[0].file.starts_with("std/")));
}

#[test]
fn formatting_is_idempotent_and_the_repository_is_formatted() {
    let options = FormatOptions::default();
    let shape = clearway_model::vocabulary::Shape;
    let mut sources = sources_of("examples");
    sources.extend(sources_of("stdlib"));
    for (path, text) in sources {
        let once = format(&text, &options, &shape);
        assert_eq!(format(&once, &options, &shape), once, "{path}");
        assert_eq!(once, text, "{path} is not formatted");
    }
}

#[test]
fn the_same_project_gives_the_same_bytes() {
    let fixture = Fixture::folder(&repository().join("tests/failing/types/five-mistakes"));
    let once: Vec<String> = fixture.reports().iter().map(line).collect();
    let again: Vec<String> = fixture.reports().iter().map(line).collect();
    assert_eq!(once.len(), 5);
    assert_eq!(once, again);
}

#[test]
fn examples_check_without_an_error_or_a_warning() {
    let manifests = files_below(&repository().join("examples"));
    let projects: Vec<_> = manifests
        .iter()
        .filter(|path| path.ends_with("clearway.toml"))
        .filter_map(|path| path.parent())
        .collect();
    assert!(!projects.is_empty());
    for project in projects {
        // The shop has no date of its own: it holds at any time.
        let times: &[&str] = if project.ends_with("online-boutique") {
            &["2026-11-02T09:00:00Z", "2026-12-25T12:00:00Z", "2027-07-01T00:00:00Z"]
        } else {
            &["2026-11-02T09:00:00Z"]
        };
        for now in times {
            let mut fixture = Fixture::folder(project);
            fixture.now = Some(now.parse().unwrap());
            let lines: Vec<String> = fixture.reports().iter().map(line).collect();
            assert_eq!(lines, [""; 0], "{} at {now}", project.display());
        }
    }
}

#[test]
fn every_text_field_is_typed_by_its_declaration_alone() {
    // What the vocabulary declares is accepted, typed and laid out without another list: every field of every kind is tried
    // with a value of a wrong type, and the error names the field's own type.
    let mut tried = 0;
    for kind in Vocabulary::get().declarable().filter(|kind| !kind.library_only && !kind.typed) {
        for field in kind.contents.fields.iter().filter(|field| field.ty == Type::Text) {
            let text = format!("{} x {{\n  {} = 12\n}}\n", kind.name, field.name);
            let found: Vec<String> = Fixture::of(&text).reports().iter().map(line).collect();
            let expected = "main.cw:2:".to_owned();
            assert!(
                found
                    .iter()
                    .any(|line| line.starts_with(&expected)
                        && line.contains("expected a text, found a number")),
                "{text}{found:#?}"
            );
            tried += 1;
        }
    }
    assert!(tried >= 9, "only {tried} fields");
}
