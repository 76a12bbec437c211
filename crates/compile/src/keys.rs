//! The keys that records must be signed with: public keys in a file that the manifest names. They go into the plan, and so every call in a
//! pipeline trusts them, and no other.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::{Db, Workspace};
use clearway_plan::PublicKey;

/// The keys of a project; none where its manifest names no file, or that has none.
pub(crate) fn signed_by(workspace: &Workspace) -> Result<Vec<PublicKey>, Box<Diagnostic>> {
    let Some(entry) = &workspace.manifest().signed_by else { return Ok(Vec::new()) };
    let wrong =
        |message: String, what: &str| {
            let wrong = Diagnostic::new(catalogue::BAD_MANIFEST, message, entry.place, what);
            Box::new(wrong.help(
                "`openssl pkey -in KEY -pubout` writes a public key; write several one after the other",
            ))
        };
    match workspace.external(&entry.path).text(workspace) {
        Err(why) => Err(wrong(format!("the keys of the ledger cannot be read: {why}"), "named here")),
        Ok(text) if text.contains("PRIVATE KEY-----") => {
            let message = format!(
                "`{}` has a private key: whoever reads the repository could sign records",
                entry.path
            );
            Err(wrong(message, "make another key: this one is known"))
        }
        Ok(text) => PublicKey::all_of(text).ok_or_else(|| {
            wrong(format!("`{}` has no Ed25519 public keys in PEM", entry.path), "named here")
        }),
    }
}
