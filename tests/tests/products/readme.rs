//! The README's excerpts of one spec and of what is emitted of it are true.

use std::fs;

use clearway_tests::{Fixture, emitted, repository, specs};

/// The blocks of a section, each with the path in its first line and what stands between its elisions.
fn excerpts(section: &str) -> Vec<(String, Vec<String>)> {
    let blocks = section.split("```").skip(1).step_by(2);
    let read = |block: &str| {
        let (head, body) = block.split_once('\n').unwrap().1.split_once('\n').unwrap();
        let path = head.trim_start_matches(['#', '/']).trim().to_owned();
        (path, body.split('…').map(|part| part.trim().to_owned()).collect())
    };
    blocks.map(read).collect()
}

#[test]
fn one_stage_is_emitted_for_three_products_as_the_readme_says() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, section) = readme.split_once("### One stage, three products").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut project = Fixture::folder(&repository().join("tests/conformance/project"));
    let table = specs::ARGO.split("\n\n").find(|part| part.starts_with("[targets.argo]")).unwrap();
    project.manifest = format!("{}\n{table}\n", project.manifest);
    let mut files: Vec<(String, String)> = project.sources.clone();
    for target in super::PRODUCTS {
        files.extend(emitted(target, &project).unwrap().1);
    }
    let excerpts = excerpts(section);
    assert_eq!(excerpts.len(), 4);
    for (path, parts) in excerpts {
        let (_, text) = files.iter().find(|(known, _)| *known == path).unwrap_or_else(|| panic!("no {path}"));
        let mut rest = text.as_str();
        for part in parts {
            rest =
                rest.split_once(&part).unwrap_or_else(|| panic!("{path} has not, or not there:\n{part}")).1;
        }
    }
}
