//! `clearway completions`

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::Verdict;
use crate::args::{Cli, Completions, CompletionsArgs};
use crate::error::Failure;
use crate::files;
use crate::output::Output;

pub(crate) fn run(args: &CompletionsArgs, output: &Output) -> Result<Verdict, Failure> {
    let mut command = Cli::command();
    let shell = match args.what {
        Completions::Bash => Shell::Bash,
        Completions::Elvish => Shell::Elvish,
        Completions::Fish => Shell::Fish,
        Completions::Powershell => Shell::PowerShell,
        Completions::Zsh => Shell::Zsh,
        Completions::Man => {
            man(args, command, output)?;
            return Ok(Verdict::Holds);
        }
    };
    let mut script = Vec::new();
    generate(shell, &mut command, "clearway", &mut script);
    match &args.out {
        Some(folder) => {
            let file = match shell {
                Shell::Zsh => "_clearway".to_owned(),
                Shell::Fish => "clearway.fish".to_owned(),
                other => format!("clearway.{other}"),
            };
            files::write(&folder.join(file), &String::from_utf8_lossy(&script))?;
        }
        None => output.results(|out| out.write_all(&script))?,
    }
    Ok(Verdict::Holds)
}

/// The page of the program, and one for each command.
fn man(args: &CompletionsArgs, mut command: Command, output: &Output) -> Result<(), Failure> {
    command.build();
    let render = |command: Command| -> Result<String, Failure> {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        Ok(String::from_utf8_lossy(&page).into_owned())
    };
    let Some(folder) = &args.out else {
        let page = render(command)?;
        return output.results(|out| out.write_all(page.as_bytes()));
    };
    let pages = std::iter::once(command.clone()).chain(
        command.get_subcommands().filter(|sub| sub.get_name() != "help").map(|sub| {
            let name = format!("clearway-{}", sub.get_name());
            sub.clone().name(name.clone()).display_name(name)
        }),
    );
    for page in pages {
        let name = page.get_display_name().unwrap_or_else(|| page.get_name()).to_owned();
        files::write(&folder.join(format!("{name}.1")), &render(page)?)?;
    }
    Ok(())
}
