//! Values: what expressions come to.

use std::fmt;
use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_syntax::BinaryOp;
use jiff::civil;
use rust_decimal::Decimal;
use smol_str::SmolStr;

use crate::lowering::ClauseValue;
use crate::query::Item;
use crate::vocabulary::{Type, Vocabulary};
use clearway_versions::Range;

/// A value and the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Value {
    /// Where it was written.
    pub place: Place,
    /// What it is.
    pub kind: ValueKind,
}

/// The forms of values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// What went wrong was told already; it fits everywhere, so that one mistake is one error.
    Unknown,
    /// A parameter of a template that no argument stands in for yet.
    Parameter(Arc<Type>),
    /// A text.
    Text(Arc<str>),
    /// A number; its text is kept, because a version may be meant.
    Number(Number),
    /// A percentage: `95` for `95%`.
    Percent(Decimal),
    /// True or false.
    Bool(bool),
    /// A number with a unit.
    Quantity(Decimal, SmolStr),
    /// A version, as written.
    Version(SmolStr),
    /// A version range.
    Range(Arc<Range>),
    /// A day.
    Date(civil::Date),
    /// A day and a time, in a zone of its own or in that of its declaration.
    DateTime(Moment),
    /// A time of day in minutes since midnight; 1,440 is the end of the day.
    Time(u16),
    /// A time zone's IANA name.
    Zone(SmolStr),
    /// A name that stands for itself.
    Name(SmolStr),
    /// A word of an enum: the enum, the word.
    Word(SmolStr, SmolStr),
    /// A declaration.
    Reference(Arc<Reference>),
    /// A list.
    List(Arc<[Value]>),
    /// From one value to another.
    Span(Arc<(Value, Value)>),
    /// A call that is carried on as it is.
    Call(Arc<CallValue>),
    /// What can hold or not hold when it is measured.
    Condition(Arc<Condition>),
    /// A type.
    Type(Arc<Type>),
    /// A clause of a declaration, looked into by a policy.
    Clause(Arc<ClauseItem>),
    /// What nobody wrote, and what has no default: an owner that is not named. It is equal to nothing.
    Absent,
}

/// A clause of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClauseItem {
    /// Its path in the vocabulary: `release.stage`.
    pub path: SmolStr,
    /// What it says.
    pub clause: ClauseValue,
}

/// A number with the text it was written as.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number {
    /// Its value.
    pub value: Decimal,
    /// Its text: `1.10` is not `1.1` where a version is meant.
    pub text: SmolStr,
}

/// A day and a time; with an offset it is a moment of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The day and time on the wall.
    pub local: civil::DateTime,
    /// Seconds east of UTC, when the text says so.
    pub offset: Option<i32>,
}

/// A use of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The kind of what is meant.
    pub kind: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The declaration.
    pub item: Item,
    /// The part after the dot.
    pub part: Option<(SmolStr, Place)>,
    /// The arguments, where it is a template.
    pub args: Vec<(SmolStr, Value)>,
}

/// A call of a function that the compiler does not compute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallValue {
    /// The function.
    pub function: SmolStr,
    /// Every parameter with its argument or default, in the order of the parameters.
    pub args: Vec<(SmolStr, Value)>,
}

/// What can hold or not hold when it is measured.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Known already.
    Constant(bool),
    /// A comparison with something measured.
    Compare(Comparison),
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// What it measures.
    pub fn metrics(&self) -> Vec<&MetricCall> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Not(inner) => inner.metrics(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::metrics).collect(),
            Self::Compare(comparison) => {
                let sides = [&comparison.left, &comparison.right].into_iter();
                sides
                    .filter_map(|side| match side {
                        Measured::Metric(metric) => Some(metric),
                        Measured::Value(_) => None,
                    })
                    .collect()
            }
        }
    }
}

/// A comparison with something measured on at least one side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// The left side.
    pub left: Measured,
    /// One of the comparing operators.
    pub op: BinaryOp,
    /// The right side.
    pub right: Measured,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Measured {
    /// Something measured.
    Metric(MetricCall),
    /// Something known.
    Value(Value),
}

/// A use of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MetricCall {
    /// Its name.
    pub name: SmolStr,
    /// Its declaration.
    pub item: Item,
    /// Every parameter with its argument or default.
    pub args: Vec<(SmolStr, Value)>,
    /// The type of what it measures.
    pub ty: Arc<Type>,
    /// Where it is used.
    pub place: Place,
}

impl Value {
    /// A value that says nothing, for text that is wrong in a way that was told.
    pub const fn unknown(place: Place) -> Self {
        Self { place, kind: ValueKind::Unknown }
    }

    /// Whether nothing is known of the value, or it is a template's parameter.
    pub const fn is_open(&self) -> bool {
        matches!(self.kind, ValueKind::Unknown | ValueKind::Parameter(_))
    }

    /// The items of a list; a value that is no list is a list of one.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            ValueKind::List(items) => items,
            ValueKind::Unknown => &[],
            _ => std::slice::from_ref(self),
        }
    }
}

/// The value as it would be written.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let args = |f: &mut fmt::Formatter<'_>, args: &[(SmolStr, Self)]| {
            listed(f, &mut args.iter().map(|(name, value)| format!("{name} = {value}")))
        };
        match &self.kind {
            ValueKind::Unknown => write!(f, "…"),
            ValueKind::Parameter(ty) => write!(f, "{ty}"),
            ValueKind::Text(text) => write!(f, "{text:?}"),
            ValueKind::Number(number) => write!(f, "{}", number.text),
            ValueKind::Percent(number) => write!(f, "{}%", number.normalize()),
            ValueKind::Bool(value) => write!(f, "{value}"),
            ValueKind::Quantity(amount, unit) => write!(f, "{} {unit}", amount.normalize()),
            ValueKind::Version(text) | ValueKind::Zone(text) | ValueKind::Name(text) => write!(f, "{text}"),
            ValueKind::Range(range) => write!(f, "{range}"),
            ValueKind::Date(date) => write!(f, "{date}"),
            ValueKind::DateTime(moment) => write!(f, "{}", moment.local),
            ValueKind::Time(minutes) => write!(f, "{:02}:{:02}", minutes / 60, minutes % 60),
            ValueKind::Word(_, word) => write!(f, "{word}"),
            ValueKind::Reference(reference) => {
                write!(f, "{}", reference.name)?;
                if let Some((part, _)) = &reference.part {
                    write!(f, ".{part}")?;
                }
                if !reference.args.is_empty() {
                    write!(f, "(")?;
                    args(f, &reference.args)?;
                    write!(f, ")")?;
                }
                Ok(())
            }
            ValueKind::List(items) => {
                write!(f, "[")?;
                listed(f, &mut items.iter().map(ToString::to_string))?;
                write!(f, "]")
            }
            ValueKind::Span(ends) => write!(f, "{}..{}", ends.0, ends.1),
            ValueKind::Call(call) => {
                write!(f, "{}(", call.function)?;
                args(f, &call.args)?;
                write!(f, ")")
            }
            ValueKind::Condition(condition) => write!(f, "{condition}"),
            ValueKind::Type(ty) => write!(f, "{ty}"),
            ValueKind::Clause(item) => {
                write!(f, "{}", item.clause.keyword)?;
                item.clause.parts.first().map_or(Ok(()), |(_, subject)| write!(f, " {subject}"))
            }
            ValueKind::Absent => write!(f, "nothing"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::All(_) | Self::Any(_) => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::Compare(Comparison { left, op, right }) => write!(f, "{left} {} {right}", op.text()),
            Self::All(parts) => joined(f, parts, "and"),
            Self::Any(parts) => joined(f, parts, "or"),
            Self::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(metric) => {
                write!(f, "{}", metric.name)?;
                // A default belongs to the place that leaves it out, and is not written.
                let mut written = metric
                    .args
                    .iter()
                    .filter(|(_, value)| value.place != metric.place)
                    .map(|(name, value)| format!("{name} = {value}"))
                    .peekable();
                if written.peek().is_some() {
                    write!(f, "(")?;
                    listed(f, &mut written)?;
                    write!(f, ")")?;
                }
                Ok(())
            }
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

/// Items with commas between them.
fn listed(f: &mut fmt::Formatter<'_>, items: &mut dyn Iterator<Item = String>) -> fmt::Result {
    for (at, item) in items.enumerate() {
        write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
    }
    Ok(())
}

impl ValueKind {
    /// What the value is, in words for a message.
    pub fn describe(&self) -> String {
        let name = match self {
            Self::Unknown => "a value",
            Self::Parameter(ty) => return ty.to_string(),
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Percent(_) => "a percentage",
            Self::Bool(_) => "`true` or `false`",
            Self::Quantity(_, unit) => {
                let dimension =
                    Vocabulary::get().unit(unit).map(|unit| Type::Quantity(unit.dimension.clone()));
                return dimension.map_or_else(|| "a quantity".to_owned(), |dimension| dimension.to_string());
            }
            Self::Version(_) => "a version",
            Self::Range(_) => "a version range",
            Self::Date(_) => "a date",
            Self::DateTime(_) => "a date with a time",
            Self::Time(_) => "a time of day",
            Self::Zone(_) => "a time zone",
            Self::Name(_) => "a name",
            Self::Word(name, _) => return Type::Word(name.clone()).to_string(),
            Self::Reference(reference) => return Type::Declaration(reference.kind.clone()).to_string(),
            Self::List(_) => "a list",
            Self::Span(_) => "a span",
            Self::Call(call) => return format!("`{}(…)`", call.function),
            Self::Condition(_) => "a condition",
            Self::Type(_) => "a type",
            Self::Clause(item) => return Type::Clause(item.path.clone()).to_string(),
            Self::Absent => "nothing",
        };
        name.to_owned()
    }
}
