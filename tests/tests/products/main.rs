//! What holds of every product that pipelines are emitted for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

mod kept;
mod limits;
mod missing;
mod readme;
mod recurring;

use clearway_tests::{Fixture, specs};

/// A project with what a product asks for in its manifest.
fn of(target: &str, spec: &str) -> Fixture {
    match target {
        "github" => specs::project(spec),
        "gitlab" => specs::for_gitlab(spec),
        _ => specs::for_argo(spec),
    }
}

const PRODUCTS: [&str; 3] = ["github", "gitlab", "argo"];
