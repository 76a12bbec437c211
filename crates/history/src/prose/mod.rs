//! The records as people read them: data goes into a template and comes out as Markdown.
//!
//! Each [`Kind`] has a template in `templates` beside `src`, in the language of Jinja, which a user may replace by one of their own. What the
//! data holds comes from specs and records, so it is made inert: nothing in it starts a heading, a cell, a link or a tag.

pub(crate) mod filters;
mod kind;

use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;
use thiserror::Error;

pub use kind::Kind;

/// A template that cannot be filled in.
#[derive(Debug, Error)]
pub enum Unfilled {
    /// It is no template.
    #[error("the template cannot be read: {0}")]
    Template(String),
    /// It asks for what is not there.
    #[error("the template cannot be filled in: {0}")]
    Data(String),
}

/// Fills in the template of a kind, or one in its place.
///
/// # Errors
///
/// The template is none, or names what the data does not have: a report with a gap that nobody notices would be worse.
pub fn markdown(kind: Kind, template: Option<&str>, data: &Value) -> Result<String, Unfilled> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.set_formatter(filters::inert);
    filters::register(&mut environment);
    environment
        .add_template(kind.name(), template.unwrap_or_else(|| kind.template()))
        .map_err(|error| Unfilled::Template(error.to_string()))?;
    let filled = environment.get_template(kind.name()).and_then(|template| template.render(data));
    filled.map_err(|error| Unfilled::Data(error.to_string()))
}
