//! What the parser makes of broken text: one error for each mistake, its neighbours intact.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use clearway_syntax::{Item, Statement, parse};

fn errors(text: &str) -> Vec<String> {
    let show = |error: clearway_syntax::SyntaxError| {
        format!("{} {} @ {}", error.code.id(), error.message, &text[error.span.range()])
    };
    parse(text).syntax_errors().map(show).collect()
}

fn outline(text: &str) -> Vec<String> {
    let statement = |statement: &Statement| match statement {
        Statement::Let(item) => format!("let {}", item.name.text),
        Statement::Field(field) => format!("{} =", field.name.text),
        Statement::Clause(clause) => format!("{}/{}", clause.keyword.text, clause.operands.len()),
    };
    parse(text)
        .items()
        .map(|(_, item)| match item {
            Item::Use(item) => format!("use {}", item.path.last().unwrap().text),
            Item::Let(item) => format!("let {}", item.name.text),
            Item::Declaration(item) => {
                let body: Vec<_> = item.body.statements.iter().map(statement).collect();
                let name = item.name.as_ref().map_or("", |name| name.text.as_str());
                format!("{} {name} {{ {} }}", item.kind.text, body.join("; "))
            }
        })
        .collect()
}

/// Each broken declaration, with the errors it should have; what stands before and after it must stay whole.
const BROKEN: &[(&str, &[&str])] = &[
    ("service a {\n  version = = 2\n}\n", &["CW0101 there is one `=` too many @ ="]),
    ("service a {\n  version =\n  owner = b\n}\n", &["CW0101 `version` has no value @ ="]),
    ("service a {\n  version = 1.0\n\n", &["CW0102 this block is not closed @ {"]),
    ("service a {\n  build {\n    run = \"x\"\n  owner = c\n}\n", &["CW0102 this block is not closed @ {"]),
    ("service a {\n  x = 1\n}\n  y = 2\n}\n", &["CW0103 this `}` closes nothing @ }"]),
    ("service a\n  x = 1\n}\n", &["CW0101 `service a` has no block @ service a"]),
    ("service a\n{\n  x = 1\n}\n", &["CW0101 the `{` of a declaration stands on its first line @ {"]),
    ("service a {\n  x = \"abc\n  y = 2\n}\n", &["CW0104 this text is not closed @ \"abc"]),
    ("service a {\n  x = \"\"\"abc\n  y = 2\n}\n", &["CW0104 this text is not closed @ \"\"\""]),
    ("service a {\n  /* abc\n  y = 2\n}\n", &["CW0105 this comment is not closed @ /*"]),
    ("service a {\n  x = [1, 2\n  y = 2\n}\n", &["CW0107 this `[` is not closed @ ["]),
    ("service a {\n  owner: b\n}\n", &["CW0101 a field is written with `=` @ :"]),
    (
        "service a {\n  x = a,\n  y = b,\n}\n",
        &[
            "CW0101 there is no comma at the end of a statement @ ,",
            "CW0101 there is no comma at the end of a statement @ ,",
        ],
    ),
    ("service a {\n  q = 5-3\n}\n", &["CW0101 `5-3` is neither a number nor a date @ 5-3"]),
    ("service a {\n  c = a < b < c\n}\n", &["CW0101 comparisons do not chain @ <"]),
    ("service\n", &["CW0101 `service` stands outside of a declaration @ service"]),
    ("use a.b.\n", &["CW0101 expected a name or a name after the dot before the end of the line @ "]),
    ("garbage here\n", &["CW0101 `garbage` stands outside of a declaration @ garbage"]),
    ("gate // 2\ne2e /* 3 */ {\n  require a\n}\n", &["CW0101 `gate` stands outside of a declaration @ gate"]),
];

#[test]
fn each_mistake_is_one_error_and_the_neighbours_stay_whole() {
    let before = "service first {\n  owner = a\n  requires b ^1\n}\n\n";
    let after = "\nservice last {\n  owner = z\n}\n";
    for (broken, expected) in BROKEN {
        let text = format!("{before}{broken}{after}");
        assert_eq!(errors(&text), *expected, "{broken}");
        let outline = outline(&text);
        assert_eq!(
            outline.first().map(String::as_str),
            Some("service first { owner =; requires/2 }"),
            "{broken}"
        );
        assert_eq!(outline.last().map(String::as_str), Some("service last { owner = }"), "{broken}");
    }
}

#[test]
fn one_brace_lost_and_another_too_many_elsewhere_do_not_balance() {
    let text = "gate g {\n  x = 1\nservice b {\n  y = 2\n}\n}\n";
    assert_eq!(outline(text), ["gate g { x = }", "service b { y = }"]);
    assert_eq!(errors(text).len(), 2);
}

#[test]
fn a_text_without_indentation_is_fine_until_it_is_mixed() {
    let text = "service x {\nversion = 1.0.0\nstage y {\n}\n}\n";
    assert_eq!(errors(text), [""; 0]);
    assert_eq!(outline(text), ["service x { version =; stage/1 }"]);
    let text = "service x {\nversion = = 1.0.0\nstage y {\n}\n}\n";
    assert_eq!(errors(text).len(), 1);
    assert_eq!(errors("a { b {\nb {\nb {\n } } } }\n"), [""; 0]);
}

#[test]
fn operators_of_nested_expressions_are_bounded_together() {
    let deep = format!("let x = {}1{}\n", "(1 + 1 + ".repeat(100), ")".repeat(100));
    assert_eq!(errors(&deep), [""; 0]);
    let deeper = format!("let x = {}1{}\n", format!("({}", "1 + ".repeat(50)).repeat(100), ")".repeat(100));
    assert!(!errors(&deeper).is_empty());
}

#[test]
fn parameters_have_documentation() {
    let text = "rollout r(\n  /// How many.\n  a: count,\n  b: count,\n) {\n}\n";
    let parsed = parse(text);
    let Some((_, Item::Declaration(declaration))) = parsed.items().next() else { panic!("no declaration") };
    let docs: Vec<_> = declaration.params.iter().flatten().map(|param| param.doc.as_deref()).collect();
    assert_eq!(docs, [Some("How many."), None]);
}

#[test]
fn the_deepest_text_fits_on_a_small_stack() {
    let levels = 128;
    let of = |open: &str, close: &str| format!("let x = {}1{}\n", open.repeat(levels), close.repeat(levels));
    let mut texts =
        vec![of("(", ")"), of("[", "]"), of("f(a = ", ")"), of("if a then b else ", ""), of("\"${", "}\"")];
    texts.push(format!("a b {{\n{}{}\n}}\n", "c { ".repeat(levels - 1), "}".repeat(levels - 1)));
    // Damaged text takes other ways through the grammar.
    texts.extend(texts.clone().iter().map(|text| text.replacen('1', "= 1 ]", 1)));
    // Half of what a thread has by default; unoptimised code needs several times what a release needs.
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let parsed = small.spawn(move || texts.iter().map(|text| parse(text).pieces.len()).sum::<usize>());
    assert!(parsed.unwrap().join().unwrap() > 0);
}
