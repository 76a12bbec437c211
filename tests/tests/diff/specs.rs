//! Nothing of a spec changes in silence: every value of the examples is changed, and wherever the spec holds still the change is told.

use std::sync::Arc;

use clearway_diagnostics::NodeId;
use clearway_model::{Change, Workspace};
use clearway_syntax::{Block, Clause, Declaration, Expr, ExprKind, Item, Statement, Tree, Visit, parse};
use clearway_syntax::{walk_clause, walk_expr};
use clearway_tests::Fixture;
use rayon::prelude::*;

use super::{Read, diff, example};

/// The examples, which between them use the whole vocabulary.
const EXAMPLES: [&str; 5] = ["clinic", "online-boutique", "payments", "search", "wallet"];

/// Finds values with others that may stand in their place, and clauses that may be left out.
struct Values<'t> {
    tree: &'t Tree,
    text: &'t str,
    found: Vec<Mutant>,
}

/// Another text in the place of one.
struct Mutant {
    at: std::ops::Range<usize>,
    other: String,
    /// A field is left out: it may have been what it is by default.
    is_left_out: bool,
}

impl Values<'_> {
    fn becomes(&mut self, id: NodeId, other: String, is_left_out: bool) {
        let span = self.tree.span(id);
        self.found.push(Mutant { at: span.start as usize..span.end as usize, other, is_left_out });
    }

    fn add(&mut self, expr: &Expr, other: String) {
        self.becomes(expr.id, other, false);
    }

    fn text(&self, expr: &Expr) -> &str {
        let span = self.tree.span(expr.id);
        &self.text[span.start as usize..span.end as usize]
    }
}

/// A number that is one more.
fn more(number: &str) -> String {
    let number: rust_decimal::Decimal = number.replace('_', "").parse().unwrap();
    (number + rust_decimal::Decimal::ONE).to_string()
}

impl Visit for Values<'_> {
    fn declaration(&mut self, declaration: &Declaration) {
        declaration.operands.iter().for_each(|operand| self.expr(operand));
        self.block(&declaration.body);
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            match statement {
                Statement::Let(_) => {}
                Statement::Clause(clause) => self.clause(clause),
                Statement::Field(field) => {
                    self.becomes(field.id, String::new(), true);
                    field.value.iter().for_each(|value| self.expr(value));
                    field.body.iter().for_each(|body| self.block(body));
                }
            }
        }
    }

    fn clause(&mut self, clause: &Clause) {
        self.becomes(clause.id, String::new(), false);
        walk_clause(self, clause);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(text) => self.add(expr, more(text)),
            ExprKind::Percent(text) => self.add(expr, format!("{}%", more(text))),
            ExprKind::Quantity(amount, unit) => {
                self.add(expr, format!("{} {}", more(&amount.text), unit.text));
            }
            ExprKind::Date(_) | ExprKind::DateTime(_) => {
                let later = self.text(expr).replacen("2026", "2027", 1).replacen("2025", "2026", 1);
                self.add(expr, later);
            }
            ExprKind::Time(_) => self.add(expr, "13:37".to_owned()),
            ExprKind::Text(_) => {
                let text = self.text(expr).trim_end_matches('"').to_owned();
                self.add(expr, format!("{text}x\""));
            }
            ExprKind::Bool(holds) => self.add(expr, (!holds).to_string()),
            ExprKind::List(items) => items.iter().for_each(|item| {
                let rest: Vec<&str> =
                    items.iter().filter(|other| other.id != item.id).map(|other| self.text(other)).collect();
                let rest = format!("[{}]", rest.join(", "));
                self.add(expr, rest);
            }),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The mutants of a text.
fn mutants(text: &str) -> Vec<Mutant> {
    let mut found = Vec::new();
    for piece in parse(text).pieces {
        let start = piece.start as usize;
        let mut values = Values { tree: &piece.tree, text: &text[start..], found: Vec::new() };
        for item in &piece.tree.items {
            if let Item::Declaration(declaration) = item {
                values.declaration(declaration);
            }
        }
        let moved = |mutant: Mutant| Mutant { at: start + mutant.at.start..start + mutant.at.end, ..mutant };
        found.extend(values.found.into_iter().map(moved));
    }
    found
}

/// What becomes of the mutants of a file: how many hold still, and which of those nothing is told of.
fn tried(workspace: &mut Workspace, read: &Read, path: &str, text: &str) -> (usize, Vec<String>) {
    let becomes = |text: &str| vec![Change::Source(path.to_owned(), Some(Arc::from(text)))];
    let (mut count, mut silent) = (0, Vec::new());
    for Mutant { at, other, is_left_out } in mutants(text) {
        let mut mutant = text.to_owned();
        mutant.replace_range(at.clone(), &other);
        if mutant == text {
            continue;
        }
        workspace.apply(becomes(&mutant));
        let Ok(changed) = Read::of(workspace) else { continue };
        count += 1;
        // A spec has what is not written too, so where one without a field is the same, the field said what it is by default.
        let is_default = is_left_out && read.spec == changed.spec && read.plan == changed.plan;
        if !is_default && diff(read, &changed, &[]).is_empty() {
            let line = 1 + text[..at.start].matches('\n').count();
            silent.push(format!("{path}:{line}: {} → {other}", &text[at]));
        }
    }
    workspace.apply(becomes(text));
    (count, silent)
}

/// `CLEARWAY_MUTANTS=all` tries every value of every example; otherwise the files that are small.
#[test]
fn no_value_of_a_spec_changes_in_silence() {
    let all = std::env::var("CLEARWAY_MUTANTS").is_ok_and(|which| which == "all");
    let files: Vec<(&str, Fixture, usize)> = EXAMPLES
        .into_iter()
        .flat_map(|name| {
            let fixture = example(name);
            (0..fixture.sources.len()).map(move |at| (name, fixture.clone(), at))
        })
        .filter(|(_, fixture, at)| {
            all || WITHOUT_PLAN.iter().any(|file| fixture.sources[*at].0.ends_with(file))
        })
        .collect();
    let found: Vec<(usize, Vec<String>)> = files
        .into_par_iter()
        .map(|(name, fixture, at)| {
            let mut workspace = fixture.workspace();
            let read = Read::of(&workspace).unwrap();
            let (path, text) = &fixture.sources[at];
            let (count, silent) = tried(&mut workspace, &read, path, text);
            (count, silent.into_iter().map(|one| format!("{name}: {one}")).collect())
        })
        .collect();
    let count: usize = found.iter().map(|(count, _)| count).sum();
    let silent: Vec<String> = found.into_iter().flat_map(|(_, silent)| silent).collect();
    assert!(count > 40, "only {count} mutants hold");
    assert!(silent.is_empty(), "{} of {count} change in silence:\n{}", silent.len(), silent.join("\n"));
}

/// Files of what no plan carries.
const WITHOUT_PLAN: [&str; 4] = ["policies.cw", "tests.cw", "waivers.cw", "wallet.cw"];
