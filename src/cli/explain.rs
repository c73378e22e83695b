//! `sqlstitch explain`: why a patch stands where it stands, or why one of two comes first.

use serde_json::{Value, json};

use super::document::{document, edge};
use super::tell::Tell;
use super::work::{self, Work};
use super::{Exit, Refusal, args, output};
use crate::report::{explain_pair, explain_patch};
use crate::resolve::{Edge, PatchId};
use args::TextFormat;

pub(super) fn run(typed: &args::Explain, tell: &Tell) -> Result<Exit, Refusal> {
    let work = work::analyse_paths(&typed.paths, &typed.reading, None, work::DEFAULT)?;
    let patch = work.patch(&typed.patch)?;
    let other = (typed.other.as_deref())
        .map(|other| work.patch(other))
        .transpose()?;
    // What is known can be told even where there are errors; they are told as well.
    let exit = work.tell(tell).err().unwrap_or(Exit::Fine);
    let (graph, patches) = (&work.analysis.graph, &work.analysis.patches);
    output::to_stdout(&match (typed.format, other) {
        (TextFormat::Text, Some(other)) => {
            explain_pair(patch, other, graph, patches, &work.sources)
        }
        (TextFormat::Text, None) => {
            let place = place(&work, patch).map_or(String::new(), |(place, count)| {
                format!("`{}` is number {place} of {count}.\n", work.name(patch))
            });
            place + &explain_patch(patch, graph, patches, &work.sources)
        }
        (TextFormat::Json, Some(other)) => pair_json(&work, patch, other),
        (TextFormat::Json, None) => one_json(&work, patch),
    })?;
    Ok(exit)
}

fn pair_json(work: &Work, one: PatchId, other: PatchId) -> String {
    let graph = &work.analysis.graph;
    let chain = graph.why(one, other).or_else(|| graph.why(other, one));
    let chain = chain.map(|chain| edges(work, chain));
    document(
        work,
        json!({ "patches": [work.name(one), work.name(other)], "chain": chain }),
    )
}

fn one_json(work: &Work, patch: PatchId) -> String {
    let graph = &work.analysis.graph;
    document(
        work,
        json!({
            "name": work.name(patch),
            "path": work.path(patch),
            "place": place(work, patch).map(|(place, _)| place),
            "before": edges(work, graph.predecessors(patch)),
            "after": edges(work, graph.successors(patch)),
        }),
    )
}

fn edges<'e>(work: &Work, edges: impl IntoIterator<Item = &'e Edge>) -> Vec<Value> {
    edges.into_iter().map(|it| edge(work, it)).collect()
}

/// A patch's place from 1, and how many there are.
fn place(work: &Work, patch: PatchId) -> Option<(usize, usize)> {
    let sequence = &work.analysis.order.as_ref()?.sequence;
    let place = sequence.iter().position(|&id| id == patch)?;
    Some((place + 1, sequence.len()))
}
