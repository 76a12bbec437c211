//! The functions that the compiler computes: those that the vocabulary marks as `computed`.

use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::Evaluator;
use super::operators::same;
use crate::package::path_at;
use crate::value::{Number, Value, ValueKind};
use crate::vocabulary::{Type, Vocabulary};
use clearway_versions::{Range, Scheme};

type Compute = fn(&mut Evaluator<'_>, &[(SmolStr, Value)], Place) -> Option<ValueKind>;

/// The functions by name; a test holds them to what the vocabulary marks as `computed`.
pub(crate) const COMPUTED: &[(&str, Compute)] = &[
    ("all", all),
    ("any", any),
    ("contains", contains),
    ("declared", declared),
    ("flatten", flatten),
    ("from-file", from_file),
    ("from-tag", from_tag),
    ("has", has),
    ("length", length),
    ("range", range),
];

pub(super) fn compute(
    evaluator: &mut Evaluator<'_>,
    name: &str,
    args: &[(SmolStr, Value)],
    place: Place,
) -> Value {
    let kind = if args.iter().any(|(_, value)| value.kind == ValueKind::Unknown) {
        None
    } else if args.iter().any(|(_, value)| value.is_open()) {
        of_type(name, args)
    } else {
        let compute = COMPUTED.iter().find(|(function, _)| *function == name);
        compute.and_then(|(_, compute)| compute(evaluator, args, place))
    };
    Value { place, kind: kind.unwrap_or(ValueKind::Unknown) }
}

/// What is known of a result before the arguments are: its type.
fn of_type(name: &str, args: &[(SmolStr, Value)]) -> Option<ValueKind> {
    let ty = match (name, &args.first()?.1.kind) {
        ("flatten", ValueKind::Parameter(lists)) => match lists.alternatives() {
            [Type::List(of)] => (**of).clone(),
            _ => return None,
        },
        _ => Vocabulary::get().functions.get(name)?.result.clone(),
    };
    Some(ValueKind::Parameter(Arc::new(ty)))
}

fn text(args: &[(SmolStr, Value)], at: usize) -> (&str, Place) {
    match args.get(at) {
        Some((_, Value { place, kind: ValueKind::Text(text) })) => (text, *place),
        Some((_, value)) => ("", value.place),
        None => ("", Place::Bytes(clearway_diagnostics::FileId(0), clearway_diagnostics::Span::default())),
    }
}

fn range(evaluator: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    let (text, place) = text(args, 0);
    let range = Range::parse(text);
    if range.is_none() {
        let message = format!("`{text}` is no version range");
        evaluator.report(
            Diagnostic::new(catalogue::BAD_VALUE, message, place, "")
                .help("ranges are written `^1.2`, `~1.2`, `>=1.2, <3`, `^1 || ^2`"),
        );
    }
    range.map(|range| ValueKind::Range(Arc::new(range)))
}

fn contains(_: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    let (list, wanted) = (&args.first()?.1, &args.get(1)?.1);
    Some(ValueKind::Bool(list.items().iter().any(|item| same(&item.kind, &wanted.kind))))
}

/// Whether something was written or has a default.
fn has(_: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    Some(ValueKind::Bool(args.first()?.1.kind != ValueKind::Absent))
}

/// The truth of each item; `None` where that of one is not known.
fn truths(args: &[(SmolStr, Value)]) -> Option<Vec<bool>> {
    let truth = |item: &Value| match item.kind {
        ValueKind::Bool(holds) => Some(holds),
        _ => None,
    };
    args.first()?.1.items().iter().map(truth).collect()
}

fn all(_: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    Some(ValueKind::Bool(truths(args)?.into_iter().all(|holds| holds)))
}

fn any(_: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    Some(ValueKind::Bool(truths(args)?.into_iter().any(|holds| holds)))
}

fn flatten(_: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    Some(ValueKind::List(args.first()?.1.items().iter().flat_map(Value::items).cloned().collect()))
}

/// What the project declares of some kinds. Before a policy is judged, only the type is known.
fn declared(evaluator: &mut Evaluator<'_>, args: &[(SmolStr, Value)], place: Place) -> Option<ValueKind> {
    let ValueKind::Type(wanted) = &args.first()?.1.kind else { return None };
    if !evaluator.is_policy() {
        let message = "`declared` looks at the whole project, and only a policy does";
        evaluator.report(Diagnostic::new(catalogue::OUTSIDE_POLICY, message, place, ""));
        return None;
    }
    match evaluator.judging {
        true => Some(evaluator.declared_of(wanted)),
        false => Some(ValueKind::Parameter(Arc::new(Type::List(Box::new((**wanted).clone()))))),
    }
}

fn length(_: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    let count = args.first()?.1.items().len();
    Some(ValueKind::Number(Number { value: Decimal::from(count), text: SmolStr::new(count.to_string()) }))
}

/// The newest version among the repository's tags that have the pattern's form.
fn from_tag(evaluator: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    let (pattern, place) = text(args, 0);
    let Some((before, after)) = pattern.split_once("{}") else {
        let message = "a tag's pattern has `{}` in the place of the version";
        evaluator.report(
            Diagnostic::new(catalogue::BAD_VALUE, message, place, "no `{}`")
                .help("write `from-tag(\"v{}\")`"),
        );
        return None;
    };
    let tags = match evaluator.db.tags().tags(evaluator.db) {
        Ok(tags) => tags,
        Err(why) => {
            evaluator.report(Diagnostic::new(
                catalogue::NO_VERSION,
                "the repository's tags cannot be read",
                place,
                why.clone(),
            ));
            return None;
        }
    };
    let scheme = Scheme::default();
    let versions = tags.iter().filter_map(|tag| tag.strip_prefix(before)?.strip_suffix(after));
    let newest = versions.filter_map(|version| Some((scheme.read(version)?, version))).max();
    if newest.is_none() {
        let message = format!("no tag of the repository has the form `{pattern}`");
        evaluator.report(
            Diagnostic::new(catalogue::NO_VERSION, message, place, "no version found")
                .help("in CI, fetch the tags too: a shallow checkout has none"),
        );
    }
    newest.map(|(_, version)| ValueKind::Version(SmolStr::new(version)))
}

/// The version that a file of the repository names.
fn from_file(evaluator: &mut Evaluator<'_>, args: &[(SmolStr, Value)], _: Place) -> Option<ValueKind> {
    let (path, place) = text(args, 0);
    let (key, key_place) = text(args, 1);
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        let message = format!("`{path}` is not below the project's root");
        evaluator.report(Diagnostic::new(
            catalogue::UNREADABLE_FILE,
            message,
            place,
            "write a path relative to `clearway.toml`",
        ));
        return None;
    }
    let path = &path_at(evaluator.db, place, path);
    let file = match evaluator.db.external(path).text(evaluator.db) {
        Ok(text) => text.clone(),
        Err(why) => {
            let message = format!("`{path}` cannot be read");
            evaluator.report(Diagnostic::new(catalogue::UNREADABLE_FILE, message, place, why.clone()));
            return None;
        }
    };
    match look_up(path, key, &file) {
        Ok(version) => Some(ValueKind::Version(SmolStr::new(version))),
        Err(why) => {
            let message = format!("`{path}` names no version");
            evaluator.report(Diagnostic::new(catalogue::NO_VERSION, message, key_place, why));
            None
        }
    }
}

fn look_up(path: &str, key: &str, text: &str) -> Result<String, String> {
    let tree: serde_json::Value = match path.rsplit('.').next() {
        _ if key.is_empty() => return first_line(text),
        Some("json") => serde_json::from_str(text).map_err(|error| error.to_string())?,
        Some("toml") => toml::from_str(text).map_err(|error| error.message().to_owned())?,
        Some("yaml" | "yml") => serde_saphyr::from_str(text).map_err(|error| error.to_string())?,
        _ => return Err("keys are looked up in JSON, TOML and YAML files".to_owned()),
    };
    let mut at = &tree;
    for part in key.split('.') {
        at = at.get(part).ok_or_else(|| format!("it has no `{key}`"))?;
    }
    match at {
        serde_json::Value::String(version) => Ok(version.clone()),
        serde_json::Value::Number(version) => Ok(version.to_string()),
        _ => Err(format!("its `{key}` is no text")),
    }
}

fn first_line(text: &str) -> Result<String, String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(str::to_owned).ok_or_else(|| "it is empty".to_owned())
}
