//! What the headers say of objects, and the objects that people mean when they write a name.

use super::{Catalog, Event, EventKind, IdentityId};
use crate::name::ObjectName;
use crate::read::Patch;
use crate::read::fact::{Kind, Namespace, Object, Part, Signature};
use crate::resolve::PatchId;
use crate::source::Span;

impl Catalog<'_> {
    /// What headers say that dynamic SQL makes.
    pub(super) fn add_provided(&mut self, patches: &[Patch]) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for provided in &patch.header.provides {
                for kind in [Kind::Relation, Kind::Type, Kind::Routine, Kind::Procedure] {
                    if kind == Kind::Procedure && self.namespace(kind) == kind.namespace() {
                        continue;
                    }
                    let mut object = Object::new(kind, self.written(&provided.value));
                    let is_routine = kind.namespace() == Namespace::Own(Kind::Routine);
                    if is_routine {
                        object.part = any_arguments();
                    }
                    let identity = self.birthplace(id, None, &object);
                    let made = &mut self.identities[identity.0 as usize];
                    if !made.born && is_routine {
                        // The header does not tell what it takes.
                        made.written.leave_part_out(made.kind, &made.key);
                    }
                    made.born = true;
                    let kind = EventKind::Birth {
                        if_absent: true,
                        replace: false,
                        rename: false,
                    };
                    self.push(identity, header_event(id, kind, provided.span));
                }
            }
        }
    }

    /// What headers say that dynamic SQL needs.
    pub(super) fn add_uses_of_headers(&mut self, patches: &[Patch]) {
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for used in &patch.header.uses {
                let found = self.find(&used.value);
                if found.is_empty() {
                    let object = Object::new(Kind::Relation, self.written(&used.value));
                    self.unresolved.push((id, object, used.span));
                }
                for identity in found {
                    self.push(identity, header_event(id, EventKind::Need, used.span));
                }
            }
        }
    }

    /// Every object that a person may mean by `text`: `orders`, `shop.orders`, a column `orders.total`.
    pub(in crate::resolve) fn find(&self, text: &str) -> Vec<IdentityId> {
        let name = self.written(text);
        let whole = [
            Namespace::Relation,
            Namespace::Type,
            Namespace::Own(Kind::Routine),
            Namespace::Own(Kind::Procedure),
            Namespace::Own(Kind::Schema),
            Namespace::Own(Kind::Extension),
            Namespace::Own(Kind::Role),
        ];
        let mut found = Vec::new();
        for namespace in whole {
            let ids = (self.index).get(&self.identities, namespace, &name.name, &Part::Whole);
            let schemas = self.schemas_of(namespace, &name, None);
            let here = |id: &&IdentityId| schemas.contains(&self.get(**id).key.schema);
            let born = |id: &&IdentityId| self.get(**id).born;
            let exact: Vec<_> = ids.iter().filter(born).filter(here).copied().collect();
            if exact.is_empty() && name.schema.is_none() {
                found.extend(ids.iter().filter(born));
            } else {
                found.extend(exact);
            }
        }
        if found.is_empty()
            && let Some((owner, member)) = text.rsplit_once('.')
        {
            let member = Part::Member(self.dialect.ident(member.trim()));
            let of_columns = Namespace::Own(Kind::Column);
            let bound = self.lookup_in(of_columns, None, &self.written(owner), &member);
            found.extend(bound.iter().map(|bound| bound.identity));
        }
        found
    }

    pub(super) fn written(&self, text: &str) -> ObjectName {
        let text = text.split('(').next().unwrap_or(text);
        match text.rsplit_once('.') {
            Some((schema, name)) => ObjectName::qualified(
                self.dialect.ident(schema.trim()),
                self.dialect.ident(name.trim()),
            ),
            None => ObjectName::bare(self.dialect.ident(text.trim())),
        }
    }
}

pub(super) fn header_event(patch: PatchId, kind: EventKind, span: Span) -> Event {
    Event {
        patch,
        // After all statements for a birth, before them for a need.
        at: match kind {
            EventKind::Need => (0, 0),
            _ => (u32::MAX, 0),
        },
        kind,
        late: false,
        span,
        implied: true,
    }
}

pub(super) fn any_arguments() -> Part {
    Part::Arguments(Signature {
        min: 0,
        max: None,
        types: None,
    })
}
