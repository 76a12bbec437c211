//! Writes the productions of the grammar for the law that every one of them stands in a test of the language. Here and not in the test,
//! because the reader of grammars turns `std` on in pest, and with it in the parser of the binary.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use pest_meta::ast::{Expr, Rule, RuleType};
use pest_meta::parser;

const GRAMMAR: &str = "../grammar/clearway.pest";

/// The rules that an expression of the grammar goes on with; what it only looks at leaves no trace.
fn named(expr: &Expr) -> Vec<&str> {
    match expr {
        Expr::Ident(name) => vec![name],
        Expr::Seq(left, right) | Expr::Choice(left, right) => [named(left), named(right)].concat(),
        Expr::Opt(inner)
        | Expr::Rep(inner)
        | Expr::RepOnce(inner)
        | Expr::RepExact(inner, _)
        | Expr::RepMin(inner, _)
        | Expr::RepMax(inner, _)
        | Expr::RepMinMax(inner, ..)
        | Expr::Push(inner) => named(inner),
        _ => Vec::new(),
    }
}

/// The rules that leave a trace in what is parsed: those that are not silent, unless an atomic rule swallows them. What begins with the
/// start of the text is an entry, of which some read only what is wrong.
fn productions(rules: &[Rule]) -> BTreeSet<&str> {
    let by_name: BTreeMap<&str, &Rule> = rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    let entries: BTreeSet<&str> = rules
        .iter()
        .filter(|rule| named(&rule.expr).contains(&"SOI"))
        .map(|rule| rule.name.as_str())
        .collect();
    let mut open: Vec<&str> = entries.iter().copied().collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(rule) = by_name.get(name) else { continue };
        if reached.insert(name) && rule.ty != RuleType::Atomic {
            open.extend(named(&rule.expr));
        }
    }
    let leaves_a_trace = |name: &&str| by_name[name].ty != RuleType::Silent && !entries.contains(name);
    reached.into_iter().filter(leaves_a_trace).collect()
}

#[allow(clippy::disallowed_methods, reason = "a build script reads the source tree")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={GRAMMAR}");
    let text = std::fs::read_to_string(Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join(GRAMMAR))?;
    let pairs = parser::parse(parser::Rule::grammar_rules, &text)?;
    let rules = parser::consume_rules(pairs).map_err(|errors| format!("{errors:?}"))?;
    let lines: String = productions(&rules).iter().map(|name| format!("{name}\n")).collect();
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("productions.txt"), lines)?;
    Ok(())
}
