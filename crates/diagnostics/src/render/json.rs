//! The documented JSON list: the fields of [`Report`] in their order.

use std::io::{self, Write};

use crate::Report;

/// Writes the list, indented by two spaces.
pub fn write(out: &mut dyn Write, reports: &[Report]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, reports)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::{Report, render::samples};

    fn json(reports: &[Report]) -> String {
        let mut out = Vec::new();
        write(&mut out, reports).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_is_an_empty_list() {
        assert_eq!(json(&[]), "[]\n");
    }

    #[test]
    fn the_form_is_the_documented_one() {
        insta::assert_snapshot!(json(&[samples::unknown_name()]), @r#"
        [
          {
            "code": "CW9901",
            "name": "unknown-name",
            "severity": "error",
            "message": "there is no label `optinal` of `requires`",
            "help": "did you mean `optional`?",
            "url": "https://clearway.dev/codes/CW9901",
            "labels": [
              {
                "file": "shop.cw",
                "start": {
                  "line": 3,
                  "column": 28,
                  "offset": 65
                },
                "end": {
                  "line": 3,
                  "column": 35,
                  "offset": 72
                },
                "message": "",
                "primary": true
              }
            ],
            "fixes": [
              {
                "title": "write `optional`",
                "edits": [
                  {
                    "file": "shop.cw",
                    "start": {
                      "line": 3,
                      "column": 28,
                      "offset": 65
                    },
                    "end": {
                      "line": 3,
                      "column": 35,
                      "offset": 72
                    },
                    "text": "optional"
                  }
                ]
              }
            ]
          }
        ]
        "#);
    }

    #[test]
    fn what_was_written_can_be_read_again() {
        let reports = [samples::unknown_name(), samples::conflict()];
        assert_eq!(serde_json::from_str::<Vec<Report>>(&json(&reports)).unwrap(), reports);
    }
}
