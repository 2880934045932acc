//! `wasl staff`: who may enter the desk.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use crate::case::Role;
use crate::config::Config;
use crate::desk;
use crate::store::Store;
use crate::time::{Clock, SystemClock};

#[derive(Subcommand)]
pub(super) enum StaffCommand {
    /// Print a one-time link with which a colleague chooses name and password.
    #[command(after_help = "Example: wasl staff add --role officer")]
    Add {
        /// What they may do.
        #[arg(long, value_enum, default_value_t = CliRole::Officer)]
        role: CliRole,
    },
    /// List who may enter.
    #[command(after_help = "Example: wasl staff list")]
    List,
    /// Close somebody's access; their sessions end at once.
    #[command(after_help = "Example: wasl staff disable amina")]
    Disable {
        /// The name they log in with.
        name: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum CliRole {
    Administrator,
    Officer,
}

impl From<CliRole> for Role {
    fn from(role: CliRole) -> Role {
        match role {
            CliRole::Administrator => Role::Administrator,
            CliRole::Officer => Role::Officer,
        }
    }
}

pub(super) async fn run(command: StaffCommand, config: &Config) -> anyhow::Result<ExitCode> {
    let store = Store::open_shared(&config.store.url).await?;
    let now = SystemClock.now();
    match command {
        StaffCommand::Add { role } => {
            let token = desk::staff::invite(&store, role.into(), now).await?;
            println!("This link works once, within 24 hours; send it on a way only your colleague reads:");
            println!("  {}/desk/setup/{token}", config.public_url());
        }
        StaffCommand::List => {
            for member in desk::staff::list(&store).await? {
                let state = if member.disabled { "disabled" } else { "active" };
                println!("{:<24} {:<14} {state}", member.name, member.role);
            }
        }
        StaffCommand::Disable { name } => {
            if !desk::staff::disable(&store, &name, now).await? {
                anyhow::bail!("nobody logs in as {name:?}; `wasl staff list` shows everybody");
            }
            println!("{name} can no longer enter; all their sessions are closed.");
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
