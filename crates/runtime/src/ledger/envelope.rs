//! How a record is written: a statement of in-toto in a DSSE envelope.
//!
//! The bytes have one form, and their digest is the record's name: the record after says it, so that of the whole chain no byte
//! can change unseen. The last record has no record after it: it carries the digest of its own envelope, which tells accidents;
//! against somebody who can write to the store, only a signature helps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::log::Log;
use super::record::{FORMAT, Record};
use super::signature::{Signature, Signer, Trust};
use super::statement::Statement;
use crate::digest::Digest;

/// What the payload of the envelope is.
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

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

/// The bytes of a record after those of a log, signed where there is a key, and its digest.
pub(crate) fn seal(
    record: &Record,
    log: &Log,
    signer: Option<&Signer>,
) -> serde_json::Result<(Vec<u8>, Digest)> {
    let payload = serde_json::to_vec(&Statement::of(record, log)?)?;
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

/// A record as it was kept.
pub(crate) struct Opened {
    /// The record.
    pub record: Record,
    /// The digest of its envelope.
    pub digest: Digest,
    payload: Vec<u8>,
}

impl Opened {
    /// Whether its statement says what a record does after those of a log, and nothing else.
    pub fn is_as_written(&self, log: &Log) -> bool {
        let statement = Statement::of(&self.record, log).and_then(|statement| serde_json::to_vec(&statement));
        statement.is_ok_and(|statement| statement == self.payload)
    }
}

/// The record that bytes hold; or what is wrong with them, in words. Where keys are trusted, one of them has signed it.
pub(crate) fn open(bytes: &[u8], trust: Option<&Trust>) -> Result<Opened, String> {
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
    let record = statement.record()?;
    if record.clearway != FORMAT {
        return Err(format!("it has the form {}, and {FORMAT} is read here", record.clearway));
    }
    Ok(Opened { record, digest, payload })
}

/// The envelope alone of a record that is kept, as others write and read it; one line.
///
/// # Errors
///
/// The bytes are no sealed record.
pub(crate) fn envelope_of(bytes: &[u8]) -> serde_json::Result<Vec<u8>> {
    let sealed: Sealed = serde_json::from_slice(bytes)?;
    let mut line = serde_json::to_vec(&sealed.envelope)?;
    line.push(b'\n');
    Ok(line)
}
