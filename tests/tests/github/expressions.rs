//! Expressions: types, operators, functions, and what is refused.

use std::collections::BTreeMap;

use clearway_verify::github::{Condition, Expression, Scope, Value, template, truth, value};

/// What the tests can see: two needed jobs, an open `github`, and a run that goes well.
struct Seen;

impl Scope for Seen {
    fn context(&self, name: &str) -> Option<Value> {
        let job = |result: Value| {
            let version = ("Version".to_owned(), Value::text("1.2"));
            let outputs = Value::Object(BTreeMap::from([version]));
            Value::Object(BTreeMap::from([("result".to_owned(), result), ("outputs".to_owned(), outputs)]))
        };
        let either = Value::among(["success", "failure"].map(Value::text));
        match name {
            "needs" => Some(Value::Object(BTreeMap::from([
                ("build".to_owned(), job(Value::text("success"))),
                ("scan".to_owned(), job(either)),
            ]))),
            "github" => Some(Value::Open(BTreeMap::from([("run_attempt".to_owned(), Value::text("1"))]))),
            _ => None,
        }
    }

    fn status(&self, function: &str) -> Option<Option<bool>> {
        match function {
            "success" | "always" => Some(Some(true)),
            "failure" => Some(Some(false)),
            "cancelled" => Some(None),
            _ => None,
        }
    }
}

fn gives(text: &str) -> Value {
    value(&Expression::read(text).unwrap(), &Seen).unwrap()
}

fn holds(text: &str) -> Option<bool> {
    truth(&Expression::read(text).unwrap(), &Seen).unwrap()
}

#[test]
fn literals() {
    for (text, expected) in [
        ("null", Value::Null),
        ("true", Value::Bool(true)),
        ("-9.2", Value::Number(-9.2)),
        ("0xff", Value::Number(255.0)),
        ("0o17", Value::Number(15.0)),
        ("-2.99e-2", Value::Number(-0.0299)),
        ("'It''s'", Value::text("It's")),
        ("''", Value::text("")),
        ("'a }} ${{ b'", Value::text("a }} ${{ b")),
    ] {
        assert_eq!(gives(text), expected, "{text}");
    }
}

#[test]
fn values_of_different_types_are_compared_as_numbers_and_texts_without_capitals() {
    for text in [
        "null == 0",
        "null == ''",
        "'' == 0",
        "false == 0",
        "true == '1'",
        "'0x10' == 16",
        "' 12 ' == 12",
        "'Success' == 'success'",
        "'abc' < 'B'",
        "2 < 10",
        "'2' > '10'",
        "'10' > 9",
        "1 != 'x'",
        "NaN != NaN",
        "github.run_attempt == 1",
        "github.run_attempt == '1'",
        "github['run_attempt'] == '1'",
        "GitHub.Run_Attempt == '1'",
    ] {
        assert_eq!(holds(text), Some(true), "{text}");
    }
    for text in ["'x' == 0", "'x' < 1", "'x' >= 1", "'true' == true", "fromJSON('[]') == 0", "null == 'null'"]
    {
        assert_eq!(holds(text), Some(false), "{text}");
    }
}

#[test]
fn what_counts_as_true() {
    for text in
        ["'false'", "'0'", "' '", "-1", "fromJSON('[]')", "fromJSON('{}')", "needs.build", "!needs.nobody"]
    {
        assert_eq!(holds(text), Some(true), "{text}");
    }
    for text in ["''", "0", "-0", "null", "false", "NaN", "needs.nobody", "needs.nobody.result", "!'x'"] {
        assert_eq!(holds(text), Some(false), "{text}");
    }
}

#[test]
fn operators_bind_and_give_their_operands() {
    assert_eq!(gives("'a' && 'b'"), Value::text("b"));
    assert_eq!(gives("'' || 'c'"), Value::text("c"));
    assert_eq!(gives("0 && 'b'"), Value::Number(0.0));
    // No ternary: the middle is false, and so the last one is given.
    assert_eq!(gives("true && '' || 'other'"), Value::text("other"));
    assert_eq!(gives("case(true, '', 'other')"), Value::text(""));
    assert_eq!(gives("case(false, 1, 0, 2, 3)"), Value::Number(3.0));
    assert_eq!(holds("true || false && false"), Some(true));
    assert_eq!(holds("!true || true"), Some(true));
    assert_eq!(holds("1 < 2 == true"), Some(true));
    assert_eq!(holds("(true || false) && false"), Some(false));
}

#[test]
fn functions() {
    for (text, expected) in [
        ("contains('Hello world', 'LLO')", Value::Bool(true)),
        ("contains('failure cancelled', 'fail')", Value::Bool(true)),
        ("contains(fromJSON('[\"failure\",\"cancelled\"]'), 'fail')", Value::Bool(false)),
        ("contains(fromJSON('[\"failure\",\"cancelled\"]'), 'Failure')", Value::Bool(true)),
        ("contains(fromJSON('[1, 2]'), '2')", Value::Bool(true)),
        ("startsWith('refs/heads/main', 'REFS/')", Value::Bool(true)),
        ("endsWith('a.yml', '.yaml')", Value::Bool(false)),
        ("format('{{{0}}} {1} {0}', 'a', 2)", Value::text("{a} 2 a")),
        ("join(fromJSON('[\"a\", 1, true]'), '-')", Value::text("a-1-true")),
        ("join(fromJSON('[\"a\", \"b\"]'))", Value::text("a,b")),
        ("fromJSON('{\"a\": {\"b\": [10, 20]}}').A.b[1]", Value::Number(20.0)),
        ("fromJSON('[1]')[5]", Value::Null),
        (
            "toJSON(fromJSON('{\"a\":[1,\"x\"],\"b\":{}}'))",
            Value::text("{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}"),
        ),
        ("join(needs.*.outputs.version, '+')", Value::text("1.2+1.2")),
        ("format('{0}', 100000)", Value::text("100000")),
        ("format('{0}', 0.1)", Value::text("0.1")),
    ] {
        assert_eq!(gives(text), expected, "{text}");
    }
}

#[test]
fn half_of_what_is_known_may_be_enough() {
    for (text, expected) in [
        ("github.actor == 'ana'", None),
        ("github.actor == 'ana' && false", Some(false)),
        ("github.actor == 'ana' || true", Some(true)),
        ("!cancelled()", None),
        ("needs.scan.result == 'success'", None),
        ("needs.scan.result != 'skipped'", Some(true)),
        ("needs.scan.result == 'cancelled'", Some(false)),
        ("contains(fromJSON('[\"success\",\"failure\"]'), needs.scan.result)", Some(true)),
        ("contains(needs.*.result, 'failure')", None),
        ("contains(needs.*.result, 'success')", Some(true)),
        ("contains(needs.*.result, 'skipped')", Some(false)),
        ("startsWith(needs.scan.result, 's')", None),
        ("toJSON(needs) == ''", None),
        ("case(cancelled(), 'a', 'b') == 'c'", Some(false)),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_is_refused() {
    for text in [
        "hashFiles('x')",
        "succeeded()",
        "success('build')",
        "contains('a')",
        "secrets.TOKEN",
        "format('{1}', 'a')",
        "format('{x}')",
        "fromJSON('{')",
        "fromJSON('[]') == fromJSON('[]')",
        "case(true, 1)",
        "fromJSON('[1]')['x']",
    ] {
        let read = Expression::read(text).unwrap();
        assert!(value(&read, &Seen).is_err(), "{text}");
    }
    let deep = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    let long = format!("'{}'", "x".repeat(21_000));
    for text in [
        "",
        "a.",
        "'a",
        "a b",
        "&& a",
        "a &&",
        "f(",
        "f(a,)",
        "a[",
        "a[]",
        "\"a\"",
        "a = b",
        "a & b",
        "1x",
        "$x",
        ")",
        &deep,
        &long,
        &"!".repeat(60),
    ] {
        assert!(Expression::read(text).is_err(), "{text}");
    }
}

#[test]
fn no_text_is_a_panic() {
    let words = [
        "'", "''", "${{", "}}", "(", ")", "[", "]", ".", "*", ",", "!", "&&", "==", "a", "1", "-", "é", "\n",
        " ",
    ];
    let mut rng = clearway_verify::Rng::new(7);
    for _ in 0..20_000 {
        let text: String = (0..rng.below(12)).map(|_| *rng.pick(&words)).collect();
        if let Ok(read) = Expression::read(&text) {
            let _ = value(&read, &Seen);
        }
        let _ = template(&text);
        let _ = Condition::read(&text);
    }
}

#[test]
fn success_is_implied_where_no_status_is_asked_for() {
    let asks = |text: &str| Condition::read(text).unwrap().asks_status;
    for text in
        ["", "  ", "true", "needs.build.result == 'success'", "'always()'", "contains('success()', 'x')"]
    {
        assert!(!asks(text), "{text}");
    }
    for text in [
        "always()",
        "!cancelled() && true",
        "${{ failure() }}",
        "true || (SUCCESS())",
        "format('{0}', always())",
    ] {
        assert!(asks(text), "{text}");
    }
    assert_eq!(Condition::read("").unwrap().expression, Expression::read("success()").unwrap());
    assert_eq!(Condition::read("true").unwrap().expression, Expression::read("success() && true").unwrap());
}

#[test]
fn a_text_around_an_expression_makes_a_text_of_it() {
    for (text, expected) in [
        ("${{ false }}", Some(false)),
        ("${{ false }}\n", Some(true)),
        (" ${{ false }}", Some(true)),
        ("${{ false }} && ${{ false }}", Some(true)),
        ("false\n", Some(false)),
        ("${{ '}}' == 'x' }}", Some(false)),
    ] {
        assert_eq!(truth(&Condition::read(text).unwrap().expression, &Seen).unwrap(), expected, "{text:?}");
    }
    let read = template("v${{ needs.build.outputs.version }}-{x}").unwrap();
    assert_eq!(value(&read, &Seen).unwrap(), Value::text("v1.2-{x}"));
    assert!(template("${{ 'a' ").is_err());
}
