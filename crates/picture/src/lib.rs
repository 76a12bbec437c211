//! Pictures: plain data in, SVG out. Nothing here knows a plan, a disk or a clock.
//!
//! A [`Graph`] is drawn in layers from left to right, in swimlanes where it has several; a [`Chart`] is a timetable with a row for each
//! thing and a bar for each time. Both are light or dark as the reader's screen is, carry their texts for those who do not see them, and
//! take texts from anywhere: nothing in a text can become markup.
//!
//! The layout is our own, in three small steps (`layers`, `order`, `place`). Of the libraries that were looked at, `rust-sugiyama` gives no way
//! for an edge around boxes, knows no lanes, goes through maps whose order differs from run to run, and panics on what it does not
//! expect; `layout-rs` draws as well as it lays out, and does not come to an end on graphs of some hundred nodes.

mod chart;
mod graph;
mod implied;
mod layers;
mod order;
mod place;
mod svg;

pub use chart::{Bar, Chart, Look as BarLook, Row, Section, Tick};
pub use graph::{Edge, Graph, Line, Look, Node, stacked};
pub use implied::implied;
pub use svg::{Form, STYLE};
