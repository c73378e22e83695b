//! The marks of a drawing: the shape of each phase, the stroke of each line, and their legend. The
//! colours and strokes themselves are in `figure.css`, `light.css` and `dark.css`.

use std::fmt::Write as _;

use super::layout::{HEIGHT, Point};
use super::markup::escaped;
use super::scene::{Kind, PatchBox, Scene};
use crate::read::header::Phase;
use crate::resolve::{Edge, Reason, Rule};
use crate::source::Sources;

/// The arrow heads.
pub(super) const MARKERS: &str = include_str!("markers.svg");
const FIGURE: &str = include_str!("figure.css");
const LIGHT: &str = include_str!("light.css");
const DARK: &str = include_str!("dark.css");

/// How far the outline of a patch in a cycle is from its shape.
const RING: i32 = 5;
/// How far behind a repeatable patch its second sheet stands out.
const SHEET: i32 = 4;

/// The styles of a drawing that stands alone.
pub(super) fn style() -> String {
    format!("svg{{{LIGHT}}}\n@media (prefers-color-scheme: dark){{svg{{{DARK}}}}}\n{FIGURE}")
}

/// The same for a page, which may be told to be light or dark.
pub(super) fn page_style() -> String {
    format!(
        ":root{{color-scheme:light dark;{LIGHT}}}\n\
         @media screen and (prefers-color-scheme: dark){{:root:not([data-theme=light]){{{DARK}}}}}\n\
         @media screen{{:root[data-theme=dark]{{color-scheme:dark;{DARK}}}\n\
         :root[data-theme=light]{{color-scheme:light}}}}\n{FIGURE}"
    )
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::Hard,
        Self::Late,
        Self::Flow,
        Self::Header,
        Self::Cut,
        Self::Cycle,
    ];

    /// In the styles, and for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Late => "late",
            Self::Flow => "flow",
            Self::Header => "header",
            Self::Cut => "cut",
            Self::Cycle => "cycle",
        }
    }

    /// What the legend says.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Hard => "the other order is refused",
            Self::Late => "needed when it runs",
            Self::Flow => "the other order harms data",
            Self::Header => "a header asks for it",
            Self::Cut => "would close a cycle: not kept",
            Self::Cycle => "no order keeps all of these",
        }
    }
}

/// In the styles, and for people.
pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Expand => "expand",
        Phase::Migrate => "migrate",
        Phase::Contract => "contract",
    }
}

/// The outline of a patch, `out` further out than its box: a shape for each phase, so that it can be
/// told without its colour.
fn shape(phase: Option<Phase>, width: i32, out: i32) -> String {
    let (left, top) = (-out, -out);
    let (right, bottom) = (width + out, HEIGHT + out);
    let middle = HEIGHT / 2;
    let rounded = |radius: i32| {
        let (across, down) = (right - left - 2 * radius, bottom - top - 2 * radius);
        let r = radius;
        format!(
            "M{} {top}h{across}a{r} {r} 0 0 1 {r} {r}v{down}a{r} {r} 0 0 1 -{r} {r}\
             h-{across}a{r} {r} 0 0 1 -{r} -{r}v-{down}a{r} {r} 0 0 1 {r} -{r}z",
            left + radius
        )
    };
    let cut = |by: i32, sides: [i32; 2]| {
        format!(
            "M{} {top}H{}L{right} {}V{}L{} {bottom}H{}L{left} {}V{}z",
            left + by,
            right - by,
            sides[0],
            sides[1],
            right - by,
            left + by,
            sides[1],
            sides[0]
        )
    };
    match phase {
        None => rounded(6 + out),
        // A pill grows, a hexagon points on, a stop sign stops.
        Some(Phase::Expand) => rounded((bottom - top) / 2),
        Some(Phase::Migrate) => cut(14, [middle, middle]),
        Some(Phase::Contract) => cut(11, [top + 11, bottom - 11]),
    }
}

/// The classes of a patch.
pub(super) fn classes(patch: &PatchBox<'_>) -> String {
    let mut classes = "patch".to_owned();
    if let Some(phase) = patch.phase {
        classes.push(' ');
        classes.push_str(phase_name(phase));
    }
    if patch.in_cycle {
        classes.push_str(" in-cycle");
    }
    classes
}

/// A patch's shape and texts, for a group that stands in its place.
pub(super) fn patch(patch: &PatchBox<'_>) -> String {
    let width = patch.place.width;
    let outline = shape(patch.phase, width, 0);
    let mut text = String::new();
    if patch.in_cycle {
        let ring = shape(patch.phase, width, RING);
        let _ = write!(text, r#"<path class="ring" d="{ring}"/>"#);
    }
    if patch.repeatable {
        let _ = write!(
            text,
            r#"<path class="box sheet" transform="translate({SHEET} {SHEET})" d="{outline}"/>"#
        );
    }
    let _ = write!(text, r#"<path class="box" d="{outline}"/>"#);
    // In the shape's corners there is less room above than in the middle.
    let inset = if patch.phase.is_some() { 20 } else { 16 };
    let title = if patch.folder.is_empty() && patch.number.is_none() {
        28
    } else {
        34
    };
    if !patch.folder.is_empty() {
        let folder = escaped(&patch.folder);
        let _ = write!(
            text,
            r#"<text class="small" x="{inset}" y="17">{folder}</text>"#
        );
    }
    if let Some(number) = patch.number {
        let x = width - inset;
        let _ = write!(
            text,
            r#"<text class="small number" x="{x}" y="17">{number}</text>"#
        );
    }
    let name = escaped(&patch.title);
    let _ = write!(text, r#"<text x="{inset}" y="{title}">{name}</text>"#);
    text
}

/// What is said of a patch where it cannot be seen.
pub(super) fn told(patch: &PatchBox<'_>) -> String {
    let mut told = patch.name.to_owned();
    if let Some(number) = patch.number {
        let _ = write!(told, ", number {number}");
    }
    let _ = write!(
        told,
        ", needs {}, needed by {}",
        patch.needs, patch.needed_by
    );
    if let Some(phase) = patch.phase {
        let _ = write!(told, ", {}", phase_name(phase));
    }
    if patch.repeatable {
        told.push_str(", repeatable");
    }
    if patch.in_cycle {
        told.push_str(", in a cycle");
    }
    told
}

/// The way of a line: curves that leave and arrive straight, and straight pieces between them.
pub(super) fn way(route: &[Point]) -> String {
    let mut way = String::new();
    for (at, pair) in route.chunks_exact(2).enumerate() {
        let ((x, y), end) = ((pair[0].x, pair[0].y), pair[1]);
        let start = if at == 0 {
            format!("M{x} {y}")
        } else {
            format!("V{y}")
        };
        way.push_str(&start);
        if x == end.x {
            let _ = write!(way, "V{}", end.y);
        } else {
            let middle = y + (end.y - y) / 2;
            let _ = write!(way, "C{x} {middle} {0} {middle} {0} {1}", end.x, end.y);
        }
    }
    way
}

/// Why one patch comes before another, with the places.
pub(super) fn reasons(edge: &Edge, names: (&str, &str), sources: &Sources) -> String {
    let mut text = format!("{} needs {}", names.1, names.0);
    for reason in &edge.reasons {
        text.push('\n');
        text.push_str(&sentence(reason, sources));
    }
    text
}

fn sentence(reason: &Reason, sources: &Sources) -> String {
    let Reason { rule, object, .. } = reason;
    let (does, needs) = rule.verbs();
    let strength = reason.strength.name();
    let later = sources.locate_under_root(reason.later);
    if *rule == Rule::Header {
        // The other end is the whole patch.
        return format!("{}, {strength}: {later} {needs} {object}", rule.name());
    }
    let earlier = sources.locate_under_root(reason.earlier);
    format!(
        "{}, {strength}: {earlier} {does} {object}, {later} {needs} it",
        rule.name()
    )
}

/// A sample and what it stands for.
pub(super) struct Entry {
    /// Marks, 34 wide and 16 high.
    pub(super) sample: String,
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
}

/// The signs that the drawing has.
pub(super) fn legend(scene: &Scene<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for kind in Kind::ALL {
        if scene.lines.iter().any(|line| line.kind == kind) {
            let name = kind.name();
            entries.push(Entry {
                sample: format!(r#"<path class="line {name}" d="M0 8H32"/>"#),
                name,
                meaning: kind.meaning(),
            });
        }
    }
    let mut patch = |class: &str, shape: &str, name, meaning| {
        entries.push(Entry {
            sample: format!(r#"<g class="patch{class}" transform="translate(2 0)">{shape}</g>"#),
            name,
            meaning,
        });
    };
    let phases = [
        (Phase::Expand, " expand", "adds, old code goes on", PILL),
        (Phase::Migrate, " migrate", "moves data", HEXAGON),
        (
            Phase::Contract,
            " contract",
            "takes away or tightens",
            OCTAGON,
        ),
    ];
    for (phase, class, meaning, sample) in phases {
        if scene.boxes.iter().any(|patch| patch.phase == Some(phase)) {
            patch(
                class,
                &format!(r#"<path class="box" d="{sample}"/>"#),
                phase_name(phase),
                meaning,
            );
        }
    }
    if scene.boxes.iter().any(|patch| patch.repeatable) {
        let sheets = format!(
            r#"<path class="box sheet" transform="translate(2 2)" d="{RECTANGLE}"/><path class="box" d="{RECTANGLE}"/>"#
        );
        patch("", &sheets, "repeatable", "applied again when it changes");
    }
    if scene.boxes.iter().any(|patch| patch.in_cycle) {
        let rings = format!(
            r#"<path class="ring" d="M-2 -1H32V17H-2z"/><path class="box" d="{RECTANGLE}"/>"#
        );
        patch(
            " in-cycle",
            &rings,
            "in a cycle",
            "needs itself through others",
        );
    }
    entries
}

const RECTANGLE: &str = "M2 2H28V14H2z";
const PILL: &str = "M8 2H22A6 6 0 0 1 22 14H8A6 6 0 0 1 8 2z";
const HEXAGON: &str = "M8 2H22L29 8L22 14H8L1 8z";
const OCTAGON: &str = "M7 2H23L28 6V10L23 14H7L2 10V6z";
