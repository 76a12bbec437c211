//! What a policy looks at: the fields and clauses of declarations, `service.owner` and `release.stage`.
//!
//! While a policy is lowered, what it looks at is not known: it stands for itself as a [`ValueKind::Parameter`] of its type, so that
//! every name and every comparison is checked whether or not the project has anything of the kind. [`crate::policy`] evaluates the same
//! text once more over the project.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Edit, catalogue, suggest};
use clearway_syntax::{Expr, Name};
use smol_str::SmolStr;

use super::Evaluator;
use crate::lowering::Values;
use crate::meaning::Meaning;
use crate::naming::is_project_wide;
use crate::package::all_sources;
use crate::query::{Item, instance, items};
use crate::value::{ClauseItem, Reference, Value, ValueKind};
use crate::views;
use crate::vocabulary::{self, Declared, Holders, Member, Type};

/// The kind whose declarations may look into others.
const POLICY: &str = "policy";

/// What one item of a list is: of a list that is not known, something of its type.
pub(crate) fn one_of(list: &Value) -> ValueKind {
    match &list.kind {
        ValueKind::Parameter(ty) => match item_types(ty).as_slice() {
            [] => ValueKind::Unknown,
            [one] => parameter(one.clone()),
            many => parameter(Type::Either(many.to_vec())),
        },
        ValueKind::List(items) => {
            items.first().map_or(ValueKind::Unknown, |item| match super::operators::type_of(item) {
                Some(ty) => parameter(ty),
                None => ValueKind::Unknown,
            })
        }
        _ => ValueKind::Unknown,
    }
}

fn item_types(ty: &Type) -> Vec<Type> {
    let lists = ty.alternatives().iter().filter_map(|ty| match ty {
        Type::List(of) => Some((**of).clone()),
        _ => None,
    });
    lists.collect()
}

fn parameter(ty: Type) -> ValueKind {
    ValueKind::Parameter(Arc::new(ty))
}

impl Evaluator<'_> {
    /// Whether this item may look at the project.
    pub(super) fn is_policy(&self) -> bool {
        self.item.kind(self.db) == POLICY
    }

    /// `service.owner.members`, where the first name is a local.
    pub(super) fn members(&mut self, expr: &Expr, from: ValueKind, path: &[Name]) -> Value {
        let place = self.place(expr.id);
        if !self.is_policy() {
            let what = path.first().map_or("", |name| name.text.as_str());
            let message = format!("`.{what}` looks into a declaration, and only a policy does");
            return self.fail(Diagnostic::new(catalogue::OUTSIDE_POLICY, message, place, ""));
        }
        let mut value = Value { place, kind: from };
        for name in path {
            self.record_holder(name, &value);
            value.kind = self.member(&value, name);
        }
        value
    }

    fn member(&mut self, of: &Value, name: &Name) -> ValueKind {
        match &of.kind {
            ValueKind::Unknown | ValueKind::Absent => of.kind.clone(),
            ValueKind::Parameter(ty) => self.member_of_type(ty, name),
            ValueKind::Reference(reference) => self.member_of_declaration(reference, name),
            ValueKind::Clause(item) => {
                let path = item.path.clone();
                match self.known_member(&[path.as_str()], name) {
                    Some(Member { what: Declared::Flag(_), .. }) => {
                        ValueKind::Bool(item.clause.flag(&name.text).is_some())
                    }
                    Some(Member { what: Declared::Positional(_) | Declared::Label(_), .. }) => {
                        item.clause.part(&name.text).map_or(ValueKind::Absent, |value| value.kind.clone())
                    }
                    Some(member) => in_block(&item.clause.values, &name.text, &member),
                    None => ValueKind::Unknown,
                }
            }
            ValueKind::Call(call) => {
                let argument = call.args.iter().find(|(arg, _)| *arg == name.text);
                argument.map_or(ValueKind::Absent, |(_, value)| value.kind.clone())
            }
            other => {
                let message = format!("{} has no `{}`", other.describe(), name.text);
                self.no_member(message, name, None)
            }
        }
    }

    fn member_of_declaration(&mut self, reference: &Reference, name: &Name) -> ValueKind {
        match self.known_member(&[reference.kind.as_str()], name) {
            Some(Member { what: Declared::Name, .. }) => ValueKind::Name(reference.name.clone()),
            Some(member) => in_block(&instance(self.db, reference).values, &name.text, &member),
            None => ValueKind::Unknown,
        }
    }

    /// What is known of a member before anything is looked at: its type.
    fn member_of_type(&mut self, ty: &Type, name: &Name) -> ValueKind {
        match Holders::of(ty) {
            Holders::Anything => ValueKind::Unknown,
            Holders::Calls(result) => self.argument_of(result, name),
            Holders::Blocks(paths) if paths.is_empty() => {
                let is_list = ty.alternatives().iter().any(|ty| matches!(ty, Type::List(_)));
                let help =
                    is_list.then(|| format!("each of a list has one: `[for x in … : x.{}]`", name.text));
                self.no_member(format!("{ty} has no `{}`", name.text), name, help)
            }
            Holders::Blocks(paths) => match self.known_member(&paths, name) {
                Some(member) => parameter(member.ty()),
                None => ValueKind::Unknown,
            },
        }
    }

    /// An argument of a call that gives something of this type.
    fn argument_of(&mut self, result: &Type, name: &Name) -> ValueKind {
        let mut arguments = vocabulary::of_calls(result);
        let names = arguments.clone().map(|argument| argument.name());
        if let Some(argument) = arguments.find(|argument| argument.name() == name.text) {
            return parameter(argument.ty());
        }
        let message = format!("{result} has no `{}`", name.text);
        match suggest::closest(&name.text, names) {
            Some(closest) => self.misspelt_member(message, name, closest),
            None => self.no_member(message, name, None),
        }
    }

    /// What a name means in one of several blocks of the vocabulary.
    fn known_member<'p>(&mut self, paths: &[&'p str], name: &Name) -> Option<Member<'p>> {
        let all = || paths.iter().flat_map(|path| vocabulary::of_block(path));
        if let Some(found) = all().find(|member| member.name() == name.text) {
            self.record_member(&found, name);
            return Some(found);
        }
        let names: Vec<&str> = all().map(|member| member.name()).collect();
        let what = paths.first().map_or("", |path| path.rsplit('.').next().unwrap_or_default());
        let message = format!("a `{what}` has no `{}`", name.text);
        match suggest::closest(&name.text, names.iter().copied()) {
            Some(closest) => self.misspelt_member(message, name, closest),
            None => self.no_member(message, name, Some(format!("it has `{}`", names.join("`, `")))),
        };
        None
    }

    fn record_member(&mut self, member: &Member<'_>, name: &Name) {
        let meaning = match member.what {
            Declared::Field(field) => Meaning::Field(field),
            Declared::Clause(clause) => Meaning::Clause(clause),
            Declared::Label(label) => Meaning::Label(label),
            Declared::Flag(flag) => Meaning::Flag(flag),
            Declared::Positional(_) | Declared::Argument(..) | Declared::Name => return,
        };
        self.record(name, || meaning);
    }

    fn misspelt_member(&mut self, message: String, name: &Name, closest: &str) -> ValueKind {
        let place = self.place(name.id);
        let diagnostic = Diagnostic::new(catalogue::UNKNOWN_FIELD, message, place, "unknown field")
            .help(format!("did you mean `{closest}`?"))
            .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        self.fail(diagnostic).kind
    }

    fn no_member(&mut self, message: String, name: &Name, help: Option<String>) -> ValueKind {
        let place = self.place(name.id);
        let diagnostic =
            Diagnostic::new(catalogue::UNKNOWN_FIELD, message, place, "unknown field").help_if(help);
        self.fail(diagnostic).kind
    }

    /// Every declaration of the project of these kinds, in the order of the files; templates stand for nothing.
    pub(super) fn declared_of(&self, wanted: &Type) -> ValueKind {
        let db = self.db;
        let kinds: Vec<&SmolStr> = wanted
            .alternatives()
            .iter()
            .filter_map(|ty| match ty {
                Type::Declaration(kind) => Some(kind),
                _ => None,
            })
            .collect();
        // What a package declares counts where it is one thing over all packages: a policy is not escaped by declaring elsewhere.
        let is_here =
            |item: &Item| item.file(db).package(db).is_none() || is_project_wide(item.kind(db).as_str());
        let declared = all_sources(db, db.project()).flat_map(|file| items(db, file));
        let is_meant = |item: &&Item| {
            let key = item.key(db);
            key.nth == 0
                && is_here(item)
                && kinds.contains(&&key.kind)
                && !key.name.is_empty()
                && !views::is_template(db, **item)
        };
        let reference = |item: &Item| {
            let (kind, name) = (item.kind(db).clone(), item.name(db).clone());
            let reference = Reference { kind, name, item: *item, part: None, args: Vec::new() };
            Value { place: item.name_place(db), kind: ValueKind::Reference(Arc::new(reference)) }
        };
        ValueKind::List(declared.filter(is_meant).map(reference).collect())
    }
}

/// What a block says under a name.
fn in_block(values: &Values, name: &str, member: &Member<'_>) -> ValueKind {
    match member.what {
        Declared::Clause(spec) => {
            let path = member.clause_path(spec);
            let mut clauses = values.clauses(name).map(|clause| Value {
                place: clause.parts.first().map_or(clause.place, |(_, subject)| subject.place),
                kind: ValueKind::Clause(Arc::new(ClauseItem { path: path.clone(), clause: clause.clone() })),
            });
            match spec.repeated {
                true => ValueKind::List(clauses.collect()),
                false => clauses.next().map_or(ValueKind::Absent, |clause| clause.kind),
            }
        }
        _ => values.field(name).map_or(ValueKind::Absent, |value| value.kind.clone()),
    }
}
