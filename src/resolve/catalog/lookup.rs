//! Which identities a name means: in the schemas where it is looked up, with the arguments of a call.

use std::borrow::Cow;

use super::{Bound, Catalog, Found, IdentityId};
use crate::dialect::Dialect;
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
    ) -> Found {
        self.lookup_named(patch, path, (object.kind, &object.name, &object.part))
    }

    /// The same for an object in its parts.
    pub(in crate::resolve) fn lookup_named(
        &self,
        patch: PatchId,
        path: Option<&[Ident]>,
        (kind, name, part): (Kind, &ObjectName, &Part),
    ) -> Found {
        if self.is_temporary_name(patch, kind, name) {
            return Found::new();
        }
        let found = self.lookup_in(self.namespace(kind), path, name, part);
        if found.is_empty() && kind.namespace() == Namespace::Type {
            // A relation's row type has the relation's name.
            return self.lookup_in(Namespace::Relation, path, name, part);
        }
        found
    }

    /// The space of names that a kind has in this engine.
    pub(in crate::resolve) fn namespace(&self, kind: Kind) -> Namespace {
        match kind {
            Kind::Procedure if self.dialect.objects.procedures_have_own_names => {
                Namespace::Own(kind)
            }
            kind => kind.namespace(),
        }
    }

    pub(super) fn lookup_in(
        &self,
        namespace: Namespace,
        path: Option<&[Ident]>,
        name: &ObjectName,
        part: &Part,
    ) -> Found {
        let candidates = (self.index).get(&self.identities, namespace, &name.name, part);
        if candidates.is_empty() {
            return Found::new();
        }
        let born = || candidates.iter().filter(|&&id| self.get(id).born);
        for schema in self.schemas_of(namespace, name, path).iter() {
            let here = born().filter(|&&id| self.get(id).key.schema == *schema);
            let fitting = self.fitting(here, part);
            if !fitting.is_empty() {
                return fitting;
            }
        }
        if path.is_some() || name.schema.is_some() {
            return Found::new();
        }
        // Nowhere on the path that the files show: the only one of that name, wherever it is.
        let mut schemas = born().map(|&id| &self.get(id).key.schema);
        let first = schemas.next();
        if schemas.any(|schema| Some(schema) != first) {
            return Found::new();
        }
        self.fitting(born(), part)
    }

    /// Those among identities of one name whose part fits: for routines, the overloads that a call
    /// or signature may mean.
    fn fitting<'i>(&self, ids: impl Iterator<Item = &'i IdentityId>, part: &Part) -> Found {
        let bound = |&identity| Bound {
            identity,
            guess: false,
        };
        let mut here: Found = ids.map(bound).collect();
        if here.is_empty() {
            return here;
        }
        let part_of = |it: &Bound| &self.get(it.identity).key.part;
        match part {
            // `DROP FUNCTION f`, `COMMENT ON FUNCTION f`: whatever has that name. (An index that
            // belongs to its table is in the namespace of tables, but is not the table; and an operator
            // class may bring a family of its name along.)
            Part::Whole => {
                here.retain(|it| {
                    !matches!(part_of(it), Part::Member(_)) && !self.is_family(it.identity)
                });
            }
            Part::Arguments(wanted) => {
                let same = |it: &Bound| {
                    matches!(part_of(it), Part::Arguments(have)
                        if same_types(&have.types, &wanted.types))
                };
                let takes = |it: &Bound| {
                    matches!(part_of(it), Part::Arguments(have)
                        if wanted.max.is_none()
                            || (have.min <= wanted.max.unwrap_or(u16::MAX)
                                && have.max.is_none_or(|max| wanted.min <= max)))
                };
                if wanted.types.is_some() && here.iter().any(same) {
                    here.retain(|it| same(it));
                } else {
                    here.retain(|it| takes(it));
                }
            }
            Part::Member(_) => here.retain(|it| part_of(it) == part),
            Part::Columns(_) => {
                let part = identity_part(part);
                here.retain(|it| *part_of(it) == *part);
            }
        }
        if here.len() > 1 {
            here.iter_mut().for_each(|it| it.guess = true);
        }
        here
    }

    pub(super) fn is_family(&self, id: IdentityId) -> bool {
        let key = &self.get(id).key;
        key.namespace == Namespace::Own(Kind::OperatorClass)
            && matches!(&key.part, Part::Columns(columns) if columns.len() > 1)
    }

    /// The schemas in which a name may be, the likeliest first.
    pub(super) fn schemas_of<'s>(
        &'s self,
        namespace: Namespace,
        name: &'s ObjectName,
        path: Option<&'s [Ident]>,
    ) -> Cow<'s, [Ident]> {
        if !has_schema(namespace) {
            return Cow::Owned(vec![Ident::folded("")]);
        }
        let schemas = match (&name.schema, path) {
            (Some(schema), _) => std::slice::from_ref(schema),
            (None, Some(path)) => path,
            (None, None) => return Cow::Borrowed(&self.defaults),
        };
        if self.dialect.default_schemas.is_empty() {
            // The database that the client chose may be the one that a file names.
            return Cow::Owned([schemas, &self.defaults].concat());
        }
        Cow::Borrowed(schemas)
    }

    pub(super) fn is_temporary(&self, patch: PatchId, object: &Object) -> bool {
        self.is_temporary_name(patch, object.kind, &object.name)
    }

    pub(in crate::resolve) fn is_temporary_name(
        &self,
        patch: PatchId,
        kind: Kind,
        name: &ObjectName,
    ) -> bool {
        let names = &self.temporary[patch.0 as usize];
        let member = !matches!(kind.namespace(), Namespace::Own(Kind::Routine));
        let schema = name.schema.as_ref();
        schema.is_some_and(|schema| *schema == "pg_temp")
            || (member && schema.is_none() && names.contains(&name.name))
    }
}

/// The schemas that the engine looks into by itself.
pub(super) fn default_schemas(dialect: &Dialect) -> Vec<Ident> {
    match dialect.default_schemas {
        [] => vec![Ident::folded("")],
        defaults => defaults.iter().map(|&name| Ident::folded(name)).collect(),
    }
}

/// A unique key is the same in whatever order its columns are named.
pub(super) fn identity_part(part: &Part) -> Cow<'_, Part> {
    match part {
        Part::Columns(columns) if !columns.is_sorted() => {
            let mut columns = columns.clone();
            columns.sort();
            Cow::Owned(Part::Columns(columns))
        }
        _ => Cow::Borrowed(part),
    }
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
