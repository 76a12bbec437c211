//! The lists of words in the editors' files are those of the vocabulary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use clearway_model::vocabulary::Vocabulary;
use clearway_tests::read;

fn kinds() -> BTreeSet<String> {
    let kinds = Vocabulary::get().declarable().filter(|kind| !kind.library_only);
    kinds.map(|kind| kind.name.to_string()).collect()
}

fn units() -> BTreeSet<String> {
    Vocabulary::get().unit_spellings(None).map(str::to_owned).collect()
}

fn set<'t>(words: impl IntoIterator<Item = &'t str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_textmate_grammar_knows_all_kinds_and_units() {
    let text = read("editors/vscode/syntaxes/clearway.tmLanguage.json");
    let grammar: serde_json::Value = serde_json::from_str(&text).unwrap();
    let pattern = |name: &str| grammar["repository"][name]["match"].as_str().unwrap().to_owned();
    let (known_kinds, known_units) = (pattern("kinds"), pattern("units"));
    assert_eq!(set(known_kinds.split('|')), kinds());
    assert_eq!(set(known_units.split('|')), units());
    // The rules that colour use the same lists.
    assert!(pattern("declaration").contains(&format!("({known_kinds})")));
    let quantity = grammar["repository"]["numbers"].to_string();
    assert!(quantity.contains(&format!("({known_units})")));
}

#[test]
fn the_vim_syntax_knows_all_kinds_and_units() {
    let text = read("editors/neovim/syntax/clearway.vim");
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start)).unwrap();
    assert_eq!(set(line("syntax keyword clearwayKind ").split(' ')), kinds());
    let known = line("syntax match   clearwayUnit ").rsplit_once("\\%(").unwrap().1;
    assert_eq!(set(known.split_once("\\)").unwrap().0.split("\\|")), units());
}

#[test]
fn the_emacs_mode_knows_all_kinds_and_units() {
    let text = read("editors/emacs/clearway-mode.el");
    let list = |name: &str| {
        let rest = text.split_once(&format!("(defconst {name}\n  '(")).unwrap().1;
        set(rest.split_once(')').unwrap().0.split(' ').map(|word| word.trim_matches('"')))
    };
    assert_eq!(list("clearway-kinds"), kinds());
    assert_eq!(list("clearway-units"), units());
}
