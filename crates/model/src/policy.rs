//! What a policy comes to over the project: every condition of every control, for everything it speaks of.
//!
//! A policy is lowered by the types of what it looks at (in `eval`); here its text is evaluated once more, over what the project
//! declares. The controls of a policy that it extends are evaluated where they are written, with the arguments that it gives.

use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_syntax::{self as syntax, Block, Expr, Statement};
use smol_str::SmolStr;

use crate::db::Db;
use crate::eval::{BUDGET, Evaluator};
use crate::query::{Item, ItemSyntax, signature, syntax_of};
use crate::value::{Condition, Value, ValueKind};
use crate::vocabulary::{self, Contents, Matched, Slot, Type, Vocabulary, match_operands};

/// A condition of a control, for one of what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The number of the control.
    pub control: SmolStr,
    /// The policy that the condition is written in: the one that was asked about, or one that it extends.
    pub written_in: Item,
    /// Where the condition is written.
    pub place: Place,
    /// What it speaks of; the project as a whole where there is none.
    pub subject: Option<Subject>,
    /// Whether it holds.
    pub answer: Answer,
}

/// What a condition speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What it is: ``service `checkout` ``, ``stage `production` of release `shop` ``.
    pub words: String,
    /// Where it is written.
    pub place: Place,
    /// The environment that it is, or leads to.
    pub environment: Option<SmolStr>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It does, or does not.
    Known(bool),
    /// It is measured when a pipeline runs: a gate must ask for it.
    Measured(Arc<Condition>),
    /// What it looks at is wrong, and that was told.
    Unknown,
    /// It comes to nothing: it takes too much, or compares what cannot be compared.
    Undecided,
}

/// Every demand of a policy, in the order of the text, those of the policies that it extends first.
pub(crate) fn demands(db: &dyn Db, policy: Item) -> Vec<Demand> {
    let mut judge = Judge { db, found: Vec::new(), seen: Vec::new() };
    judge.policy(policy, &[]);
    judge.found
}

struct Judge<'db> {
    db: &'db dyn Db,
    found: Vec<Demand>,
    /// The policies on the way here: one that extends itself is told elsewhere.
    seen: Vec<Item>,
}

impl Judge<'_> {
    fn policy(&mut self, item: Item, args: &[(SmolStr, Value)]) {
        let declaration = syntax_of(self.db, item).as_ref().and_then(ItemSyntax::declaration);
        let kind = Vocabulary::get().kinds.get(item.kind(self.db));
        let (Some(declaration), Some(kind)) = (declaration, kind) else { return };
        if self.seen.contains(&item) {
            return;
        }
        self.seen.push(item);
        let mut evaluator = Evaluator::judge(self.db, item);
        for (param, declared) in
            declaration.params.iter().flatten().zip(signature(self.db, item).unwrap_or_default())
        {
            let given =
                args.iter().find(|(name, _)| *name == param.name.text).map(|(_, value)| value.clone());
            let value = match (given, &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => evaluator.eval(default, &declared.ty),
                (None, None) => Value::unknown(item.place(self.db, param.id)),
            };
            evaluator.bind_local(&param.name, value);
        }
        let ty = Type::Declaration(kind.name.clone());
        for base in &declaration.bases {
            if let ValueKind::Reference(base) = evaluator.eval(base, &ty).kind {
                self.policy(base.item, &base.args);
            }
        }
        for statement in &declaration.body.statements {
            match statement {
                Statement::Let(binding) => bind(&mut evaluator, binding),
                Statement::Clause(clause) => {
                    if let (Some(spec), Some(body)) =
                        (kind.contents.clause(&clause.keyword.text), &clause.body)
                    {
                        let control = clause.operands.first().map(|id| evaluator.eval(id, &Type::Text).kind);
                        let Some(ValueKind::Text(control)) = control else { continue };
                        let mut inside = Inside {
                            evaluator: &mut evaluator,
                            control: SmolStr::new(control),
                            subjects: Vec::new(),
                            found: &mut self.found,
                        };
                        inside.block(&spec.contents, body);
                    }
                }
                Statement::Field(_) => {}
            }
        }
        self.seen.pop();
    }
}

fn bind(evaluator: &mut Evaluator<'_>, binding: &syntax::Let) {
    evaluator.budget = BUDGET;
    let value = evaluator.eval(&binding.value, &Type::Any);
    evaluator.bind_local(&binding.name, value);
}

/// The block of a control, or of a clause in it that speaks of each of a list.
struct Inside<'a, 'db> {
    evaluator: &'a mut Evaluator<'db>,
    control: SmolStr,
    /// What the blocks around speak of, outermost first.
    subjects: Vec<Value>,
    found: &'a mut Vec<Demand>,
}

impl Inside<'_, '_> {
    fn block(&mut self, contents: &'static Contents, block: &Block) {
        let locals = self.evaluator.locals.len();
        for statement in &block.statements {
            match statement {
                Statement::Let(binding) => bind(self.evaluator, binding),
                Statement::Clause(clause) => {
                    if let Some(spec) = contents.clause(&clause.keyword.text) {
                        self.clause(spec, clause);
                    }
                }
                Statement::Field(_) => {}
            }
        }
        self.evaluator.locals.truncate(locals);
    }

    /// What a clause is, is told by its declaration: one that binds a name speaks of each of a list, and one that takes a condition
    /// demands it.
    fn clause(&mut self, spec: &'static vocabulary::Clause, clause: &syntax::Clause) {
        let matched = match_operands(&spec.contents, &clause.operands);
        if spec.contents.labels.iter().any(|label| label.binds) {
            self.each(spec, clause, &matched);
        } else if let Some(condition) = positional(&matched, &Type::Condition) {
            self.demand(condition);
        }
    }

    fn each(&mut self, spec: &'static vocabulary::Clause, clause: &syntax::Clause, matched: &Matched<'_>) {
        let labelled = |is_meant: &dyn Fn(&vocabulary::Label) -> bool| {
            matched.parts.iter().find_map(|part| match part.slot {
                Slot::Label(at) if is_meant(&spec.contents.labels[at]) => part.value.as_deref(),
                _ => None,
            })
        };
        let name = clause.operands.first().and_then(Expr::as_name);
        let (Some(name), Some(list), Some(body)) = (name, labelled(&|label| label.binds), &clause.body)
        else {
            return;
        };
        let filter = labelled(&|label| label.ty == Type::Bool);
        self.evaluator.budget = BUDGET;
        let list = self.evaluator.eval(list, &Type::Any);
        for item in list.items() {
            if item.kind == ValueKind::Absent {
                continue;
            }
            self.evaluator.budget = BUDGET;
            self.evaluator.bind_local(name, item.clone());
            if filter.is_none_or(|filter| self.is_meant(filter)) {
                self.subjects.push(item.clone());
                self.block(&spec.contents, body);
                self.subjects.pop();
            }
            self.evaluator.locals.pop();
        }
    }

    /// Whether a filter takes what is bound. What is wrong with that was told; where the filter itself comes to nothing, it takes all.
    fn is_meant(&mut self, filter: &Expr) -> bool {
        match self.comes_to(filter, &Type::Bool) {
            Ok(ValueKind::Bool(false)) | Err(Answer::Unknown) => false,
            Ok(_) | Err(_) => true,
        }
    }

    /// What an expression comes to, or why it comes to nothing.
    fn comes_to(&mut self, expr: &Expr, ty: &Type) -> Result<ValueKind, Answer> {
        self.evaluator.budget = BUDGET;
        let told = self.evaluator.diagnostics.len();
        match self.evaluator.eval(expr, ty).kind {
            ValueKind::Unknown if self.evaluator.budget == 0 || self.evaluator.diagnostics.len() > told => {
                Err(Answer::Undecided)
            }
            ValueKind::Unknown => Err(Answer::Unknown),
            kind => Ok(kind),
        }
    }

    fn demand(&mut self, condition: &Expr) {
        let answer = match self.comes_to(condition, &Type::Condition) {
            Ok(ValueKind::Condition(condition)) => match &*condition {
                Condition::Constant(holds) => Answer::Known(*holds),
                _ => Answer::Measured(condition),
            },
            Ok(_) => Answer::Undecided,
            Err(answer) => answer,
        };
        self.found.push(Demand {
            control: self.control.clone(),
            written_in: self.evaluator.item,
            place: self.evaluator.place(condition.id),
            subject: self.subject(),
            answer,
        });
    }

    fn subject(&self) -> Option<Subject> {
        let innermost = self.subjects.last()?;
        let words: Vec<String> = self.subjects.iter().rev().map(words).collect();
        let environment = self.subjects.iter().rev().find_map(environment);
        Some(Subject { words: words.join(" of "), place: self.place_of(innermost), environment })
    }

    /// Where a subject is written: the declaration, or the clause in it.
    fn place_of(&self, subject: &Value) -> Place {
        match &subject.kind {
            ValueKind::Reference(reference) => reference.item.name_place(self.evaluator.db),
            ValueKind::Clause(item) => {
                item.clause.parts.first().map_or(item.clause.place, |(_, subject)| subject.place)
            }
            _ => subject.place,
        }
    }
}

/// ``service `checkout` ``
fn words(subject: &Value) -> String {
    match &subject.kind {
        ValueKind::Reference(reference) => format!("{} `{}`", reference.kind, reference.name),
        ValueKind::Clause(item) => match item.clause.parts.first() {
            Some((_, value)) => format!("{} `{value}`", item.clause.keyword),
            None => format!("`{}`", item.clause.keyword),
        },
        _ => format!("`{subject}`"),
    }
}

/// The environment that a subject is, or that it is about: a release's stage.
fn environment(subject: &Value) -> Option<SmolStr> {
    match &subject.kind {
        ValueKind::Reference(reference) if reference.kind == "environment" => Some(reference.name.clone()),
        ValueKind::Clause(item) => environment(&item.clause.parts.first()?.1),
        _ => None,
    }
}

fn positional<'m>(matched: &'m Matched<'_>, ty: &Type) -> Option<&'m Expr> {
    matched.parts.iter().find_map(|part| match part.slot {
        Slot::Positional(_) if part.ty == Some(ty) => part.value.as_deref(),
        _ => None,
    })
}
