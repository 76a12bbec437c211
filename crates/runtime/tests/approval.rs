//! Approvals: who counts, who does not, and what is missing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::PathKind;
use clearway_runtime::approval::{Asked, Authors, approvals, deployment, required, starter, verify};
use clearway_runtime::{Answer, Api, GitHub, GitLab, Http, Platform};
use common::server::Server;
use common::{COMMIT, Memory, NOW, Shop, plan_json, subjects};
use serde_json::{Value, json};

fn asked(step: &str) -> Asked {
    Asked {
        release: "train".to_owned(),
        path: PathKind::Release,
        environment: "production".to_owned(),
        chain: "standard".to_owned(),
        step: step.to_owned(),
        seats: BTreeSet::from([format!("production-{step}-1"), format!("production-{step}-2")]),
        subjects: subjects(),
        requested_by: "ana".to_owned(),
        deployer: "dora".to_owned(),
        commit: COMMIT.to_owned(),
        attempt: 1,
        platform: Platform::GitHub,
    }
}

fn review(login: &str, seat: &str) -> Value {
    json!({"state": "approved", "comment": "", "environments": [{"name": seat}], "user": {"login": login, "type": "User"}})
}

fn with(shop: &Shop, asked: &Asked, reviews: &[Value], authors: &[&str]) -> Answer {
    let authors =
        Authors { people: authors.iter().map(|name| (*name).to_owned()).collect(), unknown: Vec::new() };
    let answer = verify(&shop.call("1"), asked, &json!(reviews), &authors).unwrap();
    shop.replays(&Memory::default());
    answer
}

fn stops(answer: &Answer, word: &str) {
    let told = answer.to_string();
    assert!(!answer.holds && told.contains(word), "without `{word}`: {told}");
}

/// A shop whose owners have agreed already.
fn reviewed() -> Shop {
    let shop = Shop::default();
    let reviews = [review("fay", "production-peer-review-1"), review("pam", "production-peer-review-2")];
    let answer = with(&shop, &asked("peer-review"), &reviews, &["wes"]);
    assert!(answer.holds, "{answer}");
    shop
}

const ONE: &str = "production-board-1";
const TWO: &str = "production-board-2";

#[test]
fn a_quorum_of_different_people_passes() {
    let shop = reviewed();
    let answer = with(&shop, &asked("board"), &[review("bea", ONE), review("Robert", TWO)], &["wes"]);
    assert!(answer.holds, "{answer}");
    assert_eq!(answer.details["people"], json!(["bea", "bob"]));
}

#[test]
fn whoever_must_not_agree_does_not_count() {
    let shop = reviewed();
    let board = asked("board");
    let good = review("bea", ONE);
    let rejected = json!({"state": "rejected", "environments": [{"name": TWO}], "user": {"login": "ben"}});
    let bot = json!({"state": "approved", "environments": [{"name": TWO}], "user": {"login": "ben", "type": "Bot"}});
    let two = "2 of `change-board` must agree, and 1 did";
    let cases: Vec<(Vec<Value>, Vec<&str>, &str)> = vec![
        (vec![], vec![], "and 0 did"),
        (vec![good.clone()], vec![], two),
        (vec![good.clone(), review("bea", TWO)], vec![], two),
        (vec![good.clone(), review("BEA", TWO)], vec![], two),
        (vec![good.clone(), review("zoe", TWO)], vec![], "not of `change-board`"),
        (vec![good.clone(), review("bob", TWO)], vec![], "not of `change-board`"),
        (vec![good.clone(), review("ben", TWO)], vec!["ben"], "an author"),
        (vec![good.clone(), review("pam", TWO)], vec![], "has approved another step"),
        (vec![good.clone(), review("ben", "production-peer-review-1")], vec![], two),
        (vec![good.clone(), review("ben", "production")], vec![], two),
        (vec![good.clone(), bot], vec![], "no person"),
        (vec![good.clone(), review("robert", TWO), rejected], vec![], "ben has rejected"),
    ];
    for (reviews, authors, word) in cases {
        stops(&with(&shop, &board, &reviews, &authors), word);
    }
    let pair = [good, review("ben", TWO)];
    stops(&with(&shop, &Asked { deployer: "ben".to_owned(), ..board.clone() }, &pair, &[]), "deploys it");
    stops(&with(&shop, &Asked { requested_by: "ben".to_owned(), ..board.clone() }, &pair, &[]), "an author");
    stops(
        &with(&shop, &Asked { deployer: "ana".to_owned(), ..board.clone() }, &pair, &[]),
        "is an author of it",
    );
    stops(&with(&shop, &Asked { attempt: 2, ..board.clone() }, &pair, &[]), "attempt 2");
    stops(
        &with(&shop, &Asked { requested_by: String::new(), ..board.clone() }, &pair, &[]),
        "nobody is named",
    );
    stops(&with(&shop, &Asked { seats: BTreeSet::new(), ..board.clone() }, &pair, &[]), "and 0 did");
    let unknown = Authors { people: BTreeSet::new(), unknown: vec!["abc by x@y".to_owned()] };
    stops(&verify(&shop.call("1"), &board, &json!(pair), &unknown).unwrap(), "nobody can tell who wrote");
    assert!(with(&shop, &board, &pair, &[]).holds);
}

#[test]
fn steps_go_in_order_and_in_one_run() {
    let pair = [review("bea", ONE), review("ben", TWO)];
    stops(
        &with(&Shop::default(), &asked("board"), &pair, &[]),
        "step `peer-review` of the chain comes before",
    );
    let shop = reviewed();
    let answer = verify(&shop.call("2"), &asked("board"), &json!(pair), &Authors::default()).unwrap();
    stops(&answer, "is not given in this run");
}

#[test]
fn every_owner_must_agree() {
    let shop = Shop::default();
    let one = [review("fay", "production-peer-review-1")];
    stops(&with(&shop, &asked("peer-review"), &one, &[]), "1 of `payments` must agree");
    let mut plan = plan_json();
    plan["artifacts"]["ledger"]["owner"] = Value::Null;
    let shop = Shop::of(&plan);
    stops(
        &with(&shop, &asked("peer-review"), &[review("pam", "production-peer-review-1")], &[]),
        "`ledger` has no owner",
    );
}

#[test]
fn a_step_that_the_risk_does_not_ask_for_is_recorded_as_such() {
    let risky = |class: &str| {
        let mut plan = plan_json();
        plan["releases"][0]["class"] = json!(class);
        let risk = json!({"metric": {"name": "risk", "unit": "risk-level", "no-data": "inconclusive", "min-samples": 0}});
        let high = json!({"value": {"word": {"of": "risk-level", "word": "medium", "rank": 1}}});
        plan["approvals"]["standard"]["steps"][0]["when"] =
            json!({"compare": {"left": risk, "operator": ">=", "right": high}});
        Shop::of(&plan)
    };
    let answer = with(&risky("standard"), &asked("peer-review"), &[], &[]);
    assert!(answer.holds && answer.title.contains("not required: the risk is low"), "{answer}");
    assert_eq!(answer.details["result"], "not-required");
    for (class, asked) in [("standard", "false"), ("emergency", "true")] {
        let said =
            required(&risky(class).call("1"), "train", "production", "standard", "peer-review").unwrap();
        assert_eq!(said.outputs, [("required".to_owned(), asked.to_owned())]);
    }
    assert!(required(&risky("standard").call("1"), "train", "production", "standard", "nothing").is_err());
    stops(&with(&risky("emergency"), &asked("peer-review"), &[], &[]), "must agree");
}

#[test]
fn separate_none_lets_one_person_do_it_and_still_counts_people_once() {
    let mut plan = plan_json();
    plan["approvals"]["standard"]["separate"] = json!([]);
    let shop = Shop::of(&plan);
    let own = Asked { deployer: "pam".to_owned(), requested_by: "pam".to_owned(), ..asked("peer-review") };
    let reviews = [review("pam", "production-peer-review-1"), review("fay", "production-peer-review-2")];
    assert!(with(&shop, &own, &reviews, &["pam"]).holds);
    let board = Asked { deployer: "pam".to_owned(), requested_by: "pam".to_owned(), ..asked("board") };
    stops(&with(&shop, &board, &[review("pam", ONE), review("pam", TWO)], &["pam"]), "and 1 did");
    assert!(with(&shop, &board, &[review("pam", ONE), review("bea", TWO)], &["pam"]).holds);
}

#[test]
fn people_have_so_much_time() {
    let within = |within: Value, escalate: Option<&str>| {
        let mut plan = plan_json();
        plan["approvals"]["standard"]["steps"][0]["within"] = within;
        if let Some(escalate) = escalate {
            plan["approvals"]["standard"]["steps"][1]["escalate"] = json!(escalate);
        }
        let shop = Shop::of(&plan);
        let gate = common::about("gate-production-tests", PathKind::Release, &subjects());
        assert_eq!(gate.step, "gate-production-tests");
        shop.pass("1", PathKind::Release, &subjects());
        shop
    };
    let reviews =
        json!([review("fay", "production-peer-review-1"), review("pam", "production-peer-review-2")]);
    let at = |shop: &Shop, now: &str| {
        verify(&shop.at("1", now), &asked("peer-review"), &reviews, &Authors::default()).unwrap()
    };
    let hours = within(json!({"seconds": 7200}), None);
    assert!(at(&hours, "2026-11-02T10:59:00Z").holds);
    stops(&at(&hours, "2026-11-02T11:01:00Z"), "had 2 h");
    // Monday and two business days is Wednesday; Saturday and Sunday are none.
    let days = within(json!({"period": {"count": 5, "unit": "business-days"}}), None);
    assert!(at(&days, "2026-11-09T08:59:00Z").holds);
    stops(&at(&days, "2026-11-09T09:01:00Z"), "had 5 business-days");
    assert!(NOW.starts_with("2026-11-02T09:00"));
}

fn github(server: &Server) -> GitHub {
    GitHub {
        http: Http::new(Duration::from_millis(400), Duration::from_millis(1)),
        api: server.address.clone(),
        token: "t".to_owned(),
        repository: "acme/shop".to_owned(),
    }
}

#[test]
fn approvals_and_authors_come_from_the_platform() {
    let shop = Shop::default();
    let server = Server::start(|_, path| {
        let commit = |login: Value, email: &str| json!({"sha": "a".repeat(40), "author": login, "commit": {"author": {"email": email}}});
        match path {
            "/repos/acme/shop/actions/runs/7/approvals" => {
                Some((200, json!([review("fay", "x")]).to_string()))
            }
            path if path.starts_with("/repos/acme/shop/compare/base...0123") => {
                let commits = [
                    commit(json!({"login": "robert"}), "x@y"),
                    commit(Value::Null, "BOB@example.com"),
                    commit(Value::Null, "who@else"),
                ];
                Some((200, json!({"commits": commits}).to_string()))
            }
            path if path.starts_with("/repos/acme/shop/commits?sha=0123") => {
                let full = path.ends_with("&page=1");
                let commits = vec![
                    commit(json!({"login": if full { "fay" } else { "zoe" }}), "x@y");
                    if full { 100 } else { 1 }
                ];
                Some((200, json!(commits).to_string()))
            }
            _ => Some((404, String::new())),
        }
    });
    let github = github(&server);
    assert_eq!(approvals(&github, "7").unwrap()[0]["user"]["login"], "fay");
    for run in ["8", "", "7/../8"] {
        assert!(approvals(&github, run).is_err());
    }
    let github = Api::GitHub(github);
    let authors = Authors::of_commits(shop.plan(), &github, Some("base"), COMMIT).unwrap();
    assert_eq!(authors.people, BTreeSet::from(["bob".to_owned()]));
    assert_eq!(authors.unknown.len(), 1);
    let all = Authors::of_commits(shop.plan(), &github, None, COMMIT).unwrap();
    assert_eq!(all.people, BTreeSet::from(["@zoe".to_owned(), "fay".to_owned()]));
    assert!(Authors::of_commits(shop.plan(), &github, Some("other"), COMMIT).is_err());
    assert!(Authors::of_list(shop.plan(), Platform::GitHub, b"{}").is_err());
}

/// GitLab as a test plays it: a job of the run with a deployment that people approved.
fn gitlab(server: &Server) -> GitLab {
    GitLab {
        http: Http::new(Duration::from_millis(400), Duration::from_millis(1)),
        api: server.address.clone(),
        token: "t".to_owned(),
        project: "acme/shop".to_owned(),
        branch: "release/1".to_owned(),
    }
}

#[test]
fn gitlab_says_who_approved_the_deployment_of_a_job_and_who_wrote_and_started_it() {
    let shop = reviewed();
    let server = Server::start(|_, path| {
        let approval = |name: &str, status: &str| json!({"user": {"username": name}, "status": status});
        let commit = |email: &str| json!({"id": "a".repeat(40), "author_email": email});
        let answer = match path {
            "/projects/acme%2Fshop/deployments?environment=board&order_by=id&sort=desc&per_page=100" => {
                json!([{"id": 3, "deployable": {"id": 9}}, {"id": 2, "deployable": {"id": 8}}])
            }
            "/projects/acme%2Fshop/deployments/2" => json!({
                "environment": {"name": "board"},
                "approvals": [approval("bea", "approved"), approval("ben", "approved")]
            }),
            "/projects/acme%2Fshop/pipelines/17" => json!({"user": {"username": "dora"}}),
            "/projects/acme%2Fshop/protected_branches/release%2F1" => json!({"allow_force_push": false}),
            path if path.starts_with("/projects/acme%2Fshop/repository/commits?ref_name=base..0123") => {
                json!([
                    commit("7-wes@users.noreply.gitlab.example"),
                    commit("BOB@example.com"),
                    commit("who@else")
                ])
            }
            _ => return Some((404, String::new())),
        };
        Some((200, answer.to_string()))
    });
    let gitlab = gitlab(&server);
    let told = deployment(&gitlab, "board", "8").unwrap();
    let asked =
        Asked { seats: BTreeSet::from(["board".to_owned()]), platform: Platform::GitLab, ..asked("board") };
    let decide = |told: &Value| verify(&shop.call("1"), &asked, told, &Authors::default()).unwrap();
    assert!(decide(&told).holds, "{}", decide(&told));
    let mut other = told.clone();
    other["environment"]["name"] = json!("other");
    stops(&decide(&other), "and 0 did");
    let mut rejected = told.clone();
    rejected["approvals"][1]["status"] = json!("rejected");
    stops(&decide(&rejected), "ben has rejected");
    let mut bot = told;
    bot["approvals"][1]["user"]["bot"] = json!(true);
    stops(&decide(&bot), "no person");
    assert!(verify(&shop.call("1"), &asked, &json!([]), &Authors::default()).is_err(), "of another form");
    for job in ["10", "", "8/../9"] {
        assert!(deployment(&gitlab, "board", job).is_err(), "{job}");
    }
    assert_eq!(starter(&gitlab, "17").unwrap(), "dora");
    assert!(starter(&gitlab, "18").is_err() && starter(&gitlab, "17/../18").is_err());
    assert_eq!(
        gitlab.get("/projects/{repository}/protected_branches/{branch}").unwrap()["allow_force_push"],
        false
    );
    let api = Api::GitLab(gitlab);
    let authors = Authors::of_commits(shop.plan(), &api, Some("base"), COMMIT).unwrap();
    assert_eq!(authors.people.len() + authors.unknown.len(), 3, "{authors:?}");
    assert!(authors.people.contains("bob"), "{authors:?}");
    assert!(Authors::of_commits(shop.plan(), &api, Some("other"), COMMIT).is_err());
}

#[test]
fn a_step_that_requires_a_gate_waits_for_it() {
    let mut plan = plan_json();
    plan["approvals"]["standard"]["steps"][0]["requires"] = json!(["tests"]);
    let shop = Shop::of(&plan);
    let reviews = [review("fay", "production-peer-review-1"), review("pam", "production-peer-review-2")];
    let ask = || with(&shop, &asked("peer-review"), &reviews, &["wes"]);
    stops(&ask(), "gate `tests` has not passed in this run for what ships");
    // It passed in another run, or for something else.
    shop.pass("2", PathKind::Release, &subjects());
    shop.pass("1", PathKind::Release, &subjects()[..1]);
    stops(&ask(), "gate `tests` has not passed");
    shop.pass("1", PathKind::Release, &subjects());
    let given = ask();
    assert!(given.holds, "{given}");
    assert_eq!(given.details["requires"], json!(["tests"]));
}

#[test]
fn an_approval_that_nobody_gave_does_not_replay() {
    use clearway_runtime::ledger::{Ending, Entry, Outcome};
    use clearway_runtime::replay::{From, replay};

    let shop = reviewed();
    with(&shop, &asked("board"), &[review("bea", ONE)], &["wes"]);
    let log = shop.ledger.log().unwrap();
    let last = log.acts().next_back().unwrap();
    let Some(clearway_runtime::ledger::End::Outcome(outcome)) = last.end else { panic!("it ended") };
    let forged = |change: &dyn Fn(&mut Value)| {
        let mut decision = outcome.decision.clone().unwrap();
        change(&mut decision);
        let intent = Entry::Intent(Box::new(last.intent.clone()));
        let stamp = shop.call("1").stamp();
        let (intent, ()) = shop.ledger.append(&stamp, |_| Ok((Some(intent.clone()), ()))).unwrap();
        let end =
            Outcome { intent: intent.clone().unwrap(), result: Ending::Success, decision: Some(decision) };
        shop.ledger.append(&stamp, |_| Ok((Some(Entry::Outcome(end.clone())), ()))).unwrap();
        let plans = std::slice::from_ref(&shop.plan);
        let from = From { ledger: &shop.ledger, plans, reports: &Memory::default() };
        let one = replay(from, Some(intent.unwrap().as_str()));
        assert!(!replay(from, None).unwrap().holds);
        one.map_or_else(|trouble| trouble.to_string(), |answer| answer.to_string())
    };
    let told = forged(&|decision| {
        decision["result"] = json!("given");
        decision["people"] = json!(["bea", "bob"]);
    });
    assert!(told.contains("`people` was [\"bea\",\"bob\"], and is [\"bea\"]"), "{told}");
    let told = forged(&|decision| drop(decision.as_object_mut().unwrap().remove("given")));
    assert!(told.contains("does not say what it was decided upon"), "{told}");
    let told = forged(&|decision| decision["now"] = json!("never"));
    assert!(told.contains("says no time"), "{told}");
}
