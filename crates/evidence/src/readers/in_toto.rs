//! Statements of in-toto (v0.1 and v1), bare, in DSSE envelopes, in Sigstore bundles, and as GitHub hands them out; one or several in a file.
//!
//! Signatures are **not** verified here, and a note says so: that takes keys or identities, which the caller has. What is read is which artifacts
//! a statement is about, by their digests, what it says of the commit and the time, and whether a test result or a verification summary passed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::Value;

use crate::family::{Attestations, Statement, Subject};
use crate::json::{self, nullable};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::refusal::{Code, NoteCode, Refusal, malformed};
use crate::report::{Item, ItemKind, Report};
use crate::source::Source;

/// What the payload of an envelope has to be.
const PAYLOAD: &str = "application/vnd.in-toto+json";

/// Reads statements.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut attestations = Attestations::default();
    json::read_each(source, limits, |documents: Documents| {
        let documents = match documents {
            Documents::Several(several) => several,
            Documents::One(one) => vec![*one],
        };
        documents
            .into_iter()
            .try_for_each(|document| document.collect(false, limits, &mut attestations, report))
    })?;
    if attestations.statements.is_empty() {
        return Err(Refusal::new(Code::NoResults, "the file holds no statement"));
    }
    report.note(NoteCode::SignatureUnverified, "the statements were read, and their signatures not verified");
    for statement in attestations.statements.iter().filter(|statement| statement.fails()) {
        let result = statement.result.as_deref().unwrap_or_default();
        let item = Item::new(
            ItemKind::Failed,
            &statement.predicate_type,
            &format!("the statement says `{}`", short(result)),
        );
        report.items.push(item.located(statement.subjects.first().map(|subject| subject.name.clone())));
    }
    report.attestations = Some(attestations);
    Ok(())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Documents {
    Several(Vec<Document>),
    One(Box<Document>),
}

/// Any of the forms that a statement comes in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "_type")]
    statement_type: Option<String>,
    subject: Option<Vec<RawSubject>>,
    predicate_type: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    predicate: Value,
    payload_type: Option<String>,
    payload: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    signatures: Vec<serde::de::IgnoredAny>,
    dsse_envelope: Option<Box<Self>>,
    bundle: Option<Box<Self>>,
    attestation: Option<Box<Self>>,
    attestations: Option<Vec<Self>>,
}

#[derive(Deserialize)]
struct RawSubject {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    digest: BTreeMap<String, String>,
}

impl Document {
    /// Finds the statements in a document. `signed` says that an envelope around it has a signature.
    fn collect(
        self,
        signed: bool,
        limits: &Limits,
        out: &mut Attestations,
        report: &mut Report,
    ) -> Result<(), Refusal> {
        if let Some(inner) = self.dsse_envelope.or(self.bundle).or(self.attestation) {
            return inner.collect(signed, limits, out, report);
        }
        if let Some(several) = self.attestations {
            return several
                .into_iter()
                .try_for_each(|document| document.collect(signed, limits, out, report));
        }
        if let Some(payload) = self.payload {
            let kind = self.payload_type.unwrap_or_default();
            if kind != PAYLOAD {
                let message =
                    format!("the envelope holds `{}`, and statements are `{PAYLOAD}`", short(&kind));
                return Err(Refusal::new(Code::WrongFormat, message));
            }
            let signed = !self.signatures.is_empty();
            return statement_of(&payload)?.collect(signed, limits, out, report);
        }
        let kind = self.statement_type.unwrap_or_default();
        if !kind.starts_with("https://in-toto.io/Statement/") {
            return Err(Refusal::new(
                Code::WrongFormat,
                "this is neither an in-toto statement nor an envelope with one",
            ));
        }
        if !matches!(kind.as_str(), "https://in-toto.io/Statement/v0.1" | "https://in-toto.io/Statement/v1") {
            return Err(Refusal::new(
                Code::UnsupportedVersion,
                format!("the statement is `{}`, and v0.1 and v1 are read", short(&kind)),
            ));
        }
        let subjects = self.subject.unwrap_or_default();
        if subjects.is_empty() || subjects.iter().any(|subject| subject.digest.is_empty()) {
            return Err(Refusal::new(
                Code::MissingField,
                "the statement is about nothing: each `subject` needs a `digest`",
            ));
        }
        let predicate_type = self
            .predicate_type
            .ok_or_else(|| Refusal::new(Code::MissingField, "the statement has no `predicateType`"))?;
        if out.statements.len() >= limits.distinct {
            return Err(Refusal::new(Code::TooLarge, "the file holds more statements than can be kept"));
        }
        about(&subjects, &self.predicate, report);
        let word = |path: &str| self.predicate.pointer(path).and_then(Value::as_str).map(str::to_owned);
        out.statements.push(Statement {
            predicate_type,
            subjects: subjects
                .into_iter()
                .map(|subject| Subject {
                    name: subject.name,
                    digests: subject
                        .digest
                        .into_iter()
                        .map(|(algorithm, digits)| (algorithm, digits.to_ascii_lowercase()))
                        .collect(),
                })
                .collect(),
            signed,
            result: word("/verificationResult").or_else(|| word("/result")),
        });
        Ok(())
    }
}

/// The statement in the payload of an envelope: base64 of either alphabet, with or without padding (DSSE v1.0.2).
fn statement_of(payload: &str) -> Result<Document, Refusal> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let payload: String = payload.split_ascii_whitespace().collect();
    let bytes = GeneralPurpose::new(&alphabet::STANDARD, config)
        .decode(&payload)
        .or_else(|_| GeneralPurpose::new(&alphabet::URL_SAFE, config).decode(&payload))
        .map_err(|error| malformed(format!("the payload of the envelope is no base64: {error}")))?;
    let document: Document = serde_json::from_slice(&bytes).map_err(|error| {
        malformed(format!("the payload of the envelope is no statement: {}", short(&error.to_string())))
    })?;
    if document.payload.is_some() || document.statement_type.is_none() {
        return Err(Refusal::new(Code::WrongFormat, "the payload of the envelope is no in-toto statement"));
    }
    Ok(document)
}

/// Takes up what a statement says about what was built, and from what.
fn about(subjects: &[RawSubject], predicate: &Value, report: &mut Report) {
    let origin = &mut report.origin;
    for (algorithm, digits) in subjects.iter().flat_map(|subject| &subject.digest) {
        match algorithm.as_str() {
            "gitCommit" | "sha1" => origin.commit(digits),
            _ => origin.digest(&format!("{algorithm}:{digits}")),
        }
    }
    // SLSA provenance, v1 and v0.2.
    for list in ["/buildDefinition/resolvedDependencies", "/materials"] {
        let sources = predicate.pointer(list).and_then(Value::as_array);
        for source in sources.into_iter().flatten().filter(|source| {
            // Of the materials only a repository is what was built; others are images and modules.
            source
                .get("uri")
                .and_then(Value::as_str)
                .is_some_and(|uri| uri.starts_with("git") || uri.ends_with(".git") || uri.contains(".git@"))
        }) {
            for algorithm in ["gitCommit", "sha1"] {
                origin.commit(
                    source
                        .pointer(&format!("/digest/{algorithm}"))
                        .and_then(Value::as_str)
                        .unwrap_or_default(),
                );
            }
        }
    }
    origin.commit(
        predicate.pointer("/invocation/configSource/digest/sha1").and_then(Value::as_str).unwrap_or_default(),
    );
    for time in [
        "/runDetails/metadata/startedOn",
        "/runDetails/metadata/finishedOn",
        "/metadata/buildStartedOn",
        "/metadata/buildFinishedOn",
        "/timeVerified",
    ] {
        origin.time(predicate.pointer(time).and_then(Value::as_str).and_then(Moment::parse));
    }
}
