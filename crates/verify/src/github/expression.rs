//! GitHub's expressions as trees: literals, contexts, operators and calls, and texts with `${{ }}` in them.

use std::fmt;

use super::scan::{Token, tokens};
use super::value::Value;

/// How deep an expression may nest; GitHub refuses deeper ones.
const MAX_DEPTH: usize = 50;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A value that is written.
    Literal(Value),
    /// A context: `needs`, `github`.
    Context(String),
    /// A property by its name.
    Member(Box<Expression>, String),
    /// A property or an item by what is computed.
    Index(Box<Expression>, Box<Expression>),
    /// Everything below: `needs.*`.
    Star(Box<Expression>),
    /// `!`
    Not(Box<Expression>),
    /// Two sides.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// A function and what it is given.
    Call(String, Vec<Expression>),
}

/// An operator with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// How strongly it binds.
    const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::Unequal => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
        }
    }
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

/// The condition of a job or a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What decides, `success()` included where it is implied.
    pub expression: Expression,
    /// It asks for the status of what came before by itself; without that, GitHub puts `success() &&` before it.
    pub asks_status: bool,
}

impl Condition {
    /// The condition that a text is; none written is `success()`.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        if text.trim().is_empty() {
            return Ok(Self { expression: success(), asks_status: false });
        }
        let written = if text.contains("${{") { template(text)? } else { Expression::read(text)? };
        if written.calls(&|name| STATUS.contains(&name)) {
            return Ok(Self { expression: written, asks_status: true });
        }
        let expression = Expression::Binary(Operator::And, Box::new(success()), Box::new(written));
        Ok(Self { expression, asks_status: false })
    }
}

/// The functions that ask how what came before went.
pub const STATUS: [&str; 4] = ["success", "failure", "cancelled", "always"];

fn success() -> Expression {
    Expression::Call("success".to_owned(), Vec::new())
}

/// A text with expressions in it, as one expression: itself where it is nothing else, otherwise a call of `format`. So a line
/// break after `}}` makes a text of it, which is never false.
pub fn template(text: &str) -> Result<Expression, Malformed> {
    let mut pattern = String::new();
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let end = end_of(after).ok_or_else(|| Malformed(format!("`{text}`: `${{{{` without `}}}}`")))?;
        pattern += &escaped(before);
        pattern += &format!("{{{}}}", found.len());
        found.push(Expression::read(&after[..end])?);
        rest = &after[end + 2..];
    }
    pattern += &escaped(rest);
    if found.is_empty() {
        return Ok(Expression::Literal(Value::Text(text.to_owned())));
    }
    if pattern == "{0}"
        && let Some(only) = found.pop()
    {
        return Ok(only);
    }
    found.insert(0, Expression::Literal(Value::Text(pattern)));
    Ok(Expression::Call("format".to_owned(), found))
}

fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Where `}}` stands outside a literal.
fn end_of(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'}' if !quoted && text[at..].starts_with("}}") => return Some(at),
            _ => {}
        }
    }
    None
}

impl Expression {
    /// The expression that a text is.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        let tokens = tokens(text)?;
        let mut reader = Reader { text, tokens, at: 0 };
        let expression = reader.expression(0, 0)?;
        match reader.peek() {
            None => Ok(expression),
            Some(token) => Err(reader.error(&format!("{token} is one too many"))),
        }
    }

    /// Whether a function is called whose name, in small letters, is one that is looked for.
    pub fn calls(&self, wanted: &impl Fn(&str) -> bool) -> bool {
        let itself = matches!(self, Self::Call(name, _) if wanted(name));
        itself || self.parts().into_iter().any(|part| part.calls(wanted))
    }

    /// The dotted references to a property of a property of a context, such as `needs.build.result`: (`needs`, `build`, `result`).
    pub fn references(&self, out: &mut Vec<Vec<String>>) {
        match self.dotted() {
            Some(names) => out.push(names),
            None => self.parts().into_iter().for_each(|part| part.references(out)),
        }
    }

    fn dotted(&self) -> Option<Vec<String>> {
        match self {
            Self::Context(name) => Some(vec![name.clone()]),
            Self::Member(of, name) => {
                let mut names = of.dotted()?;
                names.push(name.clone());
                Some(names)
            }
            Self::Index(of, index) => {
                let Self::Literal(Value::Text(name)) = &**index else { return None };
                let mut names = of.dotted()?;
                names.push(name.clone());
                Some(names)
            }
            Self::Star(of) => {
                let mut names = of.dotted()?;
                names.push("*".to_owned());
                Some(names)
            }
            _ => None,
        }
    }

    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Literal(_) | Self::Context(_) => Vec::new(),
            Self::Member(of, _) | Self::Star(of) | Self::Not(of) => vec![of],
            Self::Index(left, right) | Self::Binary(_, left, right) => vec![left, right],
            Self::Call(_, given) => given.iter().collect(),
        }
    }
}

/// What is still to be read.
struct Reader<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn error(&self, what: &str) -> Malformed {
        Malformed(format!("`{}`: {what}", self.text.trim()))
    }

    fn takes(&mut self, mark: &'static str) -> bool {
        let found = self.peek() == Some(&Token::Mark(mark));
        self.at += usize::from(found);
        found
    }

    fn expects(&mut self, mark: &'static str) -> Result<(), Malformed> {
        if self.takes(mark) { Ok(()) } else { Err(self.error(&format!("`{mark}` is missing"))) }
    }

    /// An expression of operators that bind more strongly than a bound.
    fn expression(&mut self, bound: u8, depth: usize) -> Result<Expression, Malformed> {
        if depth > MAX_DEPTH {
            return Err(self.error("it nests too deep"));
        }
        let mut left = self.operand(depth)?;
        while let Some(Token::Operator(operator)) = self.peek() {
            let operator = *operator;
            if operator.strength() <= bound {
                break;
            }
            self.at += 1;
            let right = self.expression(operator.strength(), depth + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operand(&mut self, depth: usize) -> Result<Expression, Malformed> {
        if depth > MAX_DEPTH {
            return Err(self.error("it nests too deep"));
        }
        let mut left = match self.next() {
            Some(Token::Mark("!")) => return Ok(Expression::Not(Box::new(self.operand(depth + 1)?))),
            Some(Token::Mark("(")) => {
                let inner = self.expression(0, depth + 1)?;
                self.expects(")")?;
                inner
            }
            Some(Token::Literal(value)) => Expression::Literal(value),
            Some(Token::Name(name)) => self.named(name, depth)?,
            Some(token) => return Err(self.error(&format!("{token} stands where a value should"))),
            None => return Err(self.error("it ends too early")),
        };
        loop {
            if self.takes(".") {
                left = match self.next() {
                    Some(Token::Name(name)) => Expression::Member(Box::new(left), name),
                    Some(Token::Mark("*")) => Expression::Star(Box::new(left)),
                    _ => return Err(self.error("a name is missing after `.`")),
                };
            } else if self.takes("[") {
                if self.takes("*") {
                    left = Expression::Star(Box::new(left));
                } else {
                    let index = self.expression(0, depth + 1)?;
                    left = Expression::Index(Box::new(left), Box::new(index));
                }
                self.expects("]")?;
            } else {
                return Ok(left);
            }
        }
    }

    fn named(&mut self, name: String, depth: usize) -> Result<Expression, Malformed> {
        let lower = name.to_ascii_lowercase();
        if !self.takes("(") {
            return Ok(Expression::Context(lower));
        }
        let mut given = Vec::new();
        if !self.takes(")") {
            loop {
                given.push(self.expression(0, depth + 1)?);
                if !self.takes(",") {
                    break;
                }
            }
            self.expects(")")?;
        }
        Ok(Expression::Call(lower, given))
    }
}
