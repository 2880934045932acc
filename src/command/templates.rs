//! `wasl templates`: what may be said on WhatsApp to who wrote more than a day ago, as Meta has it and as wasl needs it.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use crate::channel::whatsapp::WhatsApp;
use crate::channel::whatsapp::templates::{Known, PURPOSES, Wanted, language_of, name_of};
use crate::config::Config;
use crate::engine::knock_key;
use crate::locale::{Args, Catalogue};
use crate::message::Locale;

#[derive(Subcommand)]
pub(super) enum TemplatesCommand {
    /// Every template of the account, with what Meta says of it.
    #[command(after_help = "Example: wasl templates list")]
    List,
    /// Compare what Meta approved with what wasl needs in each language, and print the texts to hand in.
    #[command(after_help = "Example: wasl templates check")]
    Check,
    /// Hand in what is missing. Meta answers in minutes, sometimes in a day; `wasl templates check` shows it.
    #[command(after_help = "Example: wasl templates sync")]
    Sync,
}

/// How a template that is wanted stands with Meta.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    Approved,
    /// Approved, but Meta counts it as advertising: it costs more, and not everybody gets it.
    Advertising,
    /// Approved with another text.
    Differs,
    Missing,
    /// Not approved: `PENDING`, `REJECTED`, `PAUSED`, …
    Not(String),
}

pub(super) async fn run(command: TemplatesCommand, config: &Config) -> anyhow::Result<ExitCode> {
    let settings = config.channel.whatsapp.as_ref().context(
        "WhatsApp is not open: give the settings a section [channel.whatsapp], as docs/channels.md shows",
    )?;
    let otherwise = &config.association.default_locale;
    let words = Catalogue::shipped(otherwise)?;
    let wanted = wanted(config, &words, &settings.template_prefix);
    let whatsapp = WhatsApp::new(settings, otherwise).context("TLS for WhatsApp")?;
    let known = whatsapp.templates().await.map_err(|error| {
        anyhow::anyhow!("Meta does not tell the templates ({error}); `wasl doctor` shows what to do")
    })?;
    match command {
        TemplatesCommand::List => {
            list(&known);
            Ok(ExitCode::SUCCESS)
        }
        TemplatesCommand::Check => Ok(check(&wanted, &known)),
        TemplatesCommand::Sync => Ok(sync(&whatsapp, &wanted, &known).await),
    }
}

/// Every template in every language, as the catalogue words it.
fn wanted(config: &Config, words: &Catalogue, prefix: &str) -> Vec<Wanted> {
    let association = &config.association;
    let one = |locale: &Locale, purpose| {
        let name = association.text(&association.name, locale);
        let said = Args::none().text("association", name);
        let say = |key| words.label(locale, key, &said).into_owned();
        Wanted {
            name: name_of(prefix, purpose),
            language: language_of(locale),
            body: say(knock_key(purpose)),
            button: say("knock-open"),
        }
    };
    PURPOSES
        .into_iter()
        .flat_map(|purpose| words.locales().iter().map(move |locale| (locale, purpose)))
        .map(|(locale, purpose)| one(locale, purpose))
        .collect()
}

fn standing(wanted: &Wanted, known: &[Known]) -> Standing {
    let same = |known: &&Known| known.name == wanted.name && known.language == wanted.language;
    match known.iter().find(same) {
        None => Standing::Missing,
        Some(known) if known.status != "APPROVED" => Standing::Not(known.status.clone()),
        Some(known) if known.body != wanted.body => Standing::Differs,
        Some(known) if known.category == "MARKETING" => Standing::Advertising,
        Some(_) => Standing::Approved,
    }
}

/// What to do about it.
fn remedy(standing: &Standing) -> Option<&'static str> {
    Some(match standing {
        Standing::Approved => return None,
        Standing::Advertising => {
            "Meta counts it as MARKETING, which costs more and does not reach everybody; ask for a review in WhatsApp \
             Manager"
        }
        Standing::Differs => "its text is another; edit it in WhatsApp Manager if it should be this:",
        Standing::Missing => "it is not there; `wasl templates sync` hands it in with this text:",
        Standing::Not(status) => match &**status {
            "PENDING" | "IN_APPEAL" => "Meta still looks at it; ask again in some hours",
            "REJECTED" => {
                "Meta refused it; WhatsApp Manager shows why. Edit it there, or appeal. wasl wants this text:"
            }
            "PAUSED" => "Meta paused it, since people blocked or reported it; it comes back by itself",
            "DISABLED" => {
                "Meta switched it off for good; set another channel.whatsapp.template_prefix and sync"
            }
            _ => "WhatsApp Manager shows what is wrong with it",
        },
    })
}

fn list(known: &[Known]) {
    if known.is_empty() {
        println!("The account has no templates; `wasl templates sync` hands in those that wasl needs.");
    }
    for known in known {
        println!("{} {}: {}, {}", known.name, known.language, known.status, known.category);
        println!("    {}", known.body);
    }
}

fn check(wanted: &[Wanted], known: &[Known]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for wanted in wanted {
        let standing = standing(wanted, known);
        let Some(remedy) = remedy(&standing) else {
            println!("ok    {} {}", wanted.name, wanted.language);
            continue;
        };
        code = ExitCode::FAILURE;
        println!("WRONG {} {}: {remedy}", wanted.name, wanted.language);
        if remedy.ends_with(':') {
            println!("    category  UTILITY\n    body      {}\n    button    {}", wanted.body, wanted.button);
        }
    }
    code
}

async fn sync(whatsapp: &WhatsApp, wanted: &[Wanted], known: &[Known]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let missing = wanted.iter().filter(|wanted| standing(wanted, known) == Standing::Missing);
    let mut handed_in = 0;
    for wanted in missing {
        match whatsapp.submit(wanted).await {
            Ok(()) => {
                handed_in += 1;
                println!("handed in  {} {}", wanted.name, wanted.language);
            }
            Err(error) => {
                code = ExitCode::FAILURE;
                println!("refused    {} {}: {error}", wanted.name, wanted.language);
            }
        }
    }
    if handed_in > 0 {
        println!("Meta looks at them now; `wasl templates check` shows when they are approved.");
    } else if code == ExitCode::SUCCESS {
        println!("Nothing is missing; `wasl templates check` shows how each stands.");
    }
    code
}
