//! Outline, colours, folds, selections, links, the graph.

use super::fixture::Fixture;
use crate::symbols::{self, Symbol};
use crate::{graph, links, shape, tokens};

fn outline(symbols: &[Symbol], depth: usize, out: &mut String) {
    for symbol in symbols {
        let detail = if symbol.detail.is_empty() { String::new() } else { format!(" ({})", symbol.detail) };
        *out += &format!("{}{}{detail}\n", "  ".repeat(depth), symbol.name);
        outline(&symbol.children, depth + 1, out);
    }
}

#[test]
fn the_outline_has_declarations_with_what_is_in_them() {
    let fixture = Fixture::new(
        "$0let x = 1\nrelease november {\n  class = standard\n  ship checkout 3.4.0\n  stage staging { gates = [] }\n}\n",
    );
    let mut text = String::new();
    outline(&symbols::of_file(&fixture.workspace, fixture.file), 0, &mut text);
    assert_eq!(text, "x (let)\nnovember (release)\n  class\n  ship checkout\n  stage staging\n    gates\n");
}

#[test]
fn every_name_has_its_colour() {
    let fixture = Fixture::new(
        "$0service a {\n  version = 1.0.0\n  provides api 1.0.0\n}\ngate g {\n  require tests.pass-rate >= 95%\n}\nrollout r(max: percent = 1%) : canary {\n  step 5% hold 10 m\n  watch http.error-rate <= max over 5 m\n  on-breach = pause\n}\n",
    );
    let text = fixture.file.text(&fixture.workspace);
    let found = tokens::tokens(&fixture.workspace, fixture.file);
    let shown: Vec<String> = found
        .iter()
        .map(|token| {
            let marks = if token.declares {
                "!"
            } else if token.library {
                "*"
            } else {
                ""
            };
            format!("{} {:?}{marks}", &text[token.span.range()], token.sort)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "service Keyword",
            "a Declaration!",
            "version Field",
            "provides Keyword",
            "api Part!",
            "gate Keyword",
            "g Declaration!",
            "require Keyword",
            "tests.pass-rate Template*",
            "rollout Keyword",
            "r Template!",
            "max Local!",
            "canary Declaration*",
            "step Keyword",
            "hold Label",
            "m Unit",
            "watch Keyword",
            "http.error-rate Declaration*",
            "max Local",
            "over Label",
            "m Unit",
            "on-breach Field",
            "pause Word",
        ]
    );
}

#[test]
fn blocks_lists_comments_and_imports_fold() {
    let fixture = Fixture::new(
        "$0// One.\n// Two.\nuse a\nuse b\n\nservice x {\n  data = [\n    personal,\n  ]\n  build {\n    run = \"make\"\n  }\n}\n",
    );
    let text = fixture.file.text(&fixture.workspace);
    let line = |offset: u32| text[..offset as usize].matches('\n').count() + 1;
    let folds: Vec<_> = shape::folds(&fixture.workspace, fixture.file)
        .into_iter()
        .map(|fold| (line(fold.span.start), line(fold.span.end), fold.sort))
        .collect();
    use shape::Sort::{Block, Comment, Imports};
    assert_eq!(folds, [(1, 2, Comment), (3, 4, Imports), (6, 13, Block), (7, 9, Block), (10, 12, Block)]);
}

#[test]
fn a_selection_grows_from_the_name_to_the_text() {
    let fixture = Fixture::new("service x {\n  owner = team$0-a\n}\n");
    let text = fixture.file.text(&fixture.workspace);
    let grown: Vec<&str> = shape::around(&fixture.workspace, fixture.file, fixture.offset)
        .into_iter()
        .map(|span| &text[span.range()])
        .collect();
    assert_eq!(grown[..2], ["team-a", "owner = team-a"]);
    assert_eq!(grown[grown.len() - 1], &**text);
    assert!(grown.windows(2).all(|pair| pair[1].contains(pair[0])));
}

#[test]
fn modules_and_paths_are_links() {
    let fixture = Fixture::new(
        "//- people.cw\nteam a { members = [] }\n//- main.cw\n$0use people.a\nenvironment e { deployed = state(\"state/e.json\") }\n",
    );
    let text = fixture.file.text(&fixture.workspace);
    let found = links::links(&fixture.workspace, fixture.file);
    let shown: Vec<String> = found
        .iter()
        .map(|link| match &link.target {
            links::Target::Module(file) => {
                format!("{} {}", &text[link.span.range()], file.path(&fixture.workspace))
            }
            links::Target::File(path) => format!("{} {path}", &text[link.span.range()]),
        })
        .collect();
    assert_eq!(shown, ["people people.cw", "state/e.json state/e.json"]);
}

#[test]
fn the_graph_goes_both_ways() {
    let fixture = Fixture::new(
        "service led$0ger { version = 1.0.0 }\nservice a {\n  version = 1.0.0\n  requires ledger ^1\n}\nservice b {\n  version = 1.0.0\n  requires ledger ^1\n  requires a ^1\n}\n",
    );
    let db = &fixture.workspace;
    let ledger = graph::at(db, fixture.file, fixture.offset).unwrap();
    let names = |found: Vec<graph::Neighbour>| {
        found.into_iter().map(|neighbour| neighbour.item.name(db).to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(graph::requiring(db, ledger)), ["a", "b"]);
    assert_eq!(names(graph::required(db, ledger)), [""; 0]);
    let b = graph::in_file(db, fixture.file)[2];
    assert_eq!(names(graph::required(db, b)), ["ledger", "a"]);
    let text = fixture.file.text(db);
    let places = &graph::requiring(db, ledger)[1].places;
    assert_eq!(places.iter().map(|span| &text[span.range()]).collect::<Vec<_>>(), ["ledger"]);
}
