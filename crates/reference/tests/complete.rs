//! The reference and the schema reach everything that the vocabulary and the catalogue declare.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeSet;

use clearway_diagnostics::catalogue;
use clearway_model::vocabulary::{Contents, Vocabulary};
use clearway_reference::{pages, schema};
use serde_json::Value;

fn kinds() -> impl Iterator<Item = &'static clearway_model::vocabulary::Kind> {
    Vocabulary::get().declarable().filter(|kind| !kind.library_only)
}

/// Every declared name with its path, and its documentation.
fn walk(path: &str, contents: &Contents, found: &mut Vec<(String, String)>) {
    let mut add = |name: &str, doc: &str| found.push((format!("{path}/{name}"), doc.to_owned()));
    contents.fields.iter().for_each(|field| add(&field.name, &field.doc));
    contents.positionals.iter().for_each(|positional| add(&positional.name, &positional.doc));
    contents.labels.iter().for_each(|label| add(&label.name, &label.doc));
    contents.flags.iter().for_each(|flag| add(&flag.name, &flag.doc));
    for clause in &contents.clauses {
        add(&clause.keyword, &clause.doc);
    }
    for clause in &contents.clauses {
        walk(&format!("{path}/{}", clause.keyword), &clause.contents, found);
    }
}

#[test]
fn the_schema_reaches_every_field_clause_label_and_flag() {
    let schema = schema();
    let mut names = 0;
    for kind in kinds() {
        let mut declared = Vec::new();
        walk("", &kind.contents, &mut declared);
        assert!(schema["properties"].get(kind.name.as_str()).is_some(), "{}", kind.name);
        for (path, doc) in declared {
            let mut at = &schema["$defs"][format!("kind.{}", kind.name)];
            for word in path.split('/').filter(|word| !word.is_empty()) {
                let object = if at["type"] == "array" { &at["items"] } else { at };
                at = object["properties"].get(word).unwrap_or_else(|| panic!("{} {path}", kind.name));
            }
            assert_eq!(at["description"].as_str(), Some(doc.as_str()), "{} {path}", kind.name);
            names += 1;
        }
    }
    assert!(names > 250, "only {names} names");
}

#[test]
fn what_the_schema_refers_to_is_defined() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let schema = schema();
    let mut found = BTreeSet::new();
    references(&schema, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let name = reference.strip_prefix("#/$defs/").unwrap();
        assert!(schema["$defs"].get(name).is_some(), "{reference}");
    }
}

#[test]
fn the_pages_reach_everything_that_is_declared() {
    let pages = pages();
    let page =
        |path: &str| pages.iter().find(|page| page.path == path).unwrap_or_else(|| panic!("no {path}"));
    for kind in kinds() {
        let text = &page(&format!("kinds/{}.md", kind.name)).text;
        let mut declared = Vec::new();
        walk("", &kind.contents, &mut declared);
        for (path, doc) in declared {
            let flat = text.replace("\\|", "|").replace('\n', " ");
            assert!(flat.contains(&doc.replace('\n', " ")), "{} {path}: {doc}", kind.name);
        }
    }
    let vocabulary = Vocabulary::get();
    for words in vocabulary.enums.values().flat_map(|words| &words.words) {
        assert!(page("words.md").text.contains(&format!("- `{}`: {}", words.name, words.doc)));
    }
    for unit in vocabulary.unit_spellings(None) {
        assert!(page("units.md").text.contains(&format!("`{unit}`")), "{unit}");
    }
    for function in vocabulary.functions.keys() {
        assert!(page("functions.md").text.contains(&format!("\n## `{function}`\n")), "{function}");
    }
    for code in catalogue::all() {
        assert_eq!(page(&format!("codes/{}.md", code.id())).text, code.page());
    }
    assert!(page("library/frameworks.md").text.contains("## `policy sox`"));
    assert!(
        page("library/metrics.md")
            .text
            .contains("## `metric tests.pass-rate(tag: a text = \"\")`, a percentage")
    );
}

#[test]
fn the_contents_link_to_every_page_and_to_no_other() {
    let pages = pages();
    let linked: BTreeSet<&str> =
        pages[0].text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let there: BTreeSet<&str> = pages.iter().skip(1).map(|page| page.path.as_str()).collect();
    assert_eq!(linked, there);
    let paths: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(paths.len(), pages.len());
}
