//! Where the readers put what they find, and the circumstances under which they find it.

use std::collections::BTreeSet;

use crate::dialect::Dialect;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Fact, Kind, Object, Part, Reader};
use crate::source::{Source, Span};

use super::cursor::Name;

/// What holds for the facts that are found now.
#[derive(Clone, Debug)]
pub(super) struct Circumstances {
    /// Whether the engine insists.
    pub(super) binding: Binding,
    /// The routine or trigger whose body is read.
    pub(super) body: Option<Box<Object>>,
    /// Whether queries run, so that they read rows and run functions.
    pub(super) runs: bool,
    /// The table whose default or check is read: its functions run on every write.
    pub(super) on_write: Option<ObjectName>,
    /// Names that are parameters or variables here.
    pub(super) variables: BTreeSet<Ident>,
    /// Inside a condition or under a handler that makes it fine when an object is there already, or
    /// not there any more.
    pub(super) guarded: bool,
    /// Inside a body.
    pub(super) in_block: bool,
}

/// The facts so far.
#[derive(Debug)]
pub(super) struct Out<'s> {
    pub(super) dialect: &'s Dialect,
    pub(super) source: &'s Source,
    pub(super) facts: Vec<Fact>,
    pub(super) dynamic: Vec<Span>,
    pub(super) now: Circumstances,
    /// How many queries, bodies and statements are open; readers go flat beyond a limit.
    pub(super) depth: usize,
    /// Uses that are told already: a thousand calls of one function are one fact.
    told: BTreeSet<(Object, u8, Binding, bool)>,
}

/// How deep readers go before they only skim.
const DEEPEST: usize = 48;

impl<'s> Out<'s> {
    pub(super) fn new(source: &'s Source, dialect: &'s Dialect) -> Self {
        Self {
            dialect,
            source,
            facts: Vec::new(),
            dynamic: Vec::new(),
            now: Circumstances {
                binding: Binding::Hard,
                body: None,
                runs: true,
                on_write: None,
                variables: BTreeSet::new(),
                guarded: false,
                in_block: false,
            },
            depth: 0,
            told: BTreeSet::new(),
        }
    }

    /// Whether the nesting is too deep to read with care.
    pub(super) fn too_deep(&self) -> bool {
        self.depth >= DEEPEST
    }

    /// Reads something one level deeper.
    pub(super) fn deeper(&mut self, read: impl FnOnce(&mut Self)) {
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }

    /// Reads something under changed circumstances.
    pub(super) fn under(
        &mut self,
        change: impl FnOnce(&mut Circumstances),
        read: impl FnOnce(&mut Self),
    ) {
        let before = self.now.clone();
        change(&mut self.now);
        read(self);
        self.now = before;
    }

    /// Reads something with another binding, keeping what it declares.
    pub(super) fn under_binding(&mut self, binding: Binding, read: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.now.binding, binding);
        read(self);
        self.now.binding = before;
    }

    /// Reads something that is stored, not run: a view, a default, a check.
    pub(super) fn stored(&mut self, binding: Binding, read: impl FnOnce(&mut Self)) {
        self.under(
            |now| {
                now.runs = false;
                now.binding = now.binding.max(binding);
            },
            read,
        );
    }

    /// Adds a fact.
    pub(super) fn push(&mut self, action: Action, object: Object, span: Span) {
        self.push_or(action, object, Vec::new(), span);
    }

    /// Adds a fact about a column that may be another table's.
    pub(super) fn push_or(
        &mut self,
        action: Action,
        object: Object,
        or_of: Vec<ObjectName>,
        span: Span,
    ) {
        if is_unknown(&object) || action == Action::Write && !self.now.runs {
            return;
        }
        let action = self.as_guarded(action);
        let repeatable = match action {
            Action::Use => 1,
            Action::Read => 2,
            Action::Run => 3,
            Action::Write => 4,
            _ => 0,
        };
        if repeatable > 0
            && or_of.is_empty()
            && self.now.on_write.is_none()
            && !self.told.insert((
                object.clone(),
                repeatable,
                self.now.binding,
                self.now.body.is_some(),
            ))
        {
            return;
        }
        self.facts.push(Fact {
            action,
            object,
            or_of,
            span,
            binding: self.now.binding,
            reader: Reader::Tokens,
            in_body_of: self.now.body.clone(),
        });
    }

    /// What is done under a condition is done only if the object is not there yet, or still there.
    fn as_guarded(&self, action: Action) -> Action {
        match action {
            Action::Define {
                replace, temporary, ..
            } if self.now.guarded => Action::Define {
                replace,
                if_absent: true,
                temporary,
            },
            Action::Drop { cascade, .. } if self.now.guarded => Action::Drop {
                if_exists: true,
                cascade,
            },
            other => other,
        }
    }

    /// Adds what the engine makes without being asked.
    pub(super) fn imply(&mut self, action: Action, object: Object, span: Span) {
        if is_unknown(&object) {
            return;
        }
        let action = self.as_guarded(action);
        self.facts.push(Fact {
            action,
            object,
            or_of: Vec::new(),
            span,
            binding: self.now.binding,
            reader: Reader::Implied,
            in_body_of: self.now.body.clone(),
        });
    }

    /// Notes that an index or key that a table is made with stands on columns of it.
    pub(super) fn stands_on(&mut self, table: &ObjectName, columns: &[(Ident, Span)]) {
        for (column, span) in columns {
            let object = Object::member(Kind::Column, table.clone(), column.clone());
            self.imply(Action::Use, object, *span);
        }
    }

    /// Adds a fact about an object that a name names, and the use of the name's schema.
    pub(super) fn named(&mut self, action: Action, kind: Kind, name: &Name) {
        self.schema_of(name);
        self.push(action, Object::new(kind, name.object()), name.span());
    }

    /// The object that the name names is needed.
    pub(super) fn uses(&mut self, kind: Kind, name: &Name) {
        self.named(Action::Use, kind, name);
    }

    /// The schema in front of a name is needed.
    pub(super) fn schema_of(&mut self, name: &Name) {
        if let Some((schema, span)) = name.schema() {
            self.uses_schema(&schema.clone(), *span);
        }
    }

    /// A schema is needed, unless it is the engine's own.
    pub(super) fn uses_schema(&mut self, schema: &Ident, span: Span) {
        // `dbo` and `main` are always there; `public` may be made and dropped.
        let always = !self.dialect.bodies_are_strings
            && self.dialect.default_schemas.contains(&schema.as_str());
        let temporary = self.dialect.objects.temporary_schema == Some(schema.as_str());
        if always || temporary || self.is_system(schema) {
            return;
        }
        let object = Object::new(Kind::Schema, ObjectName::bare(schema.clone()));
        self.push(Action::Use, object, span);
    }

    /// Whether a schema is the engine's own.
    pub(super) fn is_system(&self, schema: &Ident) -> bool {
        self.dialect.system_schemas.contains(&schema.as_str())
    }

    /// A column of a table is needed, written, dropped, ….
    pub(super) fn column(
        &mut self,
        action: Action,
        table: &ObjectName,
        column: &Ident,
        span: Span,
    ) {
        let object = Object::member(Kind::Column, table.clone(), column.clone());
        self.push(action, object, span);
    }

    /// A role is needed, unless the word stands for whoever is there.
    pub(super) fn uses_role(&mut self, name: &Name) {
        let role = name.last();
        let anyone = [
            "public",
            "current_user",
            "current_role",
            "session_user",
            "none",
            "user",
        ];
        if !anyone.contains(&role.as_str()) {
            let object = Object::new(Kind::Role, ObjectName::bare(role.clone()));
            self.push(Action::Use, object, name.span());
        }
    }
}

/// Whether a name in the object is known only at run time.
fn is_unknown(object: &Object) -> bool {
    let unknown = |ident: &Ident| ident.as_str().contains(super::text::UNKNOWN);
    unknown(&object.name.name)
        || object.name.schema.as_ref().is_some_and(unknown)
        || match &object.part {
            Part::Member(member) => unknown(member),
            Part::Columns(columns) => columns.iter().any(unknown),
            Part::Whole | Part::Arguments(_) => false,
        }
}
