//! Names in values: locals, words of enums, declarations, metrics.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Edit, NodeId, Place, catalogue, suggest};
use clearway_syntax::{Arg, Expr, ExprKind, Name};
use smol_str::SmolStr;

use super::Evaluator;
use super::coerce::expected;
use crate::meaning::Meaning;
use crate::naming::{Resolution, candidates, module_path, private_name, resolve, resolve_module};
use crate::package::{import_path, may_name};
use crate::query::{Item, let_value, names, signature};
use crate::value::{MetricCall, Reference, Value, ValueKind};
use crate::vocabulary::{Type, Vocabulary};
use clearway_versions::Range;

impl Evaluator<'_> {
    pub(super) fn path(&mut self, expr: &Expr, path: &[Name], args: Option<&[Arg]>, ty: &Type) -> Value {
        let place = self.place(expr.id);
        let Some((first, rest)) = path.split_first() else { return Value::unknown(place) };
        if let Some(args) = args {
            return self.call(expr, path, args, ty);
        }
        if let Some(from) = self.local(&first.text).filter(|_| !rest.is_empty()) {
            let (kind, node) = (from.value.kind.clone(), from.node);
            self.record(first, || Meaning::Local(node));
            return self.members(expr, kind, rest);
        }
        if rest.is_empty()
            && let Some(kind) = self.known_word(&first.text, ty)
        {
            self.record_word(first, &kind);
            return Value { place, kind };
        }
        self.declared(expr, path, None, ty)
    }

    /// A name that needs no lookup among declarations: a local, a word of a wanted enum, `any`.
    fn known_word(&self, name: &SmolStr, ty: &Type) -> Option<ValueKind> {
        if let Some(local) = self.local(name) {
            return Some(local.value.kind.clone());
        }
        ty.alternatives().iter().find_map(|ty| match ty {
            Type::Word(words) => {
                let known = Vocabulary::get().enums.get(words)?.words.iter().any(|word| word.name == *name);
                known.then(|| ValueKind::Word(words.clone(), name.clone()))
            }
            Type::List(of) | Type::Span(of) => {
                self.known_word(name, of).filter(|kind| matches!(kind, ValueKind::Word(..)))
            }
            Type::Range if name == "any" => Some(ValueKind::Range(Arc::new(Range::any()))),
            _ => None,
        })
    }

    /// A declaration that a path names, with the arguments of a template.
    pub(super) fn declared(&mut self, expr: &Expr, path: &[Name], args: Option<&[Arg]>, ty: &Type) -> Value {
        let place = self.place(expr.id);
        let Some((first, rest)) = path.split_first() else { return Value::unknown(place) };
        let wanted = Wanted::of(ty);
        let accepts = |kind: &str| kind == "let" || wanted.accepts(kind);
        let whole = match rest {
            [] => first.text.clone(),
            _ => SmolStr::new(path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")),
        };

        // A declared name may itself be dotted; then a module before the dot; then a part after it.
        if !rest.is_empty()
            && let Resolution::Found(item) = resolve(self.db, self.file(), &whole, &accepts)
        {
            self.record_words(path, || Meaning::Declaration(item));
            return self.reference(expr, item, None, args);
        }
        if let Some((name, part)) = rest.split_first()
            && let Some(module) = resolve_module(self.db, self.file(), &first.text)
        {
            let found = names(self.db, module)
                .get(&name.text)
                .iter()
                .find(|item| accepts(item.kind(self.db)))
                .copied();
            self.record(first, || Meaning::Module(module));
            return match found {
                Some(item) if !may_name(self.db, self.file(), module, &name.text) => {
                    let place = self.place(name.id);
                    self.fail(private_name(self.db, name, place, item))
                }
                Some(item) => {
                    self.record_declared(name, item, part.first());
                    self.reference(expr, item, part.first(), args)
                }
                None => {
                    let message = format!(
                        "module `{}` declares no {} `{}`",
                        module_path(self.db, module),
                        wanted.plain_words(),
                        name.text
                    );
                    self.fail(Diagnostic::new(
                        catalogue::UNKNOWN_NAME,
                        message,
                        self.place(name.id),
                        "no such name there",
                    ))
                }
            };
        }
        match resolve(self.db, self.file(), &first.text, &accepts) {
            Resolution::Found(_) if !rest.is_empty() && wanted.anything => self.unknown_metric(&whole, place),
            Resolution::Found(item) => {
                self.record_declared(first, item, rest.first());
                self.reference(expr, item, rest.first(), args)
            }
            Resolution::Poisoned => Value::unknown(place),
            _ if rest.is_empty() && wanted.names => {
                Value { place, kind: ValueKind::Name(first.text.clone()) }
            }
            Resolution::WrongKind(item) => match words_of(ty) {
                // That something else is called so is by chance: a word was meant.
                Some(words) if rest.is_empty() && args.is_none() => self.unknown_word(first, words),
                _ => self.wrong_kind(first, item, &wanted),
            },
            Resolution::NotImported(item) => self.not_imported(first, item),
            Resolution::Nothing if !rest.is_empty() && wanted.anything => self.unknown_metric(&whole, place),
            Resolution::Nothing => self.unknown_name(first, &whole, &wanted, ty),
        }
    }

    fn reference(&mut self, expr: &Expr, item: Item, part: Option<&Name>, args: Option<&[Arg]>) -> Value {
        let place = self.place(expr.id);
        if let Some(part) = part.filter(|_| item.kind(self.db) == "let") {
            let message = format!("`{}` is a value, and has no parts", item.name(self.db));
            let diagnostic =
                Diagnostic::new(catalogue::UNKNOWN_NAME, message, self.place(part.id), "no such part")
                    .related(item.name_place(self.db), "declared here");
            return self.fail(diagnostic);
        }
        if item.kind(self.db) == "let" {
            return Value { place, kind: let_value(self.db, item).0.kind.clone() };
        }
        let (kind, name) = (item.kind(self.db).clone(), item.name(self.db).clone());
        let args = match (signature(self.db, item), args) {
            (Some(params), args) => self.bind(params, args.unwrap_or_default(), &name, place),
            (None, Some(args)) if !args.is_empty() => {
                let message = format!("`{name}` has no parameters");
                return self.fail(
                    Diagnostic::new(
                        catalogue::BAD_ARGUMENTS,
                        message,
                        self.place(args[0].id),
                        "nothing takes this",
                    )
                    .related(item.name_place(self.db), "declared here, without `( … )`"),
                );
            }
            (None, _) => Vec::new(),
        };
        let part = part.map(|part| (part.text.clone(), self.place(part.id)));
        Value { place, kind: ValueKind::Reference(Arc::new(Reference { kind, name, item, part, args })) }
    }

    /// A metric with its arguments; `None` when the expression names none.
    pub(super) fn metric(&mut self, expr: &Expr) -> Option<Option<MetricCall>> {
        let ExprKind::Path(path, args) = &expr.kind else { return None };
        if self.local(&path[0].text).is_some() {
            return None;
        }
        let whole = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        let Resolution::Found(item) = resolve(self.db, self.file(), &whole, &|kind| kind == "metric") else {
            return None;
        };
        self.record_words(path, || Meaning::Declaration(item));
        let place = self.place(expr.id);
        let name = item.name(self.db).clone();
        let args = match (signature(self.db, item), args) {
            (Some(params), args) => self.bind(params, args.as_deref().unwrap_or_default(), &name, place),
            (None, Some(args)) if !args.is_empty() => {
                let message = format!("`{name}` has no parameters");
                self.fail(Diagnostic::new(
                    catalogue::BAD_ARGUMENTS,
                    message,
                    self.place(args[0].id),
                    "nothing takes this",
                ));
                return Some(None);
            }
            (None, _) => Vec::new(),
        };
        let lowered = crate::query::lower(self.db, item);
        let Some(ty) = lowered.result.clone() else { return Some(None) };
        Some(Some(MetricCall { name, item, args, ty: Arc::new(ty), place }))
    }

    pub(super) fn type_name(&mut self, expr: &Expr) -> Value {
        let place = self.place(expr.id);
        match Vocabulary::get().type_of(expr) {
            Some(ty) => Value { place, kind: ValueKind::Type(Arc::new(ty)) },
            None => self.fail(
                Diagnostic::new(catalogue::UNKNOWN_TYPE, "there is no such type", place, "not a type")
                    .help("types are `text`, `number`, `percent`, `duration`, `version`, … and the kinds of declarations"),
            ),
        }
    }

    fn wrong_kind(&mut self, name: &Name, item: Item, wanted: &Wanted) -> Value {
        let kind = item.kind(self.db);
        let message = format!(
            "`{}` is {}, and {} is expected",
            name.text,
            Type::Declaration(kind.clone()),
            wanted.words()
        );
        let declared = item.name_place(self.db);
        self.fail(
            Diagnostic::new(
                catalogue::WRONG_KIND,
                message,
                self.place(name.id),
                format!("expected {}", wanted.words()),
            )
            .related(declared, format!("`{}` is declared here", name.text)),
        )
    }

    pub(super) fn not_imported(&mut self, name: &Name, item: Item) -> Value {
        let module = import_path(self.db, self.file(), item)
            .unwrap_or_else(|| module_path(self.db, item.file(self.db)));
        let line = format!("use {module}.{}", name.text);
        let message = format!("`{}` is declared in another module, and not imported", name.text);
        let declared = item.name_place(self.db);
        let place = self.place(name.id);
        // A `use` goes to the top of the file: before its first item.
        let first =
            crate::query::items(self.db, self.file()).first().map(|first| first.place(self.db, NodeId(0)));
        let mut diagnostic =
            Diagnostic::new(catalogue::NOT_IMPORTED, message, place, "not known in this file")
                .related(declared, "declared here")
                .help(format!("add `{line}` at the top of the file"));
        if let Some(first) = first {
            diagnostic = diagnostic.fix(format!("add `{line}`"), Edit::Before(first, format!("{line}\n")));
        }
        self.fail(diagnostic)
    }

    /// Where a value of any type may stand, a dotted name can only be a metric.
    fn unknown_metric(&mut self, whole: &SmolStr, place: Place) -> Value {
        let metrics = candidates(self.db, self.file(), &|kind| kind == "metric");
        let suggestion = suggest::closest(whole, metrics.iter().map(SmolStr::as_str)).map(str::to_owned);
        self.unknown(format!("there is no metric `{whole}`"), place, suggestion, &|kind| kind == "metric")
    }

    fn unknown_name(&mut self, name: &Name, whole: &SmolStr, wanted: &Wanted, ty: &Type) -> Value {
        if let Some(words) = words_of(ty) {
            return self.unknown_word(name, words);
        }
        let mut known = candidates(self.db, self.file(), &|kind| wanted.accepts(kind));
        known.extend(wanted.word_list());
        known.extend(self.locals.iter().map(|local| local.name.clone()));
        let suggestion = suggest::closest(&name.text, known.iter().map(SmolStr::as_str)).map(str::to_owned);
        let message = format!("there is no {} `{}`", wanted.plain_words(), name.text);
        if wanted.empty() {
            return self.unexpected_name(name, whole, ty);
        }
        let day = |half: &str| {
            Vocabulary::get()
                .enums
                .get("day")
                .is_some_and(|days| days.words.iter().any(|day| day.name == half))
        };
        if let Some((from, to)) = name.text.split_once('-')
            && day(from)
            && day(to)
        {
            return self.unknown(message, self.place(name.id), Some(format!("{from}..{to}")), &|_| false);
        }
        self.unknown(message, self.place(name.id), suggestion, &|kind| wanted.accepts(kind))
    }

    fn unknown(
        &mut self,
        message: String,
        place: Place,
        suggestion: Option<String>,
        accepts: &dyn Fn(&str) -> bool,
    ) -> Value {
        let mut diagnostic =
            Diagnostic::new(catalogue::UNKNOWN_NAME, message, place, "nothing declares this");
        if let Some(suggestion) = suggestion {
            // The standard library's files are nowhere on the user's disk: its names are told, their places are not.
            if let Resolution::Found(item) | Resolution::NotImported(item) =
                resolve(self.db, self.file(), &suggestion, accepts)
                && !item.file(self.db).library(self.db)
            {
                let says = format!("`{suggestion}` is declared here");
                diagnostic = diagnostic.related(item.name_place(self.db), says);
            }
            diagnostic = diagnostic
                .help(format!("did you mean `{suggestion}`?"))
                .fix(format!("write `{suggestion}`"), Edit::Replace(place, suggestion));
        }
        self.fail(diagnostic)
    }

    fn unknown_word(&mut self, name: &Name, words: &'static crate::vocabulary::Enum) -> Value {
        let place = self.place(name.id);
        let all: Vec<&str> = words.words.iter().map(|word| word.name.as_str()).collect();
        let ty = Type::Word(words.name.clone());
        let message = format!("`{}` is not {ty}", name.text);
        let mut diagnostic =
            Diagnostic::new(catalogue::UNKNOWN_WORD, message, place, format!("expected {ty}"));
        if let Some(closest) = closest_word(&name.text, &all) {
            diagnostic =
                diagnostic.fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
            diagnostic = diagnostic.help(format!("did you mean `{closest}`?"));
        }
        let day = |half: &str| all.contains(&half);
        if let Some((from, to)) = name.text.split_once('-').filter(|(from, to)| day(from) && day(to)) {
            return self.fail(diagnostic.help(format!("write `{from}..{to}`")));
        }
        self.fail(diagnostic.help(format!("it is one of `{}`", all.join("`, `"))))
    }

    /// A bare name where only literals can stand: a text without its quotes, mostly.
    fn unexpected_name(&mut self, name: &Name, whole: &str, ty: &Type) -> Value {
        let place = self.place(name.id);
        let message = format!("{}the name `{whole}`", expected(ty));
        let mut diagnostic =
            Diagnostic::new(catalogue::WRONG_TYPE, message, place, "no `let` or parameter has this name");
        if ty.alternatives().contains(&Type::Text) {
            let text = format!("\"{}\"", name.text);
            diagnostic = diagnostic
                .help(format!("write `{text}`"))
                .fix(format!("write `{text}`"), Edit::Replace(place, text));
        } else if ty.alternatives().contains(&Type::Version)
            && let Some(version) =
                whole.strip_prefix('v').filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
        {
            diagnostic = diagnostic.help(format!("write the version without its `v`: `{version}`"));
        }
        self.fail(diagnostic)
    }
}

/// Whether only the name of a declaration can stand where a type is wanted.
pub(super) fn names_declaration(ty: &Type) -> bool {
    ty.alternatives().iter().all(|ty| match ty {
        Type::Declaration(_) => true,
        Type::Word(_) => true,
        Type::Part(of) | Type::List(of) => names_declaration(of),
        _ => false,
    }) && !Wanted::of(ty).kinds.is_empty()
}

/// A word that was meant: near in spelling, or a shorter or longer form (`prod` for `production`).
fn closest_word<'a>(name: &str, all: &[&'a str]) -> Option<&'a str> {
    let form = |word: &&&str| name.len() > 1 && (word.starts_with(name) || name.starts_with(**word));
    suggest::closest(name, all.iter().copied()).or_else(|| all.iter().find(form).copied())
}

/// What a name may stand for where a type is wanted.
struct Wanted {
    kinds: Vec<SmolStr>,
    enums: Vec<SmolStr>,
    /// A name may stand for itself.
    names: bool,
    /// Anything goes.
    anything: bool,
}

impl Wanted {
    fn of(ty: &Type) -> Self {
        let mut wanted = Self { kinds: Vec::new(), enums: Vec::new(), names: false, anything: false };
        wanted.add(ty);
        wanted
    }

    fn add(&mut self, ty: &Type) {
        match ty {
            Type::Either(types) => types.iter().for_each(|ty| self.add(ty)),
            Type::List(of) | Type::Span(of) | Type::Part(of) => self.add(of),
            Type::Declaration(kind) => self.kinds.push(kind.clone()),
            Type::Word(name) => self.enums.push(name.clone()),
            Type::Name | Type::Person | Type::Zone => self.names = true,
            Type::Any => self.anything = true,
            _ => {}
        }
    }

    fn accepts(&self, kind: &str) -> bool {
        (self.anything && kind != "use") || self.kinds.iter().any(|wanted| wanted == kind)
    }

    const fn empty(&self) -> bool {
        self.kinds.is_empty() && self.enums.is_empty() && !self.anything
    }

    fn word_list(&self) -> Vec<SmolStr> {
        let enums = self.enums.iter().filter_map(|name| Vocabulary::get().enums.get(name));
        enums.flat_map(|words| words.words.iter().map(|word| word.name.clone())).collect()
    }

    /// `a team or a role`
    fn words(&self) -> String {
        if self.kinds.is_empty() {
            return "a value".to_owned();
        }
        Type::Either(self.kinds.iter().map(|kind| Type::Declaration(kind.clone())).collect()).to_string()
    }

    /// `team or role`
    fn plain_words(&self) -> String {
        let words: Vec<&str> = self.kinds.iter().map(SmolStr::as_str).collect();
        match words.as_slice() {
            [] => "name".to_owned(),
            [one] => (*one).to_owned(),
            // What is shipped has one word for all its kinds.
            many if many.contains(&"service") && many.contains(&"vendor") => {
                "service, library or vendor".to_owned()
            }
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        }
    }
}

/// The words of the enum that a type asks for, alone or in a list.
fn words_of(ty: &Type) -> Option<&'static crate::vocabulary::Enum> {
    let one = match ty.alternatives() {
        [Type::List(of)] => of,
        _ => ty,
    };
    match one.alternatives() {
        [Type::Word(words)] => Vocabulary::get().enums.get(words),
        _ => None,
    }
}
