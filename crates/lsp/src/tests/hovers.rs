//! Hover.

use super::fixture::{Fixture, reader};
use crate::hover;

fn hover(text: &str) -> String {
    let fixture = Fixture::new(text);
    hover::hover(&fixture.workspace, fixture.file, fixture.offset, &reader())
        .map_or("nothing".to_owned(), |(text, _)| text)
}

#[test]
fn fields_clauses_labels_and_words_show_their_documentation() {
    let field = hover("environment e { ti$0er = production }\n");
    assert!(field.contains("How close it is to customers") && field.contains("required"), "{field}");
    assert!(field.contains("- `staging`: Looks like production"), "{field}");
    let clause = hover("service a {\n  version = 1.0.0\n  req$0uires b.c ^1 optional\n}\n");
    assert!(clause.contains("requires TARGET RANGE [when …] [optional] [weak]"), "{clause}");
    let label = hover("rollout r : canary {\n  step 5% ho$0ld 10 m\n}\n");
    assert!(label.contains("How long it is held"), "{label}");
    let flag = hover("service a {\n  version = 1.0.0\n  requires b.c ^1 opt$0ional\n}\n");
    assert!(flag.contains("It may be absent"), "{flag}");
    let word = hover("environment e { tier = prod$0uction }\n");
    assert!(word.contains("Serves customers."), "{word}");
    let unit = hover("rollout r : canary {\n  step 5% hold 10 m$0\n}\n");
    assert!(unit.contains("A minute."), "{unit}");
    let function = hover("gate g { evidence = ju$0nit(\"a.xml\") }\n");
    assert!(function.contains("junit(files: a text or a list of such)"), "{function}");
}

#[test]
fn a_declaration_shows_what_it_says_and_who_requires_it() {
    let shown = hover(
        "/// Keeps the books.\nservice led$0ger {\n  version = 2.3.1\n  provides api 2.3.1\n}\nservice checkout {\n  version = 1.0.0\n  requires ledger.api ^2.1\n}\n",
    );
    assert_eq!(
        shown,
        "```clearway\nservice ledger {\n  version = 2.3.1\n  provides api 2.3.1\n}\n```\nKeeps the books.\n\nRequired by:\n\n- `checkout` (`api` `^2.1`)"
    );
}

#[test]
fn values_are_worked_out() {
    assert!(hover("let base = 2\nlet twice = ba$0se * 2\n").contains("let base = 2"));
    assert!(hover("let base = 2\nlet twice = base $0* 2\n").contains("4"));
    assert!(
        hover("gate g {\n  let limit = 90% + 5%\n  require tests.pass-rate >= lim$0it\n}\n")
            .contains("let limit = 95%")
    );
    let param =
        hover("rollout r(max: percent = 1%) : canary {\n  watch http.error-rate <= ma$0x over 5 m\n}\n");
    assert!(param.contains("max: a percentage"), "{param}");
}

#[test]
fn nothing_is_said_of_nothing() {
    assert_eq!(hover("// a com$0ment\nservice a { version = 1.0.0 }\n"), "nothing");
    assert_eq!(hover("\n$0\n"), "nothing");
}

#[test]
fn a_release_shows_its_order_while_nothing_is_wrong() {
    let text = "\
service ledger {
  version = 2.3.1
  provides api 2.3.1
}
service checkout {
  version = 3.4.0
  requires ledger.api ^2.1
}
environment production { tier = production }
release nov$0ember {
  ship ledger
  ship checkout
  stage production { }
}
";
    let shown = hover(text);
    assert!(
        shown.ends_with("`production`: 2 moves in 2 waves\n1. `ledger` 2.3.1\n2. `checkout` 3.4.0"),
        "{shown}"
    );
    assert!(!hover(&text.replace("^2.1", "^3")).contains("waves"));
}

#[test]
fn times_are_told_by_both_clocks() {
    let window =
        hover("window mor$0nings { days = Mon..Fri  hours = 08:00..11:00  timezone = \"Europe/Berlin\" }\n");
    assert!(
        window.ends_with(
            "\n\nOpen:\n\n- now, until 11:00 (for you 19:00)\n\
             - Tuesday 2026-11-03 08:00 Europe/Berlin (for you 16:00) until 11:00 (for you 19:00)\n\
             - Wednesday 2026-11-04 08:00 Europe/Berlin (for you 16:00) until 11:00 (for you 19:00)\n\
             - and so on"
        ),
        "{window}"
    );
    let freeze = hover(
        "freeze sa$0les {\n  from = 2026-11-20\n  until = 2026-12-01T09:00\n  timezone = \"America/New_York\"\n}\n",
    );
    assert!(
        freeze.contains("Frozen:\n\n- Friday 2026-11-20 00:00 America/New_York (for you 14:00) until"),
        "{freeze}"
    );
    let milestone = hover(
        "milestone launch { before = 2026-11-01  timezone = \"Asia/Tokyo\" }\nrelease r { milestone = lau$0nch }\n",
    );
    assert!(milestone.ends_with("It was over Sunday 2026-11-01 00:00 Asia/Tokyo."), "{milestone}");
    let always = hover("environment e$0 { tier = testing }\n");
    assert!(!always.contains("Open"), "{always}");
}

#[test]
fn a_version_shows_whom_the_next_would_break() {
    let text = "service ledger {\n  version = 2.3.1\n  provides api 2.3.1\n}\n\
                service checkout {\n  version = 1.0.0\n  requires ledger.api ^2.1\n}\n\
                service cart {\n  version = 1.0.0\n  requires ledger.api ~2.3\n}\n";
    assert_eq!(
        hover(&text.replace("api 2.3.1", "api 2.$03.1")),
        "```clearway\nledger.api 2.3.1\n```\nWhat may come next, and whom it would break:\n\n\
         - `2.3.2`: nobody\n- `2.4.0`: `cart` (`~2.3`)\n- `3.0.0`: `cart` (`~2.3`), `checkout` (`^2.1`)"
    );
    assert!(
        hover(&text.replace("version = 2.3.1", "version = 2.3.1$0")).ends_with("any version may come next.")
    );
}
