//! What the operator types: one file a command. Texts here are for operators, in English.

mod check;
mod doctor;
mod form;
mod migrate;
mod person;
mod staff;
pub mod talk;
mod templates;
pub mod transcript;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app;
use crate::config::Config;

/// wasl: people who need help write in their own language; the charity answers every one of them, on the record.
#[derive(Parser)]
#[command(name = "wasl", version, about, after_help = "Example: wasl --config /etc/wasl.toml serve")]
struct Cli {
    /// The settings' file; without it ./wasl.toml when there is one, else the defaults.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages and run the bot (what `wasl` alone does too).
    #[command(
        after_help = "Example: wasl serve --config wasl.toml\n         WASL_SERVER__LISTEN=127.0.0.1:8081 wasl serve"
    )]
    Serve,
    /// Read settings, forms and languages, and say what is wrong with them; changes nothing.
    #[command(
        after_help = "Example: wasl check --config wasl.toml\n         wasl check --defaults > wasl.toml"
    )]
    Check {
        /// Print every setting with its default and its explanation, and stop.
        #[arg(long)]
        defaults: bool,
    },
    /// Talk to the bot in this terminal; nothing is kept.
    #[command(after_help = talk::EXAMPLES)]
    Talk(talk::Talk),
    /// Check or play a form.
    #[command(subcommand)]
    Form(form::FormCommand),
    /// Who may enter the desk.
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// Forget somebody who asked for it.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// What may be said on WhatsApp to who wrote more than a day ago: what Meta approved of it, and what it should.
    #[command(subcommand)]
    Templates(templates::TemplatesCommand),
    /// Bring the database to this version's schema (serve does it too), and say which it is; or move everything from
    /// SQLite to PostgreSQL.
    #[command(after_help = migrate::EXAMPLES)]
    Migrate(migrate::Migrate),
    /// Look whether everything wasl needs is there and healthy.
    #[command(after_help = "Example: wasl doctor")]
    Doctor,
}

/// Runs the command line; what went wrong is one readable text on standard error.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(feature = "mutant")]
    if let Some(name) = Config::mutant() {
        crate::mutant::choose_everywhere(name);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("wasl: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(execute(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("wasl: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Some(Command::Check { defaults: true }) = cli.command {
        print!("{}", Config::manual());
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(cli.config.as_deref())?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            app::log()?;
            app::serve(config).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { .. } => check::run(&config),
        Command::Talk(talk) => talk::run(talk, config).await,
        Command::Form(command) => form::run(command, config).await,
        Command::Staff(command) => staff::run(command, &config).await,
        Command::Person(command) => person::run(command, &config).await,
        Command::Templates(command) => templates::run(command, &config).await,
        Command::Migrate(migrate) => migrate::run(migrate, &config).await,
        Command::Doctor => doctor::run(&config).await,
    }
}
