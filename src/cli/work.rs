//! The part that all commands share: settle, find, read, analyse.

use std::path::PathBuf;

use rayon::prelude::*;

use super::args::{self, Reading, Script};
use super::cache::Cache;
use super::files::Files;
use super::git::{Repository, Snapshot};
use super::input::Input;
use super::judge::{Allowed, Judge};
use super::links::Link;
use super::settings::{self, Settings};
use super::tell::Tell;
use super::{Exit, Refusal, input, suggest};
use crate::dialect::Engine;
use crate::emit::picture::Picture;
use crate::finding::{Code, Finding};
use crate::pipeline::{self, Analysis};
use crate::plan::phase::{PatchPhase, Release};
use crate::resolve::{self, PatchId};
use crate::source::{Source, Sources};

/// The engine of every command but `verify` where none is named.
pub(super) const DEFAULT: Engine = Engine::Postgres;

/// What a command works on.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) settings: Settings,
    /// Where the files are.
    pub(super) files: Files,
    pub(super) sources: Sources,
    /// The revert files that were seen on the way.
    pub(super) reverts: Vec<input::Revert>,
    /// The links to directories that were not followed.
    pub(super) links: Vec<Link>,
    /// Its findings are judged.
    pub(super) analysis: Analysis,
    /// Decides what becomes of findings.
    pub(super) judge: Judge,
    /// The findings of the analysis that headers allow.
    pub(super) allowed: Vec<Allowed>,
}

/// The files of a command, read and put in order.
pub(super) fn analyse(files: &args::Files, script: Option<&Script>) -> Result<Work, Refusal> {
    analyse_paths(&files.paths, &files.reading, script, DEFAULT)
}

/// The same with the files as the index has them.
pub(super) fn analyse_staged(typed: &args::Files) -> Result<Work, Refusal> {
    let start = settings::start(&typed.paths);
    let snapshot = Repository::around(&start, "--staged").and_then(Snapshot::index);
    let snapshot = snapshot.map_err(|finding| vec![*finding])?;
    let files = Files::Git(Box::new(snapshot));
    analyse_files(&typed.paths, &typed.reading, None, DEFAULT, files)
}

/// The same for commands whose paths or default are their own.
pub(super) fn analyse_paths(
    paths: &[PathBuf],
    reading: &Reading,
    script: Option<&Script>,
    default: Engine,
) -> Result<Work, Refusal> {
    analyse_files(paths, reading, script, default, Files::Disk)
}

/// The same with files that are not, or not all, on the disk.
pub(super) fn analyse_files(
    paths: &[PathBuf],
    reading: &Reading,
    script: Option<&Script>,
    default: Engine,
    files: Files,
) -> Result<Work, Refusal> {
    let settings = settings::settle(paths, reading, script, default, &files)
        .map_err(|(findings, sources)| Refusal { findings, sources })?;
    let input = input::read(&settings.wanted, &files)?;
    Ok(analyse_input(settings, files, input))
}

/// The same with texts that were read already.
pub(super) fn analyse_input(settings: Settings, files: Files, input: Input) -> Work {
    let Input {
        sources,
        reverts,
        links,
    } = input;
    let resolving = resolve::Settings {
        externals: settings.externals.clone(),
    };
    let cache = settings
        .keeping
        .cache(settings.wanted.root(), sources.len());
    let mut analysis = analysis(&sources, settings.engine, &resolving, cache.as_ref());
    let mut judge = Judge::new(settings.levels.clone(), &analysis.patches);
    let links_told = links.iter().map(Link::finding);
    let (findings, allowed) = judge.divide(links_told.chain(analysis.findings).collect());
    analysis.findings = findings;
    Work {
        judge,
        allowed,
        settings,
        files,
        sources,
        reverts,
        links,
        analysis,
    }
}

/// The analysis, with the files read side by side, or taken from what the run before has kept of them.
pub(super) fn analysis(
    sources: &Sources,
    engine: Engine,
    settings: &resolve::Settings,
    cache: Option<&Cache>,
) -> Analysis {
    rayon::scope(|scope| {
        pipeline::analyse(sources, engine, settings, |sources, read| {
            let sources: Vec<&Source> = sources.iter().collect();
            let sources = sources.into_par_iter();
            let Some(cache) = cache else {
                return sources.map(read).collect();
            };
            let (readings, entries): (_, Vec<_>) = sources
                .map(|source| cache.read(source, engine, read))
                .unzip();
            // Written while the rest is done.
            scope.spawn(move |_| cache.keep(&entries));
            readings
        })
    })
}

impl Work {
    /// Tells the findings; `Err` where they allow no result.
    pub(super) fn tell(&self, tell: &Tell) -> Result<(), Exit> {
        let findings = &self.analysis.findings;
        tell.findings(findings, &self.sources);
        match Exit::of(findings) {
            Exit::Fine => Ok(()),
            exit => {
                self.tell_engine(tell);
                Err(exit)
            }
        }
    }

    /// Errors may come from the wrong engine's rules, so says which were used where none was named.
    pub(super) fn tell_engine(&self, tell: &Tell) {
        if !self.settings.engine_named {
            let engine = self.settings.engine.name();
            tell.text(&format!(
                "read as {engine}; --dialect, or `dialect` in sqlstitch.toml, names another engine\n"
            ));
        }
    }

    /// A patch's path under its root.
    pub(super) fn path(&self, id: PatchId) -> &str {
        &self.source(id).path
    }

    /// A patch's name.
    pub(super) fn name(&self, id: PatchId) -> &str {
        &self.analysis.patches[id.0 as usize].name
    }

    /// A patch's file.
    pub(super) fn source(&self, id: PatchId) -> &Source {
        self.sources
            .get(self.analysis.patches[id.0 as usize].source)
    }

    /// What a picture is drawn from.
    pub(super) fn picture<'w>(&'w self, all: bool, phases: &'w [PatchPhase]) -> Picture<'w> {
        Picture {
            patches: &self.analysis.patches,
            order: self.analysis.order.as_ref(),
            cycles: &self.analysis.cycles,
            graph: &self.analysis.graph,
            sources: &self.sources,
            phases,
            all,
        }
    }

    /// The phases that a picture shows: all where phases are in use, by the settings or by a header.
    pub(super) fn phases_in_use(&self) -> Vec<PatchPhase> {
        let mut patches = self.analysis.patches.iter();
        let in_use = self.settings.phases || patches.any(|patch| patch.header.phase.is_some());
        if in_use {
            pipeline::phases(&self.analysis, &self.sources, Release::EachPatch)
        } else {
            Vec::new()
        }
    }

    /// The patch that someone means: by its name, its path, or the end of its path, with or without
    /// `.sql`.
    pub(super) fn patch(&self, typed: &str) -> Result<PatchId, Refusal> {
        let wanted = typed.trim_start_matches("./");
        let ids: Vec<PatchId> = (0..self.analysis.patches.len() as u32)
            .map(PatchId)
            .collect();
        let exact = |id: &&PatchId| {
            let source = self.source(**id);
            self.name(**id) == wanted || source.path == wanted || source.shown == wanted
        };
        if let Some(&id) = ids.iter().find(exact) {
            return Ok(id);
        }
        let ending = format!("/{wanted}");
        let ends = |id: &PatchId| {
            let path = format!("/{}", self.path(*id));
            let bare = path.strip_suffix(".sql").unwrap_or(&path);
            path.ends_with(&ending) || bare.ends_with(&ending)
        };
        let ids: Vec<PatchId> = ids.into_iter().filter(ends).collect();
        match ids.as_slice() {
            [id] => Ok(*id),
            [] => Err(vec![self.unknown(typed)].into()),
            several => {
                let names: Vec<_> = several.iter().map(|&id| self.name(id)).collect();
                let title = format!("`{typed}` may be any of {}", names.join(", "));
                Err(vec![Finding::new(Code::Configuration, title)].into())
            }
        }
    }

    fn unknown(&self, typed: &str) -> Finding {
        let finding = Finding::new(Code::PathNotFound, format!("there is no patch `{typed}`"));
        let names = self
            .analysis
            .patches
            .iter()
            .map(|patch| patch.name.as_str());
        match suggest::closest(typed, names) {
            Some(name) => finding.help(format!("did you mean `{name}`?")),
            None => finding.help("`sqlstitch order` lists the patches"),
        }
    }
}
