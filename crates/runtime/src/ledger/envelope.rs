//! How a record is written: a statement of in-toto in a DSSE envelope.
//!
//! The bytes have one form, and their digest is the record's name: the record after says it, so that of the whole chain no byte
//! can change unseen. The last record has no record after it: it carries the digest of its own envelope, which tells accidents;
//! against somebody who can write to the store, only a signature helps.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::record::{Entry, FORMAT, Record};
use super::signature::{Signature, Signer, Trust};
use crate::digest::Digest;

/// What the payload of the envelope is.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The kind of statement.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// What the statement says: a record.
const PREDICATE_TYPE: &str = "https://clearway.dev/ledger/record/v1";

/// A DSSE envelope.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<Signature>,
}

/// An envelope with its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    digest: Digest,
    envelope: Envelope,
}

/// A statement of in-toto.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<StatementSubject>,
    predicate_type: String,
    predicate: Record,
}

/// What a statement is about.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatementSubject {
    name: String,
    digest: BTreeMap<String, String>,
}

/// The plan, and the artifacts that the record names.
fn subjects(record: &Record) -> Vec<StatementSubject> {
    let subject = |name: &str, digest: &Digest| StatementSubject {
        name: name.to_owned(),
        digest: BTreeMap::from([("sha256".to_owned(), digest.digits().to_owned())]),
    };
    let artifacts = match &record.entry {
        Entry::Intent(intent) => intent.subjects.as_slice(),
        Entry::Outcome(_) | Entry::Adopted(_) | Entry::Closed(_) | Entry::Attested(_) => &[],
    };
    let artifacts = artifacts.iter().filter_map(|artifact| {
        let digest = artifact.digest.as_ref()?;
        Some(subject(&format!("{}@{}", artifact.service, artifact.version), digest))
    });
    std::iter::once(subject("plan", &record.plan)).chain(artifacts).collect()
}

/// The bytes of a record, signed where there is a key, and its digest.
pub(crate) fn seal(record: Record, signer: Option<&Signer>) -> serde_json::Result<(Vec<u8>, Digest)> {
    let statement = Statement {
        kind: STATEMENT_TYPE.to_owned(),
        subject: subjects(&record),
        predicate_type: PREDICATE_TYPE.to_owned(),
        predicate: record,
    };
    let payload = serde_json::to_vec(&statement)?;
    let envelope = Envelope {
        payload: STANDARD.encode(&payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: signer.iter().map(|signer| signer.sign(PAYLOAD_TYPE, &payload)).collect(),
    };
    let digest = Digest::of(&serde_json::to_vec(&envelope)?);
    Ok((form(&Sealed { digest: digest.clone(), envelope })?, digest))
}

/// The one form of the bytes.
fn form(sealed: &Sealed) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(sealed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The record that bytes hold, and its digest; or what is wrong with them, in words. Where keys are trusted, one of them has signed it.
pub(crate) fn open(bytes: &[u8], trust: Option<&Trust>) -> Result<(Record, Digest), String> {
    let changed = |what: &str| format!("it was changed: {what}");
    let sealed: Sealed = serde_json::from_slice(bytes)
        .map_err(|error| changed(&format!("it is no sealed record ({error})")))?;
    if form(&sealed).ok().as_deref() != Some(bytes) {
        return Err(changed("its bytes are not in the form in which records are written"));
    }
    let digest = serde_json::to_vec(&sealed.envelope)
        .map(|bytes| Digest::of(&bytes))
        .map_err(|error| error.to_string())?;
    if digest != sealed.digest {
        return Err(changed("its digest is another one than it says"));
    }
    if sealed.envelope.payload_type != PAYLOAD_TYPE {
        return Err(format!(
            "its payload is `{}`, which is not read here",
            sealed.envelope.payload_type.escape_debug()
        ));
    }
    let payload =
        STANDARD.decode(&sealed.envelope.payload).map_err(|_| changed("its payload is no base64"))?;
    if trust.is_some_and(|trust| !trust.holds(&sealed.envelope.signatures, PAYLOAD_TYPE, &payload)) {
        return Err("no trusted key has signed it".to_owned());
    }
    let statement: Statement = serde_json::from_slice(&payload)
        .map_err(|error| format!("its statement is not one of a record: {error}"))?;
    if statement.kind != STATEMENT_TYPE || statement.predicate_type != PREDICATE_TYPE {
        return Err(format!(
            "its statement is a `{}`, which is not read here",
            statement.predicate_type.escape_debug()
        ));
    }
    if statement.predicate.clearway != FORMAT {
        return Err(format!("it has the form {}, and {FORMAT} is read here", statement.predicate.clearway));
    }
    Ok((statement.predicate, digest))
}
