//! Declarations: matched with the vocabulary, typed and evaluated.
//!
//! The result is generic: fields and clauses by name. [`crate::views`] gives each kind its typed form.

use clearway_diagnostics::{Diagnostic, Edit, NodeId, Place, catalogue, suggest};
use clearway_syntax::{self as syntax, BinaryOp, Block, Expr, ExprKind, Statement};
use smol_str::SmolStr;

use crate::db::Db;
use crate::eval::Evaluator;
use crate::query::{self, Args, Item, syntax_of};
use crate::value::{Value, ValueKind};
use crate::vocabulary::{self, Contents, Kind, Mismatch, Parameter, Slot, Type, Vocabulary, match_operands};

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
    /// For kinds with a type after the `:`, that type.
    pub result: Option<Type>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Fields and clauses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values {
    /// The fields that are written or have a default.
    pub fields: Vec<FieldValue>,
    /// The clauses, in the order of the text.
    pub clauses: Vec<ClauseValue>,
}

/// A field with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// Its name.
    pub name: SmolStr,
    /// Its value.
    pub value: Value,
    /// It is written, not a default.
    pub written: bool,
}

/// A clause with its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
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
            result: None,
            diagnostics: Vec::new(),
        }
    }
}

/// The parameters of a declaration; `None` when it has no parameter list.
pub(crate) fn signature(db: &dyn Db, item: Item) -> Option<Vec<Parameter>> {
    let syntax = syntax_of(db, item).as_ref()?;
    let params = syntax.declaration()?.params.as_ref()?;
    let parameter = |param: &syntax::Param| Parameter {
        name: param.name.text.clone(),
        ty: Vocabulary::get().type_of(&param.ty).unwrap_or(Type::Any),
        default: param.default.clone(),
    };
    Some(params.iter().map(parameter).collect())
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
    let mut lowered = Lowered::broken(db, item);
    let Some(syntax) = syntax_of(db, item) else { return lowered };
    let Some(declaration) = syntax.declaration() else { return lowered };
    lowered.doc.clone_from(&declaration.doc);
    let Some(kind) = known_kind(db, item, declaration, &mut lowered.diagnostics) else { return lowered };
    lowered.broken = declaration.broken;
    lowered.template = declaration.params.is_some() && args.is_none() && !kind.typed;

    let mut lowering = Lowering { evaluator: Evaluator::new(db, item) };
    lowering.parameters(declaration, args);
    let inherited = if kind.typed {
        lowered.result = lowering.result_type(declaration);
        Values::default()
    } else {
        lowering.bases(declaration, kind)
    };
    lowering.head(declaration, kind);
    let own = lowering.block(&kind.contents, Some(&declaration.body));
    lowered.values = inherit(&kind.contents, inherited, own);
    let abstract_template = lowered.template;
    lowering.complete(
        &kind.contents,
        &mut lowered.values,
        &Owner {
            words: format!("{} `{}`", kind.name, lowered.name),
            place: lowered.place,
            silent: lowered.broken
                || declaration.body.broken
                || declaration.name.is_none()
                || abstract_template,
        },
    );
    lowered.diagnostics.extend(lowering.evaluator.diagnostics);
    lowered
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
    let mut values = base;
    for field in own.fields {
        values.fields.retain(|inherited| inherited.name != field.name);
        values.fields.push(field);
    }
    let key = |clause: &ClauseValue| match clause.parts.first() {
        Some((_, Value { kind: ValueKind::Name(name), .. })) => Some(name.clone()),
        _ => None,
    };
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
            *inherited = clauses.remove(at);
        }
    }
    values.clauses.extend(clauses);
    values
}

/// Who lacks a field, for the message.
struct Owner {
    words: String,
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
                (None, None) => Value { place, kind: ValueKind::Parameter(std::sync::Arc::new(ty)) },
            };
            self.evaluator.locals.push((param.name.text.clone(), value));
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
    fn bases(&mut self, declaration: &syntax::Declaration, kind: &'static Kind) -> Values {
        let mut values = Values::default();
        let ty = Type::Declaration(kind.name.clone());
        for base in &declaration.bases {
            let value = self.evaluator.eval(base, &ty);
            if let ValueKind::Reference(reference) = value.kind {
                let db = self.evaluator.db;
                let args = query::signature(db, reference.item)
                    .is_some()
                    .then(|| Args::new(db, reference.args.clone()));
                let base = query::lower(db, reference.item, args);
                let mut inherited = base.values.clone();
                // A default of the base is not a choice of its author: the declaration has the same default.
                inherited.fields.retain(|field| field.written);
                values = inherit(&kind.contents, values, inherited);
            }
        }
        values
    }

    /// What stands between the name and the block.
    fn head(&mut self, declaration: &syntax::Declaration, kind: &'static Kind) {
        let matched = match_operands(&kind.contents, &declaration.operands);
        for part in &matched.parts {
            if let (Some(value), Some(ty)) = (&part.value, part.ty) {
                self.evaluator.eval(value, ty);
            }
        }
        for mismatch in matched.mismatches {
            self.mismatch(&kind.name, declaration.kind.id, &kind.contents, mismatch);
        }
    }

    /// The fields and clauses of a block, as they are written.
    fn block(&mut self, contents: &'static Contents, block: Option<&Block>) -> Values {
        let mut values = Values::default();
        let locals = self.evaluator.locals.len();
        let unclosed = block.is_some_and(|block| block.unclosed);
        let mut statements = block.iter().flat_map(|block| &block.statements).peekable();
        while let Some(statement) = statements.next() {
            match statement {
                Statement::Field(field) if self.clause_after_number(contents, field) => {
                    values.fields.push(FieldValue {
                        name: field.name.text.clone(),
                        value: Value::unknown(self.place(field.name.id)),
                        written: true,
                    });
                    // What the clause has after its first word was read as a clause of its own.
                    statements.next_if(|next| {
                        matches!(next, Statement::Clause(rest) if contents.clause(&rest.keyword.text).is_none())
                    });
                }
                Statement::Let(binding) => {
                    let value = self.evaluator.eval(&binding.value, &Type::Any);
                    self.evaluator.locals.push((binding.name.text.clone(), value));
                }
                // What is not known in a block without its `}` belongs to the block around it, most likely.
                Statement::Field(field) if unclosed && contents.field(&field.name.text).is_none() => {}
                Statement::Clause(clause) if unclosed && contents.clause(&clause.keyword.text).is_none() => {}
                Statement::Field(field) => self.field(contents, field, &mut values),
                Statement::Clause(clause) => self.clause(contents, clause, &mut values),
            }
        }
        self.evaluator.locals.truncate(locals);
        values
    }

    fn field(&mut self, contents: &'static Contents, field: &syntax::Field, values: &mut Values) {
        let name = &field.name;
        let place = self.place(name.id);
        let Some(spec) = contents.field(&name.text) else {
            self.unknown_field(contents, field);
            return;
        };
        if let Some(body) = &field.body {
            let message = format!("`{}` takes no block", name.text);
            let place = self.place(body.id);
            self.report(Diagnostic::new(catalogue::UNEXPECTED_OPERAND, message, place, ""));
        }
        let value = match &field.value {
            Some(value) if !field.broken => self.evaluator.eval(value, &spec.ty),
            // A part of a value is no value: what is wrong with it was told by the syntax.
            _ => Value::unknown(place),
        };
        if let Some(before) = values.fields.iter().find(|before| before.name == name.text) {
            let before = before.value.place;
            let message = format!("`{}` is written twice", name.text);
            self.report(
                Diagnostic::new(catalogue::DUPLICATE_FIELD, message, place, "written again")
                    .related(before, "written first here"),
            );
            return;
        }
        values.fields.push(FieldValue { name: name.text.clone(), value, written: true });
    }

    /// `replicas = 10 after web`: the clause's first word is read as the unit of the number. Tells so.
    fn clause_after_number(&mut self, contents: &'static Contents, field: &syntax::Field) -> bool {
        let Some(Expr { kind: ExprKind::Quantity(number, word), .. }) = &field.value else { return false };
        if Vocabulary::get().unit(&word.text).is_some() || contents.clause(&word.text).is_none() {
            return false;
        }
        let place = self.place(word.id);
        let message = format!("`{}` is no unit of `{}`", word.text, number.text);
        self.report(
            Diagnostic::new(catalogue::UNKNOWN_UNIT, message, place, "a clause starts here")
                .help("after a number a clause cannot start on the same line: write `;` before it")
                .fix("write `;`", Edit::Before(place, "; ".to_owned())),
        );
        true
    }

    fn unknown_field(&mut self, contents: &'static Contents, field: &syntax::Field) {
        let name = &field.name;
        let place = self.place(name.id);
        let names = contents.fields.iter().map(|field| field.name.as_str());
        let message = format!("there is no field `{}` here", name.text);
        let mut diagnostic = Diagnostic::new(catalogue::UNKNOWN_FIELD, message, place, "unknown field");
        if contents.clause(&name.text).is_some() {
            diagnostic = diagnostic.help(format!("`{}` is a clause: write it without the `=`", name.text));
        } else if let Some(closest) = suggest::closest(&name.text, names.clone()) {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        } else if contents.fields.is_empty() {
            diagnostic = diagnostic.help("no field stands here");
        } else {
            diagnostic =
                diagnostic.help(format!("the fields are `{}`", names.collect::<Vec<_>>().join("`, `")));
        }
        self.report(diagnostic);
    }

    fn clause(&mut self, contents: &'static Contents, clause: &syntax::Clause, values: &mut Values) {
        let keyword = &clause.keyword;
        let place = self.place(keyword.id);
        let Some(spec) = contents.clause(&keyword.text) else {
            // What did not parse may have been the field of that name.
            if !clause.broken || contents.field(&keyword.text).is_none() {
                self.unknown_clause(contents, clause, values);
            }
            return;
        };
        if !spec.repeated
            && let Some(before) = values.clauses(&keyword.text).next()
        {
            let before = before.place;
            let message = format!("`{}` is written twice", keyword.text);
            self.report(
                Diagnostic::new(catalogue::DUPLICATE_FIELD, message, place, "written again")
                    .related(before, "written first here"),
            );
            return;
        }
        let mut value = ClauseValue {
            keyword: keyword.text.clone(),
            place,
            parts: Vec::new(),
            flags: Vec::new(),
            values: Values::default(),
            doc: clause.doc.clone(),
        };
        if let Some(next) = run_on(contents, &spec.contents, &clause.operands) {
            let message =
                format!("`{}` starts another statement, and `{}` has not ended", next.text, keyword.text);
            let place = self.place(next.id);
            self.report(
                Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    message,
                    place,
                    "a clause ends at the end of its line",
                )
                .help("put `;` before it, or write it on the next line")
                .fix("write `;`", Edit::Before(place, "; ".to_owned())),
            );
            values.clauses.push(value);
            return;
        }
        self.operands(spec, clause, &mut value);
        if let Some(body) = &clause.body {
            if spec.contents.has_block() {
                value.values = self.block(&spec.contents, Some(body));
            } else {
                let message = format!("`{}` takes no block", keyword.text);
                let place = self.place(body.id);
                self.report(Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    message,
                    place,
                    "nothing can stand in it",
                ));
            }
        }
        let subject = value.parts.first().map(|(_, subject)| format!(" {subject}")).unwrap_or_default();
        self.complete(
            &spec.contents,
            &mut value.values,
            &Owner {
                words: format!("`{}{subject}`", keyword.text),
                place: value.parts.first().map_or(place, |(_, subject)| subject.place),
                silent: clause.broken || clause.body.as_ref().is_some_and(|body| body.broken),
            },
        );
        values.clauses.push(value);
    }

    fn operands(
        &mut self,
        spec: &'static vocabulary::Clause,
        clause: &syntax::Clause,
        value: &mut ClauseValue,
    ) {
        if let Some(diagnostic) = self.confused_operator(spec, clause) {
            if !clause.broken {
                self.report(diagnostic);
            }
            return;
        }
        let matched = match_operands(&spec.contents, &clause.operands);
        let told = self.evaluator.diagnostics.len();
        for part in &matched.parts {
            match (part.slot, &part.value, part.ty) {
                (Slot::Flag(_), ..) => {
                    let place = part.word.map_or(value.place, |word| self.place(word));
                    value.flags.push((part.name.clone(), place));
                }
                (_, Some(expr), Some(ty)) => {
                    let evaluated = self.evaluator.eval(expr, ty);
                    value.parts.push((part.name.clone(), evaluated));
                }
                _ => {}
            }
        }
        if clause.broken {
            // It did not parse to its end, and that was told: its last operand may be half of what was meant.
            self.evaluator.diagnostics.truncate(told);
        } else {
            for mismatch in matched.mismatches {
                self.mismatch(&clause.keyword.text, clause.keyword.id, &spec.contents, mismatch);
            }
        }
    }

    /// `requires x >= 1.2` compares where a range is meant; `watch x <=4 ms` is a range where a comparison is meant.
    fn confused_operator(&self, spec: &vocabulary::Clause, clause: &syntax::Clause) -> Option<Diagnostic> {
        let wants_range = spec.contents.positionals.iter().any(|positional| positional.ty == Type::Range);
        let wants_condition =
            spec.contents.positionals.first().is_some_and(|positional| positional.ty == Type::Condition);
        match clause.operands.as_slice() {
            [Expr { kind: ExprKind::Binary(op, left, right), id }, ..] if wants_range && op.compares() => {
                let sign = range_sign(*op);
                let version = match &right.kind {
                    ExprKind::Number(text) | ExprKind::Version(text) => text.as_str(),
                    _ => "1.2",
                };
                let diagnostic = Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    format!("`{}` needs a version range, and this compares", clause.keyword.text),
                    self.place(right.id),
                    format!("`{sign}` stands apart from its version"),
                )
                .help(format!("a range has no space after its operator: `{sign}{version}`"));
                Some(match &left.kind {
                    ExprKind::Path(names, None) => {
                        let target: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
                        let joined = format!("{} {sign}{version}", target.join("."));
                        diagnostic.fix(format!("write `{joined}`"), Edit::Replace(self.place(*id), joined))
                    }
                    _ => diagnostic,
                })
            }
            [first, Expr { kind: ExprKind::Range(text), id }, ..]
                if wants_condition && matches!(first.kind, ExprKind::Path(..)) =>
            {
                let place = self.place(*id);
                let sign: String = text.chars().take_while(|c| !c.is_ascii_digit()).collect();
                let spaced = format!("{sign} {}", &text[sign.len()..]);
                Some(
                    Diagnostic::new(
                        catalogue::UNEXPECTED_OPERAND,
                        format!(
                            "`{}` needs a condition, and `{text}` is read as a version range",
                            clause.keyword.text
                        ),
                        place,
                        "a range",
                    )
                    .help("to compare, put a space after the operator")
                    .fix(format!("write `{spaced}`"), Edit::Replace(place, spaced)),
                )
            }
            _ => None,
        }
    }

    fn unknown_clause(&mut self, contents: &'static Contents, clause: &syntax::Clause, values: &Values) {
        let keyword = &clause.keyword;
        let place = self.place(keyword.id);
        let words = contents.clauses.iter().map(|clause| clause.keyword.as_str());
        let message = format!("there is no clause `{}` here", keyword.text);
        let mut diagnostic = Diagnostic::new(catalogue::UNKNOWN_CLAUSE, message, place, "unknown clause");
        let label_of_last = values.clauses.last().filter(|last| {
            contents
                .clause(&last.keyword)
                .is_some_and(|spec| spec.contents.label_words().any(|word| word == keyword.text))
        });
        if contents.field(&keyword.text).is_some() {
            diagnostic =
                diagnostic.help(format!("`{}` is a field: write `{} = …`", keyword.text, keyword.text));
        } else if let Some(last) = label_of_last {
            diagnostic = diagnostic.help(format!(
                "`{}` belongs to `{}`: write it on that line, before the block",
                keyword.text, last.keyword
            ));
        } else if let Some(closest) = suggest::closest(&keyword.text, words.clone()) {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        } else if let Some(closest) =
            suggest::closest(&keyword.text, contents.fields.iter().map(|field| field.name.as_str()))
        {
            diagnostic = diagnostic.help(format!("did you mean the field `{closest} = …`?"));
        } else if contents.clauses.is_empty() {
            diagnostic = diagnostic.help("no clause stands here");
        } else {
            diagnostic =
                diagnostic.help(format!("the clauses are `{}`", words.collect::<Vec<_>>().join("`, `")));
        }
        self.report(diagnostic);
    }

    fn mismatch(&mut self, word: &str, node: NodeId, contents: &'static Contents, mismatch: Mismatch<'_>) {
        let diagnostic = match mismatch {
            Mismatch::MissingPositional(positional, found) => {
                let place = self.place(found.as_ref().map_or(node, |found| found.id));
                let (ty, name) = (positional.ty.to_string(), positional.name.replace('-', " "));
                let what = match ty.ends_with(&name) {
                    true => format!("`{word}` needs {ty}"),
                    false => format!("`{word}` needs {ty} for its {name}"),
                };
                let label = if found.is_some() { "not that" } else { "nothing follows" };
                Diagnostic::new(catalogue::MISSING_OPERAND, what, place, label)
            }
            Mismatch::MissingLabel(label, value) => {
                let what = format!("`{word}` needs `{}`", label.name);
                let place = self.place(value.unwrap_or(node));
                let diagnostic = Diagnostic::new(catalogue::MISSING_OPERAND, what, place, "");
                match value {
                    Some(_) => diagnostic.help(format!("write `{}` before it", label.name)).fix(
                        format!("write `{}`", label.name),
                        Edit::Before(place, format!("{} ", label.name)),
                    ),
                    None => diagnostic.help(format!("write `{} …` with {}", label.name, label.ty)),
                }
            }
            Mismatch::NoValue(label, at) => {
                let what = format!("`{}` has no value", label.name);
                Diagnostic::new(
                    catalogue::MISSING_OPERAND,
                    what,
                    self.place(at),
                    format!("expected {}", label.ty),
                )
            }
            Mismatch::Repeated(name, at, before) => {
                let what = format!("`{name}` is written twice");
                Diagnostic::new(catalogue::DUPLICATE_FIELD, what, self.place(at), "written again")
                    .related(self.place(before), "written first here")
            }
            Mismatch::UnknownLabel(name, at) => self.unknown_label(word, contents, &name, at),
            Mismatch::Unexpected(value) => {
                let labels: Vec<&str> = contents.labels.iter().map(|label| label.name.as_str()).collect();
                let place = self.place(value.id);
                let diagnostic = Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    format!("`{word}` has no place for this value"),
                    place,
                    "unexpected",
                );
                match labels.as_slice() {
                    [] => diagnostic,
                    labels => diagnostic
                        .help(format!("a value here follows one of the labels `{}`", labels.join("`, `"))),
                }
            }
        };
        self.report(diagnostic);
    }

    fn unknown_label(&self, word: &str, contents: &'static Contents, name: &str, at: NodeId) -> Diagnostic {
        let place = self.place(at);
        if matches!(name, "and" | "or") {
            let message = format!("`{name}` has nothing after it on its line");
            return Diagnostic::new(catalogue::SYNTAX, message, place, "")
                .help(format!("begin the next line with `{name}`: an expression goes on where a line starts with its operator"));
        }
        let message = format!("`{word}` has no label `{name}`");
        let diagnostic = Diagnostic::new(catalogue::UNKNOWN_LABEL, message, place, "unknown label");
        let mut words = contents.label_words().peekable();
        let closest = suggest::closest(name, contents.label_words());
        match closest {
            Some(closest) => diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned())),
            None if contents.field(name).is_some() => {
                diagnostic.help(format!("`{name}` is a field of its block: write `{{ {name} = … }}`"))
            }
            None if words.peek().is_some() => {
                diagnostic.help(format!("its labels are `{}`", words.collect::<Vec<_>>().join("`, `")))
            }
            None => diagnostic.help("it has no labels"),
        }
    }

    /// Adds the defaults, and tells which required fields and clauses are missing.
    fn complete(&mut self, contents: &'static Contents, values: &mut Values, owner: &Owner) {
        for field in &contents.fields {
            if values.field(&field.name).is_some() {
                continue;
            }
            if let Some(default) = &field.default {
                let value = self.evaluator.default(default, &field.ty, owner.place);
                values.fields.push(FieldValue { name: field.name.clone(), value, written: false });
            } else if field.required && !owner.silent && !self.misspelt(&field.name) {
                let message = format!("{} has no `{}`", owner.words, field.name);
                let help = format!("add `{} = …` with {}", field.name, field.ty);
                self.report(
                    Diagnostic::new(
                        catalogue::MISSING_FIELD,
                        message,
                        owner.place,
                        format!("`{}` is required", field.name),
                    )
                    .help(help),
                );
            }
        }
        for clause in contents.clauses.iter().filter(|clause| clause.required) {
            if values.clauses(&clause.keyword).next().is_none()
                && !owner.silent
                && !self.misspelt(&clause.keyword)
            {
                let message = format!("{} has no `{}`", owner.words, clause.keyword);
                self.report(Diagnostic::new(
                    catalogue::MISSING_FIELD,
                    message,
                    owner.place,
                    format!("at least one `{}` is required", clause.keyword),
                ));
            }
        }
    }

    /// Whether an error before suggests this name: the field is there, under a wrong one.
    fn misspelt(&self, name: &str) -> bool {
        let run_on = format!("`{name}` starts another statement");
        self.evaluator.diagnostics.iter().any(|diagnostic| {
            diagnostic.message.starts_with(&run_on) || {
                (diagnostic.code == catalogue::UNKNOWN_FIELD || diagnostic.code == catalogue::UNKNOWN_CLAUSE)
                    && diagnostic
                        .help
                        .iter()
                        .any(|help| help.contains(&format!("`{name}`")) && help.starts_with("did you mean"))
            }
        })
    }
}

/// The operand, or the name after a number, that is the first word of another clause: two stand on one line.
fn run_on<'t>(block: &Contents, clause: &'static Contents, operands: &'t [Expr]) -> Option<&'t syntax::Name> {
    let starts = |name: &&syntax::Name| block.clause(&name.text).is_some();
    let matched = match_operands(clause, operands);
    let unknown = matched.mismatches.iter().find_map(|mismatch| match mismatch {
        Mismatch::UnknownLabel(_, node) => Some(*node),
        _ => None,
    });
    operands.iter().find_map(|operand| match &operand.kind {
        ExprKind::Quantity(_, unit) if Vocabulary::get().unit(&unit.text).is_none() => {
            Some(unit).filter(starts)
        }
        _ => operand.as_name().filter(|name| Some(name.id) == unknown).filter(starts),
    })
}

const fn range_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Equal | BinaryOp::Unequal => "=",
        other => other.text(),
    }
}
