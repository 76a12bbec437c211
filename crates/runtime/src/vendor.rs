//! Vendors: whether their status pages tell of trouble. While one does, what rests on it says nothing of what was deployed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use clearway_evidence::{Filter, Limits, Reader, Report};
use clearway_plan::Plan;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::http::Http;

/// How bad a page must say it is for a release to wait: major.
const TROUBLE: u64 = 2;

/// The status pages of the vendors that some services require.
pub(crate) struct Vendors<'v> {
    http: &'v Http,
    pages: Vec<(&'v str, &'v str)>,
}

impl<'v> Vendors<'v> {
    /// Those of services.
    pub fn of(plan: &'v Plan, http: &'v Http, services: &[&str]) -> Self {
        let artifacts = services.iter().filter_map(|service| plan.artifacts.get(*service));
        let names: BTreeSet<&String> = artifacts.flat_map(|artifact| &artifact.vendors).collect();
        let pages = names.into_iter().filter_map(|name| Some((name.as_str(), plan.vendors.get(name)?)));
        let pages = pages.flat_map(|(name, page)| page.sources.iter().map(move |url| (name, url.as_str())));
        Self { http, pages: pages.collect() }
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'v str> {
        self.pages.iter().map(|(name, _)| *name)
    }

    /// The vendors that say they are in trouble. A page that does not answer says nothing: it stops no release.
    pub fn in_trouble(&self) -> Vec<&'v str> {
        let troubled = |page: &&(&str, &str)| {
            Page::ask(self.http, page.1).report(page.1).is_ok_and(|(page, _)| is_troubled(&page))
        };
        self.pages.iter().filter(troubled).map(|(name, _)| *name).collect()
    }
}

fn is_troubled(page: &Report) -> bool {
    let impact = page.measure("status.impact", &Filter::ALL);
    impact.is_some_and(|impact| impact.value >= Decimal::from(TROUBLE))
}

/// A status page that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Page {
    /// What it said.
    Said(Value),
    /// Why it said nothing.
    Silent(String),
}

impl Page {
    fn ask(http: &Http, url: &str) -> Self {
        match http.json(url, &[("accept", "application/json")]) {
            Ok(page) => Self::Said(page),
            Err(unanswered) => Self::Silent(unanswered.why),
        }
    }

    /// What it says as a report, with the digest of what was read.
    fn report(&self, url: &str) -> Result<(Report, Digest), String> {
        let page = match self {
            Self::Said(page) => page,
            Self::Silent(why) => return Err(format!("`{url}` does not answer: {why}")),
        };
        let bytes = page.to_string().into_bytes();
        let read = clearway_evidence::read(Reader::Statuspage, bytes.as_slice(), &Limits::default());
        let report =
            read.map_err(|refusal| format!("`{url}` is refused: {} [{}]", refusal.told(), refusal.code))?;
        Ok((report, Digest::of(&bytes)))
    }
}

/// Status pages that are asked, each once: what they said is written into the decision, so that it can be made again.
#[derive(Debug)]
pub(crate) struct Pages<'p> {
    http: &'p Http,
    seen: RefCell<BTreeMap<String, Page>>,
    /// What they said when the decision was made first.
    recorded: Option<&'p BTreeMap<String, Page>>,
}

impl<'p> Pages<'p> {
    /// Of a decision that is made now, or again.
    pub const fn new(http: &'p Http, recorded: Option<&'p BTreeMap<String, Page>>) -> Self {
        Self { http, seen: RefCell::new(BTreeMap::new()), recorded }
    }

    /// Reads a status page; gives the digest of what was read too.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not with a status page: in words.
    pub fn read(&self, url: &str) -> Result<(Report, Digest), String> {
        let known = self.seen.borrow().get(url).cloned();
        let page = known.unwrap_or_else(|| match self.recorded {
            None => Page::ask(self.http, url),
            Some(recorded) => recorded
                .get(url)
                .cloned()
                .unwrap_or_else(|| Page::Silent("the record does not say what it said".to_owned())),
        });
        let report = page.report(url);
        self.seen.borrow_mut().insert(url.to_owned(), page);
        report
    }

    /// What they said, by address.
    pub fn seen(&self) -> BTreeMap<String, Page> {
        self.seen.borrow().clone()
    }
}
