//! The functions of expressions. What is not known here is refused, never guessed.

use std::collections::BTreeMap;

use super::evaluate::equal;
use super::expression::Malformed;
use super::value::Value;

/// What a function gives.
pub(super) fn call(name: &str, given: &[Value]) -> Result<Value, Malformed> {
    let wrong = || Malformed(format!("`{name}` is given {} values", given.len()));
    match (name, given) {
        ("contains", [within, item]) => contains(within, item),
        ("case", _) if given.len() >= 3 && given.len() % 2 == 1 => Ok(case(given)),
        ("startswith", [_, _]) => lifted(given, &|v| Ok(starts(v[0], v[1]))),
        ("endswith", [_, _]) => lifted(given, &|v| Ok(ends(v[0], v[1]))),
        ("format", [_, ..]) => lifted(given, &format),
        ("join", [_] | [_, _]) => lifted(given, &|v| Ok(join(v))),
        ("tojson", [_]) => lifted(given, &|v| Ok(Value::Text(json(v[0], 0)))),
        ("fromjson", [_]) => lifted(given, &from_json),
        ("contains" | "case" | "startswith" | "endswith" | "format" | "join" | "tojson" | "fromjson", _) => {
            Err(wrong())
        }
        _ => Err(Malformed(format!("the function `{name}` is not known"))),
    }
}

/// What a function gives for all that its values may be.
fn lifted(
    given: &[Value],
    function: &dyn Fn(&[&Value]) -> Result<Value, Malformed>,
) -> Result<Value, Malformed> {
    let mut combinations: Vec<Vec<&Value>> = vec![Vec::new()];
    for value in given {
        let Some(candidates) = value.candidates() else { return Ok(Value::Unknown) };
        if combinations.len() * candidates.len() > 256 {
            return Ok(Value::Unknown);
        }
        combinations = combinations
            .iter()
            .flat_map(|before| {
                candidates
                    .iter()
                    .map(|candidate| before.iter().copied().chain([candidate]).collect::<Vec<_>>())
            })
            .collect();
    }
    let found = combinations.iter().map(|values| function(values)).collect::<Result<Vec<_>, _>>()?;
    Ok(Value::among(found))
}

/// In a list, an equal item; in anything else, a part of the text, so that a list written as a text holds parts of its words.
fn contains(within: &Value, item: &Value) -> Result<Value, Malformed> {
    let items = match within {
        // Of a list that is known in part, each item is looked at by itself.
        Value::List(items) if within.candidates().is_none() => items,
        _ => return lifted(&[within.clone(), item.clone()], &|v| Ok(Value::Bool(holds(v[0], v[1])?))),
    };
    let mut certain = true;
    for one in items {
        match lifted(&[one.clone(), item.clone()], &|v| Ok(Value::Bool(equal(v[0], v[1])?)))?.truth() {
            Some(true) => return Ok(Value::Bool(true)),
            Some(false) => {}
            None => certain = false,
        }
    }
    Ok(if certain { Value::Bool(false) } else { Value::among([true, false].map(Value::Bool)) })
}

fn holds(within: &Value, item: &Value) -> Result<bool, Malformed> {
    match within {
        Value::List(items) => items.iter().try_fold(false, |found, one| Ok(found | equal(one, item)?)),
        one if one.is_compound() || item.is_compound() => Ok(false),
        one => Ok(one.as_text().to_uppercase().contains(&item.as_text().to_uppercase())),
    }
}

/// The value after the first condition that is true, otherwise the last one.
fn case(given: &[Value]) -> Value {
    let mut possible = Vec::new();
    for pair in given.chunks(2) {
        match pair {
            [condition, value] => match condition.truth() {
                Some(true) => {
                    possible.push(value);
                    break;
                }
                Some(false) => {}
                None => possible.push(value),
            },
            [default] => possible.push(default),
            _ => {}
        }
    }
    let known: Option<Vec<&Value>> = possible.iter().try_fold(Vec::new(), |mut all, value| {
        all.extend(value.candidates()?);
        Some(all)
    });
    known.map_or(Value::Unknown, |values| Value::among(values.into_iter().cloned()))
}

fn starts(text: &Value, with: &Value) -> Value {
    Value::Bool(
        !text.is_compound()
            && !with.is_compound()
            && text.as_text().to_uppercase().starts_with(&with.as_text().to_uppercase()),
    )
}

fn ends(text: &Value, with: &Value) -> Value {
    Value::Bool(
        !text.is_compound()
            && !with.is_compound()
            && text.as_text().to_uppercase().ends_with(&with.as_text().to_uppercase()),
    )
}

/// `{0}` is the first value, `{{` and `}}` are braces.
fn format(given: &[&Value]) -> Result<Value, Malformed> {
    let pattern = given[0].as_text();
    let wrong = || Malformed(format!("`{pattern}` is no pattern for these values"));
    let mut out = String::new();
    let mut rest = pattern.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        out += &rest[..at];
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{") {
            out.push('{');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            out.push('}');
            rest = after;
        } else {
            let (number, after) =
                rest.strip_prefix('{').and_then(|inner| inner.split_once('}')).ok_or_else(wrong)?;
            let number: usize = number.parse().map_err(|_| wrong())?;
            let value = number.checked_add(1).and_then(|at| given.get(at)).ok_or_else(wrong)?;
            out += &value.as_text();
            rest = after;
        }
    }
    out += rest;
    Ok(Value::Text(out))
}

fn join(given: &[&Value]) -> Value {
    let between = given.get(1).map_or_else(|| ",".to_owned(), |value| value.as_text());
    Value::Text(match given[0] {
        Value::List(items) => items.iter().map(Value::as_text).collect::<Vec<_>>().join(&between),
        value => value.as_text(),
    })
}

fn json(value: &Value, depth: usize) -> String {
    let inner = "  ".repeat(depth + 1);
    let outer = "  ".repeat(depth);
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
        Value::List(items) if items.is_empty() => "[]".to_owned(),
        Value::List(items) => {
            let lines: Vec<String> =
                items.iter().map(|item| format!("{inner}{}", json(item, depth + 1))).collect();
            format!("[\n{}\n{outer}]", lines.join(",\n"))
        }
        Value::Object(entries) | Value::Open(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) | Value::Open(entries) => {
            let lines: Vec<String> = entries
                .iter()
                .map(|(key, item)| {
                    format!("{inner}{}: {}", serde_json::Value::from(key.as_str()), json(item, depth + 1))
                })
                .collect();
            format!("{{\n{}\n{outer}}}", lines.join(",\n"))
        }
        value => value.as_text(),
    }
}

fn from_json(given: &[&Value]) -> Result<Value, Malformed> {
    let text = given[0].as_text();
    let read: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| Malformed(format!("`{text}` is no JSON: {error}")))?;
    Ok(of_json(&read))
}

/// A value of JSON.
pub(super) fn of_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(of_json).collect()),
        serde_json::Value::Object(entries) => {
            let entries: BTreeMap<_, _> =
                entries.iter().map(|(key, item)| (key.clone(), of_json(item))).collect();
            Value::Object(entries)
        }
    }
}
