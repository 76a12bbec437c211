//! Conditions of rules: comparisons of variables and texts, joined by `&&` and `||`. Whatever else is written there is refused.

use std::collections::BTreeMap;

/// Whether a condition holds.
pub(super) fn holds(condition: &str, variables: &BTreeMap<String, String>) -> Result<bool, String> {
    let mut any = false;
    for part in condition.split("||") {
        let mut all = true;
        for one in part.split("&&") {
            all &= compare(one.trim(), variables)?;
        }
        any |= all;
    }
    Ok(any)
}

fn compare(one: &str, variables: &BTreeMap<String, String>) -> Result<bool, String> {
    for (operator, wanted) in [("==", true), ("!=", false)] {
        if let Some((left, right)) = one.split_once(operator) {
            return Ok((value(left.trim(), variables)? == value(right.trim(), variables)?) == wanted);
        }
    }
    Err(format!("`{one}` is no comparison"))
}

fn value(text: &str, variables: &BTreeMap<String, String>) -> Result<Option<String>, String> {
    if let Some(name) = text.strip_prefix('$') {
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        return if is_name {
            Ok(variables.get(name).cloned())
        } else {
            Err(format!("`{text}` is no variable"))
        };
    }
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains(['"', '$']) => Ok(Some(inner.to_owned())),
        _ => Err(format!("`{text}` is neither a variable nor a text")),
    }
}
