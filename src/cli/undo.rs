//! Revert files: what undoes a patch, beside it or where its header says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::files::is_missing;
use super::work::Work;
use super::{input, paths};
use crate::emit::banner::is_script;
use crate::finding::{Code, Finding};
use crate::pipeline;
use crate::plan::{Plan, Undo};
use crate::read::{self, Patch};
use crate::source::{Source, SourceId, Span};

/// The revert files of a plan's patches.
#[derive(Default)]
pub(super) struct Found {
    /// What undoes each patch, by its name.
    pub(super) undo: BTreeMap<String, Undo>,
    /// What is wrong with them.
    pub(super) findings: Vec<Finding>,
}

/// Reads the revert files of all patches of the plan. A patch without one is an error, unless its
/// header says that nothing undoes it.
pub(super) fn of(plan: &Plan, work: &mut Work) -> Found {
    let mut found = Found::default();
    let mut texts = texts(work);
    let patches = work.analysis.patches.iter();
    let mut places: BTreeMap<String, Place> = patches
        .map(|patch| {
            let place = place_of(patch, work.sources.get(patch.source));
            (patch.name.clone(), place)
        })
        .collect();
    for patch in plan.patches.iter().filter(|patch| !patch.irreversible) {
        let Some(place) = places.remove(&patch.name) else {
            continue;
        };
        match read(work, &place, &mut texts) {
            Ok(Some((undo, findings))) => {
                found.findings.extend(findings);
                found.undo.insert(patch.name.clone(), undo);
            }
            Ok(None) => found.findings.push(
                Finding::new(
                    Code::MissingRevert,
                    format!("patch `{}` has no revert file", patch.name),
                )
                .label(place.span, format!("`{}` is not there", place.shown))
                .help(format!(
                    "write what undoes it to {}; an empty file says that there is nothing to undo",
                    place.shown
                ))
                .help("or say that nothing undoes it, in its header: `-- revert: none`"),
            ),
            Err(finding) => found.findings.push(*finding),
        }
    }
    found
}

/// Reads every revert file there is, for its findings, and tells those that belong to no patch.
pub(super) fn check(work: &mut Work) -> Vec<Finding> {
    let mut findings = Vec::new();
    let reversible = work.analysis.patches.par_iter();
    let reversible = reversible.filter(|patch| !patch.header.is_irreversible());
    // Mostly there is none.
    let places = reversible.filter_map(|patch| {
        let place = place_of(patch, work.sources.get(patch.source));
        let is_there = place.named || !is_absent(work, Path::new(&place.shown));
        is_there.then(|| (patch.name.clone(), place))
    });
    let places: Vec<(String, Place)> = places.collect();
    let mut texts = match places.as_slice() {
        [] => BTreeMap::new(),
        _ => texts(work),
    };
    let mut known = BTreeSet::new();
    for (name, place) in places {
        known.insert(paths::whole(Path::new(&place.shown)));
        match read(work, &place, &mut texts) {
            Ok(Some((_, more))) => findings.extend(more),
            // By default there may be none; one that is named is meant to be there.
            Ok(None) if place.named => findings.push(
                Finding::new(
                    Code::MissingRevert,
                    format!("patch `{name}` has no revert file"),
                )
                .label(place.span, format!("`{}` is not there", place.shown))
                .help(format!("write what undoes it to {}", place.shown)),
            ),
            Ok(None) => {}
            Err(finding) => findings.push(*finding),
        }
    }
    findings.extend(strays(work, &mut known));
    findings
}

/// The files, whether they are there or not, that the headers of patches name as their revert files.
pub(super) fn named(work: &Work) -> Vec<String> {
    let patches = work.analysis.patches.iter();
    let named = patches.filter(|it| it.header.revert.is_some() && !it.header.is_irreversible());
    named
        .map(|patch| place_of(patch, work.sources.get(patch.source)).shown)
        .collect()
}

/// The revert files that were seen and are no patch's.
fn strays(work: &Work, known: &mut BTreeSet<PathBuf>) -> Vec<Finding> {
    if work.reverts.is_empty() {
        return Vec::new();
    }
    // Patches for other engines have revert files too.
    let read_already: BTreeSet<SourceId> = work
        .analysis
        .patches
        .iter()
        .map(|patch| patch.source)
        .collect();
    for source in work
        .sources
        .iter()
        .filter(|it| !read_already.contains(&it.id))
    {
        let patch = read::read(source, work.analysis.engine).patch;
        known.insert(paths::whole(Path::new(&place_of(&patch, source).shown)));
    }
    let strays = work.reverts.iter().filter(|revert| {
        let file = Path::new(&revert.shown);
        !known.contains(&paths::whole(file))
    });
    let stray = |revert: &input::Revert| {
        Finding::new(Code::StrayRevert, "this revert file belongs to no patch")
            .path(revert.shown.clone())
            .note(
                "it would undo the patch of the same name beside it, or one whose header names it",
            )
            .help("name it like its patch, or say `-- revert: …` in the patch's header")
    };
    strays.map(stray).collect()
}

/// Where a patch's revert file is.
struct Place {
    /// Its path under the root.
    path: String,
    /// Its path from here.
    shown: String,
    /// The patch's header names it.
    named: bool,
    /// What names it: the header's directive, or the patch.
    span: Span,
}

fn place_of(patch: &Patch, source: &Source) -> Place {
    let beside = |path: &str| match &patch.header.revert {
        Some(named) => {
            let directory = Path::new(path).parent().unwrap_or(Path::new(""));
            paths::slashed(&paths::plain(&directory.join(&named.value)))
        }
        None => {
            let stem = match path.len().checked_sub(".sql".len()) {
                Some(at)
                    if path.is_char_boundary(at) && path[at..].eq_ignore_ascii_case(".sql") =>
                {
                    &path[..at]
                }
                _ => path,
            };
            format!("{stem}{}", input::REVERT)
        }
    };
    let header = patch.header.revert.as_ref();
    Place {
        path: beside(&source.path),
        shown: beside(&source.shown),
        named: header.is_some(),
        span: header.map_or(Span::new(source.id, 0, 0), |named| named.span),
    }
}

fn is_absent(work: &Work, file: &Path) -> bool {
    let kind = work.files.kind(file);
    kind.is_err_and(|error| is_missing(&error))
}

/// The texts that were read, by their paths from here.
fn texts(work: &Work) -> BTreeMap<String, SourceId> {
    let texts = work.sources.iter();
    texts.map(|it| (it.shown.clone(), it.id)).collect()
}

/// The file's pieces and what there is to say about them; none where there is no file.
fn read(
    work: &mut Work,
    place: &Place,
    texts: &mut BTreeMap<String, SourceId>,
) -> Result<Option<(Undo, Vec<Finding>)>, Box<Finding>> {
    let id = match texts.get(&place.shown).copied() {
        Some(id) => id,
        None => {
            let file = Path::new(&place.shown);
            if is_absent(work, file) {
                return Ok(None);
            }
            let text = input::read_file(&work.files, file, &place.shown)?;
            if is_script(&text) {
                let title = "this is a script that sqlstitch wrote, and undoes no patch";
                return Err(Box::new(
                    Finding::new(Code::InputOutput, title)
                        .path(place.shown.clone())
                        .help("write the script to a file of another name, and remove this one"),
                ));
            }
            let id = work.sources.add_shown(&place.path, &place.shown, text);
            texts.insert(place.shown.clone(), id);
            id
        }
    };
    Ok(Some(pipeline::undo(
        work.sources.get(id),
        work.analysis.engine,
    )))
}
