//! Rows that one side writes and the other side's new rule may refuse.

use std::collections::BTreeMap;

use super::super::body::Bodies;
use super::super::catalog::IdentityId;
use super::{Both, Clash, Deed};
use crate::finding::Severity;
use crate::read::fact::Action;

type Places = BTreeMap<IdentityId, Deed>;

pub(super) fn clashes(both: &Both<'_>, bodies: &Bodies<'_>) -> Vec<Clash> {
    let sides = [0, 1].map(|side| places(both, bodies, side));
    let mut clashes = Vec::new();
    for (tightens, writes) in [(0, 1), (1, 0)] {
        for (&object, &tightened) in &sides[tightens].1 {
            let Some(&written) = sides[writes].0.get(&object) else {
                continue;
            };
            let mut deeds = [tightened, written];
            if tightens == 1 {
                deeds.reverse();
            }
            clashes.push(Clash {
                severity: Severity::Warning,
                object: both.catalog.get(object).label().into(),
                deeds,
                why: "rows that are written after the rule is there must keep it, and rows that are written before are checked by it",
                help: "see that the rows keep the rule, and write at the top of `{head}`: `-- requires: {base}`",
            });
        }
    }
    clashes
}

/// What a side writes, and what it tightens.
fn places(both: &Both<'_>, bodies: &Bodies<'_>, side: usize) -> (Places, Places) {
    let (mut writes, mut tightens) = (Places::new(), Places::new());
    for &id in both.sides[side].statements.keys() {
        let patch = &both.patches[id.0 as usize];
        for deed in bodies.deeds(id, patch, both.catalog) {
            if deed.maybe || both.side(id, deed.statement) != Some(side) {
                continue;
            }
            let (places, verb) = match deed.fact.action {
                Action::Write => (&mut writes, "writes rows of"),
                Action::Tighten => (&mut tightens, "tightens"),
                _ => continue,
            };
            for bound in both.catalog.lookup(id, deed.path, &deed.fact.object) {
                places
                    .entry(both.renames.oldest(bound.identity))
                    .or_insert(Deed {
                        patch: id,
                        span: deed.span,
                        verb,
                    });
            }
        }
    }
    (writes, tightens)
}
