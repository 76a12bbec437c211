//! The vocabulary as a JSON schema: of a project's declarations, by kind and name.
//!
//! A declaration is an object with its fields; a clause is an object with its operands, flags, fields and clauses, or a list of such
//! where it may stand several times. Values that have a form of their own in the language (quantities, versions, conditions) are texts.

use clearway_model::vocabulary::{Contents, Type, Vocabulary};
use serde_json::{Map, Value, json};

/// The schema.
pub fn schema() -> Value {
    let vocabulary = Vocabulary::get();
    let kinds = || vocabulary.declarable().filter(|kind| !kind.library_only);
    let declared: Map<String, Value> = kinds()
        .map(|kind| {
            let of = json!({ "$ref": format!("#/$defs/kind.{}", kind.name) });
            (kind.name.to_string(), json!({ "type": "object", "additionalProperties": of }))
        })
        .collect();
    let mut definitions: Map<String, Value> = kinds()
        .map(|kind| (format!("kind.{}", kind.name), described(object(&kind.contents), &kind.doc)))
        .collect();
    for words in vocabulary.enums.values() {
        let one_of: Vec<Value> =
            words.words.iter().map(|word| json!({ "const": word.name, "description": word.doc })).collect();
        definitions.insert(format!("enum.{}", words.name), described(json!({ "oneOf": one_of }), &words.doc));
    }
    for dimension in vocabulary.dimensions.values() {
        let units: Vec<&str> = vocabulary.unit_spellings(Some(&dimension.name)).collect();
        let pattern = format!("^-?[0-9][0-9_]*(\\.[0-9]+)? ?({})$", units.join("|"));
        let quantity = json!({ "type": "string", "pattern": pattern });
        definitions.insert(format!("unit.{}", dimension.name), described(quantity, &dimension.doc));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Clearway",
        "description": "The declarations of a project, by kind and name.",
        "type": "object",
        "properties": declared,
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn described(mut schema: Value, doc: &str) -> Value {
    schema["description"] = doc.into();
    schema
}

fn object(contents: &Contents) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut add = |name: &str, schema: Value, doc: &str, is_required: bool| {
        properties.insert(name.to_owned(), described(schema, doc));
        if is_required {
            required.push(name.to_owned());
        }
    };
    for positional in &contents.positionals {
        add(&positional.name, value(&positional.ty), &positional.doc, !positional.optional);
    }
    for label in &contents.labels {
        add(&label.name, value(&label.ty), &label.doc, label.required);
    }
    for flag in &contents.flags {
        add(&flag.name, json!({ "type": "boolean" }), &flag.doc, false);
    }
    for field in &contents.fields {
        add(&field.name, value(&field.ty), &field.doc, field.required);
    }
    for clause in &contents.clauses {
        let one = object(&clause.contents);
        let schema = if clause.repeated { json!({ "type": "array", "items": one }) } else { one };
        add(&clause.keyword, schema, &clause.doc, clause.required);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn value(ty: &Type) -> Value {
    match ty {
        Type::Any => json!({}),
        Type::Number => json!({ "type": "number" }),
        Type::Count => json!({ "type": "integer", "minimum": 0 }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Percent => json!({ "type": "string", "pattern": "^-?[0-9][0-9_]*(\\.[0-9]+)?%$" }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::Time => json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$" }),
        Type::Quantity(dimension) => json!({ "$ref": format!("#/$defs/unit.{dimension}") }),
        Type::Word(name) => json!({ "$ref": format!("#/$defs/enum.{name}") }),
        Type::List(of) => json!({ "type": "array", "items": value(of) }),
        Type::Either(types) => json!({ "anyOf": types.iter().map(value).collect::<Vec<_>>() }),
        // What has a form of its own in the language: the type says which.
        Type::Text
        | Type::Version
        | Type::Range
        | Type::DateTime
        | Type::Zone
        | Type::Name
        | Type::Person
        | Type::Condition
        | Type::Type
        | Type::Declaration(_)
        | Type::Part(_)
        | Type::Clause(_)
        | Type::Result(_)
        | Type::Span(_) => json!({ "type": "string", "title": ty.to_string() }),
    }
}
