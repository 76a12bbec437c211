//! Nothing of a plan changes in silence: every value of the plans of the examples is changed, and each change is told.

use std::collections::BTreeMap;

use clearway_plan::Plan;
use clearway_verify::Rng;
use rayon::prelude::*;
use serde_json::{Number, Value};

use super::{changes, example, planned};

/// Where a value stands.
type Pointer = Vec<String>;

/// Every value that is no list and no object.
fn leaves(value: &Value, at: &mut Pointer, found: &mut Vec<Pointer>) {
    let mut below = |key: String, value: &Value| {
        at.push(key);
        leaves(value, at, found);
        at.pop();
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, value)| below(key.clone(), value));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(key, value)| below(key.to_string(), value));
        }
        _ => found.push(at.clone()),
    }
}

fn get<'v>(value: &'v mut Value, at: &[String]) -> &'v mut Value {
    at.iter().fold(value, |value, key| match value {
        Value::Array(list) => &mut list[key.parse::<usize>().unwrap()],
        other => &mut other[key.as_str()],
    })
}

/// Another value in the place of one.
fn mutated(value: &Value) -> Value {
    match value {
        Value::Bool(bool) => Value::Bool(!bool),
        Value::Number(number) => Value::Number(Number::from(number.as_u64().unwrap_or_default() + 1)),
        Value::String(text) => match text.parse::<f64>() {
            Ok(_) => Value::String(format!("1{text}")),
            Err(_) => Value::String(format!("{text}x")),
        },
        other => other.clone(),
    }
}

/// What follows from other values, or means nothing by itself: how a condition or a word of a set is written, where something was declared,
/// how many people it takes, how long a step may take, the number of the form, samples of what is a word.
fn is_derived(at: &[String]) -> bool {
    let has = |name: &str| at.iter().any(|key| key == name);
    let ends = |names: &[&str]| at.last().is_some_and(|last| names.contains(&last.as_str()));
    has("origin")
        || has("controls")
        || ends(&["text", "word", "clearway", "least", "most"])
        || (has("paths") && !has("needs"))
        || (has("triage") && ends(&["min-samples"]))
}

/// Texts are there or not: how many there are is never asked, so what is needed of them means nothing.
fn counts_texts(plan: &Value, at: &[String]) -> bool {
    let Some((last, [compare @ .., _, _])) = at.split_last() else { return false };
    let right = compare.iter().map(String::as_str).chain(["right", "value", "text"]);
    last == "min-samples" && plan.pointer(&format!("/{}", right.collect::<Vec<_>>().join("/"))).is_some()
}

/// A list without one of its entries.
fn shortened(plan: &Value, at: &[String]) -> Option<Value> {
    let (last, list) = at.split_last()?;
    let mut plan = plan.clone();
    let Value::Array(list) = get(&mut plan, list) else { return None };
    list.remove(last.parse().ok()?);
    Some(plan)
}

/// Which field it is: without the names of entries and the numbers of lists. Fields of one shape are alike.
fn shape(at: &[String]) -> String {
    let named = at.iter().enumerate().filter(|(depth, key)| *depth != 1 && key.parse::<usize>().is_err());
    named.map(|(_, key)| key.as_str()).collect::<Vec<_>>().join("/")
}

/// How many changes of a value there were, and whether one of them was not told.
fn try_out(plan: &Plan, written: &Value, at: &[String]) -> (usize, bool) {
    let mut other = written.clone();
    let value = get(&mut other, at);
    *value = mutated(value);
    let mutants = [Some(other).filter(|other| other != written), shortened(written, at)];
    // What is no plan any more is refused when it is read.
    let mutants =
        mutants.into_iter().flatten().filter_map(|mutant| serde_json::from_value::<Plan>(mutant).ok());
    let mutants: Vec<Plan> = mutants.filter(|mutant| mutant != plan).collect();
    (mutants.len(), mutants.iter().any(|mutant| changes(plan, mutant).is_empty()))
}

/// `CLEARWAY_MUTANTS=all` tries every value of every example; otherwise one of each shape is tried.
#[test]
fn no_value_of_a_plan_changes_in_silence() {
    let names = ["clinic", "online-boutique", "payments", "search", "wallet"];
    let plans: Vec<(Plan, Value)> = names
        .par_iter()
        .map(|name| {
            let plan = planned(&example(name).workspace()).unwrap();
            let written = serde_json::to_value(&plan).unwrap();
            (plan, written)
        })
        .collect();
    let mut shapes: BTreeMap<String, Vec<(usize, Pointer)>> = BTreeMap::new();
    for (number, (_, written)) in plans.iter().enumerate() {
        let mut pointers = Vec::new();
        leaves(written, &mut Vec::new(), &mut pointers);
        pointers.retain(|at| !is_derived(at) && !counts_texts(written, at));
        pointers.into_iter().for_each(|at| shapes.entry(shape(&at)).or_default().push((number, at)));
    }
    let all = std::env::var("CLEARWAY_MUTANTS").is_ok_and(|which| which == "all");
    let mut rng = Rng::new(7);
    let chosen: Vec<(usize, Pointer)> = if all {
        shapes.into_values().flatten().collect()
    } else {
        shapes.values().map(|alike| rng.pick(alike).clone()).collect()
    };
    let tried: Vec<(usize, Option<String>)> = chosen
        .par_iter()
        .map(|(number, at)| {
            let (plan, written) = &plans[*number];
            let (count, is_silent) = try_out(plan, written, at);
            (count, is_silent.then(|| format!("{}: {}", names[*number], at.join("/"))))
        })
        .collect();
    let count: usize = tried.iter().map(|(count, _)| count).sum();
    let silent: Vec<&str> = tried.iter().filter_map(|(_, silent)| silent.as_deref()).collect();
    assert!(count > 200, "only {count} mutants");
    assert!(silent.is_empty(), "{} of {count} change in silence:\n{}", silent.len(), silent.join("\n"));
}
