//! Where something stands: bytes of a file, or a node of the tree that keeps its identity while text moves.

/// Bytes `start..end` of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The same bytes, `by` further on.
    pub const fn shifted(self, by: u32) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }

    /// From the start of `self` to the end of `other`.
    pub const fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// The bytes as a range for slicing.
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A file, as numbered by whoever owns the [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A top-level item (declaration, `use`, `let`), as numbered by whoever owns the [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u32);

/// A node of an item's tree, counted from the start of the item, so that it does not move when text around
/// it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Where a label points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Bytes of a file: what did not parse, or a file that is not in the language (a state file, a manifest).
    Bytes(FileId, Span),
    /// A node of an item: everything that was understood.
    Node(FileId, ItemId, NodeId),
}

impl Place {
    /// The file that the place is in.
    pub const fn file(self) -> FileId {
        match self {
            Self::Bytes(file, _) | Self::Node(file, _, _) => file,
        }
    }
}

/// What is needed to turn places into text: implemented by the model's database, and by tests.
pub trait Sources {
    /// The path shown for a file: relative to the project's root, with `/`.
    fn path(&self, file: FileId) -> &str;
    /// The file's text.
    fn text(&self, file: FileId) -> &str;
    /// The bytes a place stands for now.
    fn span(&self, place: Place) -> Span;
}
