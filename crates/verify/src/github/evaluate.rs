//! What an expression gives: GitHub's loose types, and `Unknown` where a context does not say.

use super::expression::{Expression, Malformed, Operator};
use super::functions;
use super::value::Value;

/// What an expression can see.
pub trait Scope {
    /// A context by its name; `None` where it cannot be read here.
    fn context(&self, name: &str) -> Option<Value>;

    /// A property of a property of a context, such as `needs.build.result`, where that is less work than all of it.
    fn property(&self, context: &str, of: &str, name: &str) -> Option<Value> {
        Some(self.context(context)?.property(of).property(name))
    }

    /// What `success`, `failure`, `cancelled` or `always` says: the outer option is whether it can be asked here, the inner one
    /// whether the answer is known.
    fn status(&self, function: &str) -> Option<Option<bool>>;
}

/// Whether an expression is true; `None` where that depends on what is not known.
///
/// `&&`, `||` and `!` are followed here, since half of what is known may be enough.
pub fn truth(expression: &Expression, scope: &dyn Scope) -> Result<Option<bool>, Malformed> {
    match expression {
        Expression::Not(of) => Ok(truth(of, scope)?.map(|truth| !truth)),
        Expression::Binary(Operator::And, left, right) => {
            Ok(match (truth(left, scope)?, truth(right, scope)?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            })
        }
        Expression::Binary(Operator::Or, left, right) => {
            Ok(match (truth(left, scope)?, truth(right, scope)?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            })
        }
        _ => Ok(value(expression, scope)?.truth()),
    }
}

/// What an expression gives.
pub fn value(expression: &Expression, scope: &dyn Scope) -> Result<Value, Malformed> {
    match expression {
        Expression::Literal(value) => Ok(value.clone()),
        Expression::Context(name) => scope.context(name).ok_or_else(|| unreadable(name)),
        Expression::Member(of, name) if projects(of) => Ok(match value(of, scope)? {
            Value::List(items) => {
                let found = items.iter().map(|item| item.property(name));
                Value::List(found.filter(|item| *item != Value::Null).collect())
            }
            _ => Value::Unknown,
        }),
        Expression::Member(of, name) => match &**of {
            Expression::Member(context, of) if matches!(**context, Expression::Context(_)) => {
                let Expression::Context(context) = &**context else { return Ok(Value::Unknown) };
                scope.property(context, of, name).ok_or_else(|| unreadable(context))
            }
            of => Ok(value(of, scope)?.property(name)),
        },
        Expression::Index(of, index) => indexed(&value(of, scope)?, &value(index, scope)?),
        Expression::Star(of) => Ok(match value(of, scope)? {
            Value::Object(entries) => Value::List(entries.into_values().collect()),
            Value::List(items) => Value::List(items),
            Value::Open(_) | Value::Among(_) | Value::Unknown => Value::Unknown,
            _ => Value::Null,
        }),
        Expression::Not(_) => Ok(truth(expression, scope)?
            .map_or_else(|| Value::among([true, false].map(Value::Bool)), Value::Bool)),
        Expression::Binary(operator @ (Operator::And | Operator::Or), left, right) => {
            let left = value(left, scope)?;
            match (left.truth(), operator) {
                (Some(false), Operator::And) | (Some(true), Operator::Or) => Ok(left),
                (Some(_), _) => value(right, scope),
                (None, _) => {
                    let right = value(right, scope)?;
                    Ok(match (left.candidates(), right.candidates()) {
                        (Some(left), Some(right)) => Value::among(left.iter().chain(right).cloned()),
                        _ => Value::Unknown,
                    })
                }
            }
        }
        Expression::Binary(operator, left, right) => {
            let (left, right) = (value(left, scope)?, value(right, scope)?);
            compared(*operator, &left, &right)
        }
        Expression::Call(name, given) => match scope.status(name) {
            Some(status) if given.is_empty() => {
                Ok(status.map_or_else(|| Value::among([true, false].map(Value::Bool)), Value::Bool))
            }
            Some(_) => Err(Malformed(format!("`{name}` is given something, which is not documented"))),
            None => {
                let given = given.iter().map(|one| value(one, scope)).collect::<Result<Vec<_>, _>>()?;
                functions::call(name, &given)
            }
        },
    }
}

fn unreadable(context: &str) -> Malformed {
    Malformed(format!("the context `{context}` cannot be read here"))
}

/// Whether a property of this is taken from every item.
fn projects(expression: &Expression) -> bool {
    match expression {
        Expression::Star(_) => true,
        Expression::Member(of, _) => projects(of),
        _ => false,
    }
}

fn indexed(of: &Value, index: &Value) -> Result<Value, Malformed> {
    Ok(match (of, index) {
        (Value::Object(_) | Value::Open(_), Value::Text(name)) => of.property(name),
        (Value::List(items), Value::Number(at)) if *at >= 0.0 && at.fract() == 0.0 => {
            // A float turns into the nearest index, which is beyond the end for huge ones.
            items.get(*at as usize).cloned().unwrap_or(Value::Null)
        }
        (Value::Unknown | Value::Among(_), _) | (_, Value::Unknown | Value::Among(_)) => Value::Unknown,
        (Value::List(_) | Value::Object(_) | Value::Open(_), _) => {
            return Err(Malformed("an index of this type is not known".to_owned()));
        }
        _ => Value::Null,
    })
}

/// A comparison, over all that both sides may be.
fn compared(operator: Operator, left: &Value, right: &Value) -> Result<Value, Malformed> {
    let (Some(left), Some(right)) = (left.candidates(), right.candidates()) else {
        return Ok(Value::Unknown);
    };
    let (mut holds, mut fails) = (false, false);
    for one in left {
        for other in right {
            if compare(operator, one, other)? { holds = true } else { fails = true }
        }
    }
    Ok(match (holds, fails) {
        (true, true) => Value::Among(vec![Value::Bool(true), Value::Bool(false)]),
        (false, false) => Value::Unknown,
        (holds, _) => Value::Bool(holds),
    })
}

fn compare(operator: Operator, left: &Value, right: &Value) -> Result<bool, Malformed> {
    Ok(match operator {
        Operator::Equal => equal(left, right)?,
        Operator::Unequal => !equal(left, right)?,
        _ => ordered(operator, left, right),
    })
}

/// Loosely equal: capitals do not matter, and values of different types are compared as numbers.
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, Malformed> {
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Text(left), Value::Text(right)) => is_same_text(left, right),
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (left, right) if left.is_compound() && right.is_compound() => {
            return Err(Malformed("whether two lists or objects are the same one is not known".to_owned()));
        }
        (left, right) => left.number() == right.number(),
    })
}

/// Whether two texts are the same but for capitals. Nothing is copied: this is asked more often than anything else.
fn is_same_text(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars().flat_map(char::to_uppercase).eq(right.chars().flat_map(char::to_uppercase))
}

fn ordered(operator: Operator, left: &Value, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.to_uppercase().cmp(&right.to_uppercase())),
        (left, right) => left.number().partial_cmp(&right.number()),
    };
    order.is_some_and(|order| match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}
