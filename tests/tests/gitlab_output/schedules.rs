//! What the clock starts has a schedule, and a schedule starts a pipeline that has jobs.

use std::collections::{BTreeMap, BTreeSet};

use clearway_tests::{Emits as _, specs};
use clearway_verify::gitlab::Emitted;
use serde_json::Value;

const ASKED: &str = r"
retrospective ours {
  review-within = 10 d
  access-review by board every 90 d
}
retention books { keep records for 200 d }
";

/// The schedules that the settings have.
fn schedules(emitted: &Emitted) -> Vec<Value> {
    let text = &emitted.files[".clearway/settings/gitlab/settings.json"];
    let settings: Value = serde_json::from_str(text).unwrap();
    settings["pipeline_schedules"].as_array().cloned().unwrap_or_default()
}

/// The jobs of the pipeline that the clock starts with these inputs.
fn jobs(emitted: &Emitted, inputs: &BTreeMap<String, String>) -> Option<usize> {
    let said = [
        ("CI_PIPELINE_SOURCE", "schedule"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_COMMIT_REF_PROTECTED", "true"),
        ("CI_PIPELINE_ID", "17"),
    ];
    let said = said.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    emitted.project().start_with(inputs, &said).ok().map(|pipeline| pipeline.jobs.len())
}

#[test]
fn each_starts_a_pipeline_that_has_jobs_and_nothing_else_is_started_by_the_clock() {
    let emitted = Emitted::of(&specs::for_gitlab(&format!("{}{ASKED}", specs::SMALL))).unwrap();
    let mut started = BTreeSet::new();
    for schedule in schedules(&emitted) {
        let inputs: BTreeMap<String, String> = schedule["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].as_str().unwrap().to_owned()))
            .collect();
        assert!(jobs(&emitted, &inputs).is_some_and(|jobs| jobs > 0), "{schedule}");
        assert_eq!(
            (schedule["active"].as_bool(), schedule["cron_timezone"].as_str()),
            (Some(true), Some("UTC"))
        );
        assert_eq!(schedule["cron"].as_str().unwrap().split(' ').count(), 5, "{schedule}");
        started.insert(inputs["pipeline"].clone());
    }
    let rest = &emitted.files[".gitlab-ci.yml"];
    let offered: BTreeSet<String> = emitted
        .files
        .keys()
        .filter_map(|file| file.strip_prefix(".gitlab/")?.strip_suffix(".yml").map(str::to_owned))
        .filter(|name| jobs(&emitted, &BTreeMap::from([("pipeline".to_owned(), name.clone())])).is_some())
        .collect();
    assert_eq!(offered, started, "{rest}");
    let names =
        ["clearway-access-review", "clearway-archive", "clearway-post-implementation-review", "shop-flags"];
    assert_eq!(started.iter().map(String::as_str).collect::<Vec<_>>(), names);
}

#[test]
fn none_is_made_where_nothing_comes_round() {
    let spec = specs::random(1);
    let emitted = Emitted::of(&specs::for_gitlab(&spec)).unwrap();
    assert_eq!(schedules(&emitted), Vec::<Value>::new());
    assert!(!emitted.files[".clearway/settings/gitlab/settings.json"].contains("pipeline_schedules"));
}

#[test]
fn before_every_run_it_is_looked_whether_each_is_there() {
    let emitted = Emitted::of(&specs::for_gitlab(&format!("{}{ASKED}", specs::SMALL))).unwrap();
    let text = &emitted.files[".clearway/settings/gitlab/expectations.json"];
    let expected: Value = serde_json::from_str(text).unwrap();
    let looked: BTreeMap<&str, &str> = expected["expectations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["url"].as_str().unwrap().contains("/pipeline_schedules?scope=active"))
        .map(|one| (one["where"]["is"].as_str().unwrap(), one["equals"].as_str().unwrap()))
        .collect();
    let all = schedules(&emitted);
    let there: BTreeMap<&str, &str> =
        all.iter().map(|one| (one["description"].as_str().unwrap(), one["cron"].as_str().unwrap())).collect();
    assert_eq!((looked.len(), looked), (4, there));
}
