//! Which operand of a clause is what: the one matcher, for checking, completion and the formatter.
//!
//! The grammar yields a flat list of operands; the declaration of the clause says what they are. Positionals come first, in
//! their order, then labels with one value each, and flags, in any order.

use std::borrow::Cow;

use clearway_diagnostics::{NodeId, suggest};
use clearway_syntax::{Expr, ExprKind, Name};
use smol_str::SmolStr;

use super::{Contents, Label, Positional, Type, Vocabulary};

/// What a clause's operands turned out to be.
#[derive(Debug, Default)]
pub struct Matched<'t> {
    /// The parts, in the order of the text.
    pub parts: Vec<MatchedPart<'t>>,
    /// What does not fit.
    pub mismatches: Vec<Mismatch<'t>>,
    /// For each operand of the text, the column of its part: positionals in order, then the labels, then the flags.
    pub columns: Vec<u32>,
}

/// A declared part with its value.
#[derive(Debug)]
pub struct MatchedPart<'t> {
    /// What it is.
    pub slot: Slot,
    /// The name of the positional, label or flag.
    pub name: SmolStr,
    /// What its value must be; flags have none.
    pub ty: Option<&'static Type>,
    /// Its value; flags have none.
    pub value: Option<Cow<'t, Expr>>,
    /// The node of the word, for labels and flags.
    pub word: Option<NodeId>,
}

/// The sorts of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Known by its place: the number in the declaration's order.
    Positional(usize),
    /// Follows its name.
    Label(usize),
    /// There or not.
    Flag(usize),
}

/// An operand that does not fit, or one that is missing.
#[derive(Debug)]
pub enum Mismatch<'t> {
    /// A required positional is not there. `Some` operand stands in its place.
    MissingPositional(&'static Positional, Option<Cow<'t, Expr>>),
    /// A required label is not there. `Some` operand seems to be its value, without the word before it.
    MissingLabel(&'static Label, Option<NodeId>),
    /// A label without a value after it.
    NoValue(&'static Label, NodeId),
    /// A label or flag that stands twice.
    Repeated(SmolStr, NodeId, NodeId),
    /// A name that is no label or flag of the clause.
    UnknownLabel(SmolStr, NodeId),
    /// A value that no positional is left for.
    Unexpected(Cow<'t, Expr>),
}

/// Matches operands with what a clause or kind declares.
pub fn match_operands<'t>(contents: &'static Contents, operands: &'t [Expr]) -> Matched<'t> {
    let mut matching = Matching { contents, atoms: Vec::new(), at: 0, matched: Matched::default() };
    for (index, operand) in operands.iter().enumerate() {
        matching.add(index, operand);
    }
    matching.positionals();
    matching.labels();
    matching.finish(operands.len())
}

/// An operand, or the number or unit that is left of one.
struct Atom<'t> {
    operand: usize,
    expr: Cow<'t, Expr>,
}

struct Matching<'t> {
    contents: &'static Contents,
    atoms: Vec<Atom<'t>>,
    at: usize,
    matched: Matched<'t>,
}

impl<'t> Matching<'t> {
    /// Takes an operand; `need 3 within` reads as the quantity `3 within`, whose unit is given back when it is a label.
    fn add(&mut self, operand: usize, expr: &'t Expr) {
        let is_label = |unit: &str| {
            self.contents.label_words().any(|word| word == unit) && Vocabulary::get().unit(unit).is_none()
        };
        match last_quantity(expr).filter(|unit| is_label(&unit.text)).cloned() {
            Some(unit) => {
                let mut number = expr.clone();
                give_unit_back(&mut number);
                let word = Expr { id: unit.id, kind: ExprKind::Path(vec![unit], None) };
                self.atoms.push(Atom { operand, expr: Cow::Owned(number) });
                self.atoms.push(Atom { operand, expr: Cow::Owned(word) });
            }
            None => self.atoms.push(Atom { operand, expr: Cow::Borrowed(expr) }),
        }
    }

    fn word(&self, at: usize) -> Option<(SmolStr, NodeId)> {
        let expr = &self.atoms.get(at)?.expr;
        match &expr.kind {
            ExprKind::Word(word) => Some((word.clone(), expr.id)),
            _ => expr.as_name().map(|name| (name.text.clone(), name.id)),
        }
    }

    fn is_label(&self, at: usize) -> bool {
        self.word(at).is_some_and(|(word, _)| self.contents.label_words().any(|label| label == word))
    }

    fn take(
        &mut self,
        slot: Slot,
        name: &SmolStr,
        ty: Option<&'static Type>,
        word: Option<NodeId>,
        value: Option<usize>,
    ) {
        let value = value.map(|at| self.atoms[at].expr.clone());
        self.matched.parts.push(MatchedPart { slot, name: name.clone(), ty, value, word });
    }

    fn positionals(&mut self) {
        for (index, positional) in self.contents.positionals.iter().enumerate() {
            let fits = self.atoms.get(self.at).is_some_and(|atom| fits(&positional.ty, &atom.expr));
            let label = self.is_label(self.at);
            let takes = match self.atoms.get(self.at) {
                None => false,
                // A required one takes what is there, whatever it is called, unless that is clearly the next label.
                Some(_) if !positional.optional => fits || !label,
                Some(_) => fits && !label,
            };
            if takes {
                self.take(
                    Slot::Positional(index),
                    &positional.name,
                    Some(&positional.ty),
                    None,
                    Some(self.at),
                );
                self.at += 1;
            } else if !positional.optional {
                let found = self.atoms.get(self.at).map(|atom| atom.expr.clone());
                let nothing_follows = found.is_none();
                self.matched.mismatches.push(Mismatch::MissingPositional(positional, found));
                // What would have come after it is missing for the same reason.
                if nothing_follows {
                    break;
                }
            }
        }
    }

    fn labels(&mut self) {
        while self.at < self.atoms.len() {
            let Some((word, node)) = self.word(self.at) else {
                let value = self.atoms[self.at].expr.clone();
                self.matched.mismatches.push(Mismatch::Unexpected(value));
                self.at += 1;
                continue;
            };
            self.at += 1;
            let before = self.matched.parts.iter().find(|part| part.name == word).and_then(|part| part.word);
            if let Some(before) = before {
                self.matched.mismatches.push(Mismatch::Repeated(word.clone(), node, before));
            }
            if let Some((index, label)) =
                self.contents.labels.iter().enumerate().find(|(_, label)| label.name == word)
            {
                // A label's value may be spelt like another label only when nothing else could be meant.
                let missing = self.at >= self.atoms.len()
                    || (self.is_label(self.at) && !fits(&label.ty, &self.atoms[self.at].expr));
                if missing {
                    self.matched.mismatches.push(Mismatch::NoValue(label, node));
                } else {
                    self.take(Slot::Label(index), &label.name, Some(&label.ty), Some(node), Some(self.at));
                    self.at += 1;
                }
            } else if let Some((index, flag)) =
                self.contents.flags.iter().enumerate().find(|(_, flag)| flag.name == word)
            {
                self.take(Slot::Flag(index), &flag.name, None, Some(node), None);
            } else if let Some(label) = self.left_out(&word) {
                self.matched.mismatches.push(Mismatch::MissingLabel(label, Some(node)));
            } else {
                // Its value, if it has one, is part of the same mistake.
                let meant = suggest::closest(&word, self.contents.label_words());
                let has_value = meant.is_some_and(|meant| self.contents.label(meant).is_some());
                self.matched.mismatches.push(Mismatch::UnknownLabel(word, node));
                if has_value && !self.is_label(self.at) {
                    self.at += 1;
                }
                while self.at < self.atoms.len() && self.word(self.at).is_none() {
                    self.at += 1;
                }
            }
        }
    }

    /// The required label whose value this word would be, if only the label stood before it.
    fn left_out(&self, word: &str) -> Option<&'static Label> {
        let mut lacking = self.contents.labels.iter().filter(|label| label.required && !self.has(label));
        let label = lacking.next()?;
        let value = &self.atoms.get(self.at - 1)?.expr;
        let misspelt = suggest::closest(word, self.contents.label_words()).is_some();
        (!misspelt && fits(&label.ty, value)).then_some(label)
    }

    /// Whether a label stands there, with or without its value.
    fn has(&self, label: &Label) -> bool {
        self.matched.parts.iter().any(|part| part.name == label.name)
            || self.matched.mismatches.iter().any(|mismatch| match mismatch {
                Mismatch::NoValue(lacking, _) | Mismatch::MissingLabel(lacking, _) => {
                    lacking.name == label.name
                }
                Mismatch::UnknownLabel(word, _) => {
                    suggest::closest(word, self.contents.label_words()) == Some(label.name.as_str())
                }
                _ => false,
            })
    }

    fn finish(mut self, operands: usize) -> Matched<'t> {
        for label in self.contents.labels.iter().filter(|label| label.required) {
            if !self.has(label) {
                self.matched.mismatches.push(Mismatch::MissingLabel(label, None));
            }
        }
        self.matched.columns = columns(self.contents, &self.atoms, &self.matched, operands);
        self.matched
    }
}

/// For each operand the column of its part: positionals in order, then a column for each label, then the flags.
fn columns(contents: &Contents, atoms: &[Atom<'_>], matched: &Matched<'_>, operands: usize) -> Vec<u32> {
    let label_columns = contents.positionals.len();
    let mut columns = Vec::with_capacity(operands);
    let mut column = 0;
    for index in 0..operands {
        let first = atoms.iter().find(|atom| atom.operand == index);
        if let Some(atom) = first {
            let id = atom.expr.id;
            let part = matched.parts.iter().find(|part| {
                part.word == Some(id)
                    || part.value.as_ref().is_some_and(|value| value.id == id)
                    || atom.expr.as_name().is_some_and(|name| part.word == Some(name.id))
            });
            column = match part.map(|part| part.slot) {
                Some(Slot::Positional(at)) => at,
                Some(Slot::Label(at)) => label_columns + at,
                Some(Slot::Flag(_)) => label_columns + contents.labels.len(),
                None => column,
            }
            .max(column);
        }
        columns.push(column as u32);
    }
    columns
}

/// The unit of the quantity at the right end of an expression.
fn last_quantity(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Quantity(_, unit) => Some(unit),
        ExprKind::Binary(_, _, right) => last_quantity(right),
        ExprKind::Unary(_, inner) => last_quantity(inner),
        ExprKind::Group(values) => values.last().and_then(last_quantity),
        ExprKind::If(parts) => last_quantity(&parts[2]),
        _ => None,
    }
}

fn give_unit_back(expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::Quantity(number, _) => {
            expr.id = number.id;
            expr.kind = ExprKind::Number(number.text.clone());
        }
        ExprKind::Binary(_, _, right) => give_unit_back(right),
        ExprKind::Unary(_, inner) => give_unit_back(inner),
        ExprKind::Group(values) => {
            if let Some(last) = values.last_mut() {
                give_unit_back(last);
            }
        }
        ExprKind::If(parts) => give_unit_back(&mut parts[2]),
        _ => {}
    }
}

/// Whether an expression has the shape of a type. It decides between places, not whether the value is right.
fn fits(ty: &Type, expr: &Expr) -> bool {
    use ExprKind as E;
    // A number with a word after it that is no unit is told to be one where it is evaluated.
    if let E::Quantity(number, unit) = &expr.kind
        && Vocabulary::get().unit(&unit.text).is_none()
    {
        return fits(ty, &Expr { id: number.id, kind: E::Number(number.text.clone()) });
    }
    let name = || expr.as_name().is_some() || matches!(expr.kind, E::Word(_));
    let path = || matches!(expr.kind, E::Path(..)) || matches!(expr.kind, E::Text(_));
    match ty {
        Type::Any => true,
        Type::Either(types) => types.iter().any(|ty| fits(ty, expr)),
        Type::List(of) => {
            matches!(expr.kind, E::List(_) | E::Group(_) | E::Comprehension(_)) || fits(of, expr)
        }
        Type::Text => matches!(expr.kind, E::Text(_) | E::Raw(_)),
        Type::Version => {
            matches!(expr.kind, E::Version(_) | E::Number(_) | E::Text(_))
                || matches!(&expr.kind, E::Path(_, Some(_)))
        }
        Type::Range => {
            matches!(expr.kind, E::Range(_) | E::Group(_) | E::Binary(..) | E::Version(_) | E::Number(_))
                || expr.as_name().is_some_and(|name| name.text == "any")
                || matches!(&expr.kind, E::Path(_, Some(_)))
        }
        Type::Word(name) => expr.as_name().is_some_and(|word| {
            Vocabulary::get()
                .enums
                .get(name)
                .is_some_and(|words| words.words.iter().any(|w| w.name == word.text))
        }),
        Type::Declaration(_) | Type::Part(_) | Type::Zone => path(),
        Type::Name | Type::Person => name() || matches!(expr.kind, E::Text(_)),
        Type::Number | Type::Count => matches!(expr.kind, E::Number(_) | E::Unary(..) | E::Binary(..)),
        Type::Percent => matches!(expr.kind, E::Percent(_) | E::Binary(..)) || name(),
        Type::Quantity(_) => matches!(expr.kind, E::Quantity(..) | E::Number(_) | E::Binary(..)) || name(),
        _ => !matches!(expr.kind, E::Path(..) | E::Word(_)),
    }
}
