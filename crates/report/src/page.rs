//! Everything about a project's releases as one page for a browser.
//!
//! The page needs nothing but itself: styles, script and pictures are inside, and its policy lets nothing else be loaded or run. The two that
//! it lets in are known by their digests, so a text of a spec that became markup in spite of being escaped would still not run.

mod parts;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clearway_diff::{Diff, Side, Spot};
use clearway_picture::{Form, STYLE as PICTURES};
use clearway_plan::{Origin, Plan};
use jiff::Timestamp;
use minijinja::{Environment, Error, UndefinedBehavior, context};
use sha2::{Digest, Sha256};

use crate::graph::{Graph, Lanes};
use crate::matrix::Matrix;
use crate::plan::Planned;
use crate::{Place, Report as _};

const TEMPLATES: [(&str, &str); 5] = [
    ("page.html", include_str!("../templates/page.html")),
    ("diff.html", include_str!("../templates/diff.html")),
    ("head.html", include_str!("../templates/head.html")),
    ("change.html", include_str!("../templates/change.html")),
    ("macros.html", include_str!("../templates/macros.html")),
];
const STYLE: &str = include_str!("../templates/page.css");
const SCRIPT: &str = include_str!("../templates/page.js");

/// What the page is about.
pub struct Page<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Its releases, with what there is to tell of each.
    pub releases: &'p [Planned<'p>],
    /// What depends on what.
    pub graph: &'p Graph,
    /// The controls in force.
    pub controls: &'p Matrix,
    /// What the change comes to, where it is looked at as a change.
    pub change: Option<Compared<'p>>,
    /// Where a declaration is written.
    pub place: &'p dyn Fn(&Origin) -> Option<Place>,
    /// The time from which on it is planned.
    pub now: Timestamp,
}

/// A comparison with what was.
pub enum Compared<'p> {
    /// What differs, and where its spots are written.
    Diff(&'p Diff, &'p dyn Fn(Side, &Spot) -> Option<Place>),
    /// Why nothing was compared.
    Not(String),
}

/// The page.
///
/// # Errors
///
/// The template cannot be filled in.
pub fn html(page: &Page<'_>) -> Result<String, Error> {
    let style = format!("{STYLE}{PICTURES}");
    let releases: Vec<_> = page.releases.iter().map(|planned| parts::release(planned, page.now)).collect();
    environment()?.get_template("page.html")?.render(context! {
        policy => policy(&style),
        style,
        script => SCRIPT,
        project => page.plan.project,
        diff => page.change.as_ref().map(parts::diff),
        releases,
        graph => page.graph.picture(Lanes::None, true).svg(Form::Inline),
        services => parts::services(page),
        controls => page.controls.table(),
        controls_summary => page.controls.preface().join(" "),
    })
}

/// A comparison alone as a page, with what became of its acceptance where that was asked for.
///
/// # Errors
///
/// The template cannot be filled in.
pub fn change(project: &str, change: &Compared<'_>, acceptance: Option<&str>) -> Result<String, Error> {
    environment()?.get_template("diff.html")?.render(context! {
        policy => policy(STYLE),
        style => STYLE,
        script => SCRIPT,
        project,
        diff => parts::diff(change),
        acceptance,
    })
}

/// By the ends of their names what is put into the templates is escaped as HTML, whatever it is.
fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// What a browser may load and run: the one style and the one script.
fn policy(style: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        digest(style),
        digest(SCRIPT)
    )
}
