//! `sqlstitch import`: another tool's migrations become a directory of patches.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{Files, Walked};
use super::tell::Tell;
use super::{Exit, Refusal, args, input, paths, work};
use crate::dialect::Engine;
use crate::finding::{Code, Finding};
use crate::import::{self, Import, Migration};
use crate::name::natural_cmp;
use crate::pipeline::Analysis;
use crate::resolve::{self, Rule};
use crate::source::{Source, Sources};

/// How often headers are added and the order is asked for again. One round settles nearly everything.
const ROUNDS: usize = 20;

/// How many files that are no migrations are told where there is no migration.
const LEFT_OUT: usize = 3;

pub(super) fn run(typed: &args::Import, tell: &Tell) -> Result<Exit, Refusal> {
    let engine = typed.dialect.unwrap_or(work::DEFAULT);
    refuse_full(&typed.output)?;
    let folder = read_folder(&typed.directory)?;
    let Import {
        mut migrations,
        findings,
    } = import::read(typed.tool, &folder);
    if migrations.is_empty() {
        // What the folder's files say is told with their lines.
        return Err(Refusal {
            findings: nothing(typed, findings),
            sources: folder,
        });
    }
    let given: usize = migrations
        .iter()
        .map(|migration| migration.headers.len())
        .sum();
    if typed.keep_order {
        chain(&mut migrations);
    }
    settle(&mut migrations, engine);
    let all: usize = migrations
        .iter()
        .map(|migration| migration.headers.len())
        .sum();
    write(&typed.output, &migrations).map_err(|error| vec![unwritable(&typed.output, &error)])?;
    tell.findings(&findings, &folder);
    let output = paths::shown(&typed.output);
    let (count, added) = (migrations.len(), all - given);
    tell.text(&format!(
        "{} in {output}, with {} added\n",
        counted(count, "patch", "patches"),
        counted(added, "header", "headers"),
    ));
    let sources = sources(&migrations, &output);
    let analysis = analyse(&sources, engine);
    tell.findings(&analysis.findings, &sources);
    let last = migrations.last().map_or("", |last| &last.name);
    // The patches do not tell which engine they are for.
    let dialect = match engine {
        work::DEFAULT => String::new(),
        engine => format!(" --dialect {}", engine.name()),
    };
    tell.text(&format!(
        "next: `sqlstitch check {output}{dialect}`; for a database that has them all: \
         `sqlstitch build --baseline {output}{dialect}`, up to `{last}` with `--to`\n"
    ));
    Ok(Exit::of(&analysis.findings))
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// Patches are not mixed with what is there already.
fn refuse_full(output: &Path) -> Result<(), Refusal> {
    let is_full = match fs::read_dir(output) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    };
    if is_full {
        let finding = Finding::new(Code::InputOutput, "this is not an empty directory")
            .path(paths::shown(output))
            .help("name a new one with --output");
        return Err(vec![finding].into());
    }
    Ok(())
}

/// The files of the folder; those that are no text are none of a migration.
fn read_folder(directory: &Path) -> Result<Sources, Vec<Finding>> {
    if !directory.is_dir() {
        let finding = Finding::new(Code::PathNotFound, "there is no such directory");
        return Err(vec![finding.path(paths::shown(directory))]);
    }
    let Walked {
        files,
        mut findings,
        ..
    } = Files::Disk.walk(directory, &|_| false, &|_| true);
    let mut found: Vec<(String, PathBuf)> = files
        .into_iter()
        .map(|file| {
            let under = file.strip_prefix(directory).unwrap_or(&file);
            (paths::slashed(under), file)
        })
        .collect();
    found.sort_by(|one, other| natural_cmp(&one.0, &other.0));
    let mut sources = Sources::default();
    for (path, file) in found {
        let shown = paths::shown(&file);
        match input::read_file(&Files::default(), &file, &shown) {
            Ok(text) => {
                sources.add_shown(path, shown, text);
            }
            Err(finding) if path.ends_with(".sql") => findings.push(match finding.code {
                Code::NotText => Finding::new(Code::NotText, finding.title)
                    .path(shown)
                    .help("save it as UTF-8, or as UTF-16 with a byte order mark"),
                _ => *finding,
            }),
            Err(_) => {}
        }
    }
    if findings.is_empty() {
        Ok(sources)
    } else {
        Err(findings)
    }
}

fn nothing(typed: &args::Import, mut findings: Vec<Finding>) -> Vec<Finding> {
    let tool = typed.tool.name();
    let finding = Finding::new(
        Code::PathNotFound,
        format!("there are no migrations of {tool} here"),
    );
    let wants = match typed.tool {
        import::Tool::Flyway => "files like V1__accounts.sql",
        import::Tool::Sqitch => "sqitch.plan and a folder deploy",
        import::Tool::Dbmate => "files like 20240131_accounts.sql with a line `-- migrate:up`",
        import::Tool::Goose => "files like 00001_accounts.sql with a line `-- +goose Up`",
        import::Tool::Sqlx => "files like 20240131_accounts.sql or 20240131_accounts.up.sql",
        import::Tool::Diesel => "folders like 2024-01-31-120000_accounts with a file up.sql",
        import::Tool::GolangMigrate => "files like 000001_accounts.up.sql",
    };
    findings.push(
        finding
            .path(paths::shown(&typed.directory))
            .help(format!("name the folder that holds {wants}")),
    );
    // A few of them show what the folder holds instead.
    let mut shown = 0;
    findings.retain(|finding| {
        shown += usize::from(finding.code == Code::NotImported);
        finding.code != Code::NotImported || shown <= LEFT_OUT
    });
    findings
}

/// Each patch after the one before it: the other tool's order, whatever the SQL says.
fn chain(migrations: &mut [Migration]) {
    for later in 1..migrations.len() {
        let header = format!("requires: {}", migrations[later - 1].name);
        if !migrations[later].headers.contains(&header) {
            migrations[later].headers.push(header);
        }
    }
}

/// Adds the headers that the order needs. The other tool has run the migrations in its order, so an
/// edge against it is none, and what can be ordered in several ways is ordered as it was.
fn settle(migrations: &mut [Migration], engine: Engine) {
    for _ in 0..ROUNDS {
        let sources = sources(migrations, "");
        let analysis = analyse(&sources, engine);
        let needed = needed(migrations, &sources, &analysis);
        if needed.is_empty() {
            drop_unused(migrations, &sources, &analysis);
            return;
        }
        for (place, header) in needed {
            migrations[place].headers.push(header);
        }
    }
}

fn needed(
    migrations: &[Migration],
    sources: &Sources,
    analysis: &Analysis,
) -> BTreeSet<(usize, String)> {
    let place_of = |source: &Source| {
        let name = source.path.strip_suffix(".sql")?;
        migrations
            .iter()
            .position(|migration| migration.name == name)
    };
    let places: Vec<Option<usize>> = sources.iter().map(place_of).collect();
    let is_repeatable = |place: usize| {
        migrations[place]
            .headers
            .iter()
            .any(|header| header == "repeatable")
    };
    let mut needed = BTreeSet::new();
    for finding in &analysis.findings {
        if !matches!(
            finding.code,
            Code::AmbiguousOrder | Code::UnorderedChange | Code::OrderByContent
        ) {
            continue;
        }
        let spans = finding
            .labels
            .iter()
            .map(|label| label.span.source.0 as usize);
        let among: BTreeSet<usize> = spans.filter_map(|source| places[source]).collect();
        let among: Vec<usize> = among.into_iter().collect();
        for pair in among.windows(2) {
            needed.insert((pair[1], format!("requires: {}", migrations[pair[0]].name)));
        }
    }
    for edge in analysis.graph.edges() {
        let place =
            |patch: resolve::PatchId| places[analysis.patches[patch.0 as usize].source.0 as usize];
        let (Some(earlier), Some(later)) = (place(edge.earlier), place(edge.later)) else {
            continue;
        };
        let is_inferred = edge
            .reasons
            .iter()
            .any(|reason| reason.rule != Rule::Header);
        // What is repeatable comes when its turn is, whatever its place.
        if earlier > later && is_inferred && !is_repeatable(earlier) && !is_repeatable(later) {
            needed.insert((later, format!("ignores: {}", migrations[earlier].name)));
            needed.insert((earlier, format!("requires: {}", migrations[later].name)));
        }
    }
    needed.retain(|(place, header)| !migrations[*place].headers.contains(header));
    needed
}

/// Takes `ignores:` back that another header has made needless.
fn drop_unused(migrations: &mut [Migration], sources: &Sources, analysis: &Analysis) {
    let unused = analysis
        .findings
        .iter()
        .filter(|finding| finding.code == Code::UnusedIgnore);
    for label in unused.filter_map(|finding| finding.labels.first()) {
        let path = &sources.get(label.span.source).path;
        let header = format!("ignores: {}", sources.slice(label.span));
        let of = |migration: &&mut Migration| path.strip_suffix(".sql") == Some(&migration.name);
        if let Some(migration) = migrations.iter_mut().find(of) {
            migration.headers.retain(|other| *other != header);
        }
    }
}

fn analyse(sources: &Sources, engine: Engine) -> Analysis {
    work::analysis(sources, engine, &resolve::Settings::default(), None)
}

/// The patches as they will be read.
fn sources(migrations: &[Migration], output: &str) -> Sources {
    let mut sorted: Vec<&Migration> = migrations.iter().collect();
    sorted.sort_by(|one, other| natural_cmp(&one.name, &other.name));
    let mut sources = Sources::default();
    for migration in sorted {
        let path = format!("{}.sql", migration.name);
        let shown = format!("{output}/{path}");
        sources.add_shown(path, shown, text(migration));
    }
    sources
}

fn text(migration: &Migration) -> String {
    let headers = migration.headers.iter();
    let mut text: String = headers.map(|header| format!("-- {header}\n")).collect();
    text.push_str(&migration.up);
    text
}

/// Writes all patches, or none: into a directory beside, which then takes the place, or, where there is
/// an empty directory, into a hidden one in it, whose entries then move up.
fn write(output: &Path, migrations: &[Migration]) -> io::Result<()> {
    let is_there = output.is_dir();
    let beside = match output.parent() {
        _ if is_there => output,
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(beside)?;
    let new = tempfile::Builder::new()
        .prefix(".sqlstitch-")
        .tempdir_in(beside)
        // The error would name the temporary directory, which says nothing to anyone.
        .map_err(|error| io::Error::from(error.kind()))?;
    let inner = new.path().join("patches");
    for migration in migrations {
        let file = |end: &str| inner.join(format!("{}{end}", migration.name));
        let path = file(".sql");
        fs::create_dir_all(path.parent().unwrap_or(&inner))?;
        fs::write(path, text(migration))?;
        if let Some(down) = &migration.down {
            fs::write(file(input::REVERT), down)?;
        }
    }
    if !is_there {
        return fs::rename(inner, output);
    }
    for entry in fs::read_dir(&inner)? {
        let entry = entry?;
        fs::rename(entry.path(), output.join(entry.file_name()))?;
    }
    Ok(())
}

fn unwritable(output: &Path, error: &io::Error) -> Finding {
    let title = format!("the patches cannot be written: {error}");
    Finding::new(Code::InputOutput, title).path(paths::shown(output))
}
