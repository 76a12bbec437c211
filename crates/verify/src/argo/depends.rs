//! The condition on which a task starts.

use std::collections::BTreeSet;

use super::run::Phase;

/// How often a condition may open something: it is read with a stack.
const DEEPEST: usize = 500;

/// An expression over the phases of other tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Depends {
    /// A task has one of some phases.
    Is(String, Vec<Phase>),
    /// All hold.
    All(Vec<Self>),
    /// One holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Depends {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = tokens(text)?;
        let nested = tokens.iter().filter(|token| matches!(token.as_str(), "(" | "!")).count();
        if nested > DEEPEST {
            return Err(format!("a condition nests too deep: {nested} times"));
        }
        tokens.reverse();
        let read = any(&mut tokens)?;
        if tokens.is_empty() { Ok(read) } else { Err(format!("`{text}` goes on after its end")) }
    }

    /// The tasks that it is about.
    pub fn tasks(&self) -> BTreeSet<&str> {
        match self {
            Self::Is(task, _) => BTreeSet::from([task.as_str()]),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tasks).collect(),
            Self::Not(inner) => inner.tasks(),
        }
    }

    /// Whether it holds.
    pub fn holds(&self, phase: &dyn Fn(&str) -> Phase) -> bool {
        match self {
            Self::Is(task, phases) => phases.contains(&phase(task)),
            Self::All(parts) => parts.iter().all(|part| part.holds(phase)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(phase)),
            Self::Not(inner) => !inner.holds(phase),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' | '!' => 1,
            '&' | '|' if rest.len() > 1 && rest[1..].starts_with(first) => 2,
            c if c.is_ascii_alphanumeric() => {
                let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                rest.find(|c| !name(c)).unwrap_or(rest.len())
            }
            other => return Err(format!("`{other}` in `{text}`")),
        };
        found.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn any(tokens: &mut Vec<String>) -> Result<Depends, String> {
    joined(tokens, "||", all, Depends::Any)
}

fn all(tokens: &mut Vec<String>) -> Result<Depends, String> {
    joined(tokens, "&&", one, Depends::All)
}

fn joined(
    tokens: &mut Vec<String>,
    with: &str,
    part: fn(&mut Vec<String>) -> Result<Depends, String>,
    join: fn(Vec<Depends>) -> Depends,
) -> Result<Depends, String> {
    let mut parts = vec![part(tokens)?];
    while tokens.last().is_some_and(|token| token == with) {
        tokens.pop();
        parts.push(part(tokens)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
}

fn one(tokens: &mut Vec<String>) -> Result<Depends, String> {
    match tokens.pop().as_deref() {
        Some("!") => Ok(Depends::Not(Box::new(one(tokens)?))),
        Some("(") => {
            let inner = any(tokens)?;
            if tokens.pop().as_deref() == Some(")") {
                Ok(inner)
            } else {
                Err("a parenthesis is open".to_owned())
            }
        }
        Some(name) if name.starts_with(|c: char| c.is_ascii_alphanumeric()) => match name.split_once('.') {
            // A task without a phase stands for three of them.
            None => Ok(Depends::Is(name.to_owned(), vec![Phase::Succeeded, Phase::Skipped])),
            Some((task, phase)) => Ok(Depends::Is(task.to_owned(), vec![Phase::named(phase)?])),
        },
        other => Err(format!("{other:?} where a task should be")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Depends, Phase};

    #[test]
    fn and_binds_closer_than_or_and_a_bare_task_may_be_skipped() {
        let read = Depends::parse("a && b.Succeeded || !(c-1.Failed)").unwrap();
        assert_eq!(read.tasks().into_iter().collect::<Vec<_>>(), ["a", "b", "c-1"]);
        let phase = |task: &str| match task {
            "a" => Phase::Skipped,
            "b" => Phase::Succeeded,
            _ => Phase::Failed,
        };
        assert!(read.holds(&phase));
        assert!(!Depends::parse("a.Succeeded && b.Succeeded").unwrap().holds(&phase));
        for wrong in ["", "a &", "a b", "(a", "a.Done", "a ||"] {
            assert!(Depends::parse(wrong).is_err(), "{wrong}");
        }
    }
}
