//! Grants on whole schemas: `GRANT … ON ALL TABLES IN SCHEMA` is for what is there when it runs, and
//! default privileges for what is made after them. Both are meant for what the release makes, so the one
//! comes after it, the other before it. A patch that has both covers everything wherever it stands.
//! <https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html>

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::{Catalog, EventKind};
use super::edges::Edges;
use super::{PatchId, Reason, Rule, Strength};
use crate::name::Ident;
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Kind};
use crate::source::Span;

/// A grant on all of a kind in a schema.
struct Cover {
    patch: PatchId,
    span: Span,
    /// None: all schemas.
    schema: Option<Ident>,
    of: Kind,
    /// Of what will be made; else of what is there.
    of_new: bool,
}

/// Something that a grant may cover.
struct Made {
    patch: PatchId,
    span: Span,
    schema: Ident,
}

/// Adds the edges between grants on whole schemas and what they are to cover.
pub(super) fn add_edges(patches: &[Patch], catalog: &Catalog<'_>, edges: &mut Edges) {
    let covers = covers(patches);
    if covers.is_empty() {
        return;
    }
    let made = made(catalog);
    for cover in &covers {
        let twin = |other: &Cover| {
            other.patch == cover.patch && other.of_new != cover.of_new && meet(other, cover)
        };
        if covers.iter().any(twin) {
            continue;
        }
        // Those that have the same grant cover what they make themselves.
        let like = |other: &&Cover| other.of_new == cover.of_new && meet(other, cover);
        let alike: BTreeSet<PatchId> = covers
            .iter()
            .filter(like)
            .map(|other| other.patch)
            .collect();
        let (rule, against) = if cover.of_new {
            (Rule::DefaultGrant, edges.hard_before(cover.patch))
        } else {
            (Rule::DefineGrant, edges.hard_after(cover.patch))
        };
        for made in made.get(&cover.of).into_iter().flatten() {
            let elsewhere = cover
                .schema
                .as_ref()
                .is_some_and(|schema| *schema != made.schema);
            if elsewhere || against[made.patch.0 as usize] || alike.contains(&made.patch) {
                continue;
            }
            let [earlier, later] = if cover.of_new {
                [(cover.patch, cover.span), (made.patch, made.span)]
            } else {
                [(made.patch, made.span), (cover.patch, cover.span)]
            };
            let reason = Reason {
                rule,
                strength: Strength::Flow,
                object: match &cover.schema {
                    Some(schema) => format!("schema {schema}").into(),
                    None => "all schemas".into(),
                },
                earlier: earlier.1,
                later: later.1,
            };
            edges.add(earlier.0, later.0, reason);
        }
    }
}

fn meet(one: &Cover, other: &Cover) -> bool {
    let anywhere = one.schema.is_none() || other.schema.is_none();
    one.of == other.of && (anywhere || one.schema == other.schema)
}

fn covers(patches: &[Patch]) -> Vec<Cover> {
    let mut covers = Vec::new();
    let numbered = patches.iter().enumerate();
    for (number, patch) in numbered.filter(|(_, patch)| patch.acts.has(Acts::COVERS)) {
        let facts = patch.facts.iter().flat_map(|statement| &statement.facts);
        for fact in facts.filter(|fact| fact.in_body_of.is_none()) {
            let (of, of_new) = match fact.action {
                Action::CoversAll { of } => (of, false),
                Action::CoversNew { of } => (of, true),
                _ => continue,
            };
            let schema = fact.object.name.name.clone();
            covers.push(Cover {
                patch: PatchId(number as u32),
                span: fact.span,
                schema: (schema != "").then_some(schema),
                of,
                of_new,
            });
        }
    }
    covers
}

/// What patches make, by the kinds that grants tell apart.
fn made(catalog: &Catalog<'_>) -> BTreeMap<Kind, Vec<Made>> {
    let mut made: BTreeMap<Kind, Vec<Made>> = BTreeMap::new();
    for (_, identity) in catalog.iter() {
        let kind = match identity.kind {
            Kind::Table | Kind::View | Kind::MaterializedView => Kind::Table,
            Kind::Type | Kind::Enum | Kind::Domain => Kind::Type,
            kind @ (Kind::Sequence | Kind::Routine | Kind::Procedure | Kind::Schema) => kind,
            _ => continue,
        };
        for event in &identity.events {
            if matches!(event.kind, EventKind::Birth { rename: false, .. }) {
                made.entry(kind).or_default().push(Made {
                    patch: event.patch,
                    span: event.span,
                    schema: identity.key.schema.clone(),
                });
            }
        }
    }
    made
}
