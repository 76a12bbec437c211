//! SARIF 2.1.0, the form in which code scanning and editors take the results of any analysis.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Location, Message, MultiformatMessageString,
    PhysicalLocation, Region, Replacement, ReportingConfiguration, ReportingDescriptor, Result,
    ResultColumnKind, ResultLevel, Run, Sarif, Tool, ToolComponent, Version,
};

use super::help;
use crate::{Code, Position, Report, ReportFix, ReportLabel, Severity, explain};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name that consumers know for the root of the sources, which paths are relative to.
const ROOT: &str = "%SRCROOT%";

/// Writes a log of one run. `version` is Clearway's own.
pub fn write(out: &mut dyn Write, reports: &[Report], version: &str) -> io::Result<()> {
    let log = Sarif::builder()
        .schema(SCHEMA)
        .version(Version::V2_1_0.to_string())
        .runs(vec![run(reports, version)])
        .build();
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn run(reports: &[Report], version: &str) -> Run {
    let by_code: BTreeMap<&str, &Report> =
        reports.iter().map(|report| (report.code.as_str(), report)).collect();
    let results: Vec<Result> = reports
        .iter()
        .map(|report| result(report, by_code.keys().take_while(|code| **code != report.code).count()))
        .collect();
    let driver = ToolComponent::builder()
        .name("clearway")
        .version(version)
        .information_uri("https://clearway.dev")
        .rules(by_code.into_values().map(rule).collect::<Vec<_>>())
        .build();
    Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(ResultColumnKind::UnicodeCodePoints.to_string())
        .results(results)
        .build()
}

/// What the catalogue says about a report's code.
fn rule(report: &Report) -> ReportingDescriptor {
    let code = Code::find(&report.code);
    let level = level(code.map_or(report.severity, Code::severity));
    let mut rule = ReportingDescriptor::builder()
        .id(&report.code)
        .name(&report.name)
        .help_uri(&report.url)
        .default_configuration(ReportingConfiguration::builder().level(level.to_string()).build())
        .build();
    if let Some(code) = code {
        let title = MultiformatMessageString::builder().text(explain::title(code)).build();
        let page = MultiformatMessageString::builder().text(code.page()).markdown(code.page()).build();
        rule.short_description = Some(title);
        rule.help = Some(page);
    }
    rule
}

fn result(report: &Report, rule: usize) -> Result {
    let mut text = report.message.clone();
    for line in help::lines(report) {
        text.push_str("\nhelp: ");
        text.push_str(line);
    }
    let (primary, related): (Vec<_>, Vec<_>) = report.labels.iter().partition(|label| label.primary);
    let mut result = Result::builder()
        .rule_id(&report.code)
        .rule_index(rule as i64)
        .level(level(report.severity))
        .message(Message::from(&text))
        .locations(primary.into_iter().map(location).collect::<Vec<_>>())
        .build();
    if !related.is_empty() {
        result.related_locations = Some(related.into_iter().map(location).collect());
    }
    if !report.fixes.is_empty() {
        result.fixes = Some(report.fixes.iter().map(fix).collect());
    }
    result
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Info | Severity::Hint => ResultLevel::Note,
    }
}

fn location(label: &ReportLabel) -> Location {
    let place = PhysicalLocation::builder()
        .artifact_location(artifact(&label.file))
        .region(region(label.start, label.end))
        .build();
    let mut location = Location::builder().physical_location(place).build();
    if !label.message.is_empty() {
        location.message = Some(Message::from(&label.message));
    }
    location
}

fn fix(fix: &ReportFix) -> Fix {
    let mut by_file: BTreeMap<&str, Vec<Replacement>> = BTreeMap::new();
    for edit in &fix.edits {
        let replacement = Replacement::builder()
            .deleted_region(region(edit.start, edit.end))
            .inserted_content(ArtifactContent::builder().text(&edit.text).build())
            .build();
        by_file.entry(&edit.file).or_default().push(replacement);
    }
    let change = |(file, replacements): (&str, Vec<Replacement>)| {
        ArtifactChange::builder().artifact_location(artifact(file)).replacements(replacements).build()
    };
    Fix::builder()
        .description(Message::from(&fix.title))
        .artifact_changes(by_file.into_iter().map(change).collect::<Vec<_>>())
        .build()
}

fn region(start: Position, end: Position) -> Region {
    Region::builder()
        .start_line(start.line)
        .start_column(start.column)
        .end_line(end.line)
        .end_column(end.column)
        .build()
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(relative_uri(path)).uri_base_id(ROOT).build()
}

/// A path as a URI reference: `/` separates, and whatever is not unreserved is percent-encoded. So is a colon,
/// before which a first segment would be read as a scheme.
fn relative_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(byte.into());
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{relative_uri, write};
    use crate::{Code, Report, Severity, catalogue, explain, render::samples};

    fn sarif(reports: &[Report]) -> String {
        let mut out = Vec::new();
        write(&mut out, reports, "1.2.3").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_log_of_two_reports() {
        insta::assert_snapshot!(sarif(&[samples::unknown_name(), samples::conflict()]), @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "runs": [
            {
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "fixes": [
                    {
                      "artifactChanges": [
                        {
                          "artifactLocation": {
                            "uri": "shop.cw",
                            "uriBaseId": "%SRCROOT%"
                          },
                          "replacements": [
                            {
                              "deletedRegion": {
                                "endColumn": 35,
                                "endLine": 3,
                                "startColumn": 28,
                                "startLine": 3
                              },
                              "insertedContent": {
                                "text": "optional"
                              }
                            }
                          ]
                        }
                      ],
                      "description": {
                        "text": "write `optional`"
                      }
                    }
                  ],
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "shop.cw",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 35,
                          "endLine": 3,
                          "startColumn": 28,
                          "startLine": 3
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "there is no label `optinal` of `requires`\nhelp: did you mean `optional`?"
                  },
                  "ruleId": "CW9901",
                  "ruleIndex": 0
                },
                {
                  "fixes": [
                    {
                      "artifactChanges": [
                        {
                          "artifactLocation": {
                            "uri": "shop.cw",
                            "uriBaseId": "%SRCROOT%"
                          },
                          "replacements": [
                            {
                              "deletedRegion": {
                                "endColumn": 27,
                                "endLine": 3,
                                "startColumn": 27,
                                "startLine": 3
                              },
                              "insertedContent": {
                                "text": " when new-ledger"
                              }
                            }
                          ]
                        }
                      ],
                      "description": {
                        "text": "require it only with a flag"
                      }
                    }
                  ],
                  "level": "error",
                  "locations": [
                    {
                      "message": {
                        "text": "2.1 or later, below 3"
                      },
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "shop.cw",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 27,
                          "endLine": 3,
                          "startColumn": 23,
                          "startLine": 3
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "no version of `ledger` satisfies `checkout`\nhelp: ship a version 2 of `ledger`\nhelp: or accept `^1.4`"
                  },
                  "relatedLocations": [
                    {
                      "message": {
                        "text": "needed by this service"
                      },
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "shop.cw",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 17,
                          "endLine": 1,
                          "startColumn": 9,
                          "startLine": 1
                        }
                      }
                    },
                    {
                      "message": {
                        "text": "the only version there is"
                      },
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "our%20team/ledger.cw",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 18,
                          "endLine": 2,
                          "startColumn": 13,
                          "startLine": 2
                        }
                      }
                    }
                  ],
                  "ruleId": "CW9902",
                  "ruleIndex": 1
                }
              ],
              "tool": {
                "driver": {
                  "informationUri": "https://clearway.dev",
                  "name": "clearway",
                  "rules": [
                    {
                      "defaultConfiguration": {
                        "level": "error"
                      },
                      "helpUri": "https://clearway.dev/codes/CW9901",
                      "id": "CW9901",
                      "name": "unknown-name"
                    },
                    {
                      "defaultConfiguration": {
                        "level": "error"
                      },
                      "helpUri": "https://clearway.dev/codes/CW9902",
                      "id": "CW9902",
                      "name": "version-conflict"
                    }
                  ],
                  "version": "1.2.3"
                }
              }
            }
          ],
          "version": "2.1.0"
        }
        "#);
    }

    #[test]
    fn no_reports_are_no_results() {
        insta::assert_snapshot!(sarif(&[]), @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "runs": [
            {
              "columnKind": "unicodeCodePoints",
              "results": [],
              "tool": {
                "driver": {
                  "informationUri": "https://clearway.dev",
                  "name": "clearway",
                  "rules": [],
                  "version": "1.2.3"
                }
              }
            }
          ],
          "version": "2.1.0"
        }
        "#);
    }

    #[test]
    fn a_rule_says_what_the_catalogue_says() {
        let code: Code = catalogue::SYNTAX;
        let report = Report {
            code: code.id().to_owned(),
            name: code.name().to_owned(),
            severity: Severity::Warning,
            ..samples::unknown_name()
        };
        let log: serde_json::Value = serde_json::from_str(&sarif(&[report])).unwrap();
        let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
        assert_eq!(rule["shortDescription"]["text"], explain::title(code));
        assert_eq!(rule["help"]["markdown"], code.page());
        assert_eq!(rule["defaultConfiguration"]["level"], "error");
        assert_eq!(log["runs"][0]["results"][0]["level"], "warning");
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(relative_uri("c:d/a b/ü#1?.cw"), "c%3Ad/a%20b/%C3%BC%231%3F.cw");
    }
}
