//! Values of expressions and how GitHub turns one type into another.
//!
//! A value may be known only in part: one of several, or not at all. So one evaluation stands for many runs.

use std::collections::BTreeMap;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: what a property gives that is not there.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Properties by name.
    Object(BTreeMap<String, Value>),
    /// Properties of which some are known; any other is unknown.
    Open(BTreeMap<String, Value>),
    /// One of these, none of them partly known.
    Among(Vec<Value>),
    /// Anything.
    Unknown,
}

/// How many values an unknown one is followed through.
const MAX_CANDIDATES: usize = 64;

impl Value {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// One of several; itself where there is only one.
    pub fn among(values: impl IntoIterator<Item = Self>) -> Self {
        let mut distinct: Vec<Self> = Vec::new();
        for value in values {
            match value {
                Self::Unknown => return Self::Unknown,
                value if distinct.contains(&value) => {}
                value => distinct.push(value),
            }
        }
        match distinct.len() {
            0 => Self::Unknown,
            1 => distinct.swap_remove(0),
            2..=MAX_CANDIDATES => Self::Among(distinct),
            _ => Self::Unknown,
        }
    }

    /// All that it may be; `None` where that is anything.
    pub fn candidates(&self) -> Option<&[Self]> {
        match self {
            Self::Unknown | Self::Open(_) => None,
            Self::Among(values) => Some(values),
            value if value.is_known() => Some(std::slice::from_ref(value)),
            _ => None,
        }
    }

    /// Whether all of it is known.
    fn is_known(&self) -> bool {
        match self {
            Self::Unknown | Self::Open(_) | Self::Among(_) => false,
            Self::List(items) => items.iter().all(Self::is_known),
            Self::Object(entries) => entries.values().all(Self::is_known),
            _ => true,
        }
    }

    /// Whether it counts as true; `None` where that is not known.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Bool(truth) => Some(*truth),
            Self::Number(number) => Some(*number != 0.0 && !number.is_nan()),
            Self::Text(text) => Some(!text.is_empty()),
            Self::List(_) | Self::Object(_) | Self::Open(_) => Some(true),
            Self::Unknown => None,
            Self::Among(values) => {
                let mut truths = values.iter().map(Self::truth);
                let first = truths.next()??;
                truths.all(|truth| truth == Some(first)).then_some(first)
            }
        }
    }

    /// The property of a name, whatever its capitals.
    pub fn property(&self, name: &str) -> Self {
        let find = |entries: &BTreeMap<String, Self>| {
            entries.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        match self {
            Self::Object(entries) => find(entries).unwrap_or(Self::Null),
            Self::Open(entries) => find(entries).unwrap_or(Self::Unknown),
            Self::Among(values) => Self::among(values.iter().map(|value| value.property(name))),
            Self::Unknown => Self::Unknown,
            _ => Self::Null,
        }
    }

    /// The number that it counts as.
    pub fn number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Bool(truth) => f64::from(u8::from(*truth)),
            Self::Number(number) => *number,
            Self::Text(text) => number_of(text),
            _ => f64::NAN,
        }
    }

    /// The text that it counts as, where all is known.
    pub fn as_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => number_text(*number),
            Self::Text(text) => text.clone(),
            Self::List(_) => "Array".to_owned(),
            Self::Object(_) | Self::Open(_) => "Object".to_owned(),
            Self::Among(_) | Self::Unknown => String::new(),
        }
    }

    /// Whether it is a list or has properties.
    pub const fn is_compound(&self) -> bool {
        matches!(self, Self::List(_) | Self::Object(_) | Self::Open(_))
    }
}

/// The number that a text counts as; nothing written is zero, what is no number is `NaN`.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let radix = |digits: &str, radix: u32| u32::from_str_radix(digits, radix).map_or(f64::NAN, f64::from);
    match text {
        "" => 0.0,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.starts_with("0x") => radix(&text[2..], 16),
        _ if text.starts_with("0o") => radix(&text[2..], 8),
        // Rust reads words such as `inf` too.
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// Fifteen significant digits.
fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}
