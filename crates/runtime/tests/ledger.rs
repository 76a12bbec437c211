//! The ledger: what is written is read again, concurrent writers lose nothing, and no byte changes unseen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests change files behind the ledger's back")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clearway_plan::{PathKind, StepKind};
use clearway_runtime::Digest;
use clearway_runtime::ledger::{
    Adopted, Closed, Ending, Entry, Intent, Ledger, Moved, Outcome, Signer, Stamp, Trust,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn stamp(run: &str) -> Stamp {
    Stamp {
        run: run.to_owned(),
        build: Some("12.1".to_owned()),
        at: "2026-11-02T09:00:00Z".parse().unwrap(),
        plan: Digest::of(b"plan"),
    }
}

fn open(folder: &Path) -> Ledger {
    Ledger::open(folder.to_str().unwrap()).unwrap()
}

fn write(ledger: &Ledger, run: &str, entry: Entry) -> Digest {
    ledger.append(&stamp(run), |_| Ok((Some(entry.clone()), ()))).unwrap().0.unwrap()
}

fn adopt(services: Value) -> Entry {
    let services: BTreeMap<String, Value> = serde_json::from_value(services).unwrap();
    Entry::Adopted(Adopted { environment: "production".to_owned(), release: "r".to_owned(), services })
}

fn version(version: &str) -> Value {
    json!({"version": version})
}

fn moved(service: &str, before: Option<&str>, after: Option<&str>) -> Moved {
    Moved {
        service: service.to_owned(),
        group: None,
        groups: Vec::new(),
        before: before.map(version),
        after: after.map(version),
        is_final: false,
        undoes: None,
    }
}

fn deploys(moves: Moved) -> Entry {
    Entry::Intent(Box::new(Intent {
        release: "r".to_owned(),
        path: PathKind::Release,
        step: format!("deploy-production-{}", moves.service),
        does: StepKind::Deploy {
            environment: "production".to_owned(),
            wave: 0,
            service: moves.service.clone(),
            group: moves.group.clone(),
        },
        subjects: vec![format!("{}=1.0.0@sha256:{}", moves.service, "a".repeat(64)).parse().unwrap()],
        commit: None,
        actor: None,
        change: None,
        requested_by: None,
        moves: Some(moves),
    }))
}

fn ends(intent: &Digest, result: Ending) -> Entry {
    Entry::Outcome(Outcome { intent: intent.clone(), result, decision: None })
}

fn services(ledger: &Ledger) -> Value {
    ledger.state("production").unwrap().unwrap()["services"].clone()
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    assert_eq!(ledger.log().unwrap().records().len(), 0);
    assert_eq!(ledger.state("production").unwrap(), None);
    write(&ledger, "1", adopt(json!({"carts": {"version": "1"}})));
    let intent = write(&ledger, "2", deploys(moved("carts", Some("1"), Some("2"))));
    // Until the end of the move is known, both may be live.
    assert_eq!(services(&ledger), json!({"carts": [{"version": "1"}, {"version": "2"}]}));
    assert_eq!(ledger.log().unwrap().open("production").len(), 1);
    assert_eq!(ledger.log().unwrap().open("staging").len(), 0);
    write(&ledger, "2", ends(&intent, Ending::Success));
    assert_eq!(services(&ledger), json!({"carts": {"version": "2"}}));
    assert_eq!(ledger.log().unwrap().open("production").len(), 0);
    assert_eq!(ledger.state("staging").unwrap(), None);
    let file = ledger.state("production").unwrap().unwrap();
    assert_eq!((&file["clearway"], &file["environment"]), (&json!(1), &json!("production")));
    let again = open(folder.path());
    assert_eq!(again.log().unwrap(), ledger.log().unwrap());
}

#[test]
fn what_did_not_end_well_may_be_anything_it_was_on_the_way_to() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let first = write(&ledger, "1", deploys(moved("carts", None, Some("1"))));
    write(&ledger, "1", ends(&first, Ending::Success));
    let second = write(&ledger, "2", deploys(moved("carts", Some("1"), Some("2"))));
    write(&ledger, "2", ends(&second, Ending::Failure));
    assert_eq!(services(&ledger), json!({"carts": [{"version": "1"}, {"version": "2"}]}));
    let back = Moved { undoes: Some(second), ..moved("carts", Some("1"), Some("1")) };
    let back = write(&ledger, "2", deploys(back));
    write(&ledger, "2", ends(&back, Ending::Success));
    assert_eq!(services(&ledger), json!({"carts": {"version": "1"}}));
    let away = write(&ledger, "3", deploys(moved("carts", Some("1"), None)));
    write(&ledger, "3", ends(&away, Ending::Success));
    assert_eq!(services(&ledger), json!({}));
}

#[test]
fn groups_that_move_on_their_own_are_taken_apart() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    write(&ledger, "1", adopt(json!({"carts": {"version": "1"}})));
    let groups = vec!["eu".to_owned(), "us".to_owned()];
    let group = Moved { group: Some("eu".to_owned()), groups, ..moved("carts", Some("1"), Some("2")) };
    let intent = write(&ledger, "2", deploys(group));
    write(&ledger, "2", ends(&intent, Ending::Success));
    assert_eq!(
        services(&ledger),
        json!({"carts": {"groups": {"eu": {"version": "2"}, "us": {"version": "1"}}}})
    );
    let whole = write(&ledger, "3", deploys(moved("carts", Some("1"), Some("3"))));
    assert_eq!(services(&ledger)["carts"].as_array().unwrap().len(), 3);
    write(&ledger, "3", ends(&whole, Ending::Success));
    assert_eq!(services(&ledger), json!({"carts": {"version": "3"}}));
}

#[test]
fn an_intent_ends_once_and_only_if_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let intent = write(&ledger, "1", deploys(moved("carts", None, Some("1"))));
    let closed = Closed { intent: intent.clone(), reason: "looked".to_owned(), actor: None };
    write(&ledger, "2", Entry::Closed(closed));
    assert_eq!(ledger.log().unwrap().open("production").len(), 0);
    write(&ledger, "1", ends(&intent, Ending::Success));
    let told = ledger.log().unwrap_err().to_string();
    assert!(told.contains("had ended before"), "{told}");

    let other = tempfile::tempdir().unwrap();
    let other = open(other.path());
    write(&other, "1", ends(&Digest::of(b"nothing"), Ending::Success));
    assert!(other.log().unwrap_err().to_string().contains("which is not there"));
}

#[test]
fn writers_at_once_lose_nothing_and_decide_upon_what_stands_before() {
    const WRITERS: usize = 16;
    const EACH: usize = 6;
    let folder = tempfile::tempdir().unwrap();
    let seen: Vec<usize> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let ledger = open(folder.path());
                scope.spawn(move || {
                    let one = |at: usize| {
                        let run = format!("{writer}-{at}");
                        let entry = deploys(moved("carts", None, Some("1")));
                        let decide = |log: &clearway_runtime::ledger::Log| {
                            Ok((Some(entry.clone()), log.records().len()))
                        };
                        ledger.append(&stamp(&run), decide).unwrap().1
                    };
                    (0..EACH).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    // Each saw another number of records before its own.
    assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), (0..WRITERS * EACH).collect());
    let log = open(folder.path()).log().unwrap();
    let runs: BTreeSet<String> = log.records().iter().map(|logged| logged.record.run.clone()).collect();
    assert_eq!(runs.len(), WRITERS * EACH);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.join("records")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A ledger of four records.
fn small() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    write(&ledger, "1", adopt(json!({"carts": {"version": "1"}})));
    let intent = write(&ledger, "2", deploys(moved("carts", Some("1"), Some("2"))));
    write(&ledger, "2", ends(&intent, Ending::Failure));
    write(&ledger, "3", deploys(moved("carts", Some("1"), Some("2"))));
    folder
}

#[test]
fn every_changed_byte_is_found() {
    let folder = small();
    for file in files(folder.path()) {
        let bytes = fs::read(&file).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&file, &changed).unwrap();
            assert!(open(folder.path()).log().is_err(), "byte {at} of {}", file.display());
        }
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            fs::write(&file, &bytes[..cut]).unwrap();
            assert!(open(folder.path()).log().is_err(), "{} cut to {cut}", file.display());
        }
        fs::write(&file, &bytes).unwrap();
    }
    assert_eq!(open(folder.path()).log().unwrap().records().len(), 4);
}

#[test]
fn missing_and_moved_records_are_found() {
    for missing in 0..3 {
        let folder = small();
        fs::remove_file(&files(folder.path())[missing]).unwrap();
        let told = open(folder.path()).log().unwrap_err();
        assert!(told.to_string().contains("the ledger does not hold"), "{told}");
        assert!(told.help.is_some());
    }
    let folder = small();
    let all = files(folder.path());
    let (one, two) = (fs::read(&all[1]).unwrap(), fs::read(&all[2]).unwrap());
    fs::write(&all[1], two).unwrap();
    fs::write(&all[2], one).unwrap();
    assert!(open(folder.path()).log().is_err());
    // A record left out, and those after it moved up.
    let folder = small();
    let all = files(folder.path());
    fs::rename(&all[3], &all[2]).unwrap();
    assert!(open(folder.path()).log().is_err());
}

#[test]
fn places_that_keep_no_records_are_told() {
    for (name, part) in [
        ("", "no name"),
        ("ftp://x", "ftp"),
        ("/dev/null/x", "cannot be opened"),
        ("s3://", "no bucket"),
        ("s3:///a", "no bucket"),
    ] {
        let told = Ledger::open(name).unwrap_err().to_string();
        assert!(told.contains(part), "{name}: {told}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_among_the_records_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("records")).unwrap();
        fs::write(folder.path().join("records/000000000001.json"), bytes).unwrap();
        prop_assert!(open(folder.path()).log().is_err());
    }

    /// The state is what a plain list of versions says, whatever order of moves and endings there was.
    #[test]
    fn the_state_follows_the_moves(moves in proptest::collection::vec((0..3_usize, 0..4_usize, any::<bool>()), 0..12)) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(folder.path());
        write(&ledger, "0", adopt(json!({})));
        let mut expected: BTreeMap<&str, Vec<Option<String>>> = BTreeMap::new();
        for (service, to, well) in moves {
            let service = ["a", "b", "c"][service];
            let after = (to > 0).then(|| to.to_string());
            let intent = write(&ledger, "1", deploys(moved(service, None, after.as_deref())));
            write(&ledger, "1", ends(&intent, if well { Ending::Success } else { Ending::Cancelled }));
            let live = expected.entry(service).or_insert_with(|| vec![None]);
            if well {
                live.clear();
            }
            live.push(after);
        }
        // What was not there before, and did not come to its end, is not there.
        expected.retain(|_, live| live.len() == 1 || live[0].is_some());
        let expected = expected.into_iter().map(|(service, live)| (service, live.into_iter().flatten().collect::<BTreeSet<_>>()));
        let expected: BTreeMap<&str, BTreeSet<String>> = expected.filter(|(_, live)| !live.is_empty()).collect();
        let state = services(&ledger);
        let said: BTreeMap<&str, BTreeSet<String>> = state.as_object().unwrap().iter().map(|(service, value)| {
            let list = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            (service.as_str(), list.iter().map(|version| version["version"].as_str().unwrap().to_owned()).collect())
        }).collect();
        prop_assert_eq!(said, expected);
    }
}

/// A key pair made of a seed, as PEM has them: the private key and the public one.
fn keys(seed: u8) -> (String, String) {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    let seed = [seed; 32];
    let pem = |label: &str, head: &[u8], key: &[u8]| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode([head, key].concat()))
    };
    let algorithm = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
    let private = [&[0x30, 0x2e, 0x02, 0x01, 0x00][..], &algorithm, &[0x04, 0x22, 0x04, 0x20]].concat();
    let public = [&[0x30, 0x2a][..], &algorithm, &[0x03, 0x21, 0x00]].concat();
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    (pem("PRIVATE KEY", &private, &seed), pem("PUBLIC KEY", &public, pair.public_key().as_ref()))
}

#[test]
fn only_what_a_trusted_key_has_signed_is_believed() {
    let keys = [keys(1), keys(2)];
    let folder = tempfile::tempdir().unwrap();
    let signing = |key: usize| open(folder.path()).signing_with(Some(Signer::read(&keys[key].0).unwrap()));
    let trusting = |pem: &str| open(folder.path()).trusting(Some(Trust::read(pem).unwrap()));
    write(&signing(0), "1", adopt(json!({"carts": {"version": "1"}})));
    let intent = write(&signing(0), "2", deploys(moved("carts", Some("1"), Some("2"))));
    assert_eq!(trusting(&keys[0].1).log().unwrap().records().len(), 2);
    assert_eq!(open(folder.path()).log().unwrap().records().len(), 2);
    let told = trusting(&keys[1].1).log().unwrap_err().to_string();
    assert!(told.contains("no trusted key has signed it"), "{told}");
    write(&signing(1), "2", ends(&intent, Ending::Failure));
    assert!(trusting(&keys[0].1).log().is_err());
    assert_eq!(trusting(&format!("{}{}", keys[0].1, keys[1].1)).log().unwrap().records().len(), 3);
    write(&open(folder.path()), "3", adopt(json!({})));
    assert!(trusting(&format!("{}{}", keys[0].1, keys[1].1)).log().is_err());
    // A signature of one record is none of another.
    let all = files(folder.path());
    let envelope = |at: usize| {
        serde_json::from_slice::<Value>(&fs::read(&all[at]).unwrap()).unwrap()["envelope"].clone()
    };
    let mut forged = envelope(3);
    forged["signatures"] = envelope(0)["signatures"].clone();
    let text = serde_json::json!({"payload": forged["payload"], "payloadType": forged["payloadType"], "signatures": forged["signatures"]});
    let text = format!(
        "{{\"payload\":{},\"payloadType\":{},\"signatures\":{}}}",
        text["payload"], text["payloadType"], text["signatures"]
    );
    fs::write(&all[3], format!("{{\"digest\":\"{}\",\"envelope\":{text}}}\n", Digest::of(text.as_bytes())))
        .unwrap();
    assert_eq!(open(folder.path()).log().unwrap().records().len(), 4);
    assert!(trusting(&format!("{}{}", keys[0].1, keys[1].1)).log().is_err());
}

#[test]
fn whoever_believes_signed_records_alone_writes_no_other() {
    let keys = [keys(1), keys(2)];
    let folder = tempfile::tempdir().unwrap();
    let trusting = |signer: Option<&str>| {
        open(folder.path())
            .trusting(Some(Trust::read(&keys[0].1).unwrap()))
            .signing_with(signer.map(|pem| Signer::read(pem).unwrap()))
    };
    let adopts = |ledger: &Ledger| ledger.append(&stamp("1"), |_| Ok((Some(adopt(json!({}))), ())));
    for (signer, why) in [(None, "would not be signed"), (Some(keys[1].0.as_str()), "none of those")] {
        let told = adopts(&trusting(signer)).unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
        assert!(trusting(signer).signs().is_err());
        assert!(!folder.path().join("records").exists(), "{why}");
    }
    // Who writes nothing needs no key.
    assert!(trusting(None).append(&stamp("1"), |_| Ok((None, ()))).is_ok());
    assert!(adopts(&trusting(Some(&keys[0].0))).is_ok());
    assert_eq!(trusting(None).log().unwrap().records().len(), 1);
    let both = Trust::read(&format!("{}{}", keys[0].1, keys[1].1)).unwrap();
    assert_eq!(both.and(&Trust::read(&keys[1].1).unwrap()), Trust::read(&keys[1].1).unwrap());
}

#[test]
fn what_is_no_key_is_told_and_not_shown() {
    let (private, public) = keys(1);
    for text in [
        "",
        "secret",
        public.as_str(),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n",
    ] {
        let told = Signer::read(text).unwrap_err().to_string();
        assert!(!told.contains("secret") && !told.contains("AAAA"), "{told}");
    }
    for text in ["", private.as_str(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
        assert!(Trust::read(text).is_err(), "{text}");
    }
}

#[test]
fn each_record_is_shown_with_its_run_and_its_build() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    write(&ledger, "4711", adopt(json!({"cart": version("1.0.0")})));
    // A platform that counts no builds says none.
    let stamp = Stamp { build: None, ..stamp("4712") };
    ledger.append(&stamp, |_| Ok((Some(deploys(moved("cart", Some("1.0.0"), Some("2.0.0")))), ()))).unwrap();
    let mut shown = Vec::new();
    let log = ledger.log().unwrap();
    log.write_text(&mut shown).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("run 4711 (build 12.1): production is taken over"), "{shown}");
    assert!(shown.contains("run 4712: deploy-production-cart begins"), "{shown}");
    let builds: Vec<Option<&str>> =
        log.records().iter().map(|logged| logged.record.build.as_deref()).collect();
    assert_eq!(builds, [Some("12.1"), None]);
}
