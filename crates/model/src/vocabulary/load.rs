//! Reading the vocabulary from its syntax trees.
//!
//! The forms in which it is written (`kind`, `enum`, `dimension`, `function`, and the clauses in them) are the only ones that are
//! known here by hand; `stdlib/vocabulary/language.cw` describes the same forms, and a test checks the vocabulary against it like
//! any other text. What does not have its form is passed over: that test finds it.

use std::collections::BTreeMap;
use std::str::FromStr;

use clearway_syntax::{self as syntax, BinaryOp, Expr, ExprKind, Item, UnaryOp};
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{
    Clause, Contents, Dimension, Enum, Field, Flag, Function, Kind, Label, Parameter, Positional, Tightens,
    Type, Unit, Vocabulary,
};
use crate::stdlib;

type Aliases = BTreeMap<SmolStr, Expr>;

pub(super) fn load() -> Vocabulary {
    let files: Vec<_> = stdlib::vocabulary().map(|(_, text)| syntax::parse(text)).collect();
    let items = || files.iter().flat_map(|file| file.items().map(|(_, item)| item));
    let declarations = |kind: &'static str| {
        items().filter_map(move |item| match item {
            Item::Declaration(declaration) if declaration.kind.text == kind => Some(declaration),
            _ => None,
        })
    };
    let aliases: Aliases = items()
        .filter_map(|item| match item {
            Item::Let(alias) => Some((alias.name.text.clone(), alias.value.clone())),
            _ => None,
        })
        .collect();

    let mut vocabulary = Vocabulary::default();
    // Names first, so that a type may name what is declared further down.
    for declaration in declarations("kind") {
        let kind = empty_kind(declaration);
        vocabulary.kinds.insert(kind.name.clone(), kind);
    }
    for declaration in declarations("enum") {
        let words = read_enum(declaration);
        vocabulary.enums.insert(words.name.clone(), words);
    }
    for declaration in declarations("dimension") {
        read_dimension(declaration, &mut vocabulary);
    }
    for declaration in declarations("function") {
        let result = declaration.bases.first().and_then(Expr::as_name).map(|name| name.text.clone());
        let function = Function {
            name: name_of(declaration),
            doc: doc(declaration.doc.as_ref()),
            params: Vec::new(),
            result: Type::Result(result.unwrap_or_default()),
            computed: has_word(&declaration.operands, "computed"),
            reads: has_word(&declaration.operands, "reads"),
            measures: names_of(&declaration.body, "measures"),
        };
        vocabulary.functions.insert(function.name.clone(), function);
    }
    for declaration in declarations("function") {
        let params = declaration.params.iter().flatten().map(|param| Parameter {
            name: param.name.text.clone(),
            ty: type_of(&vocabulary, &param.ty, &aliases).unwrap_or(Type::Any),
            default: param.default.clone(),
        });
        let params = params.collect();
        let result = declaration.bases.first().and_then(|base| type_of(&vocabulary, base, &aliases));
        if let Some(function) = vocabulary.functions.get_mut(&name_of(declaration)) {
            function.params = params;
            function.result = result.unwrap_or(Type::Any);
        }
    }
    let kinds: BTreeMap<_, _> = declarations("kind").map(|kind| (name_of(kind), kind)).collect();
    for name in kinds.keys() {
        let contents = Reader { vocabulary: &vocabulary, aliases: &aliases, kinds: &kinds }.kind(name, 0);
        if let Some(kind) = vocabulary.kinds.get_mut(name) {
            kind.contents = contents;
        }
    }
    vocabulary
}

fn empty_kind(declaration: &syntax::Declaration) -> Kind {
    Kind {
        name: name_of(declaration),
        doc: doc(declaration.doc.as_ref()),
        project_wide: has_word(&declaration.operands, "project-wide"),
        is_abstract: has_word(&declaration.operands, "abstract"),
        typed: has_word(&declaration.operands, "typed"),
        library_only: has_word(&declaration.operands, "library-only"),
        contents: Contents::default(),
    }
}

/// The names in a list that is the value of a field.
fn names_of(body: &syntax::Block, field: &str) -> Vec<SmolStr> {
    let value = body.fields().find(|one| one.name.text == field).and_then(|one| one.value.as_ref());
    match value.map(|value| &value.kind) {
        Some(ExprKind::List(names)) => {
            names.iter().filter_map(Expr::as_name).map(|name| name.text.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn read_enum(declaration: &syntax::Declaration) -> Enum {
    let words = declaration.body.clauses().filter(|clause| clause.keyword.text == "value");
    Enum {
        name: name_of(declaration),
        doc: doc(declaration.doc.as_ref()),
        ordered: has_word(&declaration.operands, "ordered"),
        words: words
            .filter_map(|word| Some(Flag { name: first_name(word)?, doc: doc(word.doc.as_ref()) }))
            .collect(),
    }
}

fn read_dimension(declaration: &syntax::Declaration, vocabulary: &mut Vocabulary) {
    let dimension = name_of(declaration);
    let mut units = Vec::new();
    for clause in declaration.body.clauses().filter(|clause| clause.keyword.text == "unit") {
        let Some(name) = first_name(clause) else { continue };
        let fields = || clause.body.iter().flat_map(syntax::Block::fields);
        let factor =
            fields().find(|field| field.name.text == "factor").and_then(|field| field.value.as_ref());
        let factor = factor.and_then(decimal).unwrap_or(Decimal::ONE);
        let spellings = clause.body.iter().flat_map(|body| names_of(body, "also"));
        let unit =
            Unit { name: name.clone(), doc: doc(clause.doc.as_ref()), dimension: dimension.clone(), factor };
        for spelling in spellings {
            vocabulary.units.insert(spelling, unit.clone());
        }
        vocabulary.units.insert(name.clone(), unit);
        units.push(name);
    }
    let separate = has_word(&declaration.operands, "separate");
    let doc = doc(declaration.doc.as_ref());
    vocabulary.dimensions.insert(dimension.clone(), Dimension { name: dimension, doc, separate, units });
}

/// Reads the contents of kinds and clauses, with what they extend.
struct Reader<'v> {
    vocabulary: &'v Vocabulary,
    aliases: &'v Aliases,
    kinds: &'v BTreeMap<SmolStr, &'v syntax::Declaration>,
}

impl Reader<'_> {
    /// How deep a clause that contains itself is read: `clause` in the description of the language.
    const DEPTH: usize = 8;

    fn kind(&self, name: &str, depth: usize) -> Contents {
        let Some(declaration) = self.kinds.get(name) else { return Contents::default() };
        self.contents(&declaration.bases, Some(&declaration.body), depth)
    }

    fn contents(&self, bases: &[Expr], body: Option<&syntax::Block>, depth: usize) -> Contents {
        let mut contents = Contents::default();
        if depth > Self::DEPTH {
            return contents;
        }
        for clause in body.iter().flat_map(|body| body.clauses()) {
            self.part(clause, &mut contents, depth);
        }
        for base in bases.iter().filter_map(Expr::as_name) {
            contents.inherit(&self.kind(&base.text, depth + 1));
        }
        contents
    }

    fn part(&self, clause: &syntax::Clause, contents: &mut Contents, depth: usize) {
        let Some(name) = first_name(clause) else { return };
        let doc = doc(clause.doc.as_ref());
        let ty = || {
            clause
                .operands
                .get(1)
                .and_then(|ty| type_of(self.vocabulary, ty, self.aliases))
                .unwrap_or(Type::Any)
        };
        let has = |word: &str| has_word(&clause.operands, word);
        match clause.keyword.text.as_str() {
            "field" => contents.fields.push(Field {
                name,
                doc,
                ty: ty(),
                default: label_value(clause, "default"),
                required: has("required"),
                tightens: tightens(clause),
            }),
            "positional" => {
                contents.positionals.push(Positional {
                    name,
                    doc,
                    ty: ty(),
                    optional: has("optional"),
                    tightens: tightens(clause),
                });
            }
            "label" => contents.labels.push(Label {
                name,
                doc,
                ty: ty(),
                required: has("required"),
                binds: has("binds"),
                tightens: tightens(clause),
            }),
            "flag" => contents.flags.push(Flag { name, doc }),
            "clause" => contents.clauses.push(Clause {
                keyword: name,
                doc,
                repeated: has("repeated"),
                required: has("required"),
                replaces: has("replaces"),
                adds: has("adds"),
                tightens: tightens(clause),
                contents: self.contents(&clause.bases, clause.body.as_ref(), depth + 1),
            }),
            _ => {}
        }
    }
}

/// The type that an expression names, through the vocabulary's own `let`s.
pub(super) fn type_of(vocabulary: &Vocabulary, expr: &Expr, aliases: &Aliases) -> Option<Type> {
    match &expr.kind {
        ExprKind::Paren(inner) => type_of(vocabulary, inner, aliases),
        ExprKind::Binary(BinaryOp::Or, left, right) => {
            let mut types = Vec::new();
            for side in [left, right] {
                types.extend_from_slice(type_of(vocabulary, side, aliases)?.alternatives());
            }
            Some(Type::Either(types))
        }
        ExprKind::Path(names, Some(args)) if names.len() == 1 && args.len() == 1 => {
            let of = Box::new(type_of(vocabulary, &args[0].value, aliases)?);
            match names[0].text.as_str() {
                "list" => Some(Type::List(of)),
                "span" => Some(Type::Span(of)),
                "part" => Some(Type::Part(of)),
                _ => None,
            }
        }
        ExprKind::Path(..) => {
            let name = &expr.as_name()?.text;
            if let Some(alias) = aliases.get(name) {
                return type_of(vocabulary, alias, aliases);
            }
            Type::primitive(name).or_else(|| vocabulary.named_type(name))
        }
        _ => None,
    }
}

impl Vocabulary {
    fn named_type(&self, name: &SmolStr) -> Option<Type> {
        if self.dimensions.contains_key(name) {
            return Some(Type::Quantity(name.clone()));
        }
        if self.enums.contains_key(name) {
            return Some(Type::Word(name.clone()));
        }
        if self.kinds.contains_key(name) {
            return Some(Type::Declaration(name.clone()));
        }
        let result = Type::Result(name.clone());
        self.functions.values().any(|function| function.result == result).then_some(result)
    }
}

fn name_of(declaration: &syntax::Declaration) -> SmolStr {
    declaration.name.as_ref().map(|name| name.text.clone()).unwrap_or_default()
}

fn first_name(clause: &syntax::Clause) -> Option<SmolStr> {
    let first = clause.operands.first()?;
    match first.as_name() {
        Some(name) => Some(name.text.clone()),
        None => first.as_text(),
    }
}

fn has_word(operands: &[Expr], word: &str) -> bool {
    operands.iter().filter_map(Expr::as_name).any(|name| name.text == word)
}

fn label_value(clause: &syntax::Clause, label: &str) -> Option<Expr> {
    let at = clause
        .operands
        .iter()
        .position(|operand| operand.as_name().is_some_and(|name| name.text == label))?;
    clause.operands.get(at + 1).cloned()
}

fn tightens(clause: &syntax::Clause) -> Option<Tightens> {
    match label_value(clause, "tightens")?.as_name()?.text.as_str() {
        "up" => Some(Tightens::Up),
        "down" => Some(Tightens::Down),
        _ => None,
    }
}

fn decimal(expr: &Expr) -> Option<Decimal> {
    match &expr.kind {
        ExprKind::Number(text) => Decimal::from_str(&text.replace('_', "")).ok(),
        ExprKind::Unary(UnaryOp::Negative, inner) => decimal(inner).map(|number| -number),
        _ => None,
    }
}

fn doc(doc: Option<&SmolStr>) -> SmolStr {
    doc.cloned().unwrap_or_default()
}
