//! The parts that no line joins, beside and below each other.

use super::{HEIGHT, Layout, Link, MARGIN, Place, Point};

/// Between two parts.
const GAP: i32 = 64;
/// Between boxes that no line joins to any other.
const LONE_GAP: i32 = 20;

/// Boxes that lines join, and these lines, by number.
pub(super) struct Part {
    pub(super) boxes: Vec<u32>,
    pub(super) links: Vec<usize>,
}

/// The parts, the largest first, then by their first box. Boxes without a line are in none.
pub(super) fn parts(boxes: usize, links: &[Link]) -> Vec<Part> {
    let mut root: Vec<u32> = (0..boxes as u32).collect();
    for link in links {
        let (one, other) = (find(&mut root, link.from), find(&mut root, link.to));
        // The smallest number stands for all.
        root[one.max(other) as usize] = one.min(other);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut number: Vec<Option<usize>> = vec![None; boxes];
    for at in 0..boxes as u32 {
        let root = find(&mut root, at) as usize;
        let part = *number[root].get_or_insert_with(|| {
            parts.push(Part {
                boxes: Vec::new(),
                links: Vec::new(),
            });
            parts.len() - 1
        });
        parts[part].boxes.push(at);
    }
    for (place, link) in links.iter().enumerate() {
        let root = find(&mut root, link.from) as usize;
        if let Some(part) = number[root] {
            parts[part].links.push(place);
        }
    }
    parts.retain(|part| !part.links.is_empty());
    parts.sort_by_key(|part| (usize::MAX - part.boxes.len(), part.boxes[0]));
    parts
}

/// The number that stands for the part of a box, with shorter ways left behind.
fn find(root: &mut [u32], mut at: u32) -> u32 {
    while root[at as usize] != at {
        root[at as usize] = root[root[at as usize] as usize];
        at = root[at as usize];
    }
    at
}

/// Shelves from left to right, as wide as makes a page; below them what stands alone.
pub(super) fn pack(widths: &[i32], links: usize, parts: &[Part], drawn: Vec<Layout>) -> Layout {
    let mut whole = Layout {
        width: 0,
        height: 0,
        places: vec![Place::default(); widths.len()],
        routes: vec![Vec::new(); links],
    };
    let mut alone = vec![true; widths.len()];
    for &at in parts.iter().flat_map(|part| &part.boxes) {
        alone[at as usize] = false;
    }
    let cell = |width: i32| i64::from(width + LONE_GAP) * i64::from(HEIGHT + LONE_GAP);
    let parts_area = drawn
        .iter()
        .map(|part| i64::from(part.width + GAP) * i64::from(part.height + GAP))
        .sum::<i64>();
    let alone_area = widths
        .iter()
        .zip(&alone)
        .filter(|(_, alone)| **alone)
        .map(|(&width, _)| cell(width))
        .sum::<i64>();
    let area = (parts_area + alone_area).max(0);
    let page = i32::try_from((area * 16 / 10).isqrt()).unwrap_or(i32::MAX);
    let page = drawn.iter().map(|part| part.width).fold(page, i32::max);

    let mut shelf = Shelf::new(page, GAP);
    for (part, layout) in parts.iter().zip(drawn) {
        let at = shelf.put(layout.width, layout.height);
        let moved = |point: Point| Point {
            x: point.x + at.x,
            y: point.y + at.y,
        };
        for (&id, place) in part.boxes.iter().zip(layout.places) {
            whole.places[id as usize] = Place {
                at: moved(place.at),
                width: place.width,
            };
        }
        for (&id, route) in part.links.iter().zip(layout.routes) {
            whole.routes[id] = route.into_iter().map(moved).collect();
        }
    }
    let mut lone = shelf.below(LONE_GAP);
    let lonely: Vec<usize> = (0..widths.len()).filter(|&at| alone[at]).collect();
    for &at in &lonely {
        whole.places[at] = Place {
            at: lone.put(widths[at], HEIGHT),
            width: widths[at],
        };
    }
    whole.width = shelf.right.max(lone.right) + MARGIN;
    whole.height = if lonely.is_empty() {
        shelf.bottom
    } else {
        lone.bottom
    } + MARGIN;
    whole
}

/// Puts things beside each other until the page is full, then below.
struct Shelf {
    page: i32,
    gap: i32,
    x: i32,
    y: i32,
    right: i32,
    bottom: i32,
}

impl Shelf {
    fn new(page: i32, gap: i32) -> Self {
        Self {
            page,
            gap,
            x: MARGIN,
            y: MARGIN,
            right: MARGIN,
            bottom: MARGIN,
        }
    }

    fn put(&mut self, width: i32, height: i32) -> Point {
        if self.x > MARGIN && self.x - MARGIN + width > self.page {
            self.x = MARGIN;
            self.y = self.bottom + self.gap;
        }
        let at = Point {
            x: self.x,
            y: self.y,
        };
        self.x += width + self.gap;
        self.right = self.right.max(at.x + width);
        self.bottom = self.bottom.max(at.y + height);
        at
    }

    /// A new shelf below all of it.
    fn below(&self, gap: i32) -> Self {
        let empty = self.right == MARGIN;
        let y = if empty {
            MARGIN
        } else {
            self.bottom + self.gap
        };
        Self {
            y,
            bottom: y,
            ..Self::new(self.page, gap)
        }
    }
}
