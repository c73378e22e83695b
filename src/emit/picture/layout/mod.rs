//! Boxes in layers, with edges routed between them: after K. Sugiyama, S. Tagawa and M. Toda, "Methods
//! for Visual Understanding of Hierarchical System Structures" (1981).
//!
//! Whole numbers throughout, so that equal input gives equal bytes on every machine. Four steps per
//! connected part: [layers] (longest paths), [crossings] (barycentres), [columns] (least squares), and
//! the routes; then the parts are [packed](pack) side by side.

mod columns;
mod crossings;
mod layers;
mod pack;
mod routes;

#[cfg(test)]
mod laws;

/// The height of every box.
pub(super) const HEIGHT: i32 = 46;

/// The free space around the whole.
const MARGIN: i32 = 28;

/// A line to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The box that it leaves.
    pub(super) from: u32,
    /// The box that it leads to.
    pub(super) to: u32,
    /// It leads upwards, against the order of the layers.
    pub(super) back: bool,
}

/// A point; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) x: i32,
    pub(super) y: i32,
}

/// A box in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The left upper corner.
    pub(super) at: Point,
    pub(super) width: i32,
}

/// The way of a line: curves from even to odd points, straight lines from odd to even ones.
pub(super) type Route = Vec<Point>;

/// Everything in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    /// One per box.
    pub(super) places: Vec<Place>,
    /// One per link.
    pub(super) routes: Vec<Route>,
}

/// Puts boxes of these widths, which are even, into their places. Links lead to boxes that there are,
/// and none from a box to itself. Where links that are not `back` form a cycle, one of them is drawn
/// upwards.
pub(super) fn layout(widths: &[i32], links: &[Link]) -> Layout {
    let links = layers::turned(widths.len(), links);
    let parts = pack::parts(widths.len(), &links);
    let drawn = parts.iter().map(|part| draw(part, widths, &links));
    pack::pack(widths, links.len(), &parts, drawn.collect())
}

/// One connected part, in coordinates of its own.
fn draw(part: &pack::Part, widths: &[i32], links: &[Link]) -> Layout {
    let local = |id: u32| part.boxes.partition_point(|&one| one < id) as u32;
    let widths: Vec<i32> = part.boxes.iter().map(|&id| widths[id as usize]).collect();
    let links: Vec<Link> = (part.links.iter())
        .map(|&at| links[at])
        .map(|link| Link {
            from: local(link.from),
            to: local(link.to),
            back: link.back,
        })
        .collect();
    let layers = layers::layers(widths.len(), &links);
    let mut web = crossings::Web::new(&widths, &links, &layers);
    web.untangle();
    let columns = columns::columns(&web);
    routes::routes(&web, &columns, &links)
}
