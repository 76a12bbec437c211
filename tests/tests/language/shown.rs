//! The tests show the whole language: every word of the vocabulary, and every production of the grammar.

use std::collections::BTreeSet;

use clearway_model::views::DEPLOYABLE;
use clearway_model::{Db, Values, all_sources, items, lower};
use clearway_tests::vocabulary_words;
use pest::Parser;

use crate::page::{Case, Form};
use crate::{STACK, cases, project};

/// What the grammar makes of a text, rule by rule.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/clearway.pest"]
struct Grammar;

/// The words of a declaration or clause that are written, as dotted paths.
fn written(path: &str, values: &Values, found: &mut BTreeSet<String>) {
    found.extend(
        values.fields.iter().filter(|field| field.written).map(|field| format!("{path}.{}", field.name)),
    );
    for clause in &values.clauses {
        let path = format!("{path}.{}", clause.keyword);
        found.extend(clause.parts.iter().map(|(part, _)| format!("{path}.{part}")));
        found.extend(clause.flags.iter().map(|(flag, _)| format!("{path}.{flag}")));
        written(&path, &clause.values, found);
        found.insert(path);
    }
}

fn words_of(case: &Case) -> BTreeSet<String> {
    let workspace = project(case).workspace();
    let db: &dyn Db = &workspace;
    let mut found = BTreeSet::new();
    for item in all_sources(db, db.project()).flat_map(|file| items(db, file)) {
        written(kind_of(item.kind(db)), &lower(db, *item).values, &mut found);
    }
    found
}

/// The kinds that are shipped are made of the same words: it is enough that one of them shows each.
fn kind_of(kind: &str) -> &str {
    if DEPLOYABLE.contains(&kind) { "deployable" } else { kind }
}

/// What all tests of the language show, each of which shows something.
fn shown(of: fn(&Case) -> BTreeSet<String>) -> BTreeSet<String> {
    let all = move || cases().iter().flat_map(of).collect();
    std::thread::Builder::new().stack_size(STACK).spawn(all).unwrap().join().unwrap()
}

#[test]
fn every_word_of_the_vocabulary_stands_in_a_test() {
    let shown = shown(words_of);
    let of_one_kind = |word: String| {
        word.split_once('.').map(|(kind, rest)| format!("{}.{rest}", kind_of(kind))).unwrap_or(word)
    };
    let declared: BTreeSet<String> = vocabulary_words().into_keys().map(of_one_kind).collect();
    let missing: Vec<&String> = declared.difference(&shown).collect();
    assert!(
        missing.is_empty(),
        "declared in stdlib/vocabulary, and in no test of the language: {missing:#?}"
    );
}

/// The rules that leave a trace in what is parsed: `build.rs` reads them out of the grammar.
const PRODUCTIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/productions.txt"));

fn productions_of(case: &Case) -> BTreeSet<String> {
    let texts = case.blocks.iter().filter(|block| block.form == Form::File && block.file.ends_with(".cw"));
    let ways = texts
        .flat_map(|block| [Rule::file, Rule::tolerant_file].map(|entry| Grammar::parse(entry, &block.text)));
    ways.flatten().flat_map(|pairs| pairs.flatten().map(|pair| format!("{:?}", pair.as_rule()))).collect()
}

#[test]
fn every_production_of_the_grammar_stands_in_a_test() {
    let shown = shown(productions_of);
    let missing: Vec<&str> = PRODUCTIONS.lines().filter(|rule| !shown.contains(*rule)).collect();
    assert!(missing.is_empty(), "in the grammar, and in no test of the language: {missing:#?}");
}
