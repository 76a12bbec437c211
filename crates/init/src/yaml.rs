//! YAML from repositories nobody vouches for: bounded, several documents, aliases never expanded without end.

use serde_json::Value;
use serde_saphyr::options::{AliasLimits, DuplicateKeyPolicy, NonFiniteFloatPolicy};

/// The documents of a file, or why there are none.
pub(crate) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let mut aliases = AliasLimits::default();
    aliases.max_total_replayed_events = 100_000;
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 48,
            max_nodes: 500_000,
            max_aliases: 5_000,
            max_anchors: 5_000,
        },
        alias_limits: aliases,
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    };
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| crate::text::shown(&error.to_string()))
}

/// A scalar as text.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text at a JSON pointer.
pub(crate) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The items of the list at a JSON pointer; none where there is no list.
pub(crate) fn items<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The entries of the map at a JSON pointer, by key; none where there is no map.
pub(crate) fn entries<'v>(value: &'v Value, pointer: &str) -> Vec<(&'v str, &'v Value)> {
    let map = value.pointer(pointer).and_then(Value::as_object);
    let mut entries: Vec<_> = map.into_iter().flatten().map(|(key, value)| (key.as_str(), value)).collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_documents_and_odd_keys() {
        let read = documents("a: 1\n8080: x\n---\n---\n- .nan\n- 1.10\n").unwrap();
        insta::assert_debug_snapshot!(read, @r#"
        [
            Object {
                "8080": String("x"),
                "a": Number(1),
            },
            Array [
                String(".nan"),
                Number(1.1),
            ],
        ]
        "#);
    }

    #[test]
    fn aliases_are_bounded() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", [before.as_str(); 10].join(", "));
        }
        assert!(documents(&bomb).is_err());
        assert!(documents(&"[".repeat(10_000)).is_err());
        assert!(documents(&format!("a: {}", "- ".repeat(10_000))).is_err());
    }
}
