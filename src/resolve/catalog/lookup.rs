//! Which identities a name means: in the schemas where it is looked up, with the arguments of a call.

use super::{Bound, Catalog, IdentityId, slot};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Kind, Namespace, Object, Part};
use crate::resolve::PatchId;

impl Catalog<'_> {
    /// The identities that a reference means; empty where it is of a temporary object.
    pub(in crate::resolve) fn lookup(
        &self,
        patch: PatchId,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> Vec<Bound> {
        if self.is_temporary(patch, object) {
            return Vec::new();
        }
        let found = self.lookup_in(object.kind.namespace(), path, object);
        if found.is_empty() && object.kind.namespace() == Namespace::Type {
            // A relation's row type has the relation's name.
            return self.lookup_in(Namespace::Relation, path, object);
        }
        found
    }

    pub(super) fn lookup_in(
        &self,
        namespace: Namespace,
        path: Option<&[Ident]>,
        object: &Object,
    ) -> Vec<Bound> {
        let Some(candidates) = self
            .index
            .get(&slot(namespace, &object.name.name, &object.part))
        else {
            return Vec::new();
        };
        let born = |id: &&IdentityId| self.get(**id).born;
        for schema in self.schemas_of(namespace, &object.name, path) {
            let here: Vec<IdentityId> = candidates
                .iter()
                .filter(born)
                .filter(|&&id| self.get(id).key.schema == schema)
                .copied()
                .collect();
            let fitting = self.fitting(&here, &object.part);
            if !fitting.is_empty() {
                return fitting;
            }
        }
        if path.is_some() || object.name.schema.is_some() {
            return Vec::new();
        }
        // Nowhere on the path that the files show: the only one of that name, wherever it is.
        let anywhere: Vec<IdentityId> = candidates.iter().filter(born).copied().collect();
        let mut schemas: Vec<&Ident> = anywhere
            .iter()
            .map(|&id| &self.get(id).key.schema)
            .collect();
        schemas.dedup();
        if schemas.len() > 1 {
            return Vec::new();
        }
        self.fitting(&anywhere, &object.part)
    }

    /// Those among identities of one name whose part fits: for routines, the overloads that a call
    /// or signature may mean.
    pub(super) fn fitting(&self, here: &[IdentityId], part: &Part) -> Vec<Bound> {
        let part = &identity_part(part);
        let here: &Vec<IdentityId> = &match part {
            // An operator class may bring a family of its name along.
            Part::Whole => here
                .iter()
                .copied()
                .filter(|&id| !self.is_family(id))
                .collect(),
            _ => here.to_vec(),
        };
        let exact = |id: &&IdentityId| self.get(**id).key.part == *part;
        let fits: Vec<IdentityId> = match part {
            Part::Arguments(wanted) => {
                let same = |id: &&IdentityId| {
                    matches!(&self.get(**id).key.part, Part::Arguments(have)
                        if same_types(&have.types, &wanted.types))
                };
                let takes = |id: &&IdentityId| {
                    matches!(&self.get(**id).key.part, Part::Arguments(have)
                        if wanted.max.is_none()
                            || (have.min <= wanted.max.unwrap_or(u16::MAX)
                                && have.max.is_none_or(|max| wanted.min <= max)))
                };
                let typed: Vec<IdentityId> = here.iter().filter(same).copied().collect();
                if wanted.types.is_some() && !typed.is_empty() {
                    typed
                } else {
                    here.iter().filter(takes).copied().collect()
                }
            }
            Part::Whole => {
                // `DROP FUNCTION f`, `COMMENT ON FUNCTION f`: whatever has that name. (An index that
                // belongs to its table is in the namespace of tables, but is not the table.)
                let whole = |id: &&IdentityId| !matches!(self.get(**id).key.part, Part::Member(_));
                here.iter().filter(whole).copied().collect()
            }
            _ => here.iter().filter(exact).copied().collect(),
        };
        let guess = fits.len() > 1;
        let bound = |identity| Bound { identity, guess };
        fits.into_iter().map(bound).collect()
    }

    pub(super) fn is_family(&self, id: IdentityId) -> bool {
        let key = &self.get(id).key;
        key.namespace == Namespace::Own(Kind::OperatorClass)
            && matches!(&key.part, Part::Columns(columns) if columns.len() > 1)
    }

    /// The schemas in which a name may be, the likeliest first.
    pub(super) fn schemas_of(
        &self,
        namespace: Namespace,
        name: &ObjectName,
        path: Option<&[Ident]>,
    ) -> Vec<Ident> {
        if !has_schema(namespace) {
            return vec![Ident::folded("")];
        }
        let mut schemas = match (&name.schema, path) {
            (Some(schema), _) => vec![schema.clone()],
            (None, Some(path)) => path.to_vec(),
            (None, None) => return self.default_schemas(),
        };
        if self.dialect.default_schemas.is_empty() {
            // The database that the client chose may be the one that a file names.
            schemas.extend(self.default_schemas());
        }
        schemas
    }

    pub(super) fn default_schemas(&self) -> Vec<Ident> {
        let defaults = self.dialect.default_schemas;
        if defaults.is_empty() {
            return vec![Ident::folded("")];
        }
        defaults.iter().map(|&name| Ident::folded(name)).collect()
    }

    pub(super) fn is_temporary(&self, patch: PatchId, object: &Object) -> bool {
        let names = &self.temporary[patch.0 as usize];
        let member = !matches!(object.kind.namespace(), Namespace::Own(Kind::Routine));
        let schema = object.name.schema.as_ref();
        schema.is_some_and(|schema| *schema == "pg_temp")
            || (member && schema.is_none() && names.contains(&object.name.name))
    }
}

/// A unique key is the same in whatever order its columns are named.
pub(super) fn identity_part(part: &Part) -> Part {
    let mut part = part.clone();
    if let Part::Columns(columns) = &mut part {
        columns.sort();
    }
    part
}

pub(super) fn same_part(have: &Part, part: &Part) -> bool {
    match (have, part) {
        (Part::Arguments(have), Part::Arguments(part)) => same_types(&have.types, &part.types),
        (have, part) => have == part,
    }
}

/// Types are compared without their schemas, which one file may write and another leave out.
pub(super) fn same_types(have: &Option<Vec<String>>, wanted: &Option<Vec<String>>) -> bool {
    let bare = |name: &String| name.rsplit('.').next().unwrap_or(name).to_owned();
    match (have, wanted) {
        (Some(have), Some(wanted)) => {
            have.len() == wanted.len()
                && have
                    .iter()
                    .zip(wanted)
                    .all(|(one, other)| bare(one) == bare(other))
        }
        (have, wanted) => have == wanted,
    }
}

pub(super) fn has_schema(namespace: Namespace) -> bool {
    !matches!(
        namespace,
        Namespace::Own(
            Kind::Schema
                | Kind::Extension
                | Kind::Role
                | Kind::Language
                | Kind::Cast
                | Kind::AccessMethod
                | Kind::ForeignDataWrapper
                | Kind::ForeignServer
                | Kind::Publication
                | Kind::Subscription
                | Kind::EventTrigger
                | Kind::Tablespace
        )
    )
}
