//! What a drawing shows: each patch and each line with what its look depends on, in its place.

use std::collections::BTreeSet;

use super::Picture;
use super::layout::{self, Link, Place, Route};
use super::markup::{columns, shortened};
use crate::read::header::Phase;
use crate::resolve::{Edge, PatchId, Rule, Strength};

/// The most columns of a name or a folder.
const NAME: usize = 32;
/// Widths of a column, in hundredths of a pixel: 13 and 10.5 pixels of a font of fixed width.
const NAME_COLUMN: usize = 790;
const FOLDER_COLUMN: usize = 640;
/// The free space beside the text, both sides together.
const PADDING: usize = 40;
const NARROWEST: usize = 104;

/// Everything to draw.
pub(super) struct Scene<'a> {
    /// By id.
    pub(super) boxes: Vec<PatchBox<'a>>,
    /// Those with a way of their own first.
    pub(super) lines: Vec<Line<'a>>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A patch.
pub(super) struct PatchBox<'a> {
    pub(super) name: &'a str,
    /// As it is shown: the name without its folders, and these.
    pub(super) title: String,
    pub(super) folder: String,
    /// Its number in the order.
    pub(super) number: Option<usize>,
    pub(super) phase: Option<Phase>,
    pub(super) repeatable: bool,
    pub(super) in_cycle: bool,
    pub(super) place: Place,
    /// How many patches it needs, and how many need it, directly.
    pub(super) needs: usize,
    pub(super) needed_by: usize,
}

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The strongest reason is hard.
    Hard,
    /// … is late.
    Late,
    /// … is flow.
    Flow,
    /// Nothing but headers asks for it.
    Header,
    /// A weak edge that would close a cycle: not kept.
    Cut,
    /// On a cycle that keeps the patches from any order.
    Cycle,
}

/// An edge.
pub(super) struct Line<'a> {
    pub(super) edge: &'a Edge,
    pub(super) kind: Kind,
    /// None where a chain of others implies it and not all are drawn.
    pub(super) route: Option<Route>,
    /// A chain of others implies it.
    pub(super) implied: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn new(picture: &Picture<'a>) -> Self {
        let cycles = || picture.cycles.iter().flat_map(|cycle| &cycle.edges);
        let in_cycles: BTreeSet<_> = cycles().map(|edge| (edge.earlier, edge.later)).collect();
        let mut lines = lines(picture, &in_cycles);
        let mut boxes = boxes(picture, &in_cycles);

        let widths: Vec<i32> = boxes.iter().map(|patch| patch.place.width).collect();
        let drawn = lines.iter().filter(|line| picture.all || !line.implied);
        let links: Vec<Link> = drawn
            .map(|line| Link {
                from: line.edge.earlier.0,
                to: line.edge.later.0,
                back: line.kind == Kind::Cut,
            })
            .collect();
        let layout = layout::layout(&widths, &links);
        for (patch, place) in boxes.iter_mut().zip(layout.places) {
            patch.place = place;
        }
        for (line, route) in lines.iter_mut().zip(layout.routes) {
            line.route = Some(route);
        }
        Self {
            boxes,
            lines,
            width: layout.width,
            height: layout.height,
        }
    }
}

/// A patch's phase, as far as it is known.
fn phase(picture: &Picture<'_>, id: PatchId) -> Option<Phase> {
    let header = &picture.patches[id.0 as usize].header;
    let declared = header.phase.as_ref().map(|phase| phase.value);
    declared.or_else(|| {
        let inferred = picture.phases.get(id.0 as usize)?;
        (!inferred.steps.is_empty()).then_some(inferred.phase)
    })
}

fn boxes<'a>(picture: &Picture<'a>, in_cycles: &BTreeSet<(PatchId, PatchId)>) -> Vec<PatchBox<'a>> {
    let mut number = vec![None; picture.patches.len()];
    for (at, id) in picture
        .order
        .iter()
        .flat_map(|order| &order.sequence)
        .enumerate()
    {
        number[id.0 as usize] = Some(at + 1);
    }
    let in_cycle: BTreeSet<PatchId> = in_cycles.iter().map(|&(earlier, _)| earlier).collect();
    let ids = (0..picture.patches.len() as u32).map(PatchId);
    ids.map(|id| {
        let patch = &picture.patches[id.0 as usize];
        let (folder, title) = patch.name.rsplit_once('/').unwrap_or(("", &patch.name));
        let (folder, title) = (shortened(folder, NAME), shortened(title, NAME));
        let number = number[id.0 as usize];
        let digits = number.map_or(0, |number| number.to_string().len() + 3);
        let small = (columns(&folder) + digits) * FOLDER_COLUMN;
        let text = small.max(columns(&title) * NAME_COLUMN) / 100;
        let width = (text + PADDING).max(NARROWEST).next_multiple_of(2);
        PatchBox {
            name: &patch.name,
            title,
            folder,
            number,
            phase: phase(picture, id),
            repeatable: patch.header.repeatable.is_some(),
            in_cycle: in_cycle.contains(&id),
            place: Place {
                width: width as i32,
                ..Place::default()
            },
            needs: picture.graph.predecessors(id).count(),
            needed_by: picture.graph.successors(id).count(),
        }
    })
    .collect()
}

/// What is not implied, then what was cut, then what is implied.
fn lines<'a>(picture: &Picture<'a>, in_cycles: &BTreeSet<(PatchId, PatchId)>) -> Vec<Line<'a>> {
    let ends = |edge: &Edge| (edge.earlier, edge.later);
    let reduced = picture.graph.reduced_edges();
    let shown: BTreeSet<_> = reduced.iter().map(|edge| ends(edge)).collect();
    let line = |edge: &'a Edge, implied| Line {
        edge,
        kind: if in_cycles.contains(&ends(edge)) {
            Kind::Cycle
        } else {
            kind(edge)
        },
        route: None,
        implied,
    };
    let mut lines: Vec<Line<'a>> = reduced.iter().map(|edge| line(edge, false)).collect();
    lines.extend(picture.cut().iter().map(|edge| Line {
        kind: Kind::Cut,
        ..line(edge, false)
    }));
    let all = picture.graph.edges().iter();
    lines.extend(
        all.filter(|edge| !shown.contains(&ends(edge)))
            .map(|edge| line(edge, true)),
    );
    lines
}

fn kind(edge: &Edge) -> Kind {
    if edge
        .reasons
        .iter()
        .all(|reason| reason.rule == Rule::Header)
    {
        return Kind::Header;
    }
    match edge.strength() {
        Strength::Hard => Kind::Hard,
        Strength::Late => Kind::Late,
        Strength::Flow => Kind::Flow,
    }
}
