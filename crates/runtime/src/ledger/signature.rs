//! Signatures of records: Ed25519, as DSSE has it. Whoever can write to the store cannot write a record that a trusted key has signed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clearway_plan::{PublicKey, pem_blocks};
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
        let blocks = pem_blocks(pem, "PRIVATE KEY").ok_or_else(none)?;
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
        let keys = PublicKey::all_of(pem).ok_or_else(|| {
            Trouble::new("the trusted keys are no Ed25519 public keys in PEM")
                .help("`openssl pkey -in KEY -pubout` writes one")
        })?;
        Self::of(&keys)
    }

    /// The keys that a plan names.
    ///
    /// # Errors
    ///
    /// One is none of Ed25519.
    pub fn of(keys: &[PublicKey]) -> Result<Self, Trouble> {
        let read = |key: &PublicKey| {
            let key = key.bytes().ok_or_else(|| {
                Trouble::new("a key that the plan names is no Ed25519 public key")
                    .help("`clearway build` writes the plan")
            })?;
            Ok((id_of(&key), key))
        };
        Ok(Self { keys: keys.iter().map(read).collect::<Result<_, Trouble>>()? })
    }

    /// The keys that another trusts too.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.keys.retain(|id, _| other.keys.contains_key(id));
        self
    }

    /// Whether what a key signs is believed.
    pub(super) fn knows(&self, signer: &Signer) -> bool {
        self.keys.contains_key(&signer.id)
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
