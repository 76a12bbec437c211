//! The keys whose signatures of records are believed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A public key of Ed25519: what stands between the lines of a `PUBLIC KEY` of PEM.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(String);

/// What an Ed25519 public key is preceded by in a `PUBLIC KEY` of PEM.
const BEFORE_PUBLIC_KEY: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl PublicKey {
    /// The `PUBLIC KEY`s of a text of PEM, each once and in one order, whatever the order in the text; `None` where there is none, or one is
    /// none of Ed25519.
    pub fn all_of(pem: &str) -> Option<Vec<Self>> {
        let blocks = pem_blocks(pem, "PUBLIC KEY").filter(|blocks| !blocks.is_empty())?;
        let keys = blocks.iter().map(|block| Self(STANDARD.encode(block)));
        let mut keys: Vec<Self> = keys.map(|key| key.bytes().map(|_| key)).collect::<Option<_>>()?;
        keys.sort();
        keys.dedup();
        Some(keys)
    }

    /// The key itself; `None` where it is none of Ed25519: a plan may have been written by anybody.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let der = STANDARD.decode(&self.0).ok()?;
        let key = der.strip_prefix(&BEFORE_PUBLIC_KEY).filter(|key| key.len() == 32)?;
        Some(key.to_vec())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The blocks of one kind in a text of PEM; `None` where one is broken.
pub fn pem_blocks(pem: &str, label: &str) -> Option<Vec<Vec<u8>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let parts = pem.split(&begin).skip(1);
    parts
        .map(|part| {
            let inner: String = part.split_once(&end)?.0.split_whitespace().collect();
            STANDARD.decode(inner).ok()
        })
        .collect()
}
