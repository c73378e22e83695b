//! What can be typed: the commands and their flags, with nothing decided yet.
//!
//! [`super::settings`] turns this, the environment and `sqlstitch.toml` into what is meant.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::dialect::Engine;
use crate::import::Tool;
use crate::report::Format;

/// Bundles independent SQL files into one idempotent migration script, in the order that the SQL
/// itself asks for.
#[derive(Debug, Parser)]
#[command(name = "sqlstitch", version, propagate_version = true)]
#[command(after_help = "Exit codes: 0 fine, 1 errors in the SQL, 2 wrong usage or unusable input.")]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to colour what is told
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Colour,
    /// Show notes too
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// When to write colours.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// One variant per file in this folder.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the script
    Build(Build),
    /// Tell what is wrong or worth knowing; with --fix, mend what is certain
    Check(Check),
    /// Tell what comes of merging two branches, from what git holds
    MergeCheck(MergeCheck),
    /// Tell what changed between two bundles
    Diff(Diff),
    /// List the files in the order in which they run
    Order(Order),
    /// Draw which file needs which
    Graph(Graph),
    /// Tell why one file comes before another
    Explain(Explain),
    /// Show what one stage makes of the files
    Show(Show),
    /// Run the script on a scratch database, twice and cut off in the middle (SQLite)
    Verify(Verify),
    /// Explain the code of a finding
    Rule(Rule),
    /// Write a first sqlstitch.toml where there is none, and the git hook that checks every commit
    Init(Init),
    /// Turn another tool's migrations into patches
    Import(Import),
    /// Write a shell's completions
    Completions(Completions),
    /// Write the manual pages
    Man(Man),
}

/// Which files, read how: what every command takes.
#[derive(Clone, Debug, Args)]
pub(super) struct Files {
    /// Directories, files or globs of SQL files [default: `paths` of sqlstitch.toml, else the
    /// current directory]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// How files are found and read.
#[derive(Clone, Debug, Args)]
pub(super) struct Reading {
    /// The engine that the SQL is for
    #[arg(short, long, env = "SQLSTITCH_DIALECT", value_parser = engines())]
    pub(super) dialect: Option<Engine>,
    /// Read only files that match; a glob without `/` matches file names anywhere [default: *.sql]
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,
    /// Leave out files and directories that match
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// An object or schema that exists outside these files; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    pub(super) external: Vec<String>,
    /// Make an error of every reference that no file defines and no --external names
    #[arg(long, env = "SQLSTITCH_STRICT", value_parser = clap::builder::BoolishValueParser::new())]
    pub(super) strict: bool,
    /// How bad findings of a code are: error, warning, note or off; `warnings` stands for all
    /// warnings
    #[arg(long, value_name = "CODE=LEVEL", value_parser = NonEmptyStringValueParser::new())]
    pub(super) severity: Vec<String>,
    /// Take every patch for a step of a release of its own, and tell what it takes away from code that
    /// runs, also without --since
    #[arg(long, env = "SQLSTITCH_PHASES", value_parser = clap::builder::BoolishValueParser::new())]
    pub(super) phases: bool,
    /// Read all files anew, and keep nothing of them for the next run
    #[arg(long, env = "SQLSTITCH_NO_CACHE", value_parser = clap::builder::BoolishValueParser::new())]
    pub(super) no_cache: bool,
    /// Where what was read of large trees is kept for the next run [default: sqlstitch in the user's
    /// cache directory]
    #[arg(long, env = "SQLSTITCH_CACHE_DIR", value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
    /// The configuration file [default: sqlstitch.toml in the directory of the first PATH or in one
    /// above it]
    #[arg(long, env = "SQLSTITCH_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// What the script does in the database.
#[derive(Clone, Debug, Args)]
pub(super) struct Script {
    /// What to do about an applied patch that has changed since [default: error]
    #[arg(long, env = "SQLSTITCH_ON_DRIFT", value_enum, value_name = "WHAT")]
    pub(super) on_drift: Option<OnDrift>,
    /// Which clients must be able to run the script [default: auto]
    #[arg(long, env = "SQLSTITCH_CLIENT", value_enum)]
    pub(super) client: Option<Client>,
    /// How many patches share a transaction [default: patch]
    #[arg(long, env = "SQLSTITCH_TRANSACTION", value_enum, value_name = "WHAT")]
    pub(super) transaction: Option<Transaction>,
    /// Where the script keeps account of what it applied [default: sqlstitch.patch]
    #[arg(long, env = "SQLSTITCH_LEDGER", value_name = "SCHEMA.TABLE")]
    pub(super) ledger: Option<String>,
    /// The source revision to record with each patch
    #[arg(long, env = "SQLSTITCH_REVISION", value_name = "TEXT")]
    pub(super) revision: Option<String>,
}

/// `--on-drift`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum OnDrift {
    /// Stop before anything runs
    Error,
    /// Say so and go on without it
    Warn,
    /// Go on without it
    Ignore,
}

/// `--transaction`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Transaction {
    /// Each has its own
    Patch,
    /// All of the script is one
    Single,
}

/// `--client`
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Client {
    /// Any client where the SQL allows it, else the engine's own
    Auto,
    /// Any client, or an error
    Any,
    /// The engine's own command line client
    Native,
}

/// `sqlstitch build`
#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    pub(super) files: Files,
    /// The file to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(super) output: PathBuf,
    /// The script, or what it does as one document for programs that bring their own client
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: BuildFormat,
    #[command(flatten)]
    pub(super) script: Script,
    #[command(flatten)]
    pub(super) part: Part,
    /// Another tool's table of applied patches: what it holds is recorded and not run
    #[arg(long, env = "SQLSTITCH_ADOPT", value_name = "SCHEMA.TABLE")]
    pub(super) adopt: Option<String>,
}

/// Which patches the script holds, and what it does with them.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Part {
    /// Only these patches: a name, a path, its end, or a glob; what they need of the others must be
    /// applied already
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(super) only: Vec<String>,
    /// Only patches that were added or changed since this git revision
    #[arg(long, value_name = "REF")]
    pub(super) since: Option<String>,
    /// Only patches of this step of a release: what old code does not mind, what moves data, what old
    /// code must be gone for
    #[arg(long, value_enum)]
    pub(super) phase: Option<PhaseName>,
    /// Record the patches as applied, and run none of them
    #[arg(long, conflicts_with = "revert")]
    pub(super) baseline: bool,
    /// Undo the patches, in reverse order, with their revert files
    #[arg(long)]
    pub(super) revert: bool,
    /// With --baseline: up to this patch; with --revert: all that comes after it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(super) to: Option<String>,
}

/// Which patches a command is about, as a release in three steps sees them.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Steps {
    /// Look at the patches that were added or changed since this git revision as a release: what they
    /// take away from code that runs is told
    #[arg(long, value_name = "REF")]
    pub(super) since: Option<String>,
    /// Only patches of this step of a release
    #[arg(long, value_enum)]
    pub(super) phase: Option<PhaseName>,
}

/// `--phase`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PhaseName {
    /// Adds; code that runs goes on
    Expand,
    /// Moves data
    Migrate,
    /// Takes away, renames or tightens
    Contract,
}

/// `build --format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum BuildFormat {
    /// What the engine's client runs
    #[default]
    Script,
    /// The patches in order with their statements
    Json,
}

/// `sqlstitch check`
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) steps: Steps,
    /// Read the files as git's index has them, for the next commit, rather than as they are; say
    /// nothing where all is well
    #[arg(long, conflicts_with_all = ["since", "phase"])]
    pub(super) staged: bool,
    /// Mend in the files what can be mended for certain, and tell what is left
    #[arg(long, conflicts_with = "staged")]
    pub(super) fix: bool,
    /// With --fix: show the changes as a patch and make none
    #[arg(long, requires = "fix")]
    pub(super) diff: bool,
    /// For whom the findings are written
    #[arg(long, default_value = Format::Human.name(), value_parser = formats())]
    pub(super) format: Format,
}

/// `sqlstitch merge-check`
#[derive(Debug, Args)]
pub(super) struct MergeCheck {
    /// The revision that is merged into [default: the branch that this one follows, or the remote
    /// repository's default branch]
    #[arg(value_name = "BASE", value_parser = NonEmptyStringValueParser::new())]
    pub(super) base: Option<String>,
    /// The revision that is merged [default: HEAD]
    #[arg(value_name = "HEAD", value_parser = NonEmptyStringValueParser::new())]
    pub(super) head: Option<String>,
    /// Directories, files or globs of SQL files [default: `paths` of sqlstitch.toml, else the current
    /// directory]
    #[arg(last = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// For whom the findings are written
    #[arg(long, default_value = Format::Human.name(), value_parser = formats())]
    pub(super) format: Format,
}

/// `sqlstitch diff`
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 no differences, 1 differences, 2 one of the two could not be read."
)]
pub(super) struct Diff {
    /// What there was: a script, a manifest (build --format json), a directory of patches, or a git
    /// revision
    #[arg(value_name = "OLD", value_parser = NonEmptyStringValueParser::new())]
    pub(super) old: String,
    /// What there is, in the same ways [default: the patches as they are]
    #[arg(value_name = "NEW", value_parser = NonEmptyStringValueParser::new())]
    pub(super) new: Option<String>,
    /// The patches of a revision, and those that there are: directories, files or globs of SQL files
    /// [default: `paths` of sqlstitch.toml, else the current directory]
    #[arg(last = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Lines, or one document with whole checksums
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// `sqlstitch order`
#[derive(Debug, Args)]
pub(super) struct Order {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) steps: Steps,
    /// One path a line, or one document with the reasons
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// A text for people or a document for machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TextFormat {
    /// Lines
    #[default]
    Text,
    /// One document
    Json,
}

/// `sqlstitch graph`
#[derive(Debug, Args)]
pub(super) struct Graph {
    #[command(flatten)]
    pub(super) files: Files,
    /// The language of the picture
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: GraphFormat,
    /// Draw every edge, also those that a chain of others implies; JSON always has all
    #[arg(long)]
    pub(super) all: bool,
}

/// `graph --format`
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum GraphFormat {
    /// Graphviz
    #[default]
    Dot,
    /// Mermaid
    Mermaid,
    /// Nodes, edges and their reasons
    Json,
    /// A drawing
    Svg,
    /// A page to look around in, with each patch's SQL and the reasons
    Html,
}

/// `sqlstitch explain`
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The patch to explain, by name, path or the end of its path
    #[arg(value_name = "PATCH", value_parser = NonEmptyStringValueParser::new())]
    pub(super) patch: String,
    /// Tell only how these two are connected
    #[arg(value_name = "OTHER")]
    pub(super) other: Option<String>,
    /// Directories, files or globs of SQL files [default: `paths` of sqlstitch.toml, else the
    /// current directory]
    #[arg(long = "in", value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: Reading,
    /// Lines for people or one document
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// `sqlstitch show`
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The stage
    #[arg(value_enum)]
    pub(super) stage: Stage,
    #[command(flatten)]
    pub(super) files: Files,
    /// Lines for people or one document
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// The stages that can be looked at.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Stage {
    /// How the files are cut
    Statements,
    /// What each statement does to which objects
    Facts,
    /// Which file needs which, and why
    Edges,
    /// What the script will do
    Plan,
}

/// `sqlstitch verify`
#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    pub(super) files: Files,
    #[command(flatten)]
    pub(super) script: Script,
    /// Lines for people or one document
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// `sqlstitch rule`
#[derive(Debug, Args)]
pub(super) struct Rule {
    /// The codes, by name or id [default: a list of all]
    #[arg(value_name = "CODE", value_parser = NonEmptyStringValueParser::new())]
    pub(super) codes: Vec<String>,
    /// Explain every code
    #[arg(long, conflicts_with = "codes")]
    pub(super) all: bool,
    /// Lines for people or one document
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// `sqlstitch init`
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Install a pre-commit hook that runs `sqlstitch check --staged`; another tool's hook stays
    #[arg(long)]
    pub(super) hook: bool,
    /// Remove that hook
    #[arg(long, conflicts_with = "hook")]
    pub(super) remove_hook: bool,
    /// The engine that the SQL is for
    #[arg(short, long, env = "SQLSTITCH_DIALECT", value_parser = engines())]
    pub(super) dialect: Option<Engine>,
}

/// `sqlstitch import`
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The tool whose migrations these are
    #[arg(value_parser = tools())]
    pub(super) tool: Tool,
    /// The folder of its migrations
    #[arg(value_name = "DIR")]
    pub(super) directory: PathBuf,
    /// The directory for the patches; it must be new or empty
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// The engine that the SQL is for
    #[arg(short, long, env = "SQLSTITCH_DIALECT", value_parser = engines())]
    pub(super) dialect: Option<Engine>,
    /// Have every patch require the one before it, instead of leaving the order to the SQL
    #[arg(long)]
    pub(super) keep_order: bool,
}

/// `sqlstitch completions`
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// `sqlstitch man`
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The directory for the pages, one for each command too; without it sqlstitch's own page goes to
    /// standard output
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
}

/// What was typed, in the arguments and the environment.
///
/// # Errors
/// clap's, `--help` and `--version` included.
pub(super) fn parse() -> Result<Arguments, clap::Error> {
    let unless_empty = |arg: clap::Arg| {
        #[expect(clippy::disallowed_methods, reason = "this is the command line")]
        let value = arg.get_env().and_then(std::env::var_os);
        match value {
            // In CI a variable that is not set is often set to nothing.
            Some(value) if value.is_empty() => arg.env(None::<&str>),
            _ => arg,
        }
    };
    let command = Arguments::command().mut_subcommands(|command| command.mut_args(unless_empty));
    Arguments::from_arg_matches(&command.try_get_matches()?)
}

/// Which variable of the environment a value came from that nobody typed.
pub(super) fn said_by_variable(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else {
        return None;
    };
    let commands = Arguments::command();
    let args = commands
        .get_subcommands()
        .flat_map(clap::Command::get_arguments);
    let names = args.filter_map(clap::Arg::get_env);
    #[expect(clippy::disallowed_methods, reason = "this is the command line")]
    let says = |name: &&OsStr| std::env::var_os(name).is_some_and(|it| it == value.as_str());
    let name = names
        .map(OsStr::to_string_lossy)
        .find(|name| says(&OsStr::new(name.as_ref())))?;
    Some(format!(
        "\nThe environment variable {name} is set to `{value}`.\n"
    ))
}

fn engines() -> impl TypedValueParser<Value = Engine> {
    PossibleValuesParser::new(Engine::ALL.map(Engine::name)).try_map(|name| name.parse::<Engine>())
}

fn tools() -> impl TypedValueParser<Value = Tool> {
    let named = |name: String| Tool::ALL.into_iter().find(|tool| tool.name() == name);
    PossibleValuesParser::new(Tool::ALL.map(Tool::name))
        .try_map(move |name| named(name).ok_or("there is no such tool"))
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse::<Format>())
}
