//! Nothing passes for something else: every value of the examples is given another unit, and another type, and each such change is one
//! error: what rests on it is not judged.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Span};
use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Change, Workspace};
use clearway_syntax::{Block, Clause, Declaration, Expr, ExprKind, Statement, Tree, parse};
use clearway_syntax::{Visit, walk_clause, walk_expr};
use clearway_tests::{Fixture, repository};
use rayon::prelude::*;

/// The examples, which between them use the whole vocabulary.
const EXAMPLES: [&str; 5] = ["clinic", "online-boutique", "payments", "search", "wallet"];

/// What may be one of several types by its declaration.
const EITHER: [(&str, &str); 1] = [("waiver.retrospective time", "\"x\"")];

/// A text in place of a value.
struct Mutant {
    /// Which of the project's texts.
    source: usize,
    /// The kind, fields and clauses that the value stands in, and its form.
    path: String,
    at: std::ops::Range<usize>,
    text: &'static str,
}

/// Finds the values of a declaration, with what may not stand in their place, by where they stand.
struct Values<'t> {
    tree: &'t Tree,
    /// The kind, and the fields and clauses within it.
    path: Vec<String>,
    found: Vec<(String, Span, &'static str)>,
}

impl Values<'_> {
    fn within(&mut self, name: &str, then: impl FnOnce(&mut Self)) {
        self.path.push(name.to_owned());
        then(self);
        self.path.pop();
    }

    fn add(&mut self, expr: &Expr, form: &str, others: &[&'static str]) {
        let path = format!("{} {form}", self.path.join("."));
        let span = self.tree.span(expr.id);
        self.found.extend(others.iter().map(|other| (path.clone(), span, *other)));
    }
}

impl Visit for Values<'_> {
    fn declaration(&mut self, declaration: &Declaration) {
        // A parameter is as typed as what it is used for.
        self.within(&declaration.kind.text, |values| {
            declaration.operands.iter().for_each(|operand| values.expr(operand));
            values.block(&declaration.body);
        });
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            match statement {
                Statement::Let(_) => {}
                Statement::Clause(clause) => self.clause(clause),
                Statement::Field(field) => self.within(&field.name.text, |values| {
                    field.value.iter().for_each(|value| values.expr(value));
                    field.body.iter().for_each(|body| values.block(body));
                }),
            }
        }
    }

    fn clause(&mut self, clause: &Clause) {
        self.within(&clause.keyword.text, |values| walk_clause(values, clause));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(_) => self.add(expr, "number", &["\"x\"", "true"]),
            ExprKind::Percent(_) => self.add(expr, "percent", &["7 MB", "\"x\""]),
            ExprKind::Quantity(_, unit) => {
                let is_size = Vocabulary::get().unit(&unit.text).is_some_and(|unit| unit.dimension == "size");
                let other = if is_size { "7 m" } else { "7 MB" };
                self.add(expr, "quantity", &[other, "\"x\"", "true"]);
            }
            ExprKind::Version(_) => self.add(expr, "version", &["7 MB", "true"]),
            ExprKind::Range(_) => self.add(expr, "range", &["7 MB", "true"]),
            ExprKind::Date(_) | ExprKind::DateTime(_) | ExprKind::Time(_) => {
                self.add(expr, "time", &["7 MB", "true", "\"x\""]);
            }
            ExprKind::Text(_) | ExprKind::Raw(_) => self.add(expr, "text", &["7 MB", "true", "17"]),
            ExprKind::Bool(_) => self.add(expr, "boolean", &["7 MB", "\"x\""]),
            ExprKind::List(_) => self.add(expr, "list", &["7 MB"]),
            _ => {}
        }
        if !matches!(expr.kind, ExprKind::Text(_)) {
            walk_expr(self, expr);
        }
    }
}

fn values(text: &str) -> Vec<(String, std::ops::Range<usize>, &'static str)> {
    let mut found = Vec::new();
    for piece in parse(text).pieces {
        let mut values = Values { tree: &piece.tree, path: Vec::new(), found: Vec::new() };
        for item in &piece.tree.items {
            if let clearway_syntax::Item::Declaration(declaration) = item {
                values.declaration(declaration);
            }
        }
        let start = piece.start as usize;
        let moved = |(path, span, other): (String, Span, &'static str)| {
            (path, start + span.start as usize..start + span.end as usize, other)
        };
        found.extend(values.found.into_iter().map(moved));
    }
    found
}

fn mutants(project: &Fixture) -> Vec<Mutant> {
    let of_source = |(source, (_, text)): (usize, &(String, String))| {
        let values = values(text).into_iter();
        let mutants = values.map(move |(path, at, text)| Mutant { source, path, at, text });
        mutants.filter(|mutant| !EITHER.contains(&(mutant.path.as_str(), mutant.text))).collect::<Vec<_>>()
    };
    project.sources.iter().enumerate().flat_map(of_source).collect()
}

/// The errors of a workspace with a text in place of what stands in a file, which is put back.
fn errors(workspace: &mut Workspace, (path, text): &(String, String), mutant: &Mutant) -> Vec<String> {
    let mut other = text.clone();
    other.replace_range(mutant.at.clone(), mutant.text);
    let becomes = |text: &str| vec![Change::Source(path.clone(), Some(Arc::from(text)))];
    workspace.apply(becomes(&other));
    let found = clearway_analysis::check(workspace).diagnostics.into_iter().filter(Diagnostic::is_error);
    let found = found.map(|error| format!("{:?} {}", error.code, error.message)).collect();
    workspace.apply(becomes(text));
    found
}

#[test]
fn a_value_of_another_unit_or_type_is_one_error() {
    let examples = EXAMPLES.map(|name| Fixture::folder(&repository().join("examples").join(name)));
    let mutants: Vec<Vec<Mutant>> = examples.iter().map(mutants).collect();
    let count: usize = mutants.iter().map(Vec::len).sum();
    let others: Vec<String> = mutants
        .into_par_iter()
        .zip(examples.par_iter())
        .flat_map_iter(|(mutants, fixture)| {
            let mut workspace = fixture.workspace();
            assert!(clearway_analysis::check(&workspace).checked.is_some());
            mutants
                .into_iter()
                .filter_map(|mutant| {
                    let source = &fixture.sources[mutant.source];
                    let line = 1 + source.1[..mutant.at.start].matches('\n').count();
                    let what = &source.1[mutant.at.clone()];
                    let errors = errors(&mut workspace, source, &mutant);
                    let told = format!(
                        "{}: {} for {what} at {}:{line}: {errors:#?}",
                        mutant.path, mutant.text, source.0
                    );
                    (errors.len() != 1).then_some(told)
                })
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(count > 1_500, "only {count} mutants");
    assert!(others.is_empty(), "{} of {count} are not one error:\n{}", others.len(), others.join("\n"));
}
