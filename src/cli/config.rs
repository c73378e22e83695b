//! `sqlstitch.toml`: finding it, reading it, and saying where it says something that cannot be meant.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::files::Files;
use super::suggest::closest;
use crate::dialect::Engine;
use crate::finding::{Code, Finding, Level, Levels};
use crate::plan::{Adopt, Client, Drift, Transaction};
use crate::source::{SourceId, Sources, Span, decode};

/// The file's name.
pub(super) const FILE_NAME: &str = "sqlstitch.toml";

const KEYS: [&str; 13] = [
    "adopt",
    "client",
    "dialect",
    "exclude",
    "externals",
    "include",
    "ledger",
    "on-drift",
    "paths",
    "phases",
    "severity",
    "strict",
    "transaction",
];
const ADOPT_KEYS: [&str; 3] = ["checksum", "name", "table"];
const LEDGER_KEYS: [&str; 2] = ["schema", "table"];

/// What the file says; everything may be absent.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The directory that relative paths start from.
    pub(super) directory: PathBuf,
    pub(super) dialect: Option<Engine>,
    pub(super) paths: Vec<PathBuf>,
    pub(super) include: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) externals: Vec<String>,
    pub(super) strict: Option<bool>,
    pub(super) levels: Levels,
    /// Every patch is a step of a release.
    pub(super) phases: Option<bool>,
    pub(super) drift: Option<Drift>,
    pub(super) client: Option<Client>,
    pub(super) transaction: Option<Transaction>,
    pub(super) ledger_schema: Option<String>,
    pub(super) ledger_table: Option<String>,
    pub(super) adopt: Option<Adopt>,
}

/// The configuration file of `directory`: its own, or that of the nearest directory above it. One that
/// git does not know counts as well: it is somebody's own way of calling the tool.
pub(super) fn find(directory: &Path, files: &Files) -> Option<PathBuf> {
    let is_file = |file: &PathBuf| files.is_file(file) || file.is_file();
    // Walking up needs the whole path; what is returned stays relative where the file is at hand.
    let own = directory.join(FILE_NAME);
    if is_file(&own) {
        return Some(own);
    }
    let whole = std::fs::canonicalize(directory).ok()?;
    whole
        .ancestors()
        .skip(1)
        .map(|above| above.join(FILE_NAME))
        .find(is_file)
}

/// Reads the file. The sources hold its text, for the findings to point into.
pub(super) fn read(file: &Path, files: &Files) -> (Config, Sources, Vec<Finding>) {
    let shown = super::paths::shown(file);
    let mut sources = Sources::default();
    let unreadable = |code, title: String| {
        let finding = Finding::new(code, title).path(shown.clone());
        (Config::default(), Sources::default(), vec![finding])
    };
    let files = match files {
        Files::Git(_) if !files.is_file(file) => &Files::Disk,
        files => files,
    };
    let bytes = match files.read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return unreadable(Code::PathNotFound, format!("`{shown}` does not exist"));
        }
        Err(error) => {
            return unreadable(
                Code::InputOutput,
                format!("`{shown}` cannot be read: {error}"),
            );
        }
    };
    let text = match decode(&bytes) {
        Ok(text) => text,
        Err(error) => {
            return unreadable(
                Code::Configuration,
                format!("{} at byte {}", error.message, error.offset),
            );
        }
    };
    let id = sources.add(shown, text.as_str());
    let mut reader = Reader {
        source: id,
        findings: Vec::new(),
    };
    let mut config = match DeTable::parse(&text) {
        Ok(table) => reader.config(table.get_ref()),
        Err(error) => {
            let place = error.span().unwrap_or(0..0);
            // The parser's messages may have several lines; the first one says what is wrong.
            let message = error.message().split('\n').next().unwrap_or_default();
            reader.refuse(place, format!("this is not TOML: {message}"), "here");
            Config::default()
        }
    };
    config.directory = file.parent().map(Path::to_owned).unwrap_or_default();
    (config, sources, reader.findings)
}

struct Reader {
    source: SourceId,
    findings: Vec<Finding>,
}

impl Reader {
    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "dialect" => config.dialect = self.one_of(value, &Engine::ALL, |it| it.name()),
                "paths" => {
                    config.paths = self.texts(value).into_iter().map(PathBuf::from).collect();
                }
                "include" => config.include = self.globs(value),
                "exclude" => config.exclude = self.globs(value),
                "externals" => config.externals = self.texts(value),
                "severity" => config.levels = self.levels(value),
                "phases" => config.phases = self.flag(value),
                "strict" => config.strict = self.flag(value),
                "on-drift" => {
                    config.drift = self.one_of(
                        value,
                        &[Drift::Error, Drift::Warn, Drift::Ignore],
                        Drift::name,
                    );
                }
                "client" => {
                    config.client = self.one_of(
                        value,
                        &[Client::Auto, Client::Any, Client::Native],
                        |client| match client {
                            Client::Auto => "auto",
                            Client::Any => "any",
                            Client::Native => "native",
                        },
                    );
                }
                "transaction" => {
                    config.transaction = self.one_of(
                        value,
                        &[Transaction::Patch, Transaction::Single],
                        |transaction| match transaction {
                            Transaction::Patch => "patch",
                            Transaction::Single => "single",
                        },
                    );
                }
                "adopt" => config.adopt = self.adopt(value),
                "ledger" => self.ledger(value, &mut config),
                unknown => self.unknown(key.span(), unknown, &KEYS, ""),
            }
        }
        config
    }

    fn ledger(&mut self, value: &Spanned<DeValue<'_>>, config: &mut Config) {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(
                value,
                "a table: `ledger = { schema = \"…\", table = \"…\" }`",
            );
            return;
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "schema" => config.ledger_schema = self.ledger_name(value),
                "table" => config.ledger_table = self.ledger_name(value),
                unknown => self.unknown(key.span(), unknown, &LEDGER_KEYS, "ledger."),
            }
        }
    }

    /// A table of codes and levels.
    fn levels(&mut self, value: &Spanned<DeValue<'_>>) -> Levels {
        let mut levels = Levels::default();
        let mut seen = BTreeSet::new();
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, "a table: `severity = { unresolved = \"error\" }`");
            return levels;
        };
        for (key, value) in table {
            let Some(level) = self.one_of(value, &Level::ALL, |(word, _)| word) else {
                continue;
            };
            let (_, level) = level;
            if key.get_ref() == Levels::WARNINGS {
                levels.set_warnings(level);
                continue;
            }
            match super::rule::find(key.get_ref()) {
                Ok(code) if !seen.insert(code) => {
                    let title = format!("`{}` is set twice, by its name and its id", code.name());
                    self.refuse(key.span(), title, "one of the two");
                }
                Ok(code) => match super::settings::firm(code, level) {
                    Some(message) => {
                        self.refuse(key.span(), message, "not to be lowered; leave it out")
                    }
                    None => levels.set(code, level),
                },
                Err(finding) => {
                    let span =
                        Span::new(self.source, key.span().start as u32, key.span().end as u32);
                    self.findings.push(finding.label(span, "not known"));
                }
            }
        }
        levels
    }

    /// A table's name, or a table of the table's name and those of its columns.
    fn adopt(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Adopt> {
        let mut adopt = Adopt::default();
        let mut of_table = |reader: &mut Self, value: &Spanned<DeValue<'_>>| {
            let text = reader.text(value)?;
            match super::settings::adopted_table(&text) {
                Ok(names) => Some((adopt.schema, adopt.table) = names),
                Err(message) => {
                    reader.refuse(value.span(), message, "here");
                    None
                }
            }
        };
        let Some(table) = value.get_ref().as_table() else {
            of_table(self, value)?;
            return Some(adopt);
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "table" => of_table(self, value)?,
                "name" => adopt.name = self.text(value)?,
                "checksum" => adopt.checksum = self.text(value)?,
                unknown => self.unknown(key.span(), unknown, &ADOPT_KEYS, "adopt."),
            }
        }
        Some(adopt)
    }

    fn ledger_name(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = self.text(value)?;
        match super::settings::ledger_name(&text) {
            Ok(()) => Some(text),
            Err(message) => {
                self.refuse(value.span(), message, "here");
                None
            }
        }
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(value, "a text in quotes");
        }
        text
    }

    fn flag(&mut self, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, "true or false");
        }
        flag
    }

    fn texts(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let Some(list) = value.get_ref().as_array() else {
            let example = match value.get_ref().as_str() {
                Some(text) => format!("a list of texts: `[\"{text}\"]`"),
                None => "a list of texts: `[\"…\", \"…\"]`".to_owned(),
            };
            self.wrong_type(value, &example);
            return Vec::new();
        };
        list.iter().filter_map(|item| self.text(item)).collect()
    }

    fn globs(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let mut globs = self.texts(value);
        for (place, glob) in globs.iter().enumerate() {
            if let Err(message) = super::globs::parse(glob) {
                let item = value.get_ref().get(place);
                self.refuse(item.map_or(value.span(), Spanned::span), message, "here");
            }
        }
        // Each is told once, here.
        globs.retain(|glob| super::globs::parse(glob).is_ok());
        globs
    }

    fn one_of<T: Copy>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(value)?;
        let found = all.iter().copied().find(|&it| name(it) == text);
        if found.is_none() {
            let names: Vec<_> = all.iter().map(|&it| name(it)).collect();
            let title = format!("`{text}` is none of {}", names.join(", "));
            let finding = self.finding(value.span(), title, "not known");
            self.findings.push(did_you_mean(finding, &text, &names, ""));
        }
        found
    }

    fn unknown(&mut self, place: Range<usize>, key: &str, keys: &[&str], table: &str) {
        let title = format!("there is no key `{table}{key}`");
        let finding = self
            .finding(place, title, "not known")
            .note(format!("the keys are {}", keys.join(", ")));
        self.findings.push(did_you_mean(finding, key, keys, table));
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let title = format!("expected {wanted}");
        let found = format!("this is of the type {}", value.get_ref().type_str());
        self.refuse(value.span(), title, &found);
    }

    fn refuse(&mut self, place: Range<usize>, title: String, label: &str) {
        let finding = self.finding(place, title, label);
        self.findings.push(finding);
    }

    fn finding(&self, place: Range<usize>, title: String, label: &str) -> Finding {
        let span = Span::new(self.source, place.start as u32, place.end as u32);
        Finding::new(Code::Configuration, title).label(span, label)
    }
}

fn did_you_mean(finding: Finding, text: &str, names: &[&str], before: &str) -> Finding {
    match closest(text, names.iter().copied()) {
        Some(name) => finding.help(format!("did you mean `{before}{name}`?")),
        None => finding,
    }
}
