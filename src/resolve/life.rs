//! The life of each object: when it is born, replaced, dropped and born again, and to which of its
//! versions each patch belongs.
//!
//! Patches that change whether an object is there form its chain. Where only one order of the chain
//! is possible (something must be there to be dropped, and gone to be made anew), that is it; else
//! numbers in the file names decide, then the edges found so far and what the versions hold, and else
//! it is ambiguous. Every other patch is a user and comes after a birth and before the death that
//! follows it.

mod bind;
mod chain;
mod fit;
mod key;
mod release;
mod replay;
mod report;
mod role;
mod settle;
mod words;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::catalog::{Catalog, Event, EventKind, Identity, IdentityId};
use super::edges::Edges;
use super::sequence::Sequence;
use super::width::Widths;
use super::{Reason, Rule, Strength};
use crate::finding::Finding;
use crate::read::Patch;
use crate::read::fact::Kind;
use crate::source::Sources;
use bind::Bond;
use chain::Chain;
use role::{Before, Role, Roles, is_made_up};

/// A need of a routine that a patch runs, as a need of that patch: see [`super::body`].
pub(super) struct Promoted {
    pub(super) identity: IdentityId,
    pub(super) event: Event,
}

/// The lives of all objects, while they are found.
pub(super) struct Life<'a> {
    patches: &'a [Patch],
    sources: &'a Sources,
    catalog: &'a Catalog<'a>,
    sequence: &'a Sequence,
    widths: &'a Widths,
    roles: Roles<'a>,
    /// What there is to say before any edge is known, in the order of identities.
    found: Vec<Vec<Found>>,
}

/// What there is to say of an identity before any edge is known.
enum Found {
    /// An edge that depends on no others.
    Free(Bond),
    /// It has one link or none, and its edges depend on others.
    Bound(IdentityId, Chain),
    /// It has one link, which ends it.
    Ending(IdentityId, Chain),
    /// It has several links.
    Open(IdentityId),
}

impl<'a> Life<'a> {
    /// What can be told before any edge is known.
    pub(super) fn new(
        patches: &'a [Patch],
        sources: &'a Sources,
        catalog: &'a Catalog<'a>,
        (promoted, widths): (&[Promoted], &'a Widths),
        sequence: &'a Sequence,
    ) -> Self {
        let order = sequence.order();
        let idle = order.map(|order| replay::replay(catalog, &order));
        let idle = idle.unwrap_or_default();
        let roles = Roles::new(catalog, sequence, idle, promoted);
        let mut life = Self {
            patches,
            sources,
            catalog,
            sequence,
            widths,
            roles,
            found: Vec::new(),
        };
        let ids = (0..catalog.identities.len()).into_par_iter();
        let ids = ids.map(|number| IdentityId(number as u32));
        let ids = ids.filter(|&id| !life.roles.are_idle(id));
        // Few lists of many: what one thread takes and another gives back costs both.
        let listed = ids.fold(Vec::new, |mut found, id| {
            life.look_at(id, &mut found);
            found
        });
        life.found = listed.collect();
        life
    }

    /// Adds the edges of every identity.
    pub(super) fn add_edges(&mut self, edges: &mut Edges, findings: &mut Vec<Finding>) {
        // What has one link or none says the most: it goes first, and decides the rest.
        let mut open = Vec::new();
        let mut chains = BTreeMap::new();
        edges.reserve(self.found.iter().map(Vec::len).sum());
        for found in std::mem::take(&mut self.found).into_iter().flatten() {
            match found {
                Found::Free(bond) => bond.add(edges),
                Found::Bound(id, chain) => self.bind(id, &chain, edges),
                Found::Ending(id, chain) => {
                    chains.insert(id, chain);
                }
                Found::Open(id) => open.push(id),
            }
        }
        self.settle_open(open, &mut chains, edges, findings);
        release::add_edges(self, &chains, edges);
        key::add_edges(self, edges);
    }

    /// Adds what there is to say of an identity before any edge is known.
    fn look_at(&self, id: IdentityId, found: &mut Vec<Found>) {
        let chain = chain::links(self.roles.of(id));
        if chain.len() > 1 {
            found.push(Found::Open(id));
            return;
        }
        let start = found.len();
        if !self.free_bonds(id, &chain, |bond| found.push(Found::Free(bond))) {
            found.truncate(start);
            found.push(Found::Bound(id, chain.clone()));
        }
        // One that is made and stays is of no more use.
        let roles = self.roles.of(id);
        if chain.iter().any(|&link| roles[link].death.is_some()) {
            found.push(Found::Ending(id, chain));
        }
    }
}

/// What members and implied objects do is told with their owners; an index has a life of its own.
fn is_silent(identity: &Identity) -> bool {
    identity.owner.is_some() && identity.kind != Kind::Index
        || identity.events.iter().all(|event| event.implied)
}

fn strength_of(event: Event) -> Strength {
    if event.late {
        Strength::Late
    } else {
        Strength::Hard
    }
}

fn death_rule(death: Event) -> Rule {
    match death.kind {
        EventKind::Death { rename: true, .. } => Rule::UseRename,
        _ => Rule::UseDrop,
    }
}

fn between_links(identity: &Identity, earlier: &Role, later: &Role) -> Option<Reason> {
    let (rule, from, to) = match (earlier.after, later.before) {
        // Made, then dropped, renamed or made anew in the next.
        (Some(true), _) => match (later.death, later.birth) {
            // What goes with its owner says nothing that the owner does not say.
            (Some(death), None) if death.is_with_owner() && !death.is_perhaps() => return None,
            (Some(death), Some(birth)) if death.is_with_owner() => {
                (Rule::DefineReplace, earlier.birth?, birth)
            }
            (Some(death), _) => (death_rule(death), earlier.birth?, death),
            (None, _) if later.if_absent && earlier.before != Before::Absent => return None,
            // A made-up name is another one where this is taken.
            (None, Some(birth)) if is_made_up(&birth) => return None,
            (None, Some(_)) if identity.kind == Kind::Key => return None,
            (None, Some(birth)) => (Rule::DefineReplace, earlier.birth?, birth),
            (None, None) => return None,
        },
        _ => {
            let death = earlier.death?;
            let member = identity.owner.is_some() && death.is_with_owner();
            if member && !death.is_perhaps() {
                return None;
            }
            (Rule::DropDefine, death, later.birth?)
        }
    };
    Some(Reason {
        rule,
        strength: Strength::Hard,
        object: identity.label(),
        earlier: from.span,
        later: to.span,
    })
}
