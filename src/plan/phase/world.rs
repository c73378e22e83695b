//! What there is, patch by patch: which patch has made which object, and what is known of its shape.

use std::collections::BTreeMap;

use crate::dialect::Dialect;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Kind, Namespace, Object, Part, Signature};
use crate::source::Span;

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The patch that has made it.
    pub(super) made: usize,
    /// Its name where it was made; its type follows.
    pub(super) span: Span,
    /// Something fills it where an INSERT does not name it.
    pub(super) filled: bool,
    /// A check refuses NULL already, so that NOT NULL looks at no rows.
    pub(super) never_null: bool,
}

/// An object that some patch has made.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) schema: Ident,
    /// The patch that has made it.
    pub(super) made: usize,
    pub(super) kind: Kind,
    /// Those that are known.
    pub(super) columns: BTreeMap<Ident, Column>,
    /// It has columns that are not known: those of a query, of a parent.
    pub(super) has_more: bool,
    /// An index or constraint that refuses equal rows.
    pub(super) unique: bool,
    /// A routine's arguments.
    pub(super) signature: Option<Signature>,
    /// What a routine returns.
    pub(super) returns: Option<String>,
    /// What a constraint asks for.
    pub(super) rule: Option<String>,
    /// The statement that has made a table, while its rules stand there and nowhere else.
    pub(super) body: Option<Span>,
    /// Gone with the session.
    pub(super) temporary: bool,
}

/// A reference, as it is looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Slot(Namespace, Ident);

/// All objects that patches have made so far.
#[derive(Debug)]
pub(super) struct World<'d> {
    dialect: &'d Dialect,
    things: BTreeMap<Slot, Vec<Thing>>,
    /// Where there are objects that end with the session.
    temporary: Vec<Slot>,
}

impl<'d> World<'d> {
    pub(super) fn new(dialect: &'d Dialect) -> Self {
        Self {
            dialect,
            things: BTreeMap::new(),
            temporary: Vec::new(),
        }
    }

    /// The object that a name means, if a patch has made it.
    pub(super) fn find(&self, object: &Object, path: Option<&[Ident]>) -> Option<&Thing> {
        let found = self.things.get(&slot(object))?;
        found.get(self.place(found, object, path)?)
    }

    pub(super) fn find_mut(
        &mut self,
        object: &Object,
        path: Option<&[Ident]>,
    ) -> Option<&mut Thing> {
        let place = self.place(self.things.get(&slot(object))?, object, path)?;
        self.things.get_mut(&slot(object))?.get_mut(place)
    }

    /// The table or view that has a column.
    pub(super) fn owner(&self, column: &Object, path: Option<&[Ident]>) -> Option<&Thing> {
        self.find(&owner(column), path)
    }

    /// Every overload of a routine's name.
    pub(super) fn overloads(&self, routine: &Object) -> &[Thing] {
        self.things.get(&slot(routine)).map_or(&[], Vec::as_slice)
    }

    /// Adds an object in place of one of the same name, which it gives back.
    pub(super) fn add(
        &mut self,
        object: &Object,
        path: Option<&[Ident]>,
        made: usize,
        temporary: bool,
    ) -> Option<Thing> {
        let thing = Thing {
            schema: self.schema(object, path),
            made,
            kind: object.kind,
            columns: BTreeMap::new(),
            has_more: false,
            unique: false,
            signature: match &object.part {
                Part::Arguments(signature) => Some(signature.clone()),
                _ => None,
            },
            returns: None,
            rule: None,
            body: None,
            temporary,
        };
        self.put(object, thing)
    }

    /// Puts an object under a name.
    pub(super) fn put(&mut self, object: &Object, thing: Thing) -> Option<Thing> {
        let slot = slot(object);
        if thing.temporary {
            self.temporary.push(slot.clone());
        }
        let things = self.things.entry(slot).or_default();
        let same = |other: &Thing| {
            let types = |thing: &Thing| thing.signature.as_ref().and_then(|it| it.types.clone());
            other.schema == thing.schema
                && other.temporary == thing.temporary
                && types(other) == types(&thing)
        };
        match things.iter_mut().find(|other| same(other)) {
            Some(other) => Some(std::mem::replace(other, thing)),
            None => {
                things.push(thing);
                None
            }
        }
    }

    /// Takes an object away.
    pub(super) fn remove(&mut self, object: &Object, path: Option<&[Ident]>) -> Option<Thing> {
        let found = self.things.get(&slot(object))?;
        let place = self.place(found, object, path)?;
        Some(self.things.get_mut(&slot(object))?.remove(place))
    }

    /// Ends what a patch has made for its session only.
    pub(super) fn end_session(&mut self) {
        for slot in self.temporary.drain(..) {
            if let Some(things) = self.things.get_mut(&slot) {
                things.retain(|thing| !thing.temporary);
            }
        }
    }

    /// The schema in which an object of this name is made; a member's is its owner.
    pub(super) fn schema(&self, object: &Object, path: Option<&[Ident]>) -> Ident {
        if matches!(object.part, Part::Member(_)) {
            return object.name.name.clone();
        }
        if let Some(schema) = &object.name.schema {
            return schema.clone();
        }
        let set = path.and_then(<[Ident]>::first).cloned();
        let default = || self.dialect.default_schemas.first();
        set.or_else(|| default().map(|name| Ident::folded(*name)))
            .unwrap_or_else(|| Ident::folded(""))
    }

    fn place(&self, things: &[Thing], object: &Object, path: Option<&[Ident]>) -> Option<usize> {
        let fits = |thing: &Thing| match (&object.part, &thing.signature) {
            (Part::Arguments(asked), Some(have)) => match (&asked.types, &have.types) {
                (Some(asked), Some(have)) => asked == have,
                _ => true,
            },
            _ => true,
        };
        let fitting = || (0..).zip(things).filter(|(_, thing)| fits(thing));
        if object.name.schema.is_none()
            && let Some((place, _)) = fitting().find(|(_, thing)| thing.temporary)
        {
            return Some(place);
        }
        let schema = self.schema(object, path);
        if let Some((place, _)) = fitting().find(|(_, thing)| thing.schema == schema) {
            return Some(place);
        }
        if object.name.schema.is_some() && !self.dialect.default_schemas.is_empty() {
            return None;
        }
        let mut all = fitting();
        match (all.next(), all.next()) {
            (Some((only, _)), None) => Some(only),
            _ => None,
        }
    }
}

fn slot(object: &Object) -> Slot {
    let name = match &object.part {
        Part::Member(member) => member,
        _ => &object.name.name,
    };
    Slot(object.kind.namespace(), name.clone())
}

/// What a column, constraint or trigger belongs to.
pub(super) fn owner(member: &Object) -> Object {
    let name: ObjectName = member.name.clone();
    Object::new(Kind::Relation, name)
}
