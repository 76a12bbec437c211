//! Each control of the frameworks can be met, and says what must be there: one spec meets them all, and what a control asks for,
//! taken away, leaves that control unmet.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use clearway_analysis::{ControlState, Judged, Raised, Verdict, controls};
use clearway_model::Db;
use clearway_tests::Fixture;

/// The spec of a payments service at a hospital.
const WHOLE: &str = r#"use std.frameworks.{ gdpr, hipaa, iso27001, nist-800-53, pci, slsa, soc2, sox }
policy compliance : gdpr, hipaa, iso27001, nist-800-53, pci, slsa, soc2, sox { }

team clinic { members = [ana, ben, carla] }
role board { members = [dora, emil, fay] }

secret bank-key { from = vault("clinic/bank")  roles = [clinic]  max-age = 30 d }
retention archive {
  keep records  for 7 years
  keep evidence for 6 years
  keep logs     for 2 months at-most 12 months
}
dataset invoices {
  class        = [personal, payment]
  source       = synthetic
  environments = [staging]
  provision    = "make invoices"
}

environment staging {
  tier        = staging
  credentials = oidc("staging", ttl = 15 m)
}
environment production {
  tier        = production
  credentials = oidc("production", ttl = 15 m)
  monitoring  = prometheus("https://prometheus.clinic.example")
  parity with staging except [credentials, monitoring, tier]
}

gate tests {
  evidence = junit("tests.xml")
  max-age  = 7 d
  require tests.failed == 0
}
gate scan {
  evidence = trivy("trivy.json")
  require vulnerabilities.count(severity = critical) == 0
}
gate provenance {
  evidence = in-toto("*.intoto.jsonl")
  require attestations.signed >= 1
}
approval standard { step board { from = board  need = 2 } }
approval quick    { step board { from = board } }
checklist go-live {
  item "the accounts of testers are gone" attested-by board within 30 d
}

service ledger {
  owner   = clinic
  version = 2.0.0
  data    = [health, personal, payment]
  secrets = [bank-key]
  build { run = "make image"  output = image("ghcr.io/clinic/ledger") }
  deploy with kubernetes("deployment/ledger")
}

release weekly {
  ship ledger
  stage staging { gates = [tests] }
  stage production {
    gates     = [tests, scan, provenance]
    checklist = go-live
    approval  = standard
    emergency = quick
    bake      = 1 h
  }
  rollback { approval = quick }
}
"#;

/// What a control asks for, and what stands there instead.
#[rustfmt::skip]
const TAKEN_AWAY: &[(&str, &str, &str)] = &[
    ("SOX-CM-1", "approval  = standard", ""),
    ("SOX-CM-2", "gates     = [tests, scan, provenance]", ""),
    ("SOX-CM-3", "step board { from = board  need = 2 }", "separate author, approver"),
    ("SOX-CM-4", "need = 2 } }", "need = 2 } separate approver, deployer }"),
    ("SOX-CM-5", "emergency = quick", ""),
    ("SOX-CM-6", "records  for 7 years", "records  for 6 years"),
    ("SOX-CM-7", "rollback { approval = quick }", ""),
    ("164.312(b)", "owner   = clinic", ""),
    ("164.308(a)(1)(ii)(D)", "monitoring  = prometheus(\"https://prometheus.clinic.example\")", ""),
    ("164.308(a)(8)", "approval  = standard", ""),
    ("164.316(b)(2)(i)", "evidence for 6 years", "evidence for 5 years"),
    ("164.316(b)(2)(iii)", " within 30 d", ""),
    ("Art. 25", "owner   = clinic", ""),
    ("Art. 25 (test data)", "source       = synthetic", "source       = production"),
    ("Art. 32(1)(b)", "max-age = 30 d", ""),
    ("Art. 32(1)(c)", "rollback { approval = quick }", ""),
    ("Art. 32(1)(d)", "max-age  = 7 d", ""),
    ("Art. 5(2)", "records  for 7 years", "records  for 11 months"),
    ("Art. 5(1)(e)", " at-most 12 months", ""),
    ("6.5.1", "rollback { approval = quick }", ""),
    ("6.5.2", "bake      = 1 h", ""),
    ("6.5.3", "oidc(\"staging\"", "oidc(\"production\""),
    ("6.5.4", "need = 2 } }", "need = 2 } separate approver, deployer }"),
    ("6.5.5", "source       = synthetic", "source       = production"),
    ("6.5.6", " attested-by board within 30 d", " gate scan"),
    ("10.5.1", "records  for 7 years", "records  for 11 months"),
    ("CC8.1", "approval  = standard", ""),
    ("CC8.1 (ownership)", "owner   = clinic", ""),
    ("CC8.1 (emergency)", "emergency = quick", ""),
    ("CC8.1 (baseline)", "parity with staging except [credentials, monitoring, tier]", ""),
    ("CC7.2", "monitoring  = prometheus(\"https://prometheus.clinic.example\")", ""),
    ("A.8.32", "rollback { approval = quick }", ""),
    ("A.8.31", "stage staging { gates = [tests] }", ""),
    ("A.8.9", "credentials = oidc(\"production\", ttl = 15 m)", ""),
    ("A.5.33", "records  for 7 years", "records  for 11 months"),
    ("CM-3", "need = 2 } }", "need = 1 } }"),
    ("CM-3(2)", "gates     = [tests, scan, provenance]", ""),
    ("CM-4", "require vulnerabilities.count(severity = critical) == 0", "require vulnerabilities.count(severity = critical) <= 3"),
    ("CM-5", "oidc(\"production\", ttl = 15 m)", "oidc(\"production\", ttl = 2 h)"),
    ("AU-10", "[tests, scan, provenance]", "[tests, scan]"),
    ("SI-7", "output = image(\"ghcr.io/clinic/ledger\")", ""),
    ("Build L1", "build { run = \"make image\"  output = image(\"ghcr.io/clinic/ledger\") }", ""),
    ("Build L2", "output = image(\"ghcr.io/clinic/ledger\")", ""),
    ("Build L3", "[tests, scan, provenance]", "[tests, scan]"),
    ("Source", "approval  = standard", ""),
];

/// Each control, and whether it is met.
fn controls_of(text: &str) -> BTreeMap<String, bool> {
    let workspace = Fixture::of(text).workspace();
    let db: &dyn Db = &workspace;
    let found = clearway_compile::check(&workspace).diagnostics;
    let holds = |judged: &Judged| judged.verdict == Verdict::Holds;
    let is_told = |raised: &Raised| found.iter().any(|told| Some(told.code) == raised.code);
    let is_met = |state: &ControlState| match state.raises.as_slice() {
        [] => !state.judged.is_empty() && state.judged.iter().all(holds),
        raises => !raises.iter().any(is_told),
    };
    controls(db, db.project()).iter().map(|state| (state.id.to_string(), is_met(state))).collect()
}

#[test]
fn one_spec_meets_every_control() {
    let reports: Vec<String> = Fixture::of(WHOLE).reports().iter().map(clearway_tests::line).collect();
    assert_eq!(reports, Vec::<String>::new());
    let unmet: Vec<String> =
        controls_of(WHOLE).into_iter().filter(|(_, met)| !met).map(|(id, _)| id).collect();
    assert_eq!(unmet, Vec::<String>::new());
}

#[test]
fn what_a_control_asks_for_is_missed() {
    let tried: BTreeSet<String> = TAKEN_AWAY.iter().map(|(id, ..)| (*id).to_owned()).collect();
    assert_eq!(tried, controls_of(WHOLE).into_keys().collect(), "each control has its row");
    for (id, there, instead) in TAKEN_AWAY {
        assert_eq!(WHOLE.matches(there).count(), 1, "{there}");
        assert!(!controls_of(&WHOLE.replace(there, instead))[*id], "`{id}` is met without `{there}`");
    }
}
