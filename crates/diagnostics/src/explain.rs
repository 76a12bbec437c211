//! A page of the catalogue on the terminal.
//!
//! Pages use little of Markdown: headings, paragraphs, lists, `code`, and fenced blocks that may have a file's
//! name as `title=…`. Headings and code are made to stand out; all other text reads well as it was written.

use std::io;

use codespan_reporting::term::termcolor::{Color, ColorSpec, WriteColor};

use crate::Code;

/// What a code means, in the words of its page's heading, which is `# name: meaning`.
pub fn title(code: Code) -> &'static str {
    let heading = code.page().lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(code.name()).trim();
    heading.strip_prefix(code.name()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(heading)
}

/// Writes a page, without Markdown's marks around headings and blocks.
pub fn write(out: &mut dyn WriteColor, page: &str) -> io::Result<()> {
    let mut in_block = false;
    for line in page.lines() {
        if let Some(info) = line.strip_prefix("```") {
            in_block = !in_block;
            write_file_name(out, info)?;
        } else if in_block {
            write_code(out, line)?;
        } else if let Some((level, heading)) = heading(line) {
            write_styled(out, ColorSpec::new().set_bold(true).set_underline(level == 1), heading)?;
            writeln!(out)?;
        } else {
            write_prose(out, line)?;
        }
    }
    Ok(())
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    (level > 0).then_some(level).zip(rest.strip_prefix(' '))
}

/// The name in a block's info string: `cw title=shop.cw`, or in quotes.
fn write_file_name(out: &mut dyn WriteColor, info: &str) -> io::Result<()> {
    let Some((_, name)) = info.split_once("title=") else { return Ok(()) };
    let name = match name.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => name.split_whitespace().next(),
    };
    write!(out, "  ")?;
    write_styled(out, ColorSpec::new().set_underline(true), name.unwrap_or_default())?;
    writeln!(out)
}

fn write_code(out: &mut dyn WriteColor, line: &str) -> io::Result<()> {
    let indent = if line.is_empty() { "" } else { "    " };
    writeln!(out, "{indent}{line}")
}

/// The backticks stay: without colours they are all that marks code.
fn write_prose(out: &mut dyn WriteColor, line: &str) -> io::Result<()> {
    let mut rest = line;
    while let Some((start, end)) = code_span(rest) {
        write!(out, "{}", &rest[..start])?;
        write_styled(out, ColorSpec::new().set_fg(Some(Color::Cyan)), &rest[start..end])?;
        rest = &rest[end..];
    }
    writeln!(out, "{rest}")
}

fn code_span(text: &str) -> Option<(usize, usize)> {
    let start = text.find('`')?;
    let length = text[start + 1..].find('`')?;
    Some((start, start + length + 2))
}

fn write_styled(out: &mut dyn WriteColor, style: &ColorSpec, text: &str) -> io::Result<()> {
    out.set_color(style)?;
    write!(out, "{text}")?;
    out.reset()
}

#[cfg(test)]
mod tests {
    use codespan_reporting::term::termcolor::{Ansi, NoColor};

    use super::{title, write};
    use crate::catalogue;

    const PAGE: &str = "\
# unknown-name: a name that nothing declares

Every name is declared once, in `use` or by a declaration.

- one `let`
- #2 on the list

## Example

```cw title=shop.cw
service shop {

  # not a heading
}
```

```cw title=\"our ledger.cw\"
service ledger {}
```

## Mended

```cw
let x = 1
```
";

    #[test]
    fn a_page_reads_well_without_colours() {
        let mut out = NoColor::new(Vec::new());
        write(&mut out, PAGE).unwrap();
        insta::assert_snapshot!(String::from_utf8(out.into_inner()).unwrap(), @"
        unknown-name: a name that nothing declares

        Every name is declared once, in `use` or by a declaration.

        - one `let`
        - #2 on the list

        Example

          shop.cw
            service shop {

              # not a heading
            }

          our ledger.cw
            service ledger {}

        Mended

            let x = 1
        ");
    }

    #[test]
    fn headings_and_code_are_coloured() {
        let mut out = Ansi::new(Vec::new());
        write(&mut out, "# one\n## two\na `b` `c\n").unwrap();
        let shown = String::from_utf8(out.into_inner()).unwrap().replace('\u{1b}', "ESC");
        insta::assert_snapshot!(shown, @"
        ESC[0mESC[1mESC[4moneESC[0m
        ESC[0mESC[1mtwoESC[0m
        a ESC[0mESC[36m`b`ESC[0m `c
        ");
    }

    #[test]
    fn every_page_begins_with_its_name_and_meaning() {
        for code in catalogue::all() {
            assert!(code.page().starts_with(&format!("# {}: {}", code.name(), title(*code))), "{code:?}");
        }
    }
}
