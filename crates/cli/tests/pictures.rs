//! Pictures and the page, on the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

use std::fs;
use std::path::Path;
use std::process::Command;

use clearway_tests::{repository, workload};

const NOW: [&str; 2] = ["--now", "2026-11-02T09:00:00Z"];

fn clearway(arguments: &[&str], folder: &Path) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_clearway")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn prints(arguments: &[&str], folder: &Path) -> String {
    let (code, out, err) = clearway(arguments, folder);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

fn at_now<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(NOW).collect()
}

fn examples() -> Vec<std::path::PathBuf> {
    let found = fs::read_dir(repository().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = found.filter(|path| path.join("clearway.toml").is_file()).collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

fn shop() -> std::path::PathBuf {
    repository().join("examples/online-boutique")
}

fn project(spec: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clearway.toml"), "[project]\nname = \"shop\"\n").unwrap();
    fs::write(folder.path().join("main.cw"), spec).unwrap();
    folder
}

/// How many elements begin like this.
fn count(svg: &str, start: &str) -> usize {
    svg.matches(start).count()
}

#[test]
fn every_example_is_drawn_and_has_the_same_page_twice() {
    let mut drawn = 0;
    for example in examples() {
        let svg = prints(&["graph", "--format", "svg"], &example);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{}", example.display());
        let plan = prints(&at_now(&["plan", "--format", "json"]), &example);
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        for release in plan["schedule"].as_array().unwrap() {
            let name = release["release"].as_str().unwrap();
            for draw in ["jobs", "rollback", "schedule"] {
                let svg = prints(
                    &at_now(&["plan", "--release", name, "--format", "svg", "--draw", draw]),
                    &example,
                );
                assert!(svg.contains(&format!("of {name}</title>")), "{draw} of {}", example.display());
                drawn += 1;
            }
        }
        let page = prints(&at_now(&["report", "html"]), &example);
        assert_eq!(page, prints(&at_now(&["report", "html"]), &example));
    }
    assert!(drawn >= 15, "{drawn}");
}

#[test]
fn the_shop_is_drawn_with_every_service_and_requirement() {
    let svg = prints(&["graph", "--format", "svg"], &shop());
    assert_eq!((count(&svg, "<g class=\"node "), count(&svg, "<path class=\"edge")), (13, 17));
    assert_eq!(count(&svg, "<path class=\"edge dashed"), 2, "what is optional");
    assert_eq!(count(&svg, "marked\""), 0);
    let teams = prints(&["graph", "--format", "svg", "--lanes", "team"], &shop());
    assert!(count(&teams, "class=\"lane\"") >= 3 && teams.contains(">storefront</text>"), "{teams}");
    let waves = prints(&["graph", "--format", "svg", "--lanes", "wave"], &shop());
    assert!(waves.contains(">wave 3</text>") && waves.contains(">does not move</text>"), "{waves}");
}

#[test]
fn a_part_of_the_graph_is_what_a_service_needs_or_what_needs_it() {
    let names = |arguments: &[&str]| {
        let graph = prints(&[&["graph", "--format", "json"], arguments].concat(), &shop());
        let graph: serde_json::Value = serde_json::from_str(&graph).unwrap();
        let nodes = graph["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&["--upstream", "cartservice"]), ["cartservice", "redis-cart"]);
    assert_eq!(
        names(&["--downstream", "cartservice"]),
        ["cartservice", "checkoutservice", "frontend", "loadgenerator"]
    );
    let (code, out, err) = clearway(&["graph", "--upstream", "cart"], &shop());
    assert!(code == 2 && out.is_empty() && err.contains("nothing that is called `cart`"), "{err}");
}

#[test]
fn cycles_what_does_not_fit_and_rules_between_versions_are_seen() {
    let spec = "team t { members = [ana] }
service a { owner = t  version = 1.0.0  requires b ^1.0 }
service b { owner = t  version = 1.0.0  requires a ^1.0 }
service c {
  owner = t  version = 1.0.0
  requires a ^7.0
  skew a behind 2 minor
  never-newer-than b
}
";
    let folder = project(spec);
    let (code, svg, _) = clearway(&["graph", "--format", "svg"], folder.path());
    assert_eq!(code, 1, "the spec does not hold");
    assert_eq!(count(&svg, "<path class=\"edge marked\""), 3, "{svg}");
    assert_eq!(count(&svg, "<path class=\"edge rule\""), 2, "{svg}");
    assert!(svg.contains("c → a: at most 2 minor behind") && svg.contains("c → b: never newer"), "{svg}");
}

#[test]
fn a_plan_is_told_in_markdown() {
    let page = prints(&at_now(&["plan", "--format", "markdown"]), &shop());
    for title in ["# Release shop", "## Path", "## Order", "## Schedule", "## Guarantees", "## Risks"] {
        assert!(page.lines().any(|line| line == title), "{title}\n{page}");
    }
    let row = |start: &[&str]| {
        page.lines().any(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            cells.get(1..=start.len()).is_some_and(|cells| cells == start)
        })
    };
    assert!(row(&["staging", "staging", "tests, coverage, scan", "nobody is asked", "closed"]), "{page}");
    assert!(row(&["production-eu", "3", "frontend", "0.10.5", "0.10.6"]), "{page}");
    assert!(row(&["github", "order", "native"]), "{page}");
    let tables = page.lines().filter(|line| line.starts_with('|')).count();
    let sound = page.lines().filter(|line| line.starts_with('|') && line.ends_with('|')).count();
    assert_eq!(tables, sound);
}

#[test]
fn a_picture_of_a_plan_is_of_one_release_and_of_a_way_that_it_has() {
    let spec = "team t { members = [ana, ben, eva] }
environment staging { tier = staging }
approval a { step one { from = t } }
service s { owner = t  version = 1.0.0 }
release one { ship s; stage staging {}  rollback { approval = a } }
release two { ship s; stage staging {}  rollback { approval = a } }
";
    let folder = project(spec);
    let (code, _, err) = clearway(&at_now(&["plan", "--format", "svg"]), folder.path());
    assert!(code == 2 && err.contains("--release") && err.contains("one, two"), "{err}");
    let wanted = at_now(&["plan", "--format", "svg", "--release", "two", "--draw", "emergency"]);
    let (code, _, err) = clearway(&wanted, folder.path());
    assert!(code == 2 && err.contains("`two` has no emergency way"), "{err}");
}

#[test]
fn a_large_release_is_a_small_picture() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clearway.toml"), "[project]\nname = \"large\"\n").unwrap();
    for (file, text) in workload::workspace(150) {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let svg = prints(&at_now(&["plan", "--format", "svg"]), folder.path());
    assert!(count(&svg, "<g class=\"node ") < 80 && svg.contains(">and 144 more</text>"), "{svg}");
    let graph = prints(&["graph", "--format", "svg"], folder.path());
    assert_eq!(count(&graph, "<g class=\"node "), 150);
}

#[test]
fn the_schedule_has_windows_freezes_and_the_release_on_the_clock_of_each_environment() {
    let svg = prints(&at_now(&["plan", "--format", "svg", "--draw", "schedule"]), &shop());
    for text in [
        ">production-eu (Europe/Berlin)</text>",
        ">production-us (America/New_York)</text>",
        ">window office-hours-us</text>",
        ">freeze year-end-sales</text>",
        "<title>rollout: Wednesday 2026-11-04 10:00 Europe/Berlin",
    ] {
        assert!(svg.contains(text), "{text}\n{svg}");
    }
    let in_freeze = ["plan", "--format", "svg", "--draw", "schedule", "--now", "2026-12-20T09:00:00Z"];
    let svg = prints(&in_freeze, &shop());
    assert!(svg.contains("<rect class=\"frozen\" x="), "{svg}");
}

#[test]
fn the_page_tells_the_change_with_what_is_weaker_first() {
    let spec = |need: u32, ttl: u32| {
        format!(
            "team t {{ members = [ana, ben, eva] }}
environment production {{ tier = production  credentials = oidc(\"deploy\", ttl = {ttl} m) }}
approval a {{ step one {{ from = t  need = {need} }} separate none }}
service s {{ owner = t  version = 1.0.0 }}
release r {{ ship s; stage production {{ approval = a }}  rollback {{ approval = a }} }}
"
        )
    };
    let (old, new) = (project(&spec(2, 15)), project(&spec(1, 10)));
    let page = prints(&at_now(&["report", "html", "--against", old.path().to_str().unwrap()]), new.path());
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}\n{page}"));
    assert!(at("data-kind=\"weaker\"") < at("data-kind=\"stronger\""));
    assert!(at("id=\"diff\"") < at("id=\"release-r\""));
    assert!(page.contains("main.cw:3]"), "{page}");
    assert!(!prints(&at_now(&["report", "html"]), new.path()).contains("id=\"diff\""));
    let compared = |more: &[&str]| {
        let asked = ["diff", old.path().to_str().unwrap(), ".", "--format", "html"];
        clearway(&at_now(&[&asked, more].concat()), new.path())
    };
    let (code, alone, _) = compared(&[]);
    let at = |text: &str| alone.find(text).unwrap_or_else(|| panic!("{text}\n{alone}"));
    assert!(code == 0 && at("data-kind=\"weaker\"") < at("data-kind=\"stronger\""));
    assert!(alone.contains("main.cw:3]") && !alone.contains("id=\"graph\""), "{alone}");
    let (code, alone, _) = compared(&["--fail-on", "weaker", "--accept-by", "t", "--accepted", "ben"]);
    assert!(code == 0 && alone.contains("ben") && alone.ends_with("</html>\n"), "{alone}");
    let broken = project("service s { version = 1.0.0  requires nobody ^1.0 }\n");
    let page = prints(&at_now(&["report", "html", "--against", broken.path().to_str().unwrap()]), new.path());
    assert!(page.contains("Nothing was compared"), "{page}");
    let (code, out, _) = clearway(&["report", "html"], broken.path());
    assert!(code == 1 && !out.contains("<html"), "{out}");
}

#[test]
fn no_text_of_a_spec_becomes_markup_or_script() {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'";
    let spec = format!(
        "team t {{ members = [ana, ben, eva] }}
environment production {{ tier = production  freezes = [f] }}
freeze f {{ from = 2026-12-01  until = 2026-12-02  reason = \"{evil}\" }}
approval a {{ step one {{ from = t }} }}
service s {{ owner = t  version = 1.0.0  repo = \"{evil}\"  test {{ run = \"{evil}\" }} }}
policy p {{ control \"{evil}\" \"{evil}\" {{ require 1 == 1 }} }}
release r {{ ship s; stage production {{ approval = a }}  rollback {{ approval = a }} }}
"
    );
    let folder = project(&spec);
    let (_, page, err) = clearway(&at_now(&["report", "html"]), folder.path());
    assert!(page.contains("&lt;img src=x onerror"), "{err}");
    assert_eq!(count(&page, "<script"), 1);
    assert_eq!(count(&page, "</script>"), 1);
    assert_eq!(count(&page, "<img"), 0);
    assert!(page.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#x27;none&#x27;; style-src &#x27;sha256-"), "{page}");
}
