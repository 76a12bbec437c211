//! Declarations: matched with the vocabulary, typed and evaluated.
//!
//! Declarations are here, what stands in their blocks in [`statements`], and what is said of words and operands that do not fit
//! in [`misfits`]. The result is generic: fields and clauses by name. [`crate::views`] gives each kind its typed form.

mod misfits;
mod statements;

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Edit, NodeId, Place, catalogue, suggest};
use clearway_syntax as syntax;
use smol_str::SmolStr;

use crate::db::Db;
use crate::eval::Evaluator;
use crate::meaning::{Meaning, Recorder};
use crate::query::{self, Args, Item, syntax_of};
use crate::value::{Reference, Value, ValueKind};
use crate::vocabulary::{Clause, Contents, Kind, Parameter, Type, Vocabulary, match_operands};

/// A declaration with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// The declaration.
    pub item: Item,
    /// The word it starts with.
    pub kind: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// Where its name is written.
    pub place: Place,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// Its fields and clauses, with those it inherits and with defaults.
    pub values: Values,
    /// It has parameters: it stands for nothing until it is called.
    pub template: bool,
    /// A part of it did not parse, or it extends itself: what it lacks may be in there.
    pub broken: bool,
    /// What it extends, in order.
    pub bases: Vec<Arc<Reference>>,
    /// For kinds with a type after the `:`, that type.
    pub result: Option<Type>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Fields and clauses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Values {
    /// The fields that are written or have a default.
    pub fields: Vec<FieldValue>,
    /// The clauses, in the order of the text.
    pub clauses: Vec<ClauseValue>,
}

/// A field with its value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldValue {
    /// Its name.
    pub name: SmolStr,
    /// Its value.
    pub value: Value,
    /// It is written, not a default.
    pub written: bool,
}

/// A clause with its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClauseValue {
    /// The word it starts with.
    pub keyword: SmolStr,
    /// Where that word is written.
    pub place: Place,
    /// Positionals and labels with their values.
    pub parts: Vec<(SmolStr, Value)>,
    /// The flags that are there, with their places.
    pub flags: Vec<(SmolStr, Place)>,
    /// What its block says.
    pub values: Values,
    /// Its documentation.
    pub doc: Option<SmolStr>,
}

impl Values {
    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.value)
    }

    /// The clauses with a keyword, in order.
    pub fn clauses<'v>(&'v self, keyword: &'v str) -> impl Iterator<Item = &'v ClauseValue> {
        self.clauses.iter().filter(move |clause| clause.keyword == keyword)
    }
}

impl ClauseValue {
    /// The value of a positional or label.
    pub fn part(&self, name: &str) -> Option<&Value> {
        self.parts.iter().find(|(part, _)| part == name).map(|(_, value)| value)
    }

    /// Where a flag is written, when it is there.
    pub fn flag(&self, name: &str) -> Option<Place> {
        self.flags.iter().find(|(flag, _)| flag == name).map(|(_, place)| *place)
    }
}

impl Lowered {
    /// A declaration of which nothing can be said.
    pub(crate) fn broken(db: &dyn Db, item: Item) -> Self {
        Self {
            item,
            kind: item.kind(db).clone(),
            name: item.name(db).clone(),
            place: item.name_place(db),
            doc: None,
            values: Values::default(),
            template: false,
            broken: true,
            bases: Vec::new(),
            result: None,
            diagnostics: Vec::new(),
        }
    }
}

/// The parameters of a template.
pub(crate) fn parameters(db: &dyn Db, item: Item) -> Vec<Parameter> {
    let params = syntax_of(db, item).as_ref().and_then(|syntax| syntax.declaration()?.params.as_ref());
    let parameter = |param: &syntax::Param| Parameter {
        name: param.name.text.clone(),
        ty: Vocabulary::get().type_of(&param.ty).unwrap_or(Type::Any),
        default: param.default.clone(),
    };
    params.into_iter().flatten().map(parameter).collect()
}

/// The value of a top-level `let`, and what is wrong with it.
pub(crate) fn let_value(db: &dyn Db, item: Item) -> (Value, Vec<Diagnostic>) {
    let mut evaluator = Evaluator::new(db, item);
    let value = match syntax_of(db, item).as_ref().map(query::ItemSyntax::item) {
        Some(syntax::Item::Let(binding)) => evaluator.eval(&binding.value, &Type::Any),
        _ => Value::unknown(item.place(db, NodeId(0))),
    };
    (value, evaluator.diagnostics)
}

pub(crate) fn lower(db: &dyn Db, item: Item, args: Option<Args>) -> Lowered {
    match syntax_of(db, item).as_ref().and_then(query::ItemSyntax::declaration) {
        Some(declaration) => lower_declaration(Evaluator::new(db, item), declaration, args).0,
        None => Lowered::broken(db, item),
    }
}

/// What the words of an item mean, which stands in the text or could stand there.
pub(crate) fn record(db: &dyn Db, item: Item, syntax: &syntax::Item, recorder: Recorder) -> Recorder {
    let mut evaluator = Evaluator::new(db, item);
    evaluator.recorder = Some(recorder);
    let evaluator = match syntax {
        syntax::Item::Use(_) => evaluator,
        syntax::Item::Let(binding) => {
            evaluator.eval(&binding.value, &Type::Any);
            evaluator
        }
        syntax::Item::Declaration(declaration) => lower_declaration(evaluator, declaration, None).1,
    };
    evaluator.recorder.unwrap_or_default()
}

fn lower_declaration<'db>(
    evaluator: Evaluator<'db>,
    declaration: &syntax::Declaration,
    args: Option<Args>,
) -> (Lowered, Evaluator<'db>) {
    let (db, item) = (evaluator.db, evaluator.item);
    let mut lowered = Lowered::broken(db, item);
    lowered.doc.clone_from(&declaration.doc);
    let Some(kind) = known_kind(db, item, declaration, &mut lowered.diagnostics) else {
        return (lowered, evaluator);
    };
    lowered.broken = declaration.broken;
    lowered.template = declaration.params.is_some() && args.is_none() && !kind.typed;

    let mut lowering = Lowering { evaluator };
    lowering.evaluator.record(&declaration.kind, || Meaning::Kind(kind));
    lowering.parameters(declaration, args);
    let inherited = if kind.typed {
        lowered.result = lowering.result_type(declaration);
        Values::default()
    } else {
        let inherited = lowering.bases(declaration, kind, &mut lowered.bases);
        lowered.bases.shrink_to_fit();
        inherited
    };
    lowering.head(declaration, kind);
    let own = lowering.block(&kind.contents, Some(&declaration.body));
    lowered.values = inherit(&kind.contents, inherited, own);
    let abstract_template = lowered.template;
    lowering.complete(
        &kind.contents,
        &mut lowered.values,
        &Owner {
            words: &|| format!("{} `{}`", kind.name, lowered.name),
            place: lowered.place,
            silent: lowered.broken
                || declaration.body.broken
                || declaration.name.is_none()
                || abstract_template,
        },
    );
    lowered.diagnostics.append(&mut lowering.evaluator.diagnostics);
    (lowered, lowering.evaluator)
}

/// The kind of a declaration, unless nothing has that name.
fn known_kind(
    db: &dyn Db,
    item: Item,
    declaration: &syntax::Declaration,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<&'static Kind> {
    let word = &declaration.kind;
    let library = item.file(db).library(db);
    let usable = |kind: &&Kind| !kind.is_abstract && (library || !kind.library_only);
    let vocabulary = Vocabulary::get();
    let known = vocabulary.kinds.get(&word.text).filter(usable);
    if known.is_none() {
        let place = item.place(db, word.id);
        let names = vocabulary.kinds.values().filter(usable).map(|kind| kind.name.as_str());
        let message = format!("there is no kind of declaration `{}`", word.text);
        let mut diagnostic = Diagnostic::new(catalogue::UNKNOWN_KIND, message, place, "unknown kind");
        if let Some(closest) = suggest::closest(&word.text, names.clone()) {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        } else {
            diagnostic =
                diagnostic.help(format!("the kinds are `{}`", names.collect::<Vec<_>>().join("`, `")));
        }
        diagnostics.push(diagnostic);
    } else if declaration.name.is_none() && !declaration.broken {
        let place = item.place(db, word.id);
        let message = format!("this {} has no name", word.text);
        diagnostics.push(
            Diagnostic::new(catalogue::MISSING_NAME, message, place, "a name is missing after this word")
                .help(format!("write `{} NAME {{ … }}`", word.text)),
        );
    }
    known
}

/// Own fields and clauses over inherited ones. A clause with a name of its own (`step board`) takes the place of the inherited one
/// with that name.
fn inherit(contents: &'static Contents, base: Values, own: Values) -> Values {
    if base.fields.is_empty() && base.clauses.is_empty() {
        return own;
    }
    let mut values = base;
    for field in own.fields {
        values.fields.retain(|inherited| inherited.name != field.name);
        values.fields.push(field);
    }
    let key = |clause: &ClauseValue| match clause.parts.first() {
        Some((_, Value { kind: ValueKind::Name(name), .. })) => Some(name.clone()),
        Some((_, Value { kind: ValueKind::Text(text), .. })) => Some(SmolStr::new(text)),
        _ => None,
    };
    // What binds a name speaks of a list, and its name is no name of its own.
    let named = |keyword: &str| {
        contents.clause(keyword).is_none_or(|spec| !spec.contents.labels.iter().any(|label| label.binds))
    };
    let key = |clause: &ClauseValue| key(clause).filter(|_| named(&clause.keyword));
    let mut clauses = own.clauses;
    values.clauses.retain(|inherited| {
        let once = contents.clause(&inherited.keyword).is_some_and(|spec| spec.replaces || !spec.repeated);
        !once || clauses.iter().all(|clause| clause.keyword != inherited.keyword)
    });
    // It stands where the inherited one stood: the order of an approval's steps is part of what it says.
    for inherited in values.clauses.iter_mut().filter(|inherited| key(inherited).is_some()) {
        let same =
            |clause: &ClauseValue| clause.keyword == inherited.keyword && key(clause) == key(inherited);
        if let Some(at) = clauses.iter().position(same) {
            let own = clauses.remove(at);
            match contents.clause(&own.keyword) {
                Some(spec) if spec.adds => add(spec, inherited, own),
                _ => *inherited = own,
            }
        }
    }
    values.clauses.extend(clauses);
    values
}

/// What a clause says besides what the inherited one of its name says. A default is no choice of its author.
fn add(spec: &'static Clause, inherited: &mut ClauseValue, own: ClauseValue) {
    let mut added = own.values;
    added.fields.retain(|field| field.written);
    let base = std::mem::take(&mut inherited.values);
    inherited.values = inherit(&spec.contents, base, added);
    inherited.place = own.place;
    for (name, value) in own.parts {
        match inherited.parts.iter_mut().find(|(part, _)| *part == name) {
            Some((_, before)) => *before = value,
            None => inherited.parts.push((name, value)),
        }
    }
    inherited.flags.extend(own.flags);
}

/// Who lacks a field, for the message.
struct Owner<'a> {
    words: &'a dyn Fn() -> String,
    place: Place,
    /// What is lacking may stand in text that did not parse.
    silent: bool,
}

struct Lowering<'a> {
    evaluator: Evaluator<'a>,
}

impl Lowering<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.evaluator.diagnostics.push(diagnostic);
    }

    fn place(&self, node: NodeId) -> Place {
        self.evaluator.place(node)
    }

    /// Binds the parameters: to the arguments, or, for the template itself, to what is not known yet.
    fn parameters(&mut self, declaration: &syntax::Declaration, args: Option<Args>) {
        for param in declaration.params.iter().flatten() {
            let ty = match Vocabulary::get().type_of(&param.ty) {
                Some(ty) => ty,
                None => {
                    self.evaluator.eval(&param.ty, &Type::Type);
                    Type::Any
                }
            };
            let default = param.default.as_ref().map(|default| self.evaluator.eval(default, &ty));
            let db = self.evaluator.db;
            let given = args.and_then(|args| {
                args.values(db)
                    .iter()
                    .find(|(name, _)| *name == param.name.text)
                    .map(|(_, value)| value.clone())
            });
            let place = self.place(param.id);
            let value = match (given, args) {
                (Some(value), _) => value,
                (None, Some(_)) => default.unwrap_or_else(|| Value::unknown(place)),
                (None, None) => Value { place, kind: ValueKind::Parameter(Arc::new(ty)) },
            };
            self.evaluator.bind_local(&param.name, value);
        }
    }

    fn result_type(&mut self, declaration: &syntax::Declaration) -> Option<Type> {
        let Some(base) = declaration.bases.first() else {
            let kind = &declaration.kind;
            let message = format!("this {} has no type", kind.text);
            let place = self.place(declaration.name.as_ref().unwrap_or(kind).id);
            self.report(
                Diagnostic::new(catalogue::MISSING_FIELD, message, place, "a type is missing after the name")
                    .help(format!("write `{} NAME : percent {{ … }}`", kind.text)),
            );
            return None;
        };
        match self.evaluator.eval(base, &Type::Type).kind {
            ValueKind::Type(ty) => Some((*ty).clone()),
            _ => None,
        }
    }

    /// What the declaration extends, the first base first.
    fn bases(
        &mut self,
        declaration: &syntax::Declaration,
        kind: &'static Kind,
        bases: &mut Vec<Arc<Reference>>,
    ) -> Values {
        let mut values = Values::default();
        let ty = Type::Declaration(kind.name.clone());
        for base in &declaration.bases {
            let value = self.evaluator.eval(base, &ty);
            if let ValueKind::Reference(reference) = value.kind {
                let db = self.evaluator.db;
                let base = query::instance(db, &reference);
                let mut inherited = base.values.clone();
                // A default of the base is not a choice of its author: the declaration has the same default.
                inherited.fields.retain(|field| field.written);
                values = inherit(&kind.contents, values, inherited);
                bases.push(reference);
            }
        }
        values
    }

    /// What stands between the name and the block.
    fn head(&mut self, declaration: &syntax::Declaration, kind: &'static Kind) {
        let matched = match_operands(&kind.contents, &declaration.operands);
        self.evaluator.record_operands(&kind.contents, &matched);
        for part in &matched.parts {
            if let (Some(value), Some(ty)) = (&part.value, part.ty) {
                self.evaluator.eval(value, ty);
            }
        }
        for mismatch in matched.mismatches {
            self.mismatch(&kind.name, declaration.kind.id, &kind.contents, mismatch);
        }
    }
}
