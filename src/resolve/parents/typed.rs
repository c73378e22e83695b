//! A foreign key's column goes with the type of the column that it references. Where that type changes, the key's
//! own tells on which side of the change it is made.
//! <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK>

use std::collections::BTreeMap;

use super::itself::primary_key;
use super::{Parents, Reference};
use crate::dialect::Dialect;
use crate::dialect::lex::{Lexer, TokenKind};
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Kind, Part};
use crate::resolve::catalog::{Catalog, IdentityId};
use crate::resolve::edges::Edges;
use crate::resolve::{PatchId, Reason, Rule, Strength};
use crate::source::{Sources, Span};

/// Types that can be compared with each other. Others are not told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Uuid,
}

/// The types that statements give to a column.
#[derive(Default)]
struct Types {
    /// Where it is made.
    first: Vec<(PatchId, Option<Family>)>,
    changes: Vec<(PatchId, Span, Option<Family>)>,
}

impl Parents {
    /// Puts foreign keys that can be made only before or only after the type of what they reference changes on the
    /// right side of the change, unless the edges so far say otherwise.
    pub(in crate::resolve) fn add_edges(
        &self,
        patches: &[Patch],
        sources: &Sources,
        catalog: &Catalog<'_>,
        edges: &mut Edges,
    ) {
        let is_retyping = |patch: &Patch| patch.acts.has(Acts::RETYPE);
        if !catalog.dialect.objects.keys_fix_types || !patches.iter().any(is_retyping) {
            return;
        }
        let pairs: Vec<(&Reference, IdentityId, IdentityId)> = self.single(catalog).collect();
        let mut types: BTreeMap<IdentityId, Types> = BTreeMap::new();
        for &(_, from, to) in &pairs {
            types.entry(from).or_default();
            types.entry(to).or_default();
        }
        for (number, patch) in patches.iter().enumerate() {
            note(PatchId(number as u32), patch, sources, catalog, &mut types);
        }
        for (key, from, to) in pairs {
            let Types { first, changes } = &types[&to];
            let ([(_, Some(old))], [(change, span, Some(new))]) = (&first[..], &changes[..]) else {
                continue;
            };
            let own = types[&from].at(key.place.0);
            let change = (*change, *span);
            let (earlier, later, rule) = match own {
                _ if old == new => continue,
                Some(own) if own == *new => (change, key.place, Rule::ChangeDepend),
                Some(own) if own == *old => (key.place, change, Rule::DependChange),
                _ => continue,
            };
            if edges.insists(later.0, earlier.0) {
                continue;
            }
            let reason = Reason {
                rule,
                strength: Strength::Hard,
                object: catalog.get(to).label(),
                earlier: earlier.1,
                later: later.1,
            };
            edges.add(earlier.0, later.0, reason);
        }
    }

    /// The foreign keys of one column, with that column and the one that it references.
    fn single(
        &self,
        catalog: &Catalog<'_>,
    ) -> impl Iterator<Item = (&Reference, IdentityId, IdentityId)> {
        let all = self.references.iter();
        let all = all.flat_map(|(&table, keys)| keys.iter().map(move |key| (table, key)));
        all.filter_map(move |(table, key)| {
            let named = (!key.to.is_empty()).then(|| key.to.clone());
            let names = named.or_else(|| primary_key(catalog, table))?;
            let ([from], [name]) = (key.columns.as_deref()?, &names[..]) else {
                return None;
            };
            let is_it = |id: &IdentityId| {
                let member = catalog.get(*id);
                member.kind == Kind::Column
                    && matches!(&member.key.part, Part::Member(member) if member == name)
            };
            let to = catalog.member_ids(table).find(is_it)?;
            Some((key, *from, to))
        })
    }
}

impl Types {
    /// The type that a column has in a patch, where the text tells.
    fn at(&self, patch: PatchId) -> Option<Family> {
        let [(made, first)] = &self.first[..] else {
            return None;
        };
        let is_first = *made == patch || self.changes.is_empty();
        is_first.then_some(*first).flatten()
    }
}

/// Notes the types that a patch gives to columns.
fn note(
    id: PatchId,
    patch: &Patch,
    sources: &Sources,
    catalog: &Catalog<'_>,
    types: &mut BTreeMap<IdentityId, Types>,
) {
    for statement in &patch.facts {
        let body = patch.statements[statement.statement].body;
        for fact in &statement.facts {
            let is_first = matches!(fact.action, Action::Define { .. });
            let is_typed = is_first || fact.action == Action::Retype;
            if fact.object.kind != Kind::Column || !is_typed || fact.in_body_of.is_some() {
                continue;
            }
            let path = statement.search_path.as_deref();
            for bound in catalog.lookup(id, path, &fact.object) {
                let Some(types) = types.get_mut(&bound.identity) else {
                    continue;
                };
                let behind = Span::new(body.source, fact.span.end, body.end);
                let family = family(sources.slice(behind), catalog.dialect);
                match is_first {
                    true => types.first.push((id, family)),
                    false => types.changes.push((id, fact.span, family)),
                }
            }
        }
    }
}

/// The family of the type that stands behind a column's name.
fn family(behind: &str, dialect: &Dialect) -> Option<Family> {
    let tokens = Lexer::new(behind, &dialect.lexing);
    let mut words = tokens
        .filter(|token| !token.is_trivia())
        .skip_while(|token| token.is_any_word(behind, &["set", "data", "type"]));
    let word = words.next().filter(|token| token.kind == TokenKind::Word)?;
    // Of another schema, or an array.
    let other = [TokenKind::Dot, TokenKind::OpenBracket];
    if words.next().is_some_and(|next| other.contains(&next.kind)) {
        return None;
    }
    match word.text(behind).to_ascii_lowercase().as_str() {
        "int" | "integer" | "int2" | "int4" | "int8" | "bigint" | "smallint" | "tinyint"
        | "mediumint" | "serial" | "bigserial" | "smallserial" | "serial4" | "serial8"
        | "numeric" | "decimal" => Some(Family::Number),
        "text" | "varchar" | "character" | "char" | "nvarchar" | "nchar" => Some(Family::Text),
        "uuid" | "uniqueidentifier" => Some(Family::Uuid),
        _ => None,
    }
}
