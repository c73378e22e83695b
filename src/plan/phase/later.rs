//! What patches make later on, so that what is dropped to be made anew is known for what it is.

use std::collections::BTreeMap;

use crate::name::Ident;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Namespace, Object, Part};
use crate::resolve::PatchId;

/// A birth: where it is in the order, and the fact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Birth<'p> {
    /// The patch.
    pub(super) patch: usize,
    /// Its place in the order.
    pub(super) turn: usize,
    /// Its place in the patch.
    pub(super) statement: usize,
    /// The definition, or the rename to the name.
    pub(super) fact: &'p Fact,
    /// All facts of the statement.
    pub(super) facts: &'p [Fact],
}

/// All births by name.
#[derive(Debug, Default)]
pub(super) struct Later<'p> {
    births: BTreeMap<(Namespace, Ident), Vec<Birth<'p>>>,
}

impl<'p> Later<'p> {
    pub(super) fn new(patches: &'p [Patch], order: &[PatchId]) -> Self {
        let mut births: BTreeMap<_, Vec<Birth<'p>>> = BTreeMap::new();
        for (turn, id) in order.iter().enumerate() {
            let patch = id.0 as usize;
            for statement in &patches[patch].facts {
                for fact in &statement.facts {
                    let object = match &fact.action {
                        Action::Define { .. } => &fact.object,
                        Action::Rename { to } => to,
                        _ => continue,
                    };
                    if fact.in_body_of.is_some() || matches!(object.kind, Kind::Column | Kind::Key)
                    {
                        continue;
                    }
                    births.entry(key(object)).or_default().push(Birth {
                        patch,
                        turn,
                        statement: statement.statement,
                        fact,
                        facts: &statement.facts,
                    });
                }
            }
        }
        Self { births }
    }

    /// The births of this name after a place, the first one first.
    pub(super) fn after(
        &self,
        object: &Object,
        turn: usize,
        statement: usize,
    ) -> impl Iterator<Item = &Birth<'p>> {
        let all = self.births.get(&key(object)).into_iter().flatten();
        let schema = object.name.schema.clone();
        all.filter(move |birth| (birth.turn, birth.statement) > (turn, statement))
            .filter(move |birth| {
                let made = match &birth.fact.action {
                    Action::Rename { to } => to,
                    _ => &birth.fact.object,
                };
                match (&schema, &made.name.schema) {
                    (Some(one), Some(other)) => one == other,
                    _ => true,
                }
            })
    }
}

fn key(object: &Object) -> (Namespace, Ident) {
    let name = match &object.part {
        Part::Member(member) => member,
        _ => &object.name.name,
    };
    (object.kind.namespace(), name.clone())
}
