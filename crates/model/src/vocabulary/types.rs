//! The types of values, as the vocabulary declares them.

use std::fmt;

use smol_str::SmolStr;

use super::Vocabulary;

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything.
    Any,
    /// `"…"`
    Text,
    /// A number.
    Number,
    /// A whole number that is not negative.
    Count,
    /// A number with `%`.
    Percent,
    /// `true` or `false`.
    Bool,
    /// A version of any scheme.
    Version,
    /// Versions: `^1.2`, `>=1.2, <3`, `any`.
    Range,
    /// `2026-12-28`
    Date,
    /// `2026-12-24T10:00`
    DateTime,
    /// `09:00`
    Time,
    /// The name of an IANA time zone.
    Zone,
    /// A new name, or a name that nothing declares.
    Name,
    /// The name of a person.
    Person,
    /// What can hold or not hold when it is measured: comparisons, `and`, `or`, `not`.
    Condition,
    /// A type, where the vocabulary declares something with one.
    Type,
    /// A number with a unit of this dimension.
    Quantity(SmolStr),
    /// A word of this enum.
    Word(SmolStr),
    /// The name of a declaration of this kind.
    Declaration(SmolStr),
    /// The name of a declaration, or of one of its parts after a dot.
    Part(Box<Type>),
    /// A clause, by its path from its kind: `release.stage`.
    Clause(SmolStr),
    /// What functions with this result type give.
    Result(SmolStr),
    /// A list.
    List(Box<Type>),
    /// `a..b`
    Span(Box<Type>),
    /// One of several, the first that fits.
    Either(Vec<Type>),
}

impl Type {
    /// The alternatives of the type: itself, unless it is [`Type::Either`].
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::Either(types) => types,
            one => std::slice::from_ref(one),
        }
    }

    /// The type that stands for itself in the vocabulary under this name.
    pub(crate) fn primitive(name: &str) -> Option<Self> {
        Self::PRIMITIVES.iter().find(|(known, _)| *known == name).map(|(_, ty)| ty.clone())
    }

    /// The types that stand for themselves in the vocabulary, with their names there.
    pub const PRIMITIVES: [(&'static str, Self); 16] = [
        ("any", Self::Any),
        ("text", Self::Text),
        ("number", Self::Number),
        ("count", Self::Count),
        ("percent", Self::Percent),
        ("bool", Self::Bool),
        ("version", Self::Version),
        ("range", Self::Range),
        ("date", Self::Date),
        ("date-time", Self::DateTime),
        ("time", Self::Time),
        ("zone", Self::Zone),
        ("name", Self::Name),
        ("person", Self::Person),
        ("condition", Self::Condition),
        ("type", Self::Type),
    ];
}

/// The type in words: what a message says was expected.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => write!(f, "a value"),
            Self::Text => write!(f, "a text"),
            Self::Number => write!(f, "a number"),
            Self::Count => write!(f, "a whole number"),
            Self::Percent => write!(f, "a percentage"),
            Self::Bool => write!(f, "`true` or `false`"),
            Self::Version => write!(f, "a version"),
            Self::Range => write!(f, "a version range"),
            Self::Date => write!(f, "a date"),
            Self::DateTime => write!(f, "a date with a time"),
            Self::Time => write!(f, "a time of day"),
            Self::Zone => write!(f, "a time zone"),
            Self::Name => write!(f, "a name"),
            Self::Person => write!(f, "a person"),
            Self::Condition => write!(f, "a condition"),
            Self::Type => write!(f, "a type"),
            // An enum of one word is that word: `self`, `owner`, `any`.
            Self::Word(name) if only_word(name).is_some() => {
                write!(f, "`{}`", only_word(name).unwrap_or_default())
            }
            Self::Quantity(name) | Self::Word(name) | Self::Declaration(name) | Self::Result(name) => {
                write!(f, "{} {}", article(name), name.replace('-', " "))
            }
            Self::Clause(path) => write!(f, "a `{}`", path.rsplit('.').next().unwrap_or_default()),
            Self::Part(of) => write!(f, "{of} or a part of it"),
            Self::List(of) => write!(f, "a list ({of} each)"),
            Self::Span(of) => write!(f, "a span from {of} to another"),
            // What may stand alone or in a list.
            Self::Either(types) if matches!(types.as_slice(), [one, Self::List(of)] if **of == *one) => {
                write!(f, "{} or a list of such", types[0])
            }
            Self::Either(types) => {
                for (at, ty) in types.iter().enumerate() {
                    let between = match at {
                        0 => "",
                        last if last + 1 == types.len() => " or ",
                        _ => ", ",
                    };
                    write!(f, "{between}{ty}")?;
                }
                Ok(())
            }
        }
    }
}

fn only_word(name: &str) -> Option<&'static str> {
    match Vocabulary::get().enums.get(name)?.words.as_slice() {
        [word] => Some(&word.name),
        _ => None,
    }
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
