//! From values to Rust types.

use std::sync::Arc;

use clearway_diagnostics::Place;
use jiff::civil;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;

use crate::value::{CallValue, Condition, Moment, Reference, Value, ValueKind};
use crate::vocabulary::{Type, Vocabulary};
use clearway_versions::Range;

/// A value with the place it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub place: Place,
}

/// A number with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The number, as written.
    pub amount: Decimal,
    /// The unit, in the spelling of output.
    pub unit: SmolStr,
}

impl Quantity {
    /// The amount in the base unit of its dimension: seconds, bytes.
    pub fn base(&self) -> Option<Decimal> {
        Vocabulary::get().in_base(self.amount, &self.unit)
    }
}

/// What a view can read. Nothing is read from a value that is absent or was wrong.
pub trait Read: Sized {
    /// Reads a value.
    fn read(value: Option<&Value>) -> Self;
}

/// What one value can be.
pub trait FromValue: Sized {
    /// The value as this type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl<T: FromValue> Read for Option<At<T>> {
    fn read(value: Option<&Value>) -> Self {
        let value = value?;
        Some(At { value: T::from_value(value)?, place: value.place })
    }
}

impl<T: FromValue> Read for Vec<At<T>> {
    fn read(value: Option<&Value>) -> Self {
        let items = value.map_or(&[][..], Value::items);
        items.iter().filter_map(|item| Some(At { value: T::from_value(item)?, place: item.place })).collect()
    }
}

impl Read for bool {
    fn read(value: Option<&Value>) -> Self {
        matches!(value, Some(Value { kind: ValueKind::Bool(true), .. }))
    }
}

macro_rules! from_value {
    ($($ty:ty: $pattern:pat => $result:expr;)*) => {$(
        impl FromValue for $ty {
            fn from_value(value: &Value) -> Option<Self> {
                match &value.kind {
                    $pattern => $result,
                    _ => None,
                }
            }
        }
    )*};
}

from_value! {
    Arc<str>: ValueKind::Text(text) => Some(text.clone());
    Decimal: ValueKind::Percent(number) | ValueKind::Number(crate::value::Number { value: number, .. }) => Some(*number);
    u32: ValueKind::Number(number) => number.value.to_u32();
    Arc<Range>: ValueKind::Range(range) => Some(range.clone());
    civil::Date: ValueKind::Date(date) => Some(*date);
    Moment: ValueKind::DateTime(moment) => Some(*moment);
    Arc<Reference>: ValueKind::Reference(reference) => Some(reference.clone());
    Arc<CallValue>: ValueKind::Call(call) => Some(call.clone());
    Arc<Condition>: ValueKind::Condition(condition) => Some(condition.clone());
    Arc<Type>: ValueKind::Type(ty) => Some(ty.clone());
    Quantity: ValueKind::Quantity(amount, unit) => Some(Self { amount: *amount, unit: unit.clone() });
}

/// Names, words, versions and zones are all known by their text.
impl FromValue for SmolStr {
    fn from_value(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Name(text)
            | ValueKind::Version(text)
            | ValueKind::Zone(text)
            | ValueKind::Word(_, text) => Some(text.clone()),
            ValueKind::Reference(reference) if reference.part.is_none() => Some(reference.name.clone()),
            _ => None,
        }
    }
}

/// A value that may be of several types is read as it is.
impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        (!value.is_open()).then(|| value.clone())
    }
}
