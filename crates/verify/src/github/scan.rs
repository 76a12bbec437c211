//! The words of an expression.

use std::fmt;

use super::expression::{Malformed, Operator};
use super::value::{Value, number_of};

/// The longest expression that GitHub reads.
const MAX_LENGTH: usize = 21_000;

/// A word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A value.
    Literal(Value),
    /// A context, a function or a property.
    Name(String),
    /// An operator with two sides.
    Operator(Operator),
    /// Any other mark.
    Mark(&'static str),
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("a literal"),
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Operator(operator) => write!(f, "the operator {operator:?}"),
            Self::Mark(mark) => write!(f, "`{mark}`"),
        }
    }
}

const OPERATORS: [(&str, Operator); 8] = [
    ("||", Operator::Or),
    ("&&", Operator::And),
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

const MARKS: [&str; 8] = ["(", ")", "[", "]", ".", ",", "!", "*"];

/// The words of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Malformed> {
    let error = |what: &str| Malformed(format!("`{}`: {what}", text.trim()));
    if text.len() > MAX_LENGTH {
        return Err(Malformed(format!("an expression of {} bytes is too long", text.len())));
    }
    let mut found: Vec<Token> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        // After a value, a dot leads to a property; elsewhere it may begin a number.
        let after_value =
            matches!(found.last(), Some(Token::Name(_) | Token::Mark(")" | "]" | "*") | Token::Literal(_)));
        let length = if first == '\'' {
            let length = quoted(rest).ok_or_else(|| error("a text does not end"))?;
            found.push(Token::Literal(Value::Text(rest[1..length - 1].replace("''", "'"))));
            length
        } else if let Some((mark, operator)) = OPERATORS.iter().find(|(mark, _)| rest.starts_with(mark)) {
            found.push(Token::Operator(*operator));
            mark.len()
        } else if first.is_ascii_digit() || "+-".contains(first) || (first == '.' && !after_value) {
            let length =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-._".contains(c)).unwrap_or(rest.len());
            let number = number_of(&rest[..length]);
            if number.is_nan() {
                return Err(error(&format!("`{}` is no number", &rest[..length])));
            }
            found.push(Token::Literal(Value::Number(number)));
            length
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            found.push(Token::Mark(mark));
            1
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c)).unwrap_or(rest.len());
            let property = found.last() == Some(&Token::Mark("."));
            found.push(word(&rest[..length], property));
            length
        } else {
            return Err(error(&format!("`{first}` means nothing here")));
        };
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn word(word: &str, property: bool) -> Token {
    match word {
        _ if property => Token::Name(word.to_owned()),
        "true" => Token::Literal(Value::Bool(true)),
        "false" => Token::Literal(Value::Bool(false)),
        "null" => Token::Literal(Value::Null),
        "NaN" => Token::Literal(Value::Number(f64::NAN)),
        "Infinity" => Token::Literal(Value::Number(f64::INFINITY)),
        _ => Token::Name(word.to_owned()),
    }
}

/// The length of the literal that a text begins with; a quote inside it is doubled.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'\'')?;
        if bytes.get(at + 1) != Some(&b'\'') {
            return Some(at + 1);
        }
        at += 2;
    }
}
