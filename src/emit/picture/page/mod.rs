//! The drawing in a page to look around in: one HTML file that needs nothing from elsewhere.
//!
//! The drawing and its places are made here; the files of `script/` move it about and show what is in the
//! JSON that the page holds. The page's policy forbids every request and every script but that one.

use std::fmt::Write as _;

use serde::Serialize;

use super::Picture;
use super::figure::{self, MARKERS};
use super::markup::{escaped, json_in_script};
use super::scene::{Kind, Line, Scene};
use super::svg::{round, title};
use crate::emit::template::fill;
use crate::resolve::{PatchId, Reason, Rule};
use crate::source::{Position, Sources, Span, sha256_base64};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// One function, which begins in the first file and ends in the last.
const SCRIPT: &str = concat!(
    include_str!("script/first.js"),
    include_str!("script/view.js"),
    include_str!("script/patches.js"),
    include_str!("script/panel.js"),
    include_str!("script/search.js"),
    include_str!("script/switches.js"),
    include_str!("script/start.js"),
);

/// How much SQL the page holds at most, all together, and of one patch at least and at most: nobody
/// reads rows by the megabyte in a picture.
const ALL_SQL: usize = 16 * 1024 * 1024;
const LEAST_SQL: usize = 1024;
const MOST_SQL: usize = 64 * 1024;

/// HTML: the drawing with search, each patch's SQL, what it needs, what needs it, and why.
#[must_use]
pub fn html(picture: &Picture<'_>) -> String {
    let scene = Scene::new(picture);
    let style = figure::page_style() + STYLE;
    let values = [
        ("style_hash", sha256_base64(&style)),
        ("script_hash", sha256_base64(SCRIPT)),
        ("style", style),
        ("script", SCRIPT.to_owned()),
        ("title", title(picture)),
        ("legend", legend(&scene)),
        ("width", scene.width.to_string()),
        ("height", scene.height.to_string()),
        ("markers", MARKERS.to_owned()),
        ("lines", lines(&scene, picture)),
        ("patches", patches(&scene)),
        ("data", data(&scene, picture)),
        ("all", checked(picture.all)),
    ];
    fill(PAGE, &values)
}

fn checked(on: bool) -> String {
    String::from(if on { " checked" } else { "" })
}

fn legend(scene: &Scene<'_>) -> String {
    let mut text = String::new();
    for entry in figure::legend(scene) {
        let _ = writeln!(
            text,
            "<div><dt><svg width=\"38\" height=\"18\" viewBox=\"-3 -1 38 19\" aria-hidden=\"true\">{}</svg>{}</dt>\
             <dd>{}</dd></div>",
            entry.sample, entry.name, entry.meaning
        );
    }
    text
}

/// Each line with a wide one that is not seen but can be hit.
fn lines(scene: &Scene<'_>, picture: &Picture<'_>) -> String {
    let mut text = String::new();
    for (at, line) in scene.lines.iter().enumerate() {
        let Some(route) = &line.route else {
            continue;
        };
        let (kind, way) = (line.kind.name(), figure::way(route));
        let implied = if line.implied { " implied" } else { "" };
        let names = (
            picture.name(line.edge.earlier),
            picture.name(line.edge.later),
        );
        let told = escaped(&format!("{} needs {}", names.1, names.0));
        let _ = writeln!(
            text,
            "<g class=\"edge{implied}\" data-line=\"{at}\"><title>{told}</title><path class=\"hit\" d=\"{way}\"/>\
             <path class=\"line {kind}\" d=\"{way}\"/></g>"
        );
    }
    text
}

fn patches(scene: &Scene<'_>) -> String {
    let mut text = String::new();
    for (id, patch) in scene.boxes.iter().enumerate() {
        let at = patch.place.at;
        let (classes, marks) = (figure::classes(patch), figure::patch(patch));
        let (name, told) = (escaped(patch.name), escaped(&figure::told(patch)));
        let _ = writeln!(
            text,
            "<g class=\"{classes}\" data-patch=\"{id}\" transform=\"translate({} {})\" tabindex=\"-1\" \
             role=\"button\" aria-label=\"{told}\"><title>{name}</title>{marks}</g>",
            at.x, at.y
        );
    }
    text
}

/// What the script shows. Places in `patches` are ids.
#[derive(Serialize)]
struct Data<'a> {
    patches: Vec<PatchData<'a>>,
    lines: Vec<LineData<'a>>,
    cycles: Vec<Vec<PatchId>>,
}

#[derive(Serialize)]
struct PatchData<'a> {
    name: &'a str,
    path: &'a str,
    number: Option<usize>,
    phase: Option<&'static str>,
    repeatable: bool,
    x: i32,
    y: i32,
    width: i32,
    sql: &'a str,
    /// How many bytes of the SQL are left out.
    more: usize,
}

#[derive(Serialize)]
struct LineData<'a> {
    from: PatchId,
    to: PatchId,
    kind: &'static str,
    implied: bool,
    reasons: Vec<ReasonData<'a>>,
}

#[derive(Serialize)]
struct ReasonData<'a> {
    rule: &'static str,
    strength: &'static str,
    object: &'a str,
    /// What the earlier patch does with it; absent where it is the whole patch.
    #[serde(skip_serializing_if = "Option::is_none")]
    does: Option<&'static str>,
    needs: &'static str,
    /// Line and column.
    earlier: [u32; 2],
    later: [u32; 2],
}

fn data(scene: &Scene<'_>, picture: &Picture<'_>) -> String {
    let most = most_sql(picture);
    let patch = |(id, patch): (usize, &super::scene::PatchBox<'_>)| {
        let source = picture.sources.get(picture.patches[id].source);
        let sql = start(&source.text, most);
        PatchData {
            name: &picture.patches[id].name,
            path: &source.path,
            number: patch.number,
            phase: patch.phase.map(figure::phase_name),
            repeatable: patch.repeatable,
            x: patch.place.at.x,
            y: patch.place.at.y,
            width: patch.place.width,
            sql,
            more: source.text.len() - sql.len(),
        }
    };
    let data = Data {
        patches: scene.boxes.iter().enumerate().map(patch).collect(),
        lines: scene
            .lines
            .iter()
            .map(|line| line_data(line, picture))
            .collect(),
        cycles: picture.cycles.iter().map(round).collect(),
    };
    let json = serde_json::to_string(&data).expect("keys are strings and no value can fail");
    json_in_script(&json)
}

fn line_data<'a>(line: &Line<'a>, picture: &Picture<'_>) -> LineData<'a> {
    let reason = |reason: &'a Reason| {
        let (does, needs) = reason.rule.verbs();
        let is_header = reason.rule == Rule::Header;
        ReasonData {
            rule: reason.rule.name(),
            strength: reason.strength.name(),
            object: &reason.object,
            does: (!is_header).then_some(does),
            needs,
            earlier: place(reason.earlier, picture.sources),
            later: place(reason.later, picture.sources),
        }
    };
    LineData {
        from: line.edge.earlier,
        to: line.edge.later,
        kind: Kind::name(line.kind),
        implied: line.implied,
        reasons: line.edge.reasons.iter().map(reason).collect(),
    }
}

fn place(span: Span, sources: &Sources) -> [u32; 2] {
    let Position { line, column } = sources.get(span.source).position(span.start);
    [line, column]
}

/// How much of each patch fits into the page.
fn most_sql(picture: &Picture<'_>) -> usize {
    let texts = || {
        picture
            .patches
            .iter()
            .map(|patch| picture.sources.get(patch.source).text.len())
    };
    let mut most = MOST_SQL;
    while most > LEAST_SQL && texts().map(|length| length.min(most)).sum::<usize>() > ALL_SQL {
        most /= 2;
    }
    most
}

/// The start of a text, whole lines if there are any.
fn start(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let start = &text[..text.floor_char_boundary(most)];
    match start.rfind('\n') {
        Some(end) => &start[..=end],
        None => start,
    }
}
