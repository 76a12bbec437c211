//! The reports of a run, as they were then.

use std::collections::BTreeMap;
use std::io::{self, Read};

use jiff::Timestamp;
use serde_json::Value;

use crate::gate::Files;

/// The files of one run among those of several: below a folder of its name, or all of them where there is no such folder.
pub(super) struct OfRun<'f> {
    files: &'f dyn Files,
    folder: String,
}

impl<'f> OfRun<'f> {
    pub fn of(files: &'f dyn Files, run: &str) -> Self {
        let folder = format!("{run}/");
        let is_there = files.list().is_ok_and(|all| all.iter().any(|path| path.starts_with(&folder)));
        Self { files, folder: if is_there { folder } else { String::new() } }
    }
}

impl Files for OfRun<'_> {
    fn list(&self) -> io::Result<Vec<String>> {
        let all = self.files.list()?.into_iter();
        Ok(all.filter_map(|path| path.strip_prefix(&self.folder).map(str::to_owned)).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.files.open(&format!("{}{path}", self.folder))
    }

    fn modified(&self, path: &str) -> Option<Timestamp> {
        self.files.modified(&format!("{}{path}", self.folder))
    }
}

/// Files with the times that they had when they were read first: a copy has others.
pub(super) struct AsThen<'f> {
    files: &'f dyn Files,
    times: BTreeMap<String, Timestamp>,
}

impl<'f> AsThen<'f> {
    pub fn of(files: &'f dyn Files, decision: &Value) -> Self {
        let seen =
            [&decision["evidence"], &decision["baseline"]].into_iter().filter_map(Value::as_array).flatten();
        let time =
            |seen: &Value| Some((seen["file"].as_str()?.to_owned(), seen["at"].as_str()?.parse().ok()?));
        Self { files, times: seen.filter_map(time).collect() }
    }
}

impl Files for AsThen<'_> {
    fn list(&self) -> io::Result<Vec<String>> {
        self.files.list()
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.files.open(path)
    }

    fn modified(&self, path: &str) -> Option<Timestamp> {
        self.times.get(path).copied()
    }
}
