//! Signatures of records: Ed25519, as DSSE has it. Whoever can write to the store cannot write a record that a trusted key has signed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::trouble::Trouble;

/// A signature of a payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    keyid: String,
    sig: String,
}

/// A key that signs.
pub struct Signer {
    key: Ed25519KeyPair,
    id: String,
}

/// The keys whose signatures are believed, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    keys: BTreeMap<String, Vec<u8>>,
}

/// What an Ed25519 public key is preceded by in a `PUBLIC KEY` of PEM.
const BEFORE_PUBLIC_KEY: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The id of a key: the digest of its public half.
fn id_of(public: &[u8]) -> String {
    Digest::of(public).to_string()
}

/// What is signed of a payload: its type and its bytes, each with its length, so that neither can be read as part of the other.
fn signed_bytes(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Signer {
    /// Reads a `PRIVATE KEY` of PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    ///
    /// It is none. Nothing of the key is told.
    pub fn read(pem: &str) -> Result<Self, Trouble> {
        let none = || {
            Trouble::new("the ledger's key is no Ed25519 private key in PEM")
                .help("`openssl genpkey -algorithm ed25519` makes one")
        };
        let blocks = blocks(pem, "PRIVATE KEY").ok_or_else(none)?;
        let [der] = blocks.as_slice() else { return Err(none()) };
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| none())?;
        let id = id_of(key.public_key().as_ref());
        Ok(Self { key, id })
    }

    /// Signs a payload.
    pub(super) fn sign(&self, payload_type: &str, payload: &[u8]) -> Signature {
        let sig = STANDARD.encode(self.key.sign(&signed_bytes(payload_type, payload)));
        Signature { keyid: self.id.clone(), sig }
    }
}

impl Trust {
    /// Reads `PUBLIC KEY`s of PEM, as `openssl pkey -pubout` writes them; one after the other where there are several.
    ///
    /// # Errors
    ///
    /// There is none, or one is none of Ed25519.
    pub fn read(pem: &str) -> Result<Self, Trouble> {
        let none = || {
            Trouble::new("the trusted keys are no Ed25519 public keys in PEM")
                .help("`openssl pkey -in KEY -pubout` writes one")
        };
        let blocks = blocks(pem, "PUBLIC KEY").filter(|blocks| !blocks.is_empty()).ok_or_else(none)?;
        let public = |der: &Vec<u8>| {
            let key = der.strip_prefix(&BEFORE_PUBLIC_KEY).filter(|key| key.len() == 32).ok_or_else(none)?;
            Ok((id_of(key), key.to_vec()))
        };
        Ok(Self { keys: blocks.iter().map(public).collect::<Result<_, Trouble>>()? })
    }

    /// Whether a trusted key has signed a payload.
    pub(super) fn holds(&self, signatures: &[Signature], payload_type: &str, payload: &[u8]) -> bool {
        let signed = signed_bytes(payload_type, payload);
        signatures.iter().any(|signature| {
            let (Some(key), Ok(sig)) = (self.keys.get(&signature.keyid), STANDARD.decode(&signature.sig))
            else {
                return false;
            };
            UnparsedPublicKey::new(&ED25519, key).verify(&signed, &sig).is_ok()
        })
    }
}

/// The blocks of one kind in a text of PEM; `None` where one is broken.
fn blocks(pem: &str, label: &str) -> Option<Vec<Vec<u8>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let parts = pem.split(&begin).skip(1);
    parts
        .map(|part| {
            let inner: String = part.split_once(&end)?.0.split_whitespace().collect();
            STANDARD.decode(inner).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::signed_bytes;

    /// The vector of the protocol: <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors>.
    #[test]
    fn what_is_signed_is_what_the_protocol_says() {
        assert_eq!(
            signed_bytes("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(signed_bytes("", b""), b"DSSEv1 0  0 ");
        // Lengths are of bytes, and not of characters.
        assert_eq!(signed_bytes("\u{e4}", "\u{20ac}".as_bytes()), "DSSEv1 2 \u{e4} 3 \u{20ac}".as_bytes());
    }
}
