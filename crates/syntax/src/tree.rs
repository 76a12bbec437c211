//! The syntax tree: what a text says, without what it means.
//!
//! A [`Tree`] holds one top-level item, or what is left of a broken one. It is position independent: every node has an
//! id counted from the start of its tree, and the spans (relative to the tree's own text) are kept aside, so that two trees
//! that differ only in layout or comments have equal [`Tree::items`].

use std::sync::Arc;

use clearway_diagnostics::{NodeId, Span};
use smol_str::SmolStr;

use crate::error::SyntaxError;

/// The tree of one piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// The items, in order. A whole text gives one item a tree; damaged text may hold none or several.
    pub items: Vec<Item>,
    /// What did not parse.
    pub errors: Vec<SyntaxError>,
    /// Every comment, documentation included, in order.
    pub comments: Vec<Span>,
    pub(crate) spans: Vec<Span>,
}

impl Tree {
    /// The bytes of a node, relative to the tree's text.
    pub fn span(&self, node: NodeId) -> Span {
        self.spans.get(node.0 as usize).copied().unwrap_or_default()
    }

    /// The number of nodes: ids are below it.
    pub fn nodes(&self) -> usize {
        self.spans.len()
    }
}

/// A top-level item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// `use a.b.c`
    Use(Use),
    /// `let name = value`
    Let(Let),
    /// `kind name { … }`
    Declaration(Declaration),
}

/// A name and its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// Its node.
    pub id: NodeId,
    /// Its text, without quotes where it was written as a string.
    pub text: SmolStr,
}

/// `use a.b.c`, `use a.b.{ c, d }`, `use a.b as x`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Use {
    /// Its node.
    pub id: NodeId,
    /// The dotted path.
    pub path: Vec<Name>,
    /// What is taken from it.
    pub names: UseNames,
}

/// What a `use` brings into scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UseNames {
    /// The last name of the path.
    Last,
    /// The last name of the path, under another name.
    Alias(Name),
    /// Several names below the path.
    Some(Vec<Name>),
}

/// `let name = value`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Let {
    /// Its node.
    pub id: NodeId,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// The name it binds.
    pub name: Name,
    /// What it stands for.
    pub value: Expr,
}

/// `kind name(params) : base(args) labels… { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Declaration {
    /// Its node.
    pub id: NodeId,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// The word it starts with.
    pub kind: Name,
    /// Its name; a few kinds have none.
    pub name: Option<Name>,
    /// Its parameters, when it has a parameter list.
    pub params: Option<Vec<Param>>,
    /// What it extends.
    pub bases: Vec<Expr>,
    /// What stands between the name and the block.
    pub operands: Vec<Expr>,
    /// Its statements.
    pub body: Block,
    /// Whether a part of it did not parse: what it lacks may be in there.
    pub broken: bool,
}

/// `name: type = default`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    /// Its node.
    pub id: NodeId,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Expr,
    /// What it is when no argument is given.
    pub default: Option<Expr>,
}

/// `{ … }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Block {
    /// Its node.
    pub id: NodeId,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
    /// Whether a statement in it did not parse.
    pub broken: bool,
    /// Whether its `}` is missing: statements of the blocks around it may have ended up in it.
    pub unclosed: bool,
}

/// A statement of a block.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Statement {
    /// `let name = value`
    Let(Let),
    /// `name = value`
    Field(Field),
    /// `keyword value… label value…`
    Clause(Clause),
}

/// `name = value`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its node.
    pub id: NodeId,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// Its name.
    pub name: Name,
    /// Its value; absent only where the text is broken.
    pub value: Option<Expr>,
    /// A block after the value.
    pub body: Option<Block>,
    /// Whether the value, or what follows it, did not parse.
    pub broken: bool,
}

/// `keyword value… label value… { … }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Its node.
    pub id: NodeId,
    /// Its documentation.
    pub doc: Option<SmolStr>,
    /// The word it starts with.
    pub keyword: Name,
    /// Its operands, in order. Which is a value, a label or a flag is said by the vocabulary.
    pub operands: Vec<Expr>,
    /// What its block extends.
    pub bases: Vec<Expr>,
    /// Its block.
    pub body: Option<Block>,
    /// Whether a part of it did not parse.
    pub broken: bool,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Expr {
    /// Its node.
    pub id: NodeId,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expressions. Literals keep their text: what `1.0` is depends on where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExprKind {
    /// `1`, `2.5`, `1_000`
    Number(SmolStr),
    /// `95%`, without its sign
    Percent(SmolStr),
    /// `10 m`: the number's node and text, and the name after it, which may turn out to be a label
    Quantity(Name, Name),
    /// `3.4.0-rc.1`
    Version(SmolStr),
    /// `^2.1`, `>=1.2`
    Range(SmolStr),
    /// `2026-12-28`
    Date(SmolStr),
    /// `2026-12-24T10:00+01:00`
    DateTime(SmolStr),
    /// `09:00`
    Time(SmolStr),
    /// `"text ${name}"`
    Text(Vec<TextPart>),
    /// `"""text"""`
    Raw(Arc<str>),
    /// `true`, `false`
    Bool(bool),
    /// `a`, `a.b`, and `a.b(c = d)` with arguments
    Path(Vec<Name>, Option<Vec<Arg>>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[for x in xs if c : e]`
    Comprehension(Box<Comprehension>),
    /// `not a`, `-a`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `if c then a else b`
    If(Box<[Expr; 3]>),
    /// `(a)`
    Paren(Box<Expr>),
    /// `a, b` as one operand of a clause
    Group(Vec<Expr>),
    /// A word reserved in expressions, where a clause may have it as a label
    Word(SmolStr),
    /// What did not parse: it was told, and nothing more is to be said of it
    Missing,
}

/// `[for name in items if filter : value]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Comprehension {
    /// What an item is called.
    pub name: Name,
    /// Where the items come from.
    pub items: Expr,
    /// Which of them are taken.
    pub filter: Option<Expr>,
    /// What each becomes.
    pub value: Expr,
}

/// `name = value` or `value` in a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arg {
    /// Its node.
    pub id: NodeId,
    /// The parameter's name, where it is written.
    pub name: Option<Name>,
    /// Its value.
    pub value: Expr,
}

/// A piece of a `"…"` text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TextPart {
    /// Characters, escapes replaced by what they stand for.
    Characters(SmolStr),
    /// `${…}`
    Interpolation(Expr),
}

/// Operators before an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Negative,
}

/// Operators between operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `..`
    Span,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
}

impl BinaryOp {
    /// The operator as it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Span => "..",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
        }
    }

    /// How tightly it binds: a higher number binds tighter.
    pub const fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::Unequal | Self::Below | Self::AtMost | Self::Above | Self::AtLeast => 3,
            Self::Span => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Divide => 6,
        }
    }

    /// Whether it compares its operands.
    pub const fn compares(self) -> bool {
        matches!(self, Self::Equal | Self::Unequal | Self::Below | Self::AtMost | Self::Above | Self::AtLeast)
    }
}

impl Expr {
    /// The name, when the expression is a single name without arguments.
    pub fn as_name(&self) -> Option<&Name> {
        match &self.kind {
            ExprKind::Path(names, None) if names.len() == 1 => names.first(),
            _ => None,
        }
    }

    /// The text, when the expression is a string without interpolation.
    pub fn as_text(&self) -> Option<SmolStr> {
        match &self.kind {
            ExprKind::Text(parts) => match parts.as_slice() {
                [] => Some(SmolStr::default()),
                [TextPart::Characters(text)] => Some(text.clone()),
                _ => None,
            },
            ExprKind::Raw(text) => Some(SmolStr::new(text)),
            _ => None,
        }
    }
}

impl Block {
    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Field(field) => Some(field),
            _ => None,
        })
    }

    /// The clauses, in order.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Clause(clause) => Some(clause),
            _ => None,
        })
    }
}
