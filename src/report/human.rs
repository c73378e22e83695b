//! Findings as rustc shows its own: the title, the source lines with marks, notes and next steps.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::path_of;
use crate::finding::{Finding, Label, Severity};
use crate::name::visible;
use crate::source::{Source, SourceId, Sources};

/// The most places of one finding that are shown; programs get all of them.
const PLACES: usize = 24;

pub(super) fn render(findings: &[&Finding], sources: &Sources, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for finding in findings {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&one(finding, sources, &renderer));
        text.push('\n');
    }
    text
}

fn one(finding: &Finding, sources: &Sources, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut elements: Vec<Element<'_>> = snippets(finding, sources);
    if elements.is_empty()
        && let Some(path) = path_of(finding, sources)
    {
        elements.push(Origin::path(visible(path)).into());
    }
    if finding.labels.len() > PLACES {
        let all = finding.labels.len();
        let note = format!("{PLACES} of {all} places are shown; `--format json` has them all");
        elements.push(Level::NOTE.message(note).into());
    }
    let notes = finding.notes.iter();
    elements.extend(notes.map(|note| Level::NOTE.message(note).into()));
    let helps = finding.helps.iter();
    elements.extend(helps.map(|help| Level::HELP.message(help).into()));
    let title = level
        .primary_title(finding.title.as_str())
        .id(finding.code.name());
    renderer.render(&[title.elements(elements)])
}

/// One snippet for each file, in the order in which the labels come to it.
fn snippets<'a>(finding: &'a Finding, sources: &'a Sources) -> Vec<Element<'a>> {
    let mut files: Vec<(SourceId, Vec<(AnnotationKind, &Label)>)> = Vec::new();
    for (at, label) in finding.labels.iter().take(PLACES).enumerate() {
        let kind = if at == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let id = label.span.source;
        match files.iter_mut().find(|(file, _)| *file == id) {
            Some((_, labels)) => labels.push((kind, label)),
            None => files.push((id, vec![(kind, label)])),
        }
    }
    let files = files.into_iter();
    files
        .map(|(id, labels)| snippet(sources.get(id), &labels).into())
        .collect()
}

/// The lines from the first mark to the last one. The renderer is not given the whole file: it
/// looks at every line that it is given.
fn snippet<'a>(
    source: &'a Source,
    labels: &[(AnnotationKind, &'a Label)],
) -> Snippet<'a, Annotation<'a>> {
    let ranges: Vec<_> = labels
        .iter()
        .map(|(_, label)| range(source, label))
        .collect();
    let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
    let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
    let start = source.text[..first].rfind('\n').map_or(0, |at| at + 1);
    let end = source.text[last..]
        .find('\n')
        .map_or(source.text.len(), |at| last + at);
    let end = end - usize::from(source.text[last..end].ends_with('\r'));
    let marks = labels.iter().zip(ranges).map(|((kind, label), range)| {
        let mark = kind.span(range.start - start..range.end - start);
        if label.message.is_empty() {
            mark
        } else {
            mark.label(label.message.as_str())
        }
    });
    Snippet::source(&source.text[start..end])
        .path(visible(&source.shown))
        .line_start(source.position(start as u32).line as usize)
        .annotations(marks)
}

/// The label's bytes, kept within the text and between characters, since the renderer insists.
fn range(source: &Source, label: &Label) -> Range<usize> {
    let text = &source.text;
    let start = text.floor_char_boundary(label.span.start as usize);
    let end = text.ceil_char_boundary(label.span.end as usize);
    start..end.max(start)
}
