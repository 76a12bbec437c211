//! The files of `stdlib/`, which are part of the binary.

/// Path below `stdlib/` and text of every file, sorted by path.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The folder with the vocabulary: read before anything else, and by hand.
const VOCABULARY: &str = "vocabulary/";

/// The files that declare the vocabulary.
pub(crate) fn vocabulary() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied().filter(|(path, _)| path.starts_with(VOCABULARY))
}

/// The files that are modules: what a spec may use.
pub(crate) fn modules() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied().filter(|(path, _)| !path.starts_with(VOCABULARY))
}
