//! How people write an identity, without a second copy of its names: there are many of them.

use smol_str::{SmolStr, ToSmolStr as _};

use super::Key;
use crate::name::ObjectName;
use crate::read::fact::{Kind, Object, ObjectRef, Part};

/// How the first patch that names an identity writes it.
#[derive(Debug)]
pub(super) enum Written {
    /// As its key, with or without the schema.
    AsKey {
        /// With it.
        schema: bool,
    },
    /// Otherwise: the columns of a key in another order.
    Otherwise(Box<Object>),
}

impl Written {
    pub(super) fn new(key: &Key, object: &Object) -> Self {
        let schema = &object.name.schema;
        let is_as_key = object.name.name == key.name
            && object.part == key.part
            && schema.as_ref().is_none_or(|schema| *schema == key.schema);
        if is_as_key {
            let schema = schema.is_some();
            return Self::AsKey { schema };
        }
        Self::Otherwise(Box::new(object.clone()))
    }

    /// How people write it.
    pub(super) fn label(&self, kind: Kind, key: &Key) -> SmolStr {
        match self {
            Self::AsKey { schema } => {
                let object = ObjectRef {
                    kind,
                    schema: schema.then_some(&key.schema),
                    name: &key.name,
                    part: &key.part,
                };
                object.to_smolstr()
            }
            Self::Otherwise(object) => object.to_smolstr(),
        }
    }

    /// The object as it is written.
    fn object(&self, kind: Kind, key: &Key) -> Object {
        match self {
            Self::AsKey { schema } => {
                let schema = schema.then(|| key.schema.clone());
                let name = key.name.clone();
                Object {
                    kind,
                    name: ObjectName { schema, name },
                    part: key.part.clone(),
                }
            }
            Self::Otherwise(object) => (**object).clone(),
        }
    }

    /// What is said of a routine whose arguments the header does not tell.
    pub(super) fn leave_part_out(&mut self, kind: Kind, key: &Key) {
        let mut object = self.object(kind, key);
        object.part = Part::Whole;
        *self = Self::Otherwise(Box::new(object));
    }
}
