//! What is done again and again after releases has a pipeline of its own on every product where a spec asks for it, and one that somebody
//! changed is told.

use std::collections::BTreeSet;

use clearway_plan::Recurring;
use clearway_tests::{Fixture, emitted, specs};
use clearway_verify::{Files, Product};

use super::{PRODUCTS, of};

const ASKED: &str = r"
retrospective ours {
  review-within = 10 d
  reviewed-by   = on-call
  access-review by board every 90 d
}
retention books { keep records for 200 d }
";

fn asking(target: &str) -> Fixture {
    specs::signed(of(target, &format!("{}{ASKED}", specs::SMALL)))
}

/// The file of one of them.
fn file(target: &str, one: Recurring) -> String {
    match target {
        "github" => format!(".github/workflows/{}.yml", one.name()),
        "gitlab" => format!(".gitlab/{}.yml", one.name()),
        _ => format!("argo/{}.yaml", one.name()),
    }
}

#[test]
fn each_is_there_where_the_spec_asks_for_it_and_nowhere_else() {
    for target in PRODUCTS {
        let (_, files) = emitted(target, &of(target, specs::SMALL)).unwrap();
        for one in Recurring::ALL {
            assert!(!files.contains_key(&file(target, one)), "{target}: {}", one.name());
        }
        let (plan, files) = emitted(target, &asking(target)).unwrap();
        assert_eq!(Recurring::of(&plan).collect::<Vec<_>>(), Recurring::ALL);
        for one in Recurring::ALL {
            assert!(files.contains_key(&file(target, one)), "{target}: {}", one.name());
        }
        let verdict = product(target).verify(&plan, &files);
        assert!(verdict.holds(), "{target}: {:#?}", verdict.errors);
    }
}

#[test]
fn nobody_is_recorded_as_having_looked_where_nobody_is_named() {
    for target in PRODUCTS {
        let spec = format!("{}retrospective ours {{ review-within = 10 d }}\n", specs::SMALL);
        let (plan, files) = emitted(target, &of(target, &spec)).unwrap();
        assert_eq!(Recurring::of(&plan).collect::<Vec<_>>(), [Recurring::ChangeReview]);
        assert!(!files[&file(target, Recurring::ChangeReview)].contains("record review"), "{target}");
        assert!(product(target).verify(&plan, &files).holds(), "{target}");
    }
}

#[test]
fn no_release_can_have_the_name_of_one() {
    for target in PRODUCTS {
        let spec = format!("{}{ASKED}", specs::SMALL).replace("release shop {", "release clearway-archive {");
        let told = emitted(target, &of(target, &spec)).unwrap_err();
        assert!(told.iter().any(|told| told.contains("`clearway-archive` is the pipeline of")), "{told:?}");
    }
}

fn product(target: &str) -> Product {
    Product::ALL.into_iter().find(|product| product.name == target).unwrap()
}

/// A change to what was emitted: of which product, in which of them, what stood there and what stands there now.
type Damage = (&'static str, Recurring, &'static str, &'static str);

const DAMAGES: &[Damage] = {
    use Recurring::{AccessReview, Archive, ChangeReview};
    &[
        ("github", AccessReview, "  schedule:\n    - cron: 23 5 * * *\n", ""),
        ("github", AccessReview, " access verify ", " report access "),
        ("github", AccessReview, "expectations.json", "none.json"),
        (
            "github",
            AccessReview,
            "'workflow_dispatch' && inputs.looked",
            "'workflow_dispatch' || inputs.looked",
        ),
        (
            "github",
            AccessReview,
            "if: github.event_name == 'workflow_dispatch' && inputs.looked",
            "if: always()",
        ),
        ("github", AccessReview, "${GITHUB_TRIGGERING_ACTOR}", "${NOTE}"),
        ("github", AccessReview, "          CLEARWAY_LEDGER_KEY: ${{ secrets.CLEARWAY_LEDGER_KEY }}\n", ""),
        ("github", AccessReview, "    timeout-minutes: 15\n", ""),
        (
            "github",
            AccessReview,
            "    timeout-minutes: 15\n",
            "    timeout-minutes: 15\n    continue-on-error: true\n",
        ),
        ("github", AccessReview, "permissions: {}", "permissions: write-all"),
        ("github", AccessReview, "  access-review:\n", "  other:\n"),
        ("github", ChangeReview, " report review ", " report change "),
        ("github", ChangeReview, " record review change ", " record review access "),
        ("github", ChangeReview, "workflow_dispatch:\n", "push:\n"),
        ("github", Archive, "if: \"!cancelled()\"", "if: success()"),
        ("github", Archive, "retention-days: \"200\"", "retention-days: \"7\""),
        ("github", Archive, "  schedule:\n    - cron: 51 5 * * 1\n", "  push:\n"),
        ("gitlab", AccessReview, "clearway access verify", "echo access verify"),
        ("gitlab", AccessReview, "${CI_PIPELINE_SOURCE}\" != schedule", "${CI_PIPELINE_SOURCE}\" != push"),
        ("gitlab", AccessReview, "${GITLAB_USER_LOGIN}", "${NOTE}"),
        ("gitlab", AccessReview, "allow_failure: false", "allow_failure: true"),
        ("gitlab", AccessReview, "when: on_success", "when: manual"),
        ("gitlab", AccessReview, "  timeout: 15 minutes\n", ""),
        ("gitlab", ChangeReview, "clearway report review", "clearway report change"),
        ("gitlab", Archive, "expire_in: 200 days", "expire_in: 7 days"),
        ("gitlab", Archive, "when: always", "when: on_success"),
        ("argo", AccessReview, "    - 23 5 * * *\n", ""),
        ("argo", AccessReview, "clearway access verify", "echo access verify"),
        ("argo", AccessReview, "--actor \"${STARTED_BY}\"", "--actor ana"),
        ("argo", AccessReview, "      - name: started-by\n", "      - name: started\n"),
        ("argo", ChangeReview, "clearway report review", "clearway report change"),
        ("argo", ChangeReview, "clearway record review change", "clearway record review access"),
        ("argo", Archive, "clearway report bundle", "clearway report change"),
    ]
};

#[test]
fn what_somebody_changes_in_one_is_told() {
    let known: Vec<(&str, (clearway_plan::Plan, Files))> =
        PRODUCTS.into_iter().map(|target| (target, emitted(target, &asking(target)).unwrap())).collect();
    let mut tried = BTreeSet::new();
    for (target, one, before, after) in DAMAGES {
        let (_, (plan, files)) = known.iter().find(|(name, _)| name == target).unwrap();
        let path = file(target, *one);
        let mut damaged = files.clone();
        let text = &files[&path];
        assert!(text.contains(before), "{target}: `{before}` is not in\n{text}");
        damaged.insert(path.clone(), text.replace(before, after));
        let verdict = product(target).verify(plan, &damaged);
        let at_it = verdict.errors.iter().any(|error| error.file.as_ref() == Some(&path) && error.line > 0);
        assert!(at_it, "{target}: `{before}` became `{after}`: {:#?}", verdict.errors);
        tried.insert((*target, *one));
    }
    assert_eq!(tried.len(), PRODUCTS.len() * Recurring::ALL.len());
}

#[test]
fn a_clock_that_stands_in_no_schedule_is_told_on_gitlab() {
    let (plan, files) = emitted("gitlab", &asking("gitlab")).unwrap();
    let path = ".clearway/settings/gitlab/settings.json";
    for one in Recurring::ALL {
        let mut damaged = files.clone();
        let begins = format!("\"value\": \"{}\"", one.name());
        assert!(files[path].contains(&begins), "{}", one.name());
        damaged.insert(path.to_owned(), files[path].replace(&begins, "\"value\": \"-\""));
        let verdict = product("gitlab").verify(&plan, &damaged);
        let told = verdict.errors.iter().any(|error| error.file.as_deref() == Some(path));
        assert!(told, "{}: {:#?}", one.name(), verdict.errors);
    }
}

#[test]
fn one_that_is_taken_away_breaks_the_records() {
    for target in PRODUCTS {
        let (plan, files) = emitted(target, &asking(target)).unwrap();
        for one in Recurring::ALL {
            let mut damaged = files.clone();
            damaged.remove(&file(target, one)).unwrap();
            let verdict = product(target).verify(&plan, &damaged);
            assert!(!verdict.holds(), "{target}: {}", one.name());
        }
    }
}
