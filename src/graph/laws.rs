//! What holds for every graph, tried on generated ones, and the notation in which tests write
//! graphs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::SizeRange;

use super::*;
use crate::resolve::{Reason, Rule, Strength};
use crate::source::{SourceId, Span};

/// `0-1 1~2 2=3`: 0 before 1 (hard), 1 before 2 (late), 2 before 3 (flow).
pub(super) fn graph(patches: usize, text: &str) -> Graph {
    let edges = text.split_whitespace().map(|word| {
        let sign = word.find(['-', '~', '=']).expect("a sign");
        let end = |text: &str| text.parse().expect("a number");
        let strength = match &word[sign..=sign] {
            "-" => Strength::Hard,
            "~" => Strength::Late,
            _ => Strength::Flow,
        };
        edge(end(&word[..sign]), end(&word[sign + 1..]), strength)
    });
    Graph::new(patches, edges.collect())
}

/// Edges in the notation of [`graph`].
pub(super) fn edges<'e>(edges: impl IntoIterator<Item = &'e Edge>) -> String {
    let mut text = String::new();
    for edge in edges {
        let sign = match edge.strength() {
            Strength::Hard => '-',
            Strength::Late => '~',
            Strength::Flow => '=',
        };
        let gap = if text.is_empty() { "" } else { " " };
        let (earlier, later) = (edge.earlier.0, edge.later.0);
        write!(text, "{gap}{earlier}{sign}{later}").expect("a string takes it");
    }
    text
}

fn edge(earlier: u32, later: u32, strength: Strength) -> Edge {
    let rule = match strength {
        Strength::Hard => Rule::DefineUse,
        Strength::Late => Rule::DefineBody,
        Strength::Flow => Rule::WriteRead,
    };
    Edge {
        earlier: PatchId(earlier),
        later: PatchId(later),
        reasons: vec![Reason {
            rule,
            strength,
            object: "table t".into(),
            earlier: Span::new(SourceId(earlier), 0, 1),
            later: Span::new(SourceId(later), 0, 1),
        }],
    }
}

fn strength() -> impl Strategy<Value = Strength> {
    prop_oneof![
        Just(Strength::Hard),
        Just(Strength::Flow),
        Just(Strength::Late)
    ]
}

/// Some patches and edges among them, cyclic or not.
fn any_graph(patches: u32, count: impl Into<SizeRange>) -> impl Strategy<Value = (u32, Vec<Edge>)> {
    let count = count.into();
    (1..=patches).prop_flat_map(move |patches| {
        let one = (0..patches, 0..patches, strength());
        let one = one.prop_map(|(earlier, later, strength)| edge(earlier, later, strength));
        (Just(patches), proptest::collection::vec(one, count.clone()))
    })
}

/// As [`any_graph`], with the hard edges all in one direction of a hidden order, so that there is
/// an order.
fn soluble_graph(
    patches: u32,
    count: impl Into<SizeRange>,
) -> impl Strategy<Value = (u32, Vec<Edge>)> {
    any_graph(patches, count)
        .prop_flat_map(|(patches, edges)| {
            let hidden: Vec<u32> = (0..patches).collect();
            (Just(patches), Just(edges), Just(hidden).prop_shuffle())
        })
        .prop_map(|(patches, mut edges, hidden)| {
            for edge in &mut edges {
                let rank = |patch: PatchId| hidden[patch.0 as usize];
                if edge.strength() == Strength::Hard && rank(edge.earlier) > rank(edge.later) {
                    std::mem::swap(&mut edge.earlier, &mut edge.later);
                }
            }
            (patches, edges)
        })
}

fn is_acyclic(graph: &Graph) -> bool {
    graph.knots(|_| true).is_empty()
}

/// How many flow edges, late edges and edges along the order of the paths there are.
fn cost(edges: &[Edge]) -> (usize, usize, usize) {
    let of = |strength| {
        edges
            .iter()
            .filter(|edge| edge.strength() == strength)
            .count()
    };
    let natural = edges
        .iter()
        .filter(|edge| edge.earlier < edge.later)
        .count();
    (of(Strength::Flow), of(Strength::Late), natural)
}

/// The least that must be cut, by trying every set of weak edges.
fn least_cost(patches: usize, all: &[Edge]) -> (usize, usize, usize) {
    let weak: Vec<_> = all
        .iter()
        .filter(|edge| edge.strength() != Strength::Hard)
        .cloned()
        .collect();
    let sets = (0..1_u32 << weak.len()).filter_map(|set| {
        let chosen = weak.iter().enumerate();
        let cut: Vec<_> = chosen
            .filter(|(at, _)| set & (1 << at) != 0)
            .map(|(_, edge)| edge.clone())
            .collect();
        let rest = Graph::new(patches, all.to_vec()).without(&cut);
        is_acyclic(&rest).then(|| cost(&cut))
    });
    sets.min().expect("without weak edges there is no cycle")
}

/// The patches of a sequence that have an image, renamed.
fn renamed(sequence: &[PatchId], image: impl Fn(u32) -> Option<u32>) -> Vec<PatchId> {
    let images = sequence.iter().filter_map(|patch| image(patch.0));
    images.map(PatchId).collect()
}

proptest! {
    #[test]
    fn an_order_has_every_patch_once_and_keeps_every_edge_that_is_not_cut(
        (patches, edges) in soluble_graph(12, 0..40),
    ) {
        let graph = Graph::new(patches as usize, edges);
        let order = graph.order().expect("hard edges have no cycle");
        let every: BTreeSet<_> = order.sequence.iter().copied().collect();
        prop_assert_eq!(every.len(), patches as usize);
        prop_assert_eq!(order.sequence.len(), patches as usize);

        let place = |patch| order.sequence.iter().position(|&it| it == patch);
        for cut in &order.cut {
            prop_assert_ne!(cut.strength(), Strength::Hard);
        }
        let count = graph.edges().len();
        let kept = graph.without(&order.cut);
        prop_assert_eq!(kept.edges().len() + order.cut.len(), count);
        for edge in kept.edges() {
            prop_assert!(place(edge.earlier) < place(edge.later));
        }
        for cut in &order.cut {
            // What was cut could not have been kept: the rest says the opposite.
            prop_assert!(kept.why(cut.later, cut.earlier).is_some());
        }
    }

    #[test]
    fn of_the_patches_that_may_come_next_the_first_by_path_does(
        (patches, edges) in soluble_graph(10, 0..20),
    ) {
        let graph = Graph::new(patches as usize, edges);
        let order = graph.order().expect("hard edges have no cycle");
        let kept = graph.without(&order.cut);
        let mut done = BTreeSet::new();
        for &next in &order.sequence {
            let first = kept.patches().find(|&patch| {
                !done.contains(&patch)
                    && kept.predecessors(patch).all(|edge| done.contains(&edge.earlier))
            });
            prop_assert_eq!(first, Some(next));
            done.insert(next);
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        (patches, edges, shuffled) in any_graph(10, 0..30).prop_flat_map(|(patches, edges)| {
            (Just(patches), Just(edges.clone()), Just(edges).prop_shuffle())
        }),
    ) {
        let one = Graph::new(patches as usize, edges);
        let other = Graph::new(patches as usize, shuffled);
        prop_assert_eq!(one.edges(), other.edges());
        prop_assert_eq!(one.order(), other.order());
    }

    #[test]
    fn no_cheaper_cut_leaves_an_order((patches, edges) in soluble_graph(6, 0..14)) {
        let graph = Graph::new(patches as usize, edges);
        let weak = graph.edges().iter().filter(|edge| edge.strength() != Strength::Hard);
        prop_assume!(weak.count() <= 8);
        let order = graph.order().expect("hard edges have no cycle");
        let least = least_cost(patches as usize, graph.edges());
        prop_assert_eq!(cost(&order.cut), least);
    }

    #[test]
    fn cycles_are_told_exactly_where_hard_edges_have_some(
        (patches, edges) in any_graph(10, 0..30),
    ) {
        let graph = Graph::new(patches as usize, edges);
        let hard = graph.edges().iter().filter(|edge| edge.strength() == Strength::Hard);
        let hard = Graph::new(patches as usize, hard.cloned().collect());
        match graph.order() {
            Ok(_) => prop_assert!(is_acyclic(&hard)),
            Err(cycles) => {
                prop_assert!(!cycles.is_empty());
                let mut seen = BTreeSet::new();
                for cycle in &cycles {
                    let next = cycle.edges.iter().cycle().skip(1);
                    for (edge, next) in cycle.edges.iter().zip(next) {
                        prop_assert_eq!(edge.later, next.earlier);
                        prop_assert_eq!(hard.edge(edge.earlier, edge.later), Some(edge));
                        prop_assert!(seen.insert(edge.earlier), "a patch on two chains");
                    }
                    prop_assert_eq!(cycle.patches().min(), cycle.patches().next());
                }
                // Every set of patches that need each other is told of.
                for knot in hard.knots(|_| true) {
                    prop_assert!(knot.iter().any(|patch| seen.contains(patch)));
                }
            }
        }
    }

    #[test]
    fn a_shortest_cycle_is_told((patches, edges) in any_graph(8, 4..20)) {
        let graph = Graph::new(patches as usize, edges);
        let hard = |edge: &&Edge| edge.strength() == Strength::Hard;
        let only = graph.edges().iter().filter(hard).cloned().collect();
        let only = Graph::new(patches as usize, only);
        let shortest = only
            .edges()
            .iter()
            .filter_map(|edge| Some(only.why(edge.later, edge.earlier)?.len() + 1))
            .min();
        let told = graph.order().err();
        let told = told.and_then(|cycles| cycles.iter().map(|cycle| cycle.edges.len()).min());
        prop_assert_eq!(told, shortest);
    }

    #[test]
    fn an_unrelated_file_moves_no_other(
        (patches, edges) in soluble_graph(10, 0..30),
        at in 0_u32..10,
    ) {
        let at = at.min(patches);
        let shift = |id: u32| id + u32::from(id >= at);
        let moved = edges.iter().cloned().map(|mut edge| {
            edge.earlier.0 = shift(edge.earlier.0);
            edge.later.0 = shift(edge.later.0);
            edge
        });
        let more = Graph::new(patches as usize + 1, moved.collect());
        let more = more.order().expect("hard edges have no cycle");
        let less = Graph::new(patches as usize, edges);
        let less = less.order().expect("hard edges have no cycle");
        let rest = renamed(&more.sequence, |id| (id != at).then(|| id - u32::from(id > at)));
        prop_assert_eq!(rest, less.sequence);
    }

    #[test]
    fn a_file_that_nothing_needs_moves_no_other(
        (patches, mut edges) in soluble_graph(10, 0..30),
        needs in proptest::collection::btree_set(0_u32..10, 0..4),
    ) {
        let less = Graph::new(patches as usize, edges.clone());
        let less = less.order().expect("hard edges have no cycle");
        edges.extend(needs.iter().map(|need| edge(need % patches, patches, Strength::Hard)));
        let more = Graph::new(patches as usize + 1, edges);
        let more = more.order().expect("hard edges have no cycle");
        let rest = renamed(&more.sequence, |id| (id != patches).then_some(id));
        prop_assert_eq!(rest, less.sequence);
    }

    #[test]
    fn a_reduced_graph_says_the_same_with_no_edge_too_many(
        (patches, edges) in soluble_graph(9, 0..30),
    ) {
        let graph = Graph::new(patches as usize, edges);
        let order = graph.order().expect("hard edges have no cycle");
        let graph = graph.without(&order.cut);
        let reduced = graph.reduced_edges().into_iter().cloned().collect();
        let reduced = Graph::new(patches as usize, reduced);
        for edge in graph.edges() {
            prop_assert!(reduced.why(edge.earlier, edge.later).is_some());
        }
        for edge in reduced.edges() {
            let others = Graph::new(patches as usize, reduced.edges().to_vec())
                .without(std::slice::from_ref(edge));
            prop_assert!(others.why(edge.earlier, edge.later).is_none());
        }
    }

    #[test]
    fn why_tells_a_shortest_chain((patches, edges) in any_graph(8, 0..24)) {
        let graph = Graph::new(patches as usize, edges);
        for start in graph.patches() {
            // Lengths by relaxing every edge as often as there are patches.
            let mut length = vec![usize::MAX; patches as usize];
            length[start.0 as usize] = 0;
            for _ in graph.patches() {
                for edge in graph.edges() {
                    let there = length[edge.earlier.0 as usize].saturating_add(1);
                    let later = &mut length[edge.later.0 as usize];
                    *later = there.min(*later);
                }
            }
            for end in graph.patches() {
                let chain = graph.why(start, end);
                let expected = Some(length[end.0 as usize]).filter(|&it| it != usize::MAX);
                prop_assert_eq!(chain.as_ref().map(Vec::len), expected);
                for pair in chain.unwrap_or_default().windows(2) {
                    prop_assert_eq!(pair[0].later, pair[1].earlier);
                }
            }
        }
    }
}

#[test]
fn late_edges_are_cut_before_flow_edges_and_against_the_path_order_first() {
    let cut = |text| edges(&graph(4, text).order().expect("no hard cycle").cut);
    assert_eq!(cut("0-1 1~0"), "1~0");
    assert_eq!(cut("0=1 1~0"), "1~0");
    assert_eq!(cut("0~1 1=0"), "0~1");
    assert_eq!(cut("0~1 1~0"), "1~0");
    // One flow edge would do, but two late ones are less.
    assert_eq!(cut("0=1 1~2 2-0 1~3 3-0"), "1~2 1~3");
    // One edge of two cycles.
    assert_eq!(cut("0~1 1~2 2~0 1~3 3~0"), "0~1");
}

#[test]
fn a_chain_of_a_hundred_thousand_patches_is_ordered_without_recursion() {
    let last = 100_000;
    let mut chain: Vec<_> = (0..last)
        .map(|at| edge(at + 1, at, Strength::Hard))
        .collect();
    let forward = Graph::new(last as usize + 1, chain.clone());
    let order = forward.order().expect("a chain has no cycle");
    assert!(
        order
            .sequence
            .iter()
            .map(|patch| patch.0)
            .eq((0..=last).rev())
    );
    assert_eq!(forward.reduced_edges().len(), last as usize);
    let why = forward.why(PatchId(last), PatchId(0));
    assert_eq!(why.map(|chain| chain.len()), Some(last as usize));

    chain.push(edge(0, last, Strength::Late));
    let order = Graph::new(last as usize + 1, chain.clone()).order();
    assert_eq!(order.expect("the late edge can go").cut.len(), 1);
    chain.push(edge(0, last, Strength::Hard));
    let cycles = Graph::new(last as usize + 1, chain).order();
    assert_eq!(
        cycles.expect_err("a ring")[0].edges.len(),
        last as usize + 1
    );
}
