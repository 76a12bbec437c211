//! The features, each over small projects with a cursor.

mod fixture;
mod hovers;
mod names;
