//! `requires:` references: patch names, path suffixes, globs and objects become edges, or a finding
//! that shows what they may have meant.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::catalog::{Catalog, EventKind};
use super::edges::Edges;
use super::near::Near;
use super::{PatchId, Reason, Requirements, Rule, Strength};
use crate::finding::{Code, Finding, Fix, requires_line};
use crate::read::Patch;
use crate::read::header::{Requirement, Spanned};
use crate::source::{Sources, Span};
use regex::Regex;

/// How many close names a finding lists.
const CLOSE: usize = 3;

/// Adds the edges that headers ask for; returns what each patch needs in the ledger.
pub(super) fn add_edges(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    edges: &mut Edges,
    findings: &mut Vec<Finding>,
) -> Vec<Requirements> {
    let mut external = vec![Requirements::default(); patches.len()];
    // Few trees have such headers, and a large one has many names.
    let names = LazyCell::new(|| Names::new(patches, sources));
    let mut near = Near::default();
    for (number, patch) in patches.iter().enumerate() {
        let later = PatchId(number as u32);
        for requirement in &patch.header.requires {
            let reference = match &requirement.value {
                Requirement::External(name) => {
                    external[number]
                        .names
                        .push((name.clone(), requirement.span));
                    continue;
                }
                Requirement::Reference(reference) => reference,
            };
            match find(reference, later, &names, catalog) {
                Found::Patches(found) => {
                    for earlier in found {
                        edges.add(earlier, later, reason(patches, earlier, requirement.span));
                    }
                }
                Found::Several(found) => {
                    findings.push(ambiguous(reference, requirement, &found, patches));
                }
                Found::Nothing => {
                    let close = match near.may_compare(patches.len()) {
                        true => close(reference, later, patches),
                        false => Vec::new(),
                    };
                    findings.push(unknown(reference, requirement, &close));
                }
                Found::Itself => {
                    findings.push(
                        Finding::new(
                            Code::UnknownRequirement,
                            format!("`{}` requires itself", patch.name),
                        )
                        .label(requirement.span, "this is the patch's own name")
                        .help("remove the line")
                        .fix(
                            Fix::new("remove it")
                                .remove_item(sources.get(patch.source), requirement.span),
                        ),
                    );
                }
            }
        }
    }
    external
}

enum Found {
    Patches(Vec<PatchId>),
    Several(Vec<PatchId>),
    Itself,
    Nothing,
}

/// What patches are called: by their headers, now and formerly, and by their paths.
struct Names<'p> {
    all: Vec<Vec<&'p str>>,
    whole: BTreeMap<&'p str, Vec<PatchId>>,
    /// By what follows any `/`, too.
    ends: BTreeMap<&'p str, Vec<PatchId>>,
}

impl<'p> Names<'p> {
    fn new(patches: &'p [Patch], sources: &'p Sources) -> Self {
        let mut names = Self {
            all: Vec::with_capacity(patches.len()),
            whole: BTreeMap::new(),
            ends: BTreeMap::new(),
        };
        for (id, patch) in (0..).map(PatchId).zip(patches) {
            let formerly = patch.header.formerly.iter().map(|name| &name.value);
            let own = [&patch.name, &sources.get(patch.source).path];
            let own = own.into_iter().chain(formerly);
            let own: Vec<&str> = own.map(|name| strip_sql(name)).collect();
            for &name in &own {
                note(&mut names.whole, name, id);
                note(&mut names.ends, name, id);
                for (slash, _) in name.match_indices('/') {
                    note(&mut names.ends, &name[slash + 1..], id);
                }
            }
            names.all.push(own);
        }
        names
    }

    /// The patches that a reference without wildcards means: by a whole name, else by the end of one.
    fn meant(&self, reference: &str) -> Vec<PatchId> {
        let whole = self.whole.get(reference);
        let found = whole.or_else(|| self.ends.get(strip_sql(reference)));
        found.cloned().unwrap_or_default()
    }
}

/// Ids come in their order, so one that was noted already is the last.
fn note<'p>(index: &mut BTreeMap<&'p str, Vec<PatchId>>, name: &'p str, id: PatchId) {
    let ids = index.entry(name).or_default();
    if ids.last() != Some(&id) {
        ids.push(id);
    }
}

fn find(reference: &str, from: PatchId, names: &Names<'_>, catalog: &Catalog<'_>) -> Found {
    if is_glob(reference)
        && let Some(glob) = glob(reference)
    {
        let found: Vec<PatchId> = (0..)
            .map(PatchId)
            .zip(&names.all)
            .filter(|&(id, names)| id != from && names.iter().any(|name| glob.is_match(name)))
            .map(|(id, _)| id)
            .collect();
        return if found.is_empty() {
            Found::Nothing
        } else {
            Found::Patches(found)
        };
    }
    let mut found = names.meant(strip_sql(reference.trim_start_matches("./")));
    if found.is_empty() {
        found = makers(reference, catalog);
    }
    match found.as_slice() {
        [] => Found::Nothing,
        [only] if *only == from => Found::Itself,
        [_] => Found::Patches(found),
        _ => {
            found.retain(|&id| id != from);
            if found.len() == 1 {
                Found::Patches(found)
            } else {
                Found::Several(found)
            }
        }
    }
}

/// The patches that make the object that `reference` names.
fn makers(reference: &str, catalog: &Catalog<'_>) -> Vec<PatchId> {
    let identities = catalog.find(reference);
    let events = identities.iter().flat_map(|&id| &catalog.get(id).events);
    let mut makers: Vec<PatchId> = events
        .filter(|event| matches!(event.kind, EventKind::Birth { .. }))
        .map(|event| event.patch)
        .collect();
    makers.sort_unstable();
    makers.dedup();
    makers
}

/// Whether `suffix` is the whole of `name` or its last parts, with or without `.sql`.
pub(super) fn is_suffix(name: &str, suffix: &str) -> bool {
    let (name, suffix) = (strip_sql(name), strip_sql(suffix));
    name.strip_suffix(suffix)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

fn strip_sql(name: &str) -> &str {
    let stem = name.len().saturating_sub(4);
    match name.get(stem..) {
        Some(end) if end.eq_ignore_ascii_case(".sql") => &name[..stem],
        _ => name,
    }
}

fn is_glob(reference: &str) -> bool {
    reference.contains(['*', '?'])
}

/// A glob as a pattern over whole names: `*` any characters but `/`, `**` any characters, `?` one
/// character. Both sides may leave `.sql` out.
fn glob(text: &str) -> Option<Regex> {
    let mut pattern = regex::escape(strip_sql(text));
    for (glob, expression) in [
        (r"\*\*/", "(?:.*/)?"),
        (r"\*\*", ".*"),
        (r"\*", "[^/]*"),
        (r"\?", "[^/]"),
    ] {
        pattern = pattern.replace(glob, expression);
    }
    Regex::new(&format!("^(?s:{pattern})$")).ok()
}

fn reason(patches: &[Patch], earlier: PatchId, span: Span) -> Reason {
    let patch = &patches[earlier.0 as usize];
    let start = patch
        .header
        .name
        .as_ref()
        .map_or(Span::new(patch.source, 0, 0), |name| name.span);
    Reason {
        rule: Rule::Header,
        strength: Strength::Hard,
        object: format!("patch {}", patch.name).into(),
        earlier: start,
        later: span,
    }
}

fn ambiguous(
    reference: &str,
    requirement: &Spanned<Requirement>,
    found: &[PatchId],
    patches: &[Patch],
) -> Finding {
    let names: Vec<&str> = found
        .iter()
        .map(|id| patches[id.0 as usize].name.as_str())
        .collect();
    let finding = Finding::new(
        Code::AmbiguousRequirement,
        format!("`{reference}` fits {} patches", names.len()),
    )
    .label(requirement.span, "which one is meant?")
    .note(format!("it may be {}", names.join(" or ")))
    .help(format!(
        "write one of them in full: `-- requires: {}`",
        names[0]
    ));
    let fixes = names.iter().take(CLOSE);
    fixes.fold(finding, |finding, name| {
        finding.fix(instead(requirement.span, name))
    })
}

/// The names most like a reference, the best first, without that of the patch that has it: none
/// requires itself.
fn close<'p>(reference: &str, later: PatchId, patches: &'p [Patch]) -> Vec<&'p str> {
    let wanted = strip_sql(reference).to_lowercase();
    let mut close: Vec<(f64, &str)> = patches
        .iter()
        .enumerate()
        .filter(|(number, _)| *number != later.0 as usize)
        .map(|(_, patch)| {
            let name = patch.name.as_str();
            let whole = name.to_lowercase();
            let last = whole.rsplit('/').next().unwrap_or(&whole);
            let likeness = |other: &str| strsim::jaro_winkler(&wanted, other);
            (likeness(&whole).max(likeness(last)), name)
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .collect();
    close.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    // Two patches of one name have a finding of their own.
    close.dedup();
    close
        .into_iter()
        .take(CLOSE)
        .map(|(_, name)| name)
        .collect()
}

fn unknown(reference: &str, requirement: &Spanned<Requirement>, names: &[&str]) -> Finding {
    let mut finding = Finding::new(
        Code::UnknownRequirement,
        format!("nothing is named `{reference}`"),
    )
    .label(
        requirement.span,
        "no patch has this name, and none defines such an object",
    );
    if let [best, ..] = names {
        finding = finding
            .help(format!("did you mean `-- requires: {best}`?"))
            .fix(instead(requirement.span, best));
        if names.len() > 1 {
            finding = finding.note(format!("close names: {}", names.join(", ")));
        }
    }
    // The ledger is asked for whole names.
    finding.help(match is_glob(reference) {
        true => "correct the pattern, or remove it where there is no such patch any more".to_owned(),
        false => format!(
            "if it is applied already and not among these files: `-- requires: external {reference}`"
        ),
    })
}

/// Another name in the place of a requirement; a person decides whether it was meant.
fn instead(requirement: Span, name: &str) -> Option<Fix> {
    // What a header can say at all.
    requires_line(name)?;
    let title = format!("write `{name}`");
    Some(Fix::new(title).replace(requirement, name).for_people())
}
