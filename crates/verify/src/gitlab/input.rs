//! Inputs: put into the text of a file before that is read, where they have the form that the file asks for.

use std::collections::BTreeMap;

use serde_json::Value;

/// The text of a file with its inputs put in.
pub(super) fn interpolate(
    head: &Value,
    body: &str,
    given: &BTreeMap<String, String>,
) -> Result<String, String> {
    let empty = serde_json::Map::new();
    let declared = head.pointer("/spec/inputs").and_then(Value::as_object).unwrap_or(&empty);
    if let Some(unknown) = given.keys().find(|name| !declared.contains_key(*name)) {
        return Err(format!("unknown input: {unknown}"));
    }
    let mut text = body.to_owned();
    for (name, input) in declared {
        let default = input.get("default").and_then(Value::as_str).map(str::to_owned);
        let value = given.get(name).cloned().or(default).ok_or_else(|| format!("`{name}` is not given"))?;
        if let Some(options) = input.get("options").and_then(Value::as_array)
            && !options.iter().any(|option| option.as_str() == Some(&value))
        {
            return Err(format!("`{name}` cannot be `{value}`"));
        }
        if let Some(regex) = input.get("regex").and_then(Value::as_str)
            && !matches(regex, &value)?
        {
            return Err(format!("`{name}` does not match: {value:?}"));
        }
        text = text.replace(&format!("$[[ inputs.{name} ]]"), &value);
    }
    if text.contains("$[[") { Err("an input that is not declared is put in".to_owned()) } else { Ok(text) }
}

/// A regular expression of one form: `^[…][…]*$`. An empty text matches none, whatever it says: `Gitlab::UntrustedRegexp`.
fn matches(regex: &str, value: &str) -> Result<bool, String> {
    let other = || format!("a regex of another form: {regex}");
    let inner = regex.strip_prefix("^[").and_then(|rest| rest.strip_suffix("]*$")).ok_or_else(other)?;
    let (first, rest) = inner.split_once("][").ok_or_else(other)?;
    let (first, rest) = (class(first), class(rest));
    let fits = |class: &[(char, char)], c: char| class.iter().any(|(from, to)| (*from..=*to).contains(&c));
    let mut letters = value.chars();
    Ok(letters.next().is_some_and(|c| fits(&first, c)) && letters.all(|c| fits(&rest, c)))
}

/// The ranges of a class.
fn class(text: &str) -> Vec<(char, char)> {
    let letters: Vec<char> = text.chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if letters.get(at + 1) == Some(&'-') && at + 2 < letters.len() {
            ranges.push((letters[at], letters[at + 2]));
            at += 3;
        } else {
            ranges.push((letters[at], letters[at]));
            at += 1;
        }
    }
    ranges
}
