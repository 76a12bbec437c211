//! What the manifest says about the target and about pipelines.

use std::collections::BTreeMap;

/// The settings of a build for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The target's own table of the manifest.
    pub target: BTreeMap<String, String>,
    /// How a job gets the binary.
    pub binary: Binary,
    /// Where records go.
    pub ledger: Ledger,
    /// Actions that are taken at another commit than the one that is built in, from `clearway.lock`.
    pub pins: BTreeMap<String, Pin>,
}

impl Settings {
    /// A setting of the target, or what it is when the manifest does not say.
    pub fn get<'s>(&'s self, key: &str, otherwise: &'s str) -> &'s str {
        self.target.get(key).map_or(otherwise, String::as_str)
    }
}

/// An action at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The version, as its tag says it.
    pub version: String,
    /// The commit: 40 hexadecimal digits.
    pub commit: String,
}

/// How a job gets the `clearway` binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binary {
    /// It is downloaded, and compared with a digest.
    Download {
        /// The version, for a reader.
        version: String,
        /// Where from.
        url: String,
        /// The SHA-256 of the file, in hexadecimal digits.
        sha256: String,
    },
    /// It is taken out of a container image.
    Image(String),
    /// It lies in the repository.
    Path(String),
}

/// What is wrong with how a job gets the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BinaryError {
    /// Nothing is said.
    Missing,
    /// What is said is not enough, or not safe; in words.
    Bad(String),
}

impl Binary {
    /// Reads it from the `[pipeline]` table.
    ///
    /// # Errors
    ///
    /// Nothing is said, or what is said is not pinned.
    pub fn read(pipeline: &BTreeMap<String, String>) -> Result<Self, BinaryError> {
        let get = |key: &str| pipeline.get(key).filter(|value| !value.is_empty()).cloned();
        let bad = |text: &str| Err(BinaryError::Bad(text.to_owned()));
        if let Some(path) = get("path") {
            return Ok(Self::Path(path));
        }
        if let Some(image) = get("image") {
            let digest = image.split_once("@sha256:").map(|(_, digest)| digest);
            if !digest.is_some_and(|digest| is_hex(digest, 64)) {
                return bad("the image has no digest: write `image = \"…@sha256:…\"`");
            }
            return Ok(Self::Image(image));
        }
        match (get("clearway.version"), get("clearway.url"), get("clearway.sha256")) {
            (None, None, None) => Err(BinaryError::Missing),
            (Some(version), Some(url), Some(sha256)) => {
                if !is_hex(&sha256, 64) {
                    return bad("`sha256` must be 64 hexadecimal digits");
                }
                if !url.starts_with("https://") {
                    return bad("`url` must begin with `https://`");
                }
                Ok(Self::Download { version, url, sha256: sha256.to_ascii_lowercase() })
            }
            _ => bad("`clearway` needs `version`, `url` and `sha256`"),
        }
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ledger {
    /// Nothing is said: each job would write to a folder of its own.
    None,
    /// A folder: it holds records together only where all runs share a disk.
    Folder(String),
    /// An S3-compatible store.
    S3 {
        /// `s3://bucket/prefix`
        url: String,
        /// The role that jobs take to write there.
        role: Option<String>,
        /// The region of the store.
        region: Option<String>,
    },
}

/// A ledger's address that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerError(pub String);

impl Ledger {
    /// Reads it from the `[pipeline]` table.
    ///
    /// # Errors
    ///
    /// The address is of no known kind.
    pub fn read(pipeline: &BTreeMap<String, String>) -> Result<Self, LedgerError> {
        let get = |key: &str| pipeline.get(key).filter(|value| !value.is_empty()).cloned();
        let Some(url) = get("ledger").or_else(|| get("ledger.url")) else { return Ok(Self::None) };
        if url.starts_with("s3://") {
            return Ok(Self::S3 { url, role: get("ledger.role"), region: get("ledger.region") });
        }
        match url.split_once("://") {
            Some(("file", _)) | None => Ok(Self::Folder(url)),
            Some((scheme, _)) => Err(LedgerError(format!(
                "`{scheme}://` is no place for a ledger: write a folder or `s3://…`"
            ))),
        }
    }

    /// The address, as it is given to commands.
    pub fn address(&self) -> &str {
        match self {
            Self::None => ".clearway/ledger",
            Self::Folder(url) | Self::S3 { url, .. } => url,
        }
    }

    /// Whether all jobs of all runs see the same records.
    pub const fn is_shared(&self) -> bool {
        matches!(self, Self::S3 { .. })
    }
}

/// The variable with the key that signs records: on every platform a secret of this name.
pub(crate) const LEDGER_KEY: &str = "CLEARWAY_LEDGER_KEY";

/// Why records do not hold together.
pub(crate) const SCATTERED: &str = "every job has a disk of its own, so a ledger in a folder is lost with it: write `[pipeline] ledger = \"s3://…\"`";
