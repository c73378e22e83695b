//! What every layout keeps to, tried on random graphs.

use proptest::prelude::*;

use super::{HEIGHT, Layout, Link, layout};

/// Boxes and links; with `cycles`, links in any direction.
fn drawings(cycles: bool) -> impl Strategy<Value = (Vec<i32>, Vec<Link>)> {
    (1_usize..60).prop_flat_map(move |boxes| {
        let widths = proptest::collection::vec((20..130_i32).prop_map(|half| half * 2), boxes);
        let ends = proptest::collection::vec((0..boxes as u32, 0..boxes as u32), 0..2 * boxes);
        let links = ends.prop_map(move |ends| {
            let mut links: Vec<Link> = ends
                .into_iter()
                .filter(|(one, other)| one != other)
                .map(|(one, other)| Link {
                    from: if cycles { one } else { one.min(other) },
                    to: if cycles { other } else { one.max(other) },
                    back: false,
                })
                .collect();
            links.sort_by_key(|link| (link.from, link.to));
            links.dedup();
            links
        });
        (widths, links)
    })
}

/// Whether two ranges have more than an end in common.
fn overlap(one: (i32, i32), other: (i32, i32)) -> bool {
    one.0 < other.1 && other.0 < one.1
}

fn boxes(layout: &Layout) -> Vec<((i32, i32), (i32, i32))> {
    let places = layout.places.iter();
    places
        .map(|place| {
            let (x, y) = (place.at.x, place.at.y);
            ((x, x + place.width), (y, y + HEIGHT))
        })
        .collect()
}

fn check(widths: &[i32], links: &[Link], cycles: bool) -> Result<(), TestCaseError> {
    let drawn = layout(widths, links);
    prop_assert_eq!(&drawn, &layout(widths, links), "the same again");
    let boxes = boxes(&drawn);
    for (at, one) in boxes.iter().enumerate() {
        prop_assert_eq!(one.0.1 - one.0.0, widths[at]);
        prop_assert!(one.0.0 >= 0 && one.0.1 <= drawn.width);
        prop_assert!(one.1.0 >= 0 && one.1.1 <= drawn.height);
        for other in &boxes[at + 1..] {
            let over = overlap(one.0, other.0) && overlap(one.1, other.1);
            prop_assert!(!over, "{:?} and {:?} overlap", one, other);
        }
    }
    for (link, route) in links.iter().zip(&drawn.routes) {
        let (from, to) = (boxes[link.from as usize], boxes[link.to as usize]);
        let (Some(first), Some(last)) = (route.first(), route.last()) else {
            return Err(TestCaseError::fail("a link without a route"));
        };
        prop_assert!(route.len().is_multiple_of(2));
        prop_assert!((from.0.0..=from.0.1).contains(&first.x));
        prop_assert!((to.0.0..=to.0.1).contains(&last.x));
        let down = first.y == from.1.1 && last.y == to.1.0;
        let up = first.y == from.1.0 && last.y == to.1.1;
        prop_assert!(down || (cycles && up), "{:?} is drawn upwards", link);
        for pair in route.windows(2) {
            let onwards = (pair[0].y < pair[1].y) == down && pair[0].y != pair[1].y;
            prop_assert!(onwards);
        }
        for pair in route.chunks(2) {
            // A curve stays between its two ends.
            let y = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
            let x = (pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x));
            let over = boxes
                .iter()
                .any(|one| overlap(x, one.0) && overlap(y, one.1));
            prop_assert!(!over, "a curve of {:?} runs over a box", link);
        }
        for pair in route[1..route.len() - 1].chunks(2) {
            prop_assert_eq!(pair[0].x, pair[1].x);
            let y = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
            let x = (pair[0].x - 1, pair[0].x + 1);
            let over = boxes
                .iter()
                .any(|one| overlap(x, one.0) && overlap(y, one.1));
            prop_assert!(!over, "a line of {:?} runs over a box", link);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_line_leads_downwards_and_nothing_overlaps((widths, links) in drawings(false)) {
        check(&widths, &links, false)?;
    }

    #[test]
    fn cycles_are_drawn_too((widths, links) in drawings(true)) {
        check(&widths, &links, true)?;
    }
}

#[test]
fn a_long_chain_and_a_wide_fan_are_drawn() {
    let chain: Vec<Link> = (0..3_000).map(|at| link(at, at + 1)).collect();
    assert_eq!(layout(&[100; 3_001], &chain).routes.len(), 3_000);
    let fan: Vec<Link> = (1..1_000).map(|at| link(0, at)).collect();
    let fan = layout(&[100; 1_000], &fan);
    assert!(fan.width < 3 * fan.height, "{} x {}", fan.width, fan.height);
}

#[test]
fn a_tree_has_no_crossings() {
    let links: Vec<Link> = (1..40).map(|at| link((at - 1) / 3, at)).collect();
    let layers = super::layers::layers(40, &links);
    let mut web = super::crossings::Web::new(&[40; 40], &links, &layers);
    web.untangle();
    assert_eq!(web.crossings(), 0);
}

fn link(from: u32, to: u32) -> Link {
    Link {
        from,
        to,
        back: false,
    }
}
