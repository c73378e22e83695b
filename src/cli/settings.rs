//! What is meant: flags, environment, `sqlstitch.toml` and defaults, laid over each other once.
//!
//! A flag wins over its environment variable (both arrive in [`super::args`]), that one over the
//! file, the file over the default.

use std::path::{Path, PathBuf};

use globset::GlobSet;

use super::args::{self, Reading, Script};
use super::cache::Keeping;
use super::config::{self, Config};
use super::files::Files;
use super::{Refusal, globs, paths, steps};
use crate::dialect::Engine;
use crate::finding::{Code, Finding, Level, Levels, Severity};
use crate::plan::{self, Action, Adopt, Client, Drift, Ledger, Selection, Transaction};
use crate::source::Sources;

/// Everything that a command needs to know before it looks at files.
#[derive(Debug)]
pub(super) struct Settings {
    /// The engine that the SQL is for.
    pub(super) engine: Engine,
    /// The engine was named somewhere rather than taken by default.
    pub(super) engine_named: bool,
    /// The configuration file, if there is one.
    pub(super) config: Option<PathBuf>,
    /// Where to look.
    pub(super) wanted: Wanted,
    /// Objects and schemas that exist outside the files.
    pub(super) externals: Vec<String>,
    /// References that nothing defines are errors.
    pub(super) strict: bool,
    /// How bad the findings of each code are.
    pub(super) levels: Levels,
    /// Every patch is a step of a release.
    pub(super) phases: bool,
    /// Where what is read is kept.
    pub(super) keeping: Keeping,
    /// What the script does in the database.
    pub(super) script: plan::Settings,
}

/// Which files are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Directories, files and globs, from the current directory.
    pub(super) paths: Vec<PathBuf>,
    /// The configured directories: a file under one of them is named from there, however it was
    /// asked for.
    pub(super) roots: Vec<PathBuf>,
    /// If any: only files that match are found in directories.
    pub(super) include: Option<GlobSet>,
    /// What is left out.
    pub(super) exclude: GlobSet,
}

impl Wanted {
    /// What stands for all that is wanted.
    pub(super) fn root(&self) -> &Path {
        self.paths.first().map_or(Path::new("."), PathBuf::as_path)
    }
}

/// Settings, or why there are none, with the text of the configuration that the findings point into.
pub(super) type Settled = Result<Settings, (Vec<Finding>, Sources)>;

/// Lays the sources of settings over each other.
pub(super) fn settle(
    typed_paths: &[PathBuf],
    reading: &Reading,
    script: Option<&Script>,
    default_engine: Engine,
    files: &Files,
) -> Settled {
    let file = match &reading.config {
        Some(file) => Some(file.clone()),
        None => config::find(&start(typed_paths), files),
    };
    let (config, sources, mut findings) = match &file {
        Some(file) => config::read(file, files),
        None => <(Config, Sources, Vec<Finding>)>::default(),
    };
    let mut refused = |message: String| {
        findings.push(Finding::new(Code::Configuration, message));
    };

    let include = or(&reading.include, &config.include);
    let exclude = or(&reading.exclude, &config.exclude);
    let mut globs = |list: &[String]| {
        globs::parse_all(list).unwrap_or_else(|message| {
            refused(message);
            GlobSet::empty()
        })
    };
    let include = (!include.is_empty()).then(|| globs(include));
    let exclude = globs(exclude);

    let mut ledger = Ledger::default();
    if let Some(schema) = &config.ledger_schema {
        ledger.schema.clone_from(schema);
    }
    if let Some(table) = &config.ledger_table {
        ledger.table.clone_from(table);
    }
    if let Some(typed) = script.and_then(|script| script.ledger.as_deref()) {
        match ledger_from(typed) {
            Ok(meant) => ledger = meant,
            Err(message) => refused(message),
        }
    }
    let mut levels = Levels::default();
    for typed in &reading.severity {
        match level(typed) {
            Ok((Some(code), level)) => levels.set(code, level),
            Ok((None, level)) => levels.set_warnings(level),
            Err(finding) => findings.push(*finding),
        }
    }
    if !findings.is_empty() {
        return Err((findings, sources));
    }
    let mut levels = levels.over(&config.levels);
    let strict = reading.strict || config.strict.unwrap_or_default();
    if strict && levels.of(Code::Unresolved).is_none() {
        levels.set(Code::Unresolved, Level::As(Severity::Error));
    }

    let roots: Vec<PathBuf> = config
        .paths
        .iter()
        .map(|path| config.directory.join(path))
        .collect();
    let wanted = Wanted {
        paths: match (typed_paths, roots.as_slice()) {
            ([], []) => vec![PathBuf::from(".")],
            ([], roots) => roots.to_vec(),
            (typed, _) => typed.to_vec(),
        },
        roots: roots.iter().map(|root| paths::whole(root)).collect(),
        include,
        exclude,
    };
    let engine = reading.dialect.or(config.dialect);
    Ok(Settings {
        engine: engine.unwrap_or(default_engine),
        engine_named: engine.is_some(),
        config: file,
        wanted,
        externals: [config.externals.as_slice(), &reading.external].concat(),
        strict,
        levels,
        keeping: Keeping {
            never: reading.no_cache,
            directory: reading.cache_dir.clone(),
        },
        phases: reading.phases || config.phases.unwrap_or_default(),
        script: plan::Settings {
            ledger,
            drift: script
                .and_then(|script| script.on_drift.map(drift))
                .or(config.drift)
                .unwrap_or_default(),
            client: script
                .and_then(|script| script.client.map(client))
                .or(config.client)
                .unwrap_or_default(),
            transaction: script
                .and_then(|script| script.transaction.map(transaction))
                .or(config.transaction)
                .unwrap_or_default(),
            action: Action::Apply,
            revision: script.and_then(|script| script.revision.clone()),
            selection: Selection::default(),
            adopt: config.adopt,
        },
    })
}

/// Adds what only `build` takes: the part of the patches, what is done with them, and what to adopt.
pub(super) fn settle_part(settings: &mut Settings, typed: &args::Build) -> Result<(), Refusal> {
    let part = &typed.part;
    let script = &mut settings.script;
    script.action = match (part.baseline, part.revert) {
        (true, _) => Action::Baseline,
        (_, true) => Action::Revert,
        _ => Action::Apply,
    };
    script.selection = Selection {
        only: part.only.clone(),
        since: part.since.clone(),
        phase: steps::named(part.phase),
        to: part.to.clone(),
    };
    let mut refused = Vec::new();
    if part.to.is_some() && script.action == Action::Apply {
        refused.push("--to is for --baseline and --revert".to_owned());
    }
    if part.since.is_some() && script.action == Action::Revert {
        refused.push(
            "--since and --revert do not go together: what was changed cannot be told from what was added where it is applied".to_owned(),
        );
    }
    if let Some(table) = &typed.adopt {
        match adopted_table(table) {
            Ok((schema, table)) => {
                let columns = script.adopt.take().unwrap_or_default();
                script.adopt = Some(Adopt {
                    schema,
                    table,
                    ..columns
                });
            }
            Err(message) => refused.push(message),
        }
    }
    if script.action == Action::Revert {
        script.adopt = None;
    }
    let findings: Vec<Finding> = refused
        .into_iter()
        .map(|message| Finding::new(Code::Configuration, message))
        .collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings.into())
    }
}

/// The schema and the name of another tool's table.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn adopted_table(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('.') {
        Some((schema, table)) if !schema.is_empty() && !table.is_empty() => {
            Ok((schema.to_owned(), table.to_owned()))
        }
        _ => Err(format!(
            "the table to adopt, `{typed}`, is not of the form SCHEMA.TABLE"
        )),
    }
}

/// `CODE=LEVEL`, or `warnings=LEVEL` without a code.
fn level(typed: &str) -> Result<(Option<Code>, Level), Box<Finding>> {
    let refused = |message: String| Box::new(Finding::new(Code::Configuration, message));
    let Some((name, level)) = typed.split_once('=') else {
        let words = Level::ALL.map(|(word, _)| word).join(", ");
        let title = format!("--severity `{typed}` is not of the form CODE=LEVEL");
        let help = format!("write `--severity {typed}=LEVEL`, with one of {words}");
        return Err(Box::new(
            Finding::new(Code::Configuration, title).help(help),
        ));
    };
    let level = level.trim();
    let found = Level::ALL.into_iter().find(|&(word, _)| word == level);
    let Some((_, level)) = found else {
        let words = Level::ALL.map(|(word, _)| word).join(", ");
        return Err(refused(format!(
            "--severity `{typed}`: `{level}` is none of {words}"
        )));
    };
    match name.trim() {
        Levels::WARNINGS => Ok((None, level)),
        name => {
            let code = super::rule::find(name)?;
            match firm(code, level) {
                Some(message) => Err(refused(message)),
                None => Ok((Some(code), level)),
            }
        }
    }
}

/// Why a code cannot have this level.
pub(super) fn firm(code: Code, level: Level) -> Option<String> {
    let is_lower = level != Level::As(Severity::Error);
    (is_lower && code.is_firm()).then(|| {
        let name = code.name();
        format!("`{name}` is always an error: what is built from it could not be right")
    })
}

/// Where the search for the configuration starts.
pub(super) fn start(typed_paths: &[PathBuf]) -> PathBuf {
    let here = PathBuf::from(".");
    match typed_paths.first() {
        None => here,
        Some(path) if path.is_dir() => path.clone(),
        Some(path) => path
            .ancestors()
            .skip(1)
            .find(|above| above.is_dir())
            .map_or(here, Path::to_owned),
    }
}

/// Lists do not add up over the layers: the nearest one that says something counts.
fn or<'l>(near: &'l [String], far: &'l [String]) -> &'l [String] {
    if near.is_empty() { far } else { near }
}

fn drift(typed: args::OnDrift) -> Drift {
    match typed {
        args::OnDrift::Error => Drift::Error,
        args::OnDrift::Warn => Drift::Warn,
        args::OnDrift::Ignore => Drift::Ignore,
    }
}

fn transaction(typed: args::Transaction) -> Transaction {
    match typed {
        args::Transaction::Patch => Transaction::Patch,
        args::Transaction::Single => Transaction::Single,
    }
}

fn client(typed: args::Client) -> Client {
    match typed {
        args::Client::Auto => Client::Auto,
        args::Client::Any => Client::Any,
        args::Client::Native => Client::Native,
    }
}

fn ledger_from(typed: &str) -> Result<Ledger, String> {
    let Some((schema, table)) = typed.split_once('.') else {
        return Err(format!(
            "--ledger `{typed}` is not of the form SCHEMA.TABLE"
        ));
    };
    ledger_name(schema)?;
    ledger_name(table)?;
    Ok(Ledger {
        schema: schema.to_owned(),
        table: table.to_owned(),
    })
}

/// Whether the ledger's schema or table can have this name. Only plain names: the script says them
/// in many places, and no one gains by quotes in them.
///
/// # Errors
/// Says what is wrong with it.
pub(super) fn ledger_name(name: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = name
        .bytes()
        .next()
        .is_some_and(|byte| !byte.is_ascii_digit());
    if starts && name.len() <= 40 && name.bytes().all(plain) {
        Ok(())
    } else {
        Err(format!(
            "`{name}` cannot name a part of the ledger: letters, digits and `_`, at most 40, not starting with a digit"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_has_a_schema_and_a_table() {
        assert!(ledger_from("ops.applied").is_ok());
        for wrong in ["applied", "ops.", ".applied", "ops.a.b", "ops.9", "o'ps.a"] {
            assert!(ledger_from(wrong).is_err(), "{wrong}");
        }
    }
}
