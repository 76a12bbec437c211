//! SHA-256 digests, as `sha256:` and 64 digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of some bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// How a digest begins.
const ALGORITHM: &str = "sha256:";

impl Digest {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_hash(Sha256::new_with_prefix(bytes))
    }

    /// The digest that was made of a stream.
    pub(crate) fn of_hash(hash: Sha256) -> Self {
        let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{ALGORITHM}{digits}"))
    }

    /// Its 64 digits.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix(ALGORITHM).unwrap_or(&self.0)
    }

    /// With the algorithm before it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix(ALGORITHM).unwrap_or_default();
        let fits = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if fits {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`{}` is no digest: it is written `sha256:` and 64 digits of 0-9 and a-f",
            text.escape_debug()
        ))
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}
