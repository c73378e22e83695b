//! The heights of the layers, and the way of each line: curves in the space between two layers,
//! straight down through a layer, so that no line ever runs over a box that it does not join.

use super::crossings::Web;
use super::layers::ends;
use super::{HEIGHT, Layout, Link, Place, Point};

/// The space between two layers: at least, at most, and a pixel more per so many that a line moves
/// to the side.
const GAP: i32 = 46;
const WIDEST_GAP: i32 = 130;
const SLOPE: i32 = 14;

/// The most between two lines that end at the same box.
const PORT: i32 = 14;
/// Nothing ends nearer to a box's corner.
const CORNER: i32 = 18;

pub(super) fn routes(web: &Web, columns: &[i32], links: &[Link]) -> Layout {
    let entries = entries(web, columns, links);
    let ways: Vec<Vec<i32>> = links
        .iter()
        .enumerate()
        .map(|(at, link)| {
            let (upper, _) = ends(link);
            // Away from the trunk of the lines that lead down.
            let aside = if link.back { web.widths[upper] / 4 } else { 0 };
            let mut way = vec![columns[upper] + aside];
            way.extend(web.knees[at].iter().map(|&knee| columns[knee]));
            way.push(entries[at]);
            way
        })
        .collect();

    let mut row = vec![0; web.boxes];
    for (at, layer) in web.layers.iter().enumerate() {
        for &member in layer.iter().filter(|&&member| member < web.boxes) {
            row[member] = at;
        }
    }
    let mut aside = vec![0; web.layers.len()];
    for (link, way) in links.iter().zip(&ways) {
        let first = row[ends(link).0];
        for (step, pair) in way.windows(2).enumerate() {
            let here = &mut aside[first + step];
            *here = (*here).max((pair[1] - pair[0]).abs());
        }
    }
    let mut top = Vec::with_capacity(web.layers.len());
    let mut y = 0;
    for &aside in &aside {
        top.push(y);
        y += HEIGHT + (GAP + aside / SLOPE).min(WIDEST_GAP);
    }

    let places: Vec<Place> = (0..web.boxes)
        .map(|at| Place {
            at: Point {
                x: columns[at] - web.widths[at] / 2,
                y: top[row[at]],
            },
            width: web.widths[at],
        })
        .collect();
    let routes = links.iter().zip(&ways).map(|(link, way)| {
        let first = row[ends(link).0];
        let mut points = Vec::with_capacity(way.len() * 2);
        for (step, pair) in way.windows(2).enumerate() {
            let y = top[first + step] + HEIGHT;
            points.push(Point { x: pair[0], y });
            let y = top[first + step + 1];
            points.push(Point { x: pair[1], y });
        }
        if link.back {
            points.reverse();
        }
        points
    });
    let right = places.iter().map(|place| place.at.x + place.width);
    let knees = columns[web.boxes..].iter().copied();
    Layout {
        width: right.chain(knees).max().unwrap_or(0),
        height: top.last().map_or(0, |top| top + HEIGHT),
        routes: routes.collect(),
        places,
    }
}

/// Where each link meets the upper side of its lower end: beside each other, in the order in which
/// they come.
fn entries(web: &Web, columns: &[i32], links: &[Link]) -> Vec<i32> {
    let mut coming: Vec<Vec<usize>> = vec![Vec::new(); web.boxes];
    for (at, link) in links.iter().enumerate() {
        coming[ends(link).1].push(at);
    }
    let mut entries = vec![0; links.len()];
    for (lower, mut coming) in coming.into_iter().enumerate() {
        coming.sort_by_key(|&at| {
            let last = web.knees[at].last().copied();
            (columns[last.unwrap_or(ends(&links[at]).0)], at)
        });
        let spaces = coming.len() as i32 - 1;
        if spaces < 0 {
            continue;
        }
        let room = (web.widths[lower] - 2 * CORNER).max(0);
        let step = if spaces == 0 {
            0
        } else {
            PORT.min(room / spaces)
        };
        let first = columns[lower] - step * spaces / 2;
        for (number, at) in coming.into_iter().enumerate() {
            entries[at] = first + step * number as i32;
        }
    }
    entries
}
