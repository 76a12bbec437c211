//! The features, each over small projects with a cursor.

mod completions;
mod fixture;
mod hovers;
mod names;
mod session;
mod texts;
mod writing;
