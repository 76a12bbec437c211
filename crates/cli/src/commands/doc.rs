//! `clearway doc`

use crate::Verdict;
use crate::args::DocArgs;
use crate::error::Failure;
use crate::files;
use crate::output::Output;

pub(crate) fn run(args: &DocArgs, output: &Output) -> Result<Verdict, Failure> {
    if let Some(out) = &args.out {
        let pages = clearway_reference::pages();
        for page in &pages {
            files::write(&out.join(&page.path), &page.text)?;
        }
        output.note(&format!("{} pages in `{out}`", pages.len()));
    }
    if args.schema {
        output.results(|out| writeln!(out, "{:#}", clearway_reference::schema()))?;
    }
    Ok(Verdict::Holds)
}
