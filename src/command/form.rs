//! `wasl form check` and `wasl form play`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use super::{check, talk};
use crate::config::Config;
use crate::form::{Form, Workbook};

#[derive(Subcommand)]
pub(super) enum FormCommand {
    /// Read a form and name every mistake with its line and column.
    #[command(after_help = "Example: wasl form check forms/complaint.md")]
    Check {
        /// The form's file (Markdown tables).
        file: PathBuf,
    },
    /// Play a form in this terminal, as a person would meet it.
    #[command(after_help = "Example: wasl form play forms/complaint.md --lang en")]
    Play {
        /// The form's file (Markdown tables).
        file: PathBuf,
        /// The language to play it in.
        #[arg(long, default_value = "en")]
        lang: String,
    },
}

pub(super) async fn run(command: FormCommand, config: Config) -> anyhow::Result<ExitCode> {
    match command {
        FormCommand::Check { file } => {
            let (code, _) = read(&file)?;
            Ok(code)
        }
        FormCommand::Play { file, lang } => {
            let (code, form) = read(&file)?;
            match form {
                Some(form) => talk::play(form, &lang, config).await,
                None => Ok(code),
            }
        }
    }
}

fn read(file: &PathBuf) -> anyhow::Result<(ExitCode, Option<Form>)> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read (a form is a text file in UTF-8)", file.display()))?;
    let name = file.file_name().map_or_else(|| "form.md".into(), |n| n.to_string_lossy().into_owned());
    match Workbook::from_markdown(&name, &text).and_then(Form::read) {
        Ok((form, findings)) => {
            check::show(&findings);
            println!("{name}: {} questions, languages {}", form.questions.len(), languages(&form));
            Ok((ExitCode::SUCCESS, Some(form)))
        }
        Err(findings) => {
            check::show(&findings);
            println!("{name}: refused");
            Ok((ExitCode::FAILURE, None))
        }
    }
}

fn languages(form: &Form) -> String {
    form.locales.iter().map(|l| l.as_str()).collect::<Vec<_>>().join(", ")
}
