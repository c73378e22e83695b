//! The drawing by itself: SVG that needs nothing from elsewhere.

use std::fmt::Write as _;

use super::Picture;
use super::figure::{self, Entry, MARKERS};
use super::markup::{columns, escaped};
use super::scene::Scene;
use crate::graph::Cycle;
use crate::resolve::PatchId;

/// The heights of a line of the legend and of the space around it.
const ROW: i32 = 26;
/// A sample of the legend, and the widths of what is beside it.
const SAMPLE: i32 = 42;
const COLUMN: i32 = 7;
const BETWEEN: i32 = 34;
const MARGIN: i32 = 28;
/// Less would leave the legend no room.
const NARROWEST: i32 = 640;

/// SVG: the patches in layers, each below what it needs. Light or dark as the reader has it. Where the
/// mouse rests on a line, it says why.
#[must_use]
pub fn svg(picture: &Picture<'_>) -> String {
    let scene = Scene::new(picture);
    let entries = figure::legend(&scene);
    let width = scene.width.max(NARROWEST);
    let aside = (width - scene.width) / 2;
    let (legend, legend_height) = legend(&entries, width, scene.height);
    let height = scene.height + legend_height;
    let title = title(picture);
    let about = about(picture);
    let style = figure::style();
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title about\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"about\">{about}</desc>\n\
         <style>\n{style}</style>\n<defs>\n{MARKERS}</defs>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"var(--paper)\"/>\n<g transform=\"translate({aside} 0)\">\n"
    );
    for line in &scene.lines {
        if let Some(route) = &line.route {
            let names = (
                picture.name(line.edge.earlier),
                picture.name(line.edge.later),
            );
            let reasons = escaped(&figure::reasons(line.edge, names, picture.sources));
            let (kind, way) = (line.kind.name(), figure::way(route));
            let _ = writeln!(
                text,
                r#"<path class="line {kind}" d="{way}"><title>{reasons}</title></path>"#
            );
        }
    }
    for patch in &scene.boxes {
        let at = patch.place.at;
        let (classes, told) = (figure::classes(patch), escaped(&figure::told(patch)));
        let marks = figure::patch(patch);
        let _ = writeln!(
            text,
            r#"<g class="{classes}" transform="translate({} {})"><title>{told}</title>{marks}</g>"#,
            at.x, at.y
        );
    }
    text.push_str("</g>\n");
    text.push_str(&legend);
    text.push_str("</svg>\n");
    text
}

/// How much there is.
pub(super) fn title(picture: &Picture<'_>) -> String {
    let (patches, edges) = (picture.patches.len(), picture.graph.edges().len());
    let plural = |count, one, many| format!("{count} {}", if count == 1 { one } else { many });
    format!(
        "{} and {} between them",
        plural(patches, "patch", "patches"),
        plural(edges, "need", "needs")
    )
}

/// The picture in a few words, for those who cannot see it.
fn about(picture: &Picture<'_>) -> String {
    let mut about = "Each patch stands below what it needs.".to_owned();
    let sequence = picture.sequence();
    let names: Vec<&str> = sequence.iter().map(|&id| picture.name(id)).collect();
    if picture.order.is_some() {
        let _ = write!(about, " The order: {}.", names.join(", "));
    }
    for cycle in picture.cycles {
        let names: Vec<&str> = (round(cycle).iter()).map(|&id| picture.name(id)).collect();
        let _ = write!(about, " A cycle: {}.", names.join(" needs "));
    }
    escaped(&about)
}

/// The patches of a cycle, each before the one that it needs, with the first again at the end.
pub(super) fn round(cycle: &Cycle) -> Vec<PatchId> {
    let mut patches: Vec<PatchId> = cycle.patches().collect();
    patches.extend(patches.first().copied());
    patches.reverse();
    patches
}

/// The legend below the drawing, and its height.
fn legend(entries: &[Entry], width: i32, top: i32) -> (String, i32) {
    if entries.is_empty() {
        return (String::new(), 0);
    }
    let (mut x, mut y) = (MARGIN, top + 12);
    let mut text = format!(
        "<g>\n<path d=\"M{MARGIN} {top}H{}\" stroke=\"var(--rule)\"/>\n",
        width - MARGIN
    );
    for entry in entries {
        let words = format!("{}: {}", entry.name, entry.meaning);
        let wide = SAMPLE + columns(&words) as i32 * COLUMN;
        if x > MARGIN && x + wide > width - MARGIN {
            (x, y) = (MARGIN, y + ROW);
        }
        let _ = writeln!(
            text,
            r#"<g transform="translate({x} {y})">{}<text class="small" x="{SAMPLE}" y="12">{words}</text></g>"#,
            entry.sample
        );
        x += wide + BETWEEN;
    }
    text.push_str("</g>\n");
    (text, y + ROW + 6 - top)
}
