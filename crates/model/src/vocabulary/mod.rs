//! The vocabulary: which kinds, fields, clauses, labels, units, words and functions there are.
//!
//! It is declared in `stdlib/vocabulary/`, in the language itself, and read once. Checking, completion, hover, the formatter and
//! the manual all read this one declaration.

mod load;
mod matcher;
mod members;
mod shape;
mod types;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clearway_syntax::Expr;
use rust_decimal::Decimal;
use smol_str::SmolStr;

pub use matcher::{Matched, MatchedPart, Mismatch, Slot, match_operands};
pub use members::{Declared, Member, members};
pub(crate) use members::{Holders, of_block, of_calls};
pub use shape::Shape;
pub use types::Type;

/// Everything that `stdlib/vocabulary/` declares.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// The words that start declarations.
    pub kinds: BTreeMap<SmolStr, Kind>,
    /// The closed sets of words.
    pub enums: BTreeMap<SmolStr, Enum>,
    /// What is measured.
    pub dimensions: BTreeMap<SmolStr, Dimension>,
    /// What can be called.
    pub functions: BTreeMap<SmolStr, Function>,
    /// The unit behind each spelling.
    units: BTreeMap<SmolStr, Unit>,
}

/// A word that starts a declaration.
#[derive(Debug)]
pub struct Kind {
    /// The word.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// Names of this kind are unique in the project, and visible in all its files without `use`.
    pub project_wide: bool,
    /// Only to be extended: it starts no declaration.
    pub is_abstract: bool,
    /// What follows `:` in a declaration is a type, not a declaration to extend.
    pub typed: bool,
    /// Only the library declares it: the vocabulary itself.
    pub library_only: bool,
    /// What stands between name and block, and in the block.
    pub contents: Contents,
}

/// What may stand in a declaration or in the block of a clause.
#[derive(Debug, Default, Clone)]
pub struct Contents {
    /// The fields, in the order of their declaration.
    pub fields: Vec<Field>,
    /// The clauses, in the order of their declaration.
    pub clauses: Vec<Clause>,
    /// Operands known by their place.
    pub positionals: Vec<Positional>,
    /// Operands that follow their name.
    pub labels: Vec<Label>,
    /// Words that are there or not.
    pub flags: Vec<Flag>,
}

/// A field: `name = value`.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// What its value must be.
    pub ty: Type,
    /// What it is when it is not written.
    pub default: Option<Expr>,
    /// It must be written.
    pub required: bool,
    /// In which direction a change of it tightens what is demanded; without one, none does.
    pub tightens: Option<Tightens>,
}

/// In which direction a change tightens what is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tightens {
    /// More is tighter: of a list, what has all of the other and more.
    Up,
    /// Less is.
    Down,
}

/// A clause: `keyword value… label value…`.
#[derive(Debug, Clone)]
pub struct Clause {
    /// The word it starts with.
    pub keyword: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// It may stand several times in one block.
    pub repeated: bool,
    /// It must stand at least once.
    pub required: bool,
    /// A declaration that has its own drops those of the declaration it extends.
    pub replaces: bool,
    /// One that has the name of an inherited one adds to it, and does not take its place.
    pub adds: bool,
    /// Whether one more tightens what is demanded.
    pub tightens: Option<Tightens>,
    /// Its operands, and what may stand in its block.
    pub contents: Contents,
}

/// An operand known by its place.
#[derive(Debug, Clone)]
pub struct Positional {
    /// Its name in messages and in the typed model.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// What its value must be.
    pub ty: Type,
    /// It may be left out.
    pub optional: bool,
    /// In which direction a change of it tightens what is demanded.
    pub tightens: Option<Tightens>,
}

/// An operand that follows its name.
#[derive(Debug, Clone)]
pub struct Label {
    /// The word before the value.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// What its value must be.
    pub ty: Type,
    /// It must be written.
    pub required: bool,
    /// The clause speaks of each of its items in turn, and calls it by its first positional.
    pub binds: bool,
    /// In which direction a change of it tightens what is demanded.
    pub tightens: Option<Tightens>,
}

/// A word that is there or not.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The word.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
}

/// A closed set of words.
#[derive(Debug)]
pub struct Enum {
    /// Its name.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// The words may be compared, lowest first.
    pub ordered: bool,
    /// The words with their documentation.
    pub words: Vec<Flag>,
}

/// What is measured.
#[derive(Debug)]
pub struct Dimension {
    /// Its name.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// Its units do not convert into each other.
    pub separate: bool,
    /// The units, by the spelling that is used in output.
    pub units: Vec<SmolStr>,
}

/// A unit of a dimension.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The spelling that is used in output.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// What it measures.
    pub dimension: SmolStr,
    /// How many it is of a unit that is common to the dimension: only how they compare counts.
    pub factor: Decimal,
}

/// What can be called in a value.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: SmolStr,
    /// Its documentation.
    pub doc: SmolStr,
    /// Its parameters, in order.
    pub params: Vec<Parameter>,
    /// The type of its result.
    pub result: Type,
    /// The compiler computes the result; otherwise the call itself is the value.
    pub computed: bool,
    /// It reads the file that its first parameter names.
    pub reads: bool,
    /// Of a report: what it can measure, by the words before the dots of metrics; whatever it is asked for where there are none.
    pub measures: Vec<SmolStr>,
}

/// A parameter of a function, a metric or a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: SmolStr,
    /// What its argument must be.
    pub ty: Type,
    /// What it is when no argument is given.
    pub default: Option<Expr>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(load::load);

impl Function {
    /// Whether a report of it can have a metric.
    pub fn measures(&self, metric: &str) -> bool {
        let family = metric.split('.').next().unwrap_or(metric);
        self.measures.is_empty() || self.measures.iter().any(|measured| measured == family)
    }
}

impl Vocabulary {
    /// The vocabulary of this binary.
    pub fn get() -> &'static Self {
        &VOCABULARY
    }

    /// The unit with this spelling.
    pub fn unit(&self, spelling: &str) -> Option<&Unit> {
        self.units.get(spelling)
    }

    /// An amount in the base unit of its dimension, the first that it declares: seconds, bytes.
    pub fn in_base(&self, amount: Decimal, unit: &str) -> Option<Decimal> {
        let unit = self.unit(unit)?;
        let base = self.unit(self.dimensions.get(&unit.dimension)?.units.first()?)?;
        amount.checked_mul(unit.factor)?.checked_div(base.factor)
    }

    /// Every spelling of the units of a dimension, or of all.
    pub fn unit_spellings(&self, dimension: Option<&str>) -> impl Iterator<Item = &str> {
        self.units
            .iter()
            .filter(move |(_, unit)| dimension.is_none_or(|dimension| unit.dimension == dimension))
            .map(|(spelling, _)| spelling.as_str())
    }

    /// The kinds that start a declaration.
    pub fn declarable(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values().filter(|kind| !kind.is_abstract)
    }

    /// What stands in a kind's block, or in that of a clause below it: `release.stage`.
    pub fn contents_at(&self, path: &str) -> Option<&Contents> {
        let mut words = path.split('.');
        let kind = self.kinds.get(words.next()?)?;
        words.try_fold(&kind.contents, |contents, word| Some(&contents.clause(word)?.contents))
    }

    /// The type that a value expression names in a type's place: `duration`, `list(text)`, `date or date-time`.
    pub fn type_of(&self, expr: &Expr) -> Option<Type> {
        load::type_of(self, expr, &BTreeMap::new())
    }
}

impl Contents {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The clause with this keyword.
    pub fn clause(&self, keyword: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.keyword == keyword)
    }

    /// The words that may follow the positionals.
    pub fn label_words(&self) -> impl Iterator<Item = &str> {
        let labels = self.labels.iter().map(|label| label.name.as_str());
        labels.chain(self.flags.iter().map(|flag| flag.name.as_str()))
    }

    /// The label with a name.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name == name)
    }

    /// Whether anything may stand in the block.
    pub fn has_block(&self) -> bool {
        !self.fields.is_empty() || !self.clauses.is_empty()
    }

    /// What a kind or clause takes over from the one it extends; what it declares itself wins.
    fn inherit(&mut self, base: &Self) {
        let own = std::mem::take(self);
        *self = base.clone();
        for field in own.fields {
            self.fields.retain(|inherited| inherited.name != field.name);
            self.fields.push(field);
        }
        for clause in own.clauses {
            self.clauses.retain(|inherited| inherited.keyword != clause.keyword);
            self.clauses.push(clause);
        }
        self.positionals.extend(own.positionals);
        self.labels.extend(own.labels);
        self.flags.extend(own.flags);
    }
}
