//! `sqlstitch diff`: what changed between two bundles, each of them a script, a manifest, patches, or
//! the patches of a git revision.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::files::Files;
use super::git::{Repository, Snapshot};
use super::tell::Tell;
use super::{Exit, Refusal, args, input, output, settings, work};
use crate::dialect::Engine;
use crate::emit::{banner, read_back};
use crate::finding::{Code, Finding};
use crate::name::visible;
use crate::pipeline;
use crate::plan::diff::{self, Difference, Entry};
use args::TextFormat;

/// How much of a checksum people are shown.
const SHORT: usize = 12;

pub(super) fn run(typed: &args::Diff, tell: &Tell) -> Result<Exit, Refusal> {
    let (old, new) = (typed.old.as_str(), typed.new.as_deref());
    let sides = [
        side(Some(old), new, typed, tell)?,
        side(new, Some(old), typed, tell)?,
    ];
    let [Some(old), Some(new)] = sides else {
        return Ok(Exit::Usage);
    };
    let found = diff::diff(&old.patches, &new.patches);
    let same = found.is_empty() && old.engine == new.engine;
    match typed.format {
        TextFormat::Json => output::to_stdout(&document(&old, &new, &found))?,
        TextFormat::Text => {
            output::to_stdout(&lines(&old, &new, &found))?;
            tell.text(&summary(&new, &found, same));
        }
    }
    Ok(if same { Exit::Fine } else { Exit::Findings })
}

/// One of the two.
struct Bundle {
    engine: Engine,
    /// Its hash.
    hash: String,
    patches: Vec<Entry>,
}

/// Reads one side; none where its patches have errors, which are told. Of a revision the patches are meant that
/// the other side names: `diff HEAD db`.
fn side(
    word: Option<&str>,
    other: Option<&str>,
    typed: &args::Diff,
    tell: &Tell,
) -> Result<Option<Bundle>, Refusal> {
    let Some(word) = word else {
        if typed.paths.is_empty() && is_revision("HEAD", Repository::is_bare) {
            let title = "a bare repository has no patches beside those of its revisions";
            let finding = Finding::new(Code::Configuration, title);
            return Err(vec![finding.help("name two revisions: sqlstitch diff v1.4 HEAD")].into());
        }
        return patches(&typed.paths, Files::Disk, typed, tell);
    };
    let path = Path::new(word);
    if path.is_dir() && !is_revision(word, Repository::is_bare) {
        return patches(&[path.to_owned()], Files::Disk, typed, tell);
    }
    if path.is_file() {
        let text = input::read_file(&Files::Disk, path, word).map_err(|it| vec![*it])?;
        if banner::is_script(&text) {
            return script(&text, word).map(Some);
        }
        if text.starts_with('{') {
            return manifest(&text, word).map(Some);
        }
        // Git has files of its own where it keeps a repository: HEAD.
        if input::is_sql(path) || !is_revision(word, |_| true) {
            return patches(&[path.to_owned()], Files::Disk, typed, tell);
        }
    }
    let other = other.map(PathBuf::from).filter(|other| other.is_dir());
    let paths = match (typed.paths.as_slice(), other) {
        ([], Some(other)) => vec![other],
        (paths, _) => paths.to_vec(),
    };
    let start = settings::start(&paths);
    let snapshot = Repository::around(&start, "diff")
        .and_then(|repository| Snapshot::tree(&repository, word))
        .map_err(|finding| {
            let help = format!("`{word}` is no file or directory here either");
            vec![finding.note(help)]
        })?;
    patches(&paths, Files::Git(Box::new(snapshot)), typed, tell)
}

/// Whether a word names a revision of the repository here, if that is one of those that `counts`.
fn is_revision(word: &str, counts: impl Fn(&Repository) -> bool) -> bool {
    let repository = Repository::around(Path::new("."), "diff");
    repository.is_ok_and(|it| counts(&it) && it.resolve(word, "tree").is_ok())
}

fn script(text: &str, shown: &str) -> Result<Bundle, Refusal> {
    let Some(account) = read_back::read(text) else {
        return Err(unreadable(
            shown,
            "the patches that this script names do not give the hash of its bundle: it was edited",
        ));
    };
    Ok(Bundle {
        engine: account.engine,
        hash: account.bundle,
        patches: account.patches,
    })
}

fn manifest(text: &str, shown: &str) -> Result<Bundle, Refusal> {
    let read = || -> Option<Bundle> {
        let document: Value = serde_json::from_str(text).ok()?;
        let texts = |value: &Value| -> Option<Vec<String>> {
            let all = value.as_array()?.iter();
            all.map(|it| Some(it.as_str()?.to_owned())).collect()
        };
        let patches = document.get("patches")?.as_array()?.iter().map(|patch| {
            let text = |key: &str| Some(patch.get(key)?.as_str()?.to_owned());
            Some(Entry {
                name: text("name")?,
                path: text("path")?,
                checksum: text("checksum")?,
                formerly: texts(patch.get("formerly")?)?,
                repeatable: patch.get("repeatable")?.as_bool()?,
            })
        });
        Some(Bundle {
            engine: document.get("dialect")?.as_str()?.parse().ok()?,
            hash: document.get("bundle")?.as_str()?.to_owned(),
            patches: patches.collect::<Option<_>>()?,
        })
    };
    read().ok_or_else(|| unreadable(shown, "this is no manifest of `build --format json`"))
}

fn unreadable(shown: &str, title: &str) -> Refusal {
    let finding = Finding::new(Code::InputOutput, title).path(shown);
    let help = "compare what `build` or `build --format json` has written, or name a git revision";
    vec![finding.help(help)].into()
}

fn patches(
    paths: &[PathBuf],
    files: Files,
    typed: &args::Diff,
    tell: &Tell,
) -> Result<Option<Bundle>, Refusal> {
    let work = work::analyse_files(paths, &typed.reading, None, work::DEFAULT, files)?;
    if work.tell(tell).is_err() {
        return Ok(None);
    }
    let settings = work.settings.script.clone();
    let plan = pipeline::plan(&work.analysis, &work.sources, settings);
    Ok(plan.map(|plan| Bundle {
        engine: plan.engine,
        hash: plan.bundle.to_string(),
        patches: diff::entries(&plan),
    }))
}

fn lines(old: &Bundle, new: &Bundle, found: &Difference) -> String {
    let mut lines: Vec<String> = Vec::new();
    if old.engine != new.engine {
        lines.push(format!(
            "dialect  {} -> {}",
            old.engine.name(),
            new.engine.name()
        ));
    }
    let one = |what: &str, entry: &Entry| {
        let checksum = short(&entry.checksum);
        format!("{what:<8} {}  ({})  {checksum}", entry.name, entry.path)
    };
    let removed = found.removed.iter();
    lines.extend(removed.map(|&place| one("removed", &old.patches[place])));
    let added = found.added.iter();
    lines.extend(added.map(|&place| one("added", &new.patches[place])));
    for &(before, after) in &found.renamed {
        let (before, after) = (&old.patches[before], &new.patches[after]);
        lines.push(format!("renamed  {} -> {}", before.name, after.name));
    }
    for &(before, after) in &found.changed {
        let (before, after) = (&old.patches[before], &new.patches[after]);
        lines.push(format!(
            "changed  {}  ({})  {} -> {}",
            after.name,
            after.path,
            short(&before.checksum),
            short(&after.checksum)
        ));
    }
    for &(before, after) in &found.moved {
        lines.push(format!(
            "moved    {}: {}, was {}",
            new.patches[after].name,
            behind(&new.patches, after),
            behind(&old.patches, before)
        ));
    }
    // A script may be of other hands.
    let lines = lines.iter().map(|line| visible(line));
    lines.flat_map(|line| [line, "\n".into()]).collect()
}

/// Where a patch stands.
fn behind(patches: &[Entry], place: usize) -> String {
    match place.checked_sub(1) {
        Some(before) => format!("after {}", patches[before].name),
        None => "first".to_owned(),
    }
}

fn short(checksum: &str) -> &str {
    checksum.get(..SHORT).unwrap_or(checksum)
}

fn summary(new: &Bundle, found: &Difference, same: bool) -> String {
    if same {
        return "no differences\n".to_owned();
    }
    let counts = [
        (found.added.len(), "added"),
        (found.removed.len(), "removed"),
        (found.renamed.len(), "renamed"),
        (found.changed.len(), "changed"),
        (found.moved.len(), "moved"),
        (found.same, "as before"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let mut text = counts.join(", ") + "\n";
    let drifts = |&&(_, after): &&(usize, usize)| !new.patches[after].repeatable;
    if let Some(&(_, after)) = found.changed.iter().find(drifts) {
        text += &format!(
            "where `{}` is applied as it was, the new script stops: put the change into a new patch\n",
            new.patches[after].name
        );
    }
    text
}

fn document(old: &Bundle, new: &Bundle, found: &Difference) -> String {
    let head = |bundle: &Bundle| json!({ "dialect": bundle.engine.name(), "bundle": bundle.hash });
    let one = |entry: &Entry| {
        json!({
            "name": entry.name,
            "path": entry.path,
            "checksum": entry.checksum,
            "repeatable": entry.repeatable,
        })
    };
    let side = |patches: &[Entry], places: &[usize]| -> Vec<Value> {
        places.iter().map(|&place| one(&patches[place])).collect()
    };
    let place = |patches: &[Entry], place: usize| {
        let mut value = one(&patches[place]);
        value["position"] = json!(place + 1);
        value
    };
    let pairs = |pairs: &[(usize, usize)]| -> Vec<Value> {
        let pairs = pairs.iter().map(|&(before, after)| {
            json!({ "old": place(&old.patches, before), "new": place(&new.patches, after) })
        });
        pairs.collect()
    };
    let document = json!({
        "version": 1,
        "old": head(old),
        "new": head(new),
        "added": side(&new.patches, &found.added),
        "removed": side(&old.patches, &found.removed),
        "renamed": pairs(&found.renamed),
        "changed": pairs(&found.changed),
        "moved": pairs(&found.moved),
        "same": found.same,
    });
    format!("{document:#}\n")
}
