//! Vendors: whether their status pages tell of trouble. While one does, what rests on it says nothing of what was deployed.

use std::collections::BTreeSet;

use clearway_evidence::{Filter, Limits, Reader, Report};
use clearway_plan::Plan;
use rust_decimal::Decimal;

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

    /// The vendors that say they are in trouble. A page that does not answer says nothing: it stops no release.
    pub fn in_trouble(&self) -> Vec<&'v str> {
        let troubled =
            |page: &&(&str, &str)| read(self.http, page.1).is_ok_and(|(page, _)| is_troubled(&page));
        self.pages.iter().filter(troubled).map(|(name, _)| *name).collect()
    }
}

fn is_troubled(page: &Report) -> bool {
    let impact = page.measure("status.impact", &Filter::ALL);
    impact.is_some_and(|impact| impact.value >= Decimal::from(TROUBLE))
}

/// Reads a status page from its address; gives the digest of what was read too.
///
/// # Errors
///
/// Nobody answers, or not with a status page: in words.
pub(crate) fn read(http: &Http, url: &str) -> Result<(Report, Digest), String> {
    let page = http.json(url, &[("accept", "application/json")]);
    let page = page.map_err(|unanswered| format!("`{url}` does not answer: {}", unanswered.why))?;
    let bytes = page.to_string().into_bytes();
    let read = clearway_evidence::read(Reader::Statuspage, bytes.as_slice(), &Limits::default());
    let report =
        read.map_err(|refusal| format!("`{url}` is refused: {} [{}]", refusal.told(), refusal.code))?;
    Ok((report, Digest::of(&bytes)))
}
