//! `sqlstitch check --fix`: makes the changes that are certain, in the files or as a patch to look at.
//!
//! A round finds, mends and finds again, in memory, until nothing is left to mend; then each file is
//! written once. A file keeps its encoding, its byte order mark and its line ends.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::input::Input;
use super::work::{self, Work};
use super::{Refusal, args, check, output};
use crate::finding::{Code, Edit, Finding, Fix, Severity};
use crate::source::{SourceId, Sources, Span, decode, encode_like};

/// A fix may uncover another finding; none does so for long.
const ROUNDS: usize = 10;

/// What was mended.
pub(super) struct Mended {
    /// The patches as they are now, found and judged again.
    pub(super) work: Work,
    /// What is left to say of them.
    pub(super) findings: Vec<Finding>,
    /// How many fixes were made.
    pub(super) fixes: usize,
    /// The changed files: their paths from here, the text before and the text now.
    pub(super) changes: Vec<Change>,
}

/// A changed file.
pub(super) struct Change {
    shown: String,
    old: Arc<String>,
    new: Arc<String>,
}

/// Mends what can be mended for certain, in memory.
pub(super) fn mend(typed: &args::Files) -> Result<Mended, Refusal> {
    let mut work = work::analyse(typed, None)?;
    // What is read later are revert files, which stay as they are.
    let patches = work.sources.len();
    let first = texts(&work.sources, patches);
    let mut findings = check::all_findings(&mut work);
    let mut fixes = 0;
    let mut spared = BTreeSet::new();
    for _ in 0..ROUNDS {
        let chosen = choose(&findings, patches, &spared);
        if chosen.is_empty() {
            break;
        }
        let made = chosen.len();
        let edits = chosen.iter().flat_map(|fix| &fix.edits);
        let touched: BTreeSet<SourceId> = edits.map(|edit| edit.span.source).collect();
        let old = with_texts(&work.sources, &texts(&work.sources, patches));
        work = again(work, mended(&old, patches, &chosen));
        let now = check::all_findings(&mut work);
        // What was to be mended must not break anything: a line that had no effect may name a patch that
        // does not exist.
        let worse = worse(&findings, &now, &touched);
        if worse.is_empty() {
            fixes += made;
            findings = now;
        } else {
            spared.extend(worse);
            work = again(work, old);
            findings = check::all_findings(&mut work);
        }
    }
    let changes = work.sources.iter().zip(first);
    let changes = changes.filter(|(source, old)| source.text != *old);
    let changes = changes
        .map(|(source, old)| Change {
            shown: source.shown.clone(),
            old,
            new: source.text.clone(),
        })
        .collect();
    Ok(Mended {
        work,
        findings,
        fixes,
        changes,
    })
}

/// The same patches with other texts.
fn again(work: Work, sources: Sources) -> Work {
    let input = Input {
        sources,
        reverts: work.reverts,
        links: work.links,
    };
    work::analyse_input(work.settings, work.files, input)
}

fn with_texts(sources: &Sources, texts: &[Arc<String>]) -> Sources {
    let mut new = Sources::default();
    for (source, text) in sources.iter().zip(texts) {
        new.add_shown(&source.path, &source.shown, text.as_str());
    }
    new
}

/// Whether `--fix` would make one of a finding's changes.
pub(super) fn is_mendable(finding: &Finding) -> bool {
    certain(finding).is_some()
}

fn certain(finding: &Finding) -> Option<&Fix> {
    finding.fixes.iter().find(|fix| fix.is_certain)
}

/// The fixes that can be made at once: none touches what another one changes, or a patch of `spared`.
fn choose<'f>(
    findings: &'f [Finding],
    patches: usize,
    spared: &BTreeSet<SourceId>,
) -> Vec<&'f Fix> {
    let mut taken = Taken::default();
    let mut chosen = Vec::new();
    for fix in findings.iter().filter_map(certain) {
        let fits = fix.edits.iter().all(|edit| {
            let source = edit.span.source;
            (source.0 as usize) < patches && !spared.contains(&source) && taken.is_free(edit)
        });
        if fits {
            chosen.push(fix);
            fix.edits.iter().for_each(|edit| taken.take(edit));
        }
    }
    chosen
}

/// The places that chosen edits change.
#[derive(Default)]
struct Taken<'f> {
    /// Pieces that are replaced: their ends by their starts.
    pieces: BTreeMap<(SourceId, u32), u32>,
    /// Places where something is added, and what.
    places: BTreeSet<(SourceId, u32, &'f str)>,
}

impl<'f> Taken<'f> {
    /// Lines may be added at one place in any order, but not the same line twice.
    fn is_free(&self, edit: &Edit) -> bool {
        let Span { source, start, end } = edit.span;
        let mut before = self.pieces.range((source, 0)..(source, end.max(start + 1)));
        let touches = |(&(_, other), &other_end): (&(SourceId, u32), &u32)| {
            if start == end {
                other < start && start < other_end
            } else {
                start < other_end
            }
        };
        let mut inside = self.places.range((source, start, "")..(source, end, ""));
        !before.next_back().is_some_and(touches)
            && !inside.any(|&(_, place, _)| place > start)
            && !self.places.contains(&(source, start, edit.text.as_str()))
    }

    fn take(&mut self, edit: &'f Edit) {
        let Span { source, start, end } = edit.span;
        if start == end {
            self.places.insert((source, start, edit.text.as_str()));
        } else {
            self.pieces.insert((source, start), end);
        }
    }
}

/// The patches that have more errors than before; a patch without a place in another one's error has
/// none. Errors that are about no patch count for all.
fn worse(
    before: &[Finding],
    after: &[Finding],
    touched: &BTreeSet<SourceId>,
) -> BTreeSet<SourceId> {
    let count = |findings: &[Finding]| {
        let mut counts: BTreeMap<Option<SourceId>, usize> = BTreeMap::new();
        for finding in findings.iter().filter(|it| it.severity == Severity::Error) {
            let source = finding.labels.first().map(|label| label.span.source);
            *counts.entry(source).or_default() += 1;
        }
        counts
    };
    let (before, after) = (count(before), count(after));
    let more = |source: Option<SourceId>| after.get(&source) > before.get(&source);
    let blamed: BTreeSet<SourceId> = touched
        .iter()
        .copied()
        .filter(|&source| more(Some(source)))
        .collect();
    let total = |counts: &BTreeMap<_, usize>| counts.values().sum::<usize>();
    if blamed.is_empty() && total(&after) > total(&before) {
        touched.clone()
    } else {
        blamed
    }
}

/// The patches' texts with these fixes made.
fn mended(sources: &Sources, patches: usize, fixes: &[&Fix]) -> Sources {
    let mut edits: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|fix| &fix.edits) {
        edits.entry(edit.span.source).or_default().push(edit);
    }
    let mut new = Sources::default();
    for source in sources.iter().take(patches) {
        let mut edits = edits.remove(&source.id).unwrap_or_default();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let mut text = String::with_capacity(source.text.len() + 64);
        let mut at = 0;
        for edit in edits {
            text.push_str(&source.text[at..edit.span.start as usize]);
            text.push_str(&edit.text_in(source));
            at = edit.span.end as usize;
        }
        text.push_str(&source.text[at..]);
        new.add_shown(&source.path, &source.shown, text);
    }
    new
}

fn texts(sources: &Sources, patches: usize) -> Vec<Arc<String>> {
    let sources = sources.iter().take(patches);
    sources.map(|source| source.text.clone()).collect()
}

/// Writes the changed files, each whole or not at all.
pub(super) fn write(changes: &[Change]) -> Vec<Finding> {
    let written = changes.iter().filter_map(|change| {
        let title = write_one(change).err()?;
        Some(Finding::new(Code::InputOutput, title).path(change.shown.clone()))
    });
    written.collect()
}

fn write_one(change: &Change) -> Result<(), String> {
    let file = Path::new(&change.shown);
    let refused = |error: std::io::Error| format!("cannot be written: {error}");
    let bytes = fs::read(file).map_err(refused)?;
    if decode(bytes.as_slice()).as_ref() != Ok(&*change.old) {
        return Err("was changed by someone else meanwhile, so it is left as it is".to_owned());
    }
    output::bytes_to_file(file, &encode_like(&bytes, &change.new)).map_err(refused)
}

/// The changes in the unified form, which `git apply` and `patch -p1` take.
pub(super) fn diff(changes: &[Change]) -> String {
    let mut text = String::new();
    for change in changes {
        let shown = &change.shown;
        // `git apply` sees the byte order mark that the texts do not have.
        let mark = match fs::read(&change.shown) {
            Ok(bytes) if bytes.starts_with(b"\xEF\xBB\xBF") => "\u{feff}",
            _ => "",
        };
        let [old, new] = [&change.old, &change.new].map(|text| format!("{mark}{text}"));
        let diff = TextDiff::from_lines(&old, &new);
        let mut unified = diff.unified_diff();
        let unified = unified.header(&format!("a/{shown}"), &format!("b/{shown}"));
        write!(text, "{unified}").expect("a string takes every write");
    }
    text
}

/// `mended 2 findings in 1 file`, in the words of what was done.
pub(super) fn summary(mended: &Mended, verb: &str) -> String {
    if mended.fixes == 0 {
        return "nothing can be mended for certain\n".to_owned();
    }
    let count = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    let files: BTreeSet<&str> = (mended.changes.iter())
        .map(|change| change.shown.as_str())
        .collect();
    format!(
        "{verb} {} in {}\n",
        count(mended.fixes, "finding"),
        count(files.len(), "file")
    )
}
