//! What the formatter makes of text: before and after.

use clearway_syntax::{Clause, ClauseShape, FormatOptions, PlainShape, format};

fn plain(text: &str) -> String {
    format(text, &FormatOptions { width: 100 }, &PlainShape)
}

/// Checks that the text becomes `after`, and that this stays as it is.
#[track_caller]
fn becomes(before: &str, after: &str) {
    let formatted = plain(before);
    assert!(formatted == after, "--- expected\n{after}\n--- found\n{formatted}");
    let again = plain(&formatted);
    assert!(again == formatted, "--- once\n{formatted}\n--- twice\n{again}");
}

/// The same for the statements of a block, written without their indentation.
#[track_caller]
fn block_becomes(before: &str, after: &str) {
    let block = |text: &str| {
        let lines: String = text
            .lines()
            .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
            .collect();
        format!("service a {{\n{lines}}}\n")
    };
    becomes(&block(before), &block(after));
}

#[track_caller]
fn block_stays(text: &str) {
    block_becomes(text, text);
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_sample_of_the_design_comes_out_as_it_is_with_its_columns() {
    let sample = include_str!("sample.cw");
    let expected = sample
        .replace("ledger.api ^2.1", "ledger.api    ^2.1")
        .replace("auth-sdk ^5.2", "auth-sdk      ^5.2")
        .replace("standard                      //", "standard  //");
    assert_eq!(format(sample, &FormatOptions { width: 125 }, &PlainShape), expected);
}

#[test]
fn a_file_ends_with_one_line_end_and_an_empty_one_stays_empty() {
    becomes("", "");
    becomes(" \n\n", "");
    becomes("use a.b", "use a.b\n");
    becomes("use a.b\n\n\n", "use a.b\n");
    becomes("\n\n// only a comment", "// only a comment\n");
    becomes("\u{feff}use a.b\n", "use a.b\n");
}

#[test]
fn the_line_ends_of_most_lines_are_kept() {
    becomes(
        "service a {\r\n  x=1 // c\r\n  y = \"\"\"\r\nraw\n\"\"\"\r\n}\r\n",
        "service a {\r\n  x = 1  // c\r\n  y = \"\"\"\r\nraw\n\"\"\"\r\n}\r\n",
    );
    becomes("use a\r\nuse b\nuse c\n", "use a\nuse b\nuse c\n");
}

#[test]
fn one_blank_line_separates_items_and_short_neighbours_may_stay_together() {
    becomes(
        "// top\nuse b\nuse a\n\n\nuse c\nlet x = 1\nlet long = 2\nservice a { }\nservice b { }\nservice c {\n x = 1\n}\n// about d\nservice d { }\n",
        "// top\nuse b\nuse a\n\nuse c\n\nlet x    = 1\nlet long = 2\n\nservice a { }\nservice b { }\n\nservice c {\n  x = 1\n}\n\n// about d\nservice d { }\n",
    );
    // A remark that stands directly below an item may belong to it.
    becomes("a {\n x 1\n}\n// of a\n\nb { }\n", "a {\n  x 1\n}\n// of a\n\nb { }\n");
}

#[test]
fn what_does_not_parse_is_left_alone() {
    becomes(
        "use  a\nservice a {\n   x = = 2\n     y   = 1\n}\n\n\n\nservice  b { x=1 }",
        "use a\n\nservice a {\n   x = = 2\n     y   = 1\n}\n\n\n\nservice b { x = 1 }\n",
    );
    becomes("service a {\n x = 1 < 2 < 3\n}", "service a {\n x = 1 < 2 < 3\n}");
}

// ── Items ────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn uses() {
    becomes("use  a.b   as  c\nuse a.b.{c,d,}\n", "use a.b as c\nuse a.b.{ c, d }\n");
    becomes("use a.b.{\n c, d // why\n }\n", "use a.b.{\n  c,\n  d,  // why\n}\n");
}

#[test]
fn headers() {
    becomes(
        "rollout r( a:percent=1% ,b : list(text), ):base( x=1 ),other{ }",
        "rollout r(a: percent = 1%, b: list(text)) : base(x = 1), other { }\n",
    );
    becomes("policy{x 1}\ntest  \"a b\"  { }", "policy { x 1 }\n\ntest \"a b\" { }\n");
    becomes(
        "rollout r(\n  /// What it is.\n  a: percent, b: text // why\n): base {\n}\n",
        "rollout r(\n  /// What it is.\n  a: percent,\n  b: text,  // why\n) : base { }\n",
    );
    becomes(
        "rollout careful(max-errors: percent = 1%, window: duration = 10 m, another: list(text) = []) : canary {\n x = 1\n}",
        "rollout careful(\n  max-errors: percent = 1%,\n  window: duration = 10 m,\n  another: list(text) = [],\n) : canary {\n  x = 1\n}\n",
    );
    becomes("alert a when x>1 for 5   m : b{ }", "alert a when x>1 for 5   m : b{ }");
}

// ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_block_stays_on_its_line_or_on_its_lines() {
    becomes("service a{x=b;y=1}", "service a { x = b  y = 1 }\n");
    becomes("service a {\n x = b }", "service a {\n  x = b\n}\n");
    becomes("service a {\n\n}\n", "service a { }\n");
    block_becomes("build {run = x output=y}", "build { run = x  output = y }");
    block_becomes(
        "a { b 1; c 2;d = 1;e 3; f = 10 m  g { };h 1; }",
        "a { b 1; c 2; d = 1; e 3; f = 10 m  g { }  h 1 }",
    );
    block_becomes("a { x = 1;let y = 2; m = 3; and = 4 }", "a { x = 1; let y = 2  m = 3; and = 4 }");
}

#[test]
fn a_block_that_is_too_long_is_spread() {
    block_becomes(
        "stage production { gates = [load-test, pentest]  approval = standard  rollout = careful(max-errors = 0.5%) }",
        "stage production {\n  gates    = [load-test, pentest]\n  approval = standard\n  rollout  = careful(max-errors = 0.5%)\n}",
    );
}

#[test]
fn a_separator_goes_where_a_line_end_takes_its_place_and_stays_where_it_is_needed() {
    block_becomes("a 1; b 2;;c = 3;\n;", "a 1\nb 2\nc = 3");
    block_becomes("require a; or b", "require a;\nor b");
    block_becomes("x = a; and = 2", "x   = a;\nand = 2");
}

#[test]
fn blank_lines_are_kept_one_at_a_time_and_not_at_the_edges() {
    block_becomes("\n\na 1\n\n\n\nb 2\n// c\n\n\n// d\n\n", "a 1\n\nb 2\n// c\n\n// d");
}

// ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn fields_line_up_until_something_stands_between_them() {
    block_becomes(
        "a = 1\nlonger = 2\n\nb = 1\n// c\nlongest = 2\nd = 1\nlist = [ // why\n x]\ne = 1",
        "a      = 1\nlonger = 2\n\nb = 1\n// c\nlongest = 2\nd       = 1\nlist    = [  // why\n  x,\n]\ne = 1",
    );
    block_becomes("let a = 1\nlet long = 2\nb = 3", "let a    = 1\nlet long = 2\nb = 3");
}

#[test]
fn clauses_of_one_keyword_line_up_with_their_blocks() {
    block_becomes(
        "requires a ^1 optional\nrequires long.name ^2.1 weak\nship x\nrequires b ^1",
        "requires a         ^1   optional\nrequires long.name ^2.1 weak\nship x\nrequires b ^1",
    );
    block_becomes(
        "step review { from = owner need = 1 }\nstep b { from = change-board need = 3; within 2 d }\nstep c { }",
        "step review { from = owner         need = 1 }\nstep b      { from = change-board  need = 3; within 2 d }\nstep c      { }",
    );
    block_becomes(
        "stage a { gates = [x]  bake = 1 h }\nstage long { approval = y }",
        "stage a    { gates = [x]  bake = 1 h }\nstage long { approval = y }",
    );
}

#[test]
fn comparisons_line_up_when_they_are_alike() {
    block_becomes(
        "watch http.error-rate <= x over 5 m\nwatch p99 <= 400 ms over 5 m",
        "watch http.error-rate <= x      over 5 m\nwatch p99             <= 400 ms over 5 m",
    );
    block_stays("require tests.pass-rate >= 95%\nrequire tests.failed(tag = \"critical-journey\") == 0");
}

#[test]
fn columns_that_would_make_a_line_too_long_are_left() {
    let long = "x".repeat(60);
    block_stays(&format!("a {long} b\na y {}", "z".repeat(50)));
    let wide = format!("note \"{}\" one\nnote \"b\" \"{}\"", "a".repeat(35), "c".repeat(60));
    block_stays(&wide);
}

#[test]
fn the_vocabulary_names_the_columns() {
    struct Step;
    impl ClauseShape for Step {
        fn columns(&self, path: &[&str], clause: &Clause) -> Vec<u32> {
            if clause.keyword.text == "canary" {
                assert_eq!(path, ["rollout"]);
                return vec![];
            }
            assert_eq!(path, ["rollout", "canary"]);
            assert_eq!(clause.keyword.text, "step");
            match clause.operands.len() {
                1 => vec![0],
                3 if clause.operands[1].as_name().is_some_and(|name| name.text == "hold") => vec![0, 1, 1],
                3 => vec![0, 2, 2],
                _ => vec![0, 1, 1, 2, 2],
            }
        }
    }
    let before = "rollout a {\n canary {\n  step 5% hold 10 m\n  step 25% for x\n  step 100% hold 5 m for long\n step 1%\n }\n}";
    let after = "rollout a {\n  canary {\n    step 5%   hold 10 m\n    step 25%           for x\n    step 100% hold 5 m for long\n    step 1%\n  }\n}\n";
    let formatted = format(before, &FormatOptions { width: 100 }, &Step);
    assert!(formatted == after, "{formatted}");
}

#[test]
fn comments_at_line_ends_line_up_unless_they_would_be_far_away() {
    block_becomes(
        "a = 1 // one\nlonger = 2    // two\nc 1 // three\n\nd = 1 // four",
        "a      = 1  // one\nlonger = 2  // two\nc 1         // three\n\nd = 1  // four",
    );
    let long = format!("a = \"{}\"  // one\nb 1  // two", "x".repeat(50));
    block_stays(&long);
}

// ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn spaces_in_values() {
    for (before, after) in [
        ("f( a,b=c )", "f(a, b = c)"),
        ("[ a ,b, ]", "[a, b]"),
        ("[ ]", "[]"),
        ("a+b *c- -d/e", "a + b * c - -d / e"),
        ("a<=b and  not(c)", "a <= b and not (c)"),
        ("Mon .. Thu", "Mon..Thu"),
        ("09:00 ..16:00", "09:00..16:00"),
        ("^1 .. 2", "^1 .. 2"),
        ("( a or b )", "(a or b)"),
        ("if a  then b else   c", "if a then b else c"),
        ("[for x   in xs if c:e]", "[for x in xs if c : e]"),
        ("10   m", "10 m"),
        ("250ms", "250ms"),
        ("5\tMB/s", "5 MB/s"),
        ("\"a  ${ b }  \\\" c\"", "\"a  ${ b }  \\\" c\""),
        ("\"\"\" a  \"\"\"", "\"\"\" a  \"\"\""),
        ("1_000", "1_000"),
        (">=1.2", ">=1.2"),
        ("a /* x */+/*y*/ b", "a /* x */ + /*y*/ b"),
        ("f(/* x */ a, b /* y */)", "f(/* x */ a, b /* y */)"),
        ("[ /* x */\n]", "[/* x */]"),
    ] {
        block_becomes(&format!("x = {before}"), &format!("x = {after}"));
    }
    block_becomes("separate a ,b,  c", "separate a, b, c");
    block_becomes("requires a   >=1.2 ,<3  -x", "requires a >=1.2, <3 -x");
    block_becomes("x(a)", "x (a)");
    block_becomes("a f(b)(c)\"d\"", "a f(b) (c) \"d\"");
}

#[test]
fn brackets_are_broken_when_the_user_did_when_a_comment_asks_for_it_and_when_they_do_not_fit() {
    block_becomes("x = [a,\n  b,\n c]", "x = [a, b, c]");
    block_becomes("x = [\n a, b,\n\n c]", "x = [\n  a,\n  b,\n\n  c,\n]");
    block_becomes("x = [a, // one\n b]", "x = [\n  a,  // one\n  b,\n]");
    block_becomes(
        "x = [a // one\n , b // two\n // three\n]",
        "x = [\n  a,  // one\n  b,  // two\n  // three\n]",
    );
    block_becomes(
        "evidence = junit(\"reports/e2e/**/*.xml\", mode = strict, other = \"a rather long text that makes it long\")",
        "evidence = junit(\n  \"reports/e2e/**/*.xml\",\n  mode = strict,\n  other = \"a rather long text that makes it long\",\n)",
    );
    block_becomes("x = f([\na, b])", "x = f([\n  a,\n  b,\n])");
    block_becomes("x = f(\"\"\"\n raw\n\"\"\")", "x = f(\"\"\"\n raw\n\"\"\")");
    block_becomes("x = (\n a or b)", "x = (\n  a or b\n)");
}

#[test]
fn chains_are_broken_before_their_operators() {
    block_becomes(
        "x = a\n    and b   // why\n // more\n  and c",
        "x = a\n  and b  // why\n  // more\n  and c",
    );
    block_becomes("x = (a and\n b)", "x = (a\n  and b)");
    block_becomes("x = a and b\n or c", "x = a and b\n  or c");
    block_becomes(
        "when = risk >= high and environment.tier == production and not emergency or owner == somebody-with-a-name",
        "when = risk >= high and environment.tier == production and not emergency\n  or owner == somebody-with-a-name",
    );
    block_becomes(
        "x = if environment.tier == production and not emergency then some-very-long-name-of-a-value else another",
        "x = if environment.tier == production and not emergency\n  then some-very-long-name-of-a-value\n  else another",
    );
    block_becomes(
        "x = [for one in services-of-the-platform if one.tier == 1 and one.owner == somebody-else : one.name-of-it]",
        "x = [\n  for one in services-of-the-platform\n  if one.tier == 1 and one.owner == somebody-else\n  : one.name-of-it\n]",
    );
    // On one line the name after the number would be no unit.
    block_becomes("x = [for y in z if y > 5 m\n : y]", "x = [\n  for y in z\n  if y > 5 m\n  : y\n]");
}

// ── Comments ─────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn comments_stay_where_they_are() {
    becomes(
        "// top\n\n\n/* block */ /* two */\nservice a { // of a\n// first\n   x = 1 // of x\n // last\n} // of the end\n// end",
        "// top\n\n/* block */ /* two */\nservice a {  // of a\n  // first\n  x = 1  // of x\n  // last\n}  // of the end\n// end\n",
    );
    becomes("a { /* c */\n}\n", "a { /* c */ }\n");
    becomes("a { // c\n}\n", "a {  // c\n}\n");
    block_becomes("/* a */ x = 1 /* b */ y = 2", "/* a */ x = 1 /* b */\ny = 2");
    block_becomes("x /* a */ = /* b */ 1/* c */;// d", "x /* a */ = /* b */ 1 /* c */  // d");
    block_becomes(
        "step /* a */ 5%/* b */hold 10 m /* c */ { }",
        "step /* a */ 5% /* b */ hold 10 m /* c */ { }",
    );
    block_becomes("/* one\n     two */ x = 1", "/* one\n     two */\nx = 1");
    block_becomes("x = a // one\n\n y = 2", "x = a  // one\n\ny = 2");
}

#[test]
fn documentation_stays_documentation_and_no_comment_becomes_it() {
    block_becomes("/// of x\n   /// more\nx = 1", "/// of x\n/// more\nx = 1");
    block_becomes("x = 1 /// not of y\ny = 2", "x = 1  /// not of y\ny = 2");
    becomes("a { /// not of x\nx = 1\n}", "a {  /// not of x\n  x = 1\n}\n");
    block_becomes("x = 1 /* a */ /// not of y\ny = 2", "x = 1 /* a */  /// not of y\ny = 2");
    block_becomes("/* a */ /// not of y\ny = 2", "/* a */  /// not of y\ny = 2");
}
