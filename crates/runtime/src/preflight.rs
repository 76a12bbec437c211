//! `preflight`: is the platform set up as the pipeline rests on it?
//!
//! What is expected is data: an address, a place in the answer, a value, and why. Nothing here knows a product.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{PathKind, Release};
use jiff::tz::Offset;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Answer, Table};
use crate::call::Call;
use crate::platform::Api;
use crate::record::still_open;
use crate::trouble::Trouble;

/// A file of expectations.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// All of them.
    pub expectations: Vec<Expectation>,
}

/// What is expected of one answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expectation {
    /// What is asked: a path of the API, with `{repository}` for the repository.
    pub url: String,
    /// Takes one element of a list first.
    #[serde(default, rename = "where")]
    pub of: Option<Where>,
    /// The place in the answer, or in that element: a JSON pointer.
    #[serde(default)]
    pub pointer: String,
    /// The value there.
    #[serde(default, deserialize_with = "some")]
    pub equals: Option<Value>,
    /// The texts of the list there, in any order.
    #[serde(default)]
    pub same_set: Option<BTreeSet<String>>,
    /// Where in each element of the list its text is; where it is not there, `slug` is taken in the place of the last part.
    #[serde(default)]
    pub pick: Option<String>,
    /// What has the name of the number that is picked.
    #[serde(default)]
    pub named_by: Option<NamedBy>,
    /// Why it is expected.
    pub why: String,
}

/// Where the name of a number is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedBy {
    /// What is asked: a path of the API, with `{}` for the number.
    pub url: String,
    /// The place of the name in the answer: a JSON pointer.
    pub pointer: String,
}

/// One element of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// Where the list is.
    pub at: String,
    /// By which of its fields.
    pub key: String,
    /// What that is.
    pub is: Value,
}

/// `null` may be expected: it is not the same as nothing.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What gives the live settings.
#[derive(Debug)]
pub enum Live {
    /// A file of answers, by address.
    Answers(BTreeMap<String, Value>),
    /// The platform's API.
    Api(Api),
}

impl Live {
    fn get(&self, url: &str) -> Result<Value, String> {
        match self {
            Self::Answers(answers) => {
                answers.get(url).cloned().ok_or_else(|| "there is no answer in the file".to_owned())
            }
            Self::Api(api) => api.get(url).map_err(|unanswered| match unanswered.status {
                Some(404) => "it does not exist, or the token may not see it".to_owned(),
                _ => unanswered.why,
            }),
        }
    }
}

impl Expectations {
    /// Reads a file of expectations.
    ///
    /// # Errors
    ///
    /// It is none, or one of them expects nothing or two things.
    pub fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        let read: Self = serde_json::from_slice(bytes).map_err(|error| {
            Trouble::new(format!("the expectations cannot be read: {error}"))
                .help("`clearway build` writes them")
        })?;
        match read.expectations.iter().find(|one| one.equals.is_some() == one.same_set.is_some()) {
            None => Ok(read),
            Some(wrong) => Err(Trouble::new(format!(
                "the expectation of `{}` must have either `equals` or `same-set`",
                wrong.url
            ))),
        }
    }

    /// What is not as it is expected, each with its place, what was wanted, what was found, and why it matters.
    pub(crate) fn differing(&self, live: &Live) -> Vec<Vec<String>> {
        let mut answers: BTreeMap<String, Result<Value, String>> = BTreeMap::new();
        let mut ask = |url: &str| answers.entry(url.to_owned()).or_insert_with(|| live.get(url)).clone();
        let mut rows = Vec::new();
        for one in &self.expectations {
            let found = ask(&one.url).and_then(|answer| one.compare(&answer, &mut ask));
            if let Err(found) = found {
                rows.push(vec![one.place(), one.wanted(), found, one.why.clone()]);
            }
        }
        rows
    }
}

/// Looks whether everything is as it is expected, and whether nothing is open where this path goes.
///
/// # Errors
///
/// The plan has no such path, or the ledger cannot be reached.
pub fn check(
    call: &Call<'_>,
    release: &str,
    path: PathKind,
    expected: &Expectations,
    live: &Live,
) -> Result<Answer, Trouble> {
    let release = call.plan.release(release)?;
    let way = call.plan.path(release, path)?;
    let rows = expected.differing(live);
    let mut notes = Vec::new();
    // Whoever begins without the key stops at its first record, which may be after hours.
    notes.extend(call.ledger.signs().err().map(|trouble| trouble.to_string()));
    if !rows.is_empty() {
        notes.push(
            "apply the settings that were built with the pipeline: `apply.sh` beside what is expected of them"
                .to_owned(),
        );
    }
    // The way back is never held up by what is open: it may be what it is there to undo.
    if path != PathKind::Rollback {
        let log = call.ledger.log()?;
        let environments: BTreeSet<&str> =
            way.steps.iter().filter_map(|step| step.does.environment()).collect();
        let open = environments.into_iter().flat_map(|environment| log.open(environment));
        notes.extend(open.filter(|act| act.record.run != call.run).map(|act| still_open(&act)));
        notes.extend(overdue(call, release));
    }
    let count = expected.expectations.len();
    let mut answer = if rows.is_empty() && notes.is_empty() {
        Answer::holds(format!(
            "the platform is set up as the pipeline needs it: {count} settings were looked at"
        ))
    } else {
        Answer::stops(
            format!("the pipeline must not run: {} of {count} settings are not as it needs them", rows.len()),
            notes,
        )
    };
    answer.details = json!({"looked-at": count, "wrong": rows.len()});
    answer.table = Table { heads: vec!["setting", "wanted", "found", "why"], rows };
    Ok(answer)
}

/// Secrets of what ships that should have been made anew.
fn overdue(call: &Call<'_>, release: &Release) -> Vec<String> {
    let plan = &call.plan.plan;
    let today = Offset::UTC.to_datetime(call.now).date();
    let used: BTreeSet<&String> = release
        .ships
        .iter()
        .filter_map(|shipped| plan.artifacts.get(&shipped.service))
        .flat_map(|of| &of.secrets)
        .collect();
    let late = used.into_iter().filter_map(|name| {
        let day = plan.secrets.get(name)?.last_day().filter(|day| *day < today)?;
        Some(format!("secret `{name}` should have been made anew by {day}: do so, say when with `rotated`, and build again"))
    });
    late.collect()
}

impl Expectation {
    fn place(&self) -> String {
        let of =
            self.of.as_ref().map_or_else(String::new, |of| format!(" {}[{} = {}]", of.at, of.key, of.is));
        format!("{}{of} {}", self.url, self.pointer).trim_end().to_owned()
    }

    fn wanted(&self) -> String {
        match (&self.equals, &self.same_set) {
            (Some(value), _) => value.to_string(),
            (None, Some(set)) => set.iter().cloned().collect::<Vec<_>>().join(", "),
            (None, None) => String::new(),
        }
    }

    /// Whether an answer is as expected; else what was found.
    fn compare(
        &self,
        answer: &Value,
        ask: &mut dyn FnMut(&str) -> Result<Value, String>,
    ) -> Result<(), String> {
        let part = match &self.of {
            None => answer,
            Some(of) => of.element(answer)?,
        };
        let found = part.pointer(&self.pointer).ok_or_else(|| "nothing is there".to_owned())?;
        if let Some(expected) = &self.equals {
            return if found == expected { Ok(()) } else { Err(found.to_string()) };
        }
        let list = found.as_array().ok_or_else(|| format!("{found}, and a list was expected"))?;
        let mut texts = BTreeSet::new();
        for element in list {
            let picked = self.picked(element).ok_or_else(|| format!("{element}, which has no name"))?;
            let text = match &self.named_by {
                None => picked,
                Some(named) => {
                    let answer = ask(&named.url.replace("{}", &picked))?;
                    let name = answer.pointer(&named.pointer).and_then(Value::as_str);
                    name.ok_or_else(|| format!("{picked}, which nobody has a name for"))?.to_owned()
                }
            };
            if !texts.insert(text.clone()) {
                return Err(format!("`{text}` twice"));
            }
        }
        if self.same_set.as_ref() == Some(&texts) {
            return Ok(());
        }
        Err(if texts.is_empty() {
            "none".to_owned()
        } else {
            texts.into_iter().collect::<Vec<_>>().join(", ")
        })
    }

    fn picked(&self, element: &Value) -> Option<String> {
        let found = match &self.pick {
            None => element,
            Some(pick) => {
                let (parent, _) = pick.rsplit_once('/')?;
                element.pointer(pick).or_else(|| element.pointer(&format!("{parent}/slug")))?
            }
        };
        match found {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl Where {
    fn element<'v>(&self, answer: &'v Value) -> Result<&'v Value, String> {
        let list = answer
            .pointer(&self.at)
            .and_then(Value::as_array)
            .ok_or_else(|| "no such list is there".to_owned())?;
        let found: Vec<&Value> =
            list.iter().filter(|element| element.get(&self.key) == Some(&self.is)).collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err("no such element is there".to_owned()),
            several => Err(format!("{} such elements are there", several.len())),
        }
    }
}
