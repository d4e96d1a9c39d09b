//! The command line: one file per command, exit codes, and the wiring of all other rooms.
//!
//! Owns arguments, standard streams, signals, folders of the user and the order in which things start and stop. Logic
//! that deserves a test of its own belongs elsewhere; the demo is the exception, because nothing else may know it.

mod args;
mod backend;
mod check;
mod completions;
mod config;
mod delete;
mod demo;
mod diff;
mod dismiss;
mod dismissed;
mod doctor;
mod engine;
mod exit;
mod explain;
mod export;
mod facts;
mod fault;
mod keys;
mod live;
mod logs;
mod man;
mod open;
mod out;
mod pick;
mod prices;
mod quantity;
mod reindex;
mod runs;
mod screen;
mod serve;
mod setup;
mod show;
mod source;
mod terminal;
mod told;
mod wishes;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use self::args::{Args, Command};
use self::exit::Exit;

/// Runs the command that `words` (the program's name first) ask for.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Args::try_parse_from(words) {
        Ok(args) => dispatch(args).unwrap_or_else(|error| fault::report(&error)),
        Err(refused) => fault::usage(&refused),
    };
    exit.into()
}

/// The command line as clap knows it; the README's tables are made from it.
pub fn command() -> clap::Command {
    Args::command()
}

fn dispatch(args: Args) -> anyhow::Result<Exit> {
    let Args { common, listen, command } = args;
    let settings = |listen: &args::Listen| setup::settings(&common, listen);
    match command {
        None => live::run(&settings(&listen)?),
        Some(Command::Open(args)) => open::run(&args, &settings(&listen)?),
        Some(Command::Serve(args)) => serve::run(&settings(&args.listen.or(listen))?),
        Some(Command::Demo(args)) => demo::run(&args, &settings(&args.listen.clone().or(listen))?),
        Some(Command::Runs(args)) => runs::run(&args, &settings(&listen)?),
        Some(Command::Show(args)) => show::run(&args, &settings(&listen)?),
        Some(Command::Diff(args)) => diff::run(&args, &settings(&listen)?),
        Some(Command::Check(args)) => check::run(&args, &settings(&listen)?),
        Some(Command::Dismiss(args)) => dismiss::run(&args, &settings(&listen)?),
        Some(Command::Delete(args)) => delete::run(&args, &settings(&listen)?),
        Some(Command::Export(args)) => export::run(&args, &settings(&listen)?),
        Some(Command::Reindex) => reindex::run(&settings(&listen)?),
        Some(Command::Doctor(args)) => doctor::run(&args, &settings(&listen)?),
        Some(Command::Config) => config::run(&setup::layers(&common, &listen)?),
        Some(Command::Keys(args)) => keys::run(&args, &settings(&listen)?),
        Some(Command::Man) => man::run(),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}
