//! The state of one reading: the facts so far, and what holds for the place that is read now.

use sqlparser::ast as sql;

use super::mend::Said;
use crate::dialect::Dialect;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Fact, Kind, Object, Part, Reader as FoundBy};
use crate::source::Span;

/// What holds for all facts of the place that is read now.
#[derive(Clone)]
pub(super) struct Mode {
    /// Whether the engine looks up names now or later.
    pub(super) binding: Binding,
    /// The routine, trigger or event in whose body this is.
    pub(super) body: Option<Box<Object>>,
    /// Queries are run now (or when the body runs): what they name is read. Not so in a view.
    pub(super) runs: bool,
    /// An expression that runs whenever rows of this table are written.
    pub(super) on_write_of: Option<ObjectName>,
    /// Inside a T-SQL IF: what is made may be there, what is dropped may be missing.
    pub(super) conditional: bool,
    /// Inside a string that is run as SQL: its place stands for all that is in it.
    pub(super) literal: Option<Span>,
}

pub(super) struct Reader<'a> {
    pub(super) dialect: &'a Dialect,
    /// The whole statement, for names that the grammar gives no place.
    pub(super) whole: Span,
    pub(super) mode: Mode,
    /// What was said in words that the grammar does not know.
    pub(super) said: Said,
    /// The tree cannot be what the statement means.
    pub(super) misread: bool,
    pub(super) dynamic: Vec<Span>,
    /// How many foreign keys of the table that is made now have no name so far.
    pub(super) unnamed_foreign_keys: Option<usize>,
    facts: Vec<Fact>,
}

/// A name and its place in the text.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) name: ObjectName,
    pub(super) span: Span,
}

impl<'a> Reader<'a> {
    pub(super) fn new(dialect: &'a Dialect, whole: Span, said: Said) -> Self {
        Self {
            dialect,
            whole,
            mode: Mode {
                binding: Binding::Hard,
                body: None,
                runs: true,
                on_write_of: None,
                conditional: false,
                literal: None,
            },
            said,
            misread: false,
            dynamic: Vec::new(),
            unnamed_foreign_keys: None,
            facts: Vec::new(),
        }
    }

    /// The facts in the order of their places, each once.
    pub(super) fn finish(mut self) -> Option<(Vec<Fact>, Vec<Span>)> {
        if self.misread {
            return None;
        }
        self.facts.sort_by_key(|fact| fact.span);
        Some((self.facts, self.dynamic))
    }

    /// Notes that a key or index of a table stands on columns of it, however often that is said.
    pub(super) fn stands_on(&mut self, table: &ObjectName, columns: &[(Ident, Span)]) {
        for (column, span) in columns {
            self.facts.push(Fact {
                action: Action::Use,
                object: Object::member(Kind::Column, table.clone(), column.clone()),
                or_of: Vec::new(),
                span: *span,
                binding: self.mode.binding,
                reader: FoundBy::Implied,
                in_body_of: self.mode.body.clone(),
            });
        }
    }

    /// Runs `work` under another mode.
    pub(super) fn under(&mut self, mode: Mode, work: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.mode, mode);
        work(self);
        self.mode = outer;
    }

    /// Runs `work` where names are bound as the engine binds those of `looked_up`. Inside a body
    /// that is looked up later, nothing is looked up now.
    pub(super) fn bound(&mut self, looked_up: bool, work: impl FnOnce(&mut Self)) {
        let mode = Mode {
            binding: self.mode.binding.max(Binding::of(looked_up)),
            ..self.mode.clone()
        };
        self.under(mode, work);
    }

    pub(super) fn note(&mut self, action: Action, object: Object, span: Span) {
        self.push(action, object, Vec::new(), span, FoundBy::Tree);
    }

    /// Notes what the text implies but does not name.
    pub(super) fn imply(&mut self, action: Action, object: Object, span: Span) {
        self.push(action, object, Vec::new(), span, FoundBy::Implied);
    }

    /// Notes the use of a column that may belong to any of `owners`.
    pub(super) fn use_column(&mut self, mut owners: Vec<ObjectName>, column: Ident, span: Span) {
        if owners.is_empty() {
            return;
        }
        let first = owners.remove(0);
        let object = Object::member(Kind::Column, first, column);
        self.push(Action::Use, object, owners, span, FoundBy::Tree);
    }

    fn push(
        &mut self,
        action: Action,
        object: Object,
        or_of: Vec<ObjectName>,
        span: Span,
        reader: FoundBy,
    ) {
        let known = |fact: &Fact| {
            fact.action == action
                && fact.object == object
                && fact.or_of == or_of
                && fact.binding == self.mode.binding
                && fact.in_body_of == self.mode.body
        };
        // Only a row of INSERT … SELECT or a long WHERE repeats a fact, and then near by.
        if self.facts.iter().rev().take(64).any(known) {
            return;
        }
        self.facts.push(Fact {
            action,
            object,
            or_of,
            span,
            binding: self.mode.binding,
            reader,
            in_body_of: self.mode.body.clone(),
        });
    }

    pub(super) fn define(&self, replace: bool, if_absent: bool, temporary: bool) -> Action {
        Action::Define {
            replace,
            if_absent: if_absent || self.mode.conditional,
            temporary,
        }
    }

    pub(super) fn drop(&self, if_exists: bool, cascade: bool) -> Action {
        Action::Drop {
            if_exists: if_exists || self.mode.conditional,
            cascade,
        }
    }

    pub(super) fn ident(&self, ident: &sql::Ident) -> Ident {
        match ident.quote_style {
            Some(_) => self.dialect.ident_verbatim(&ident.value),
            None => self.dialect.ident(&ident.value),
        }
    }

    pub(super) fn idents<'i>(
        &self,
        idents: impl IntoIterator<Item = &'i sql::Ident>,
    ) -> Vec<Ident> {
        idents.into_iter().map(|ident| self.ident(ident)).collect()
    }

    /// The place of an identifier; [`super::parse`] has put byte offsets into the columns.
    pub(super) fn place(&self, ident: &sql::Ident) -> Span {
        let (start, end) = (ident.span.start, ident.span.end);
        match self.mode.literal {
            Some(literal) => literal,
            None if start.line == 0 || end.column <= start.column => self.whole,
            None => Span::new(
                self.whole.source,
                self.whole.start + start.column as u32 - 1,
                self.whole.start + end.column as u32 - 1,
            ),
        }
    }

    /// The name of an object that a patch can make, with a fact that uses its schema. `None` for
    /// variables and for the engine's own objects.
    pub(super) fn named(&mut self, name: &sql::ObjectName) -> Option<Named> {
        let parts: Vec<&sql::Ident> = name
            .0
            .iter()
            .map(sql::ObjectNamePart::as_ident)
            .collect::<Option<_>>()?;
        self.named_by(&parts)
    }

    pub(super) fn named_by(&mut self, parts: &[&sql::Ident]) -> Option<Named> {
        let (last, before) = parts.split_last()?;
        if is_variable(last) {
            return None;
        }
        let own = self.ident(last);
        let reserved = |prefix: &&str| own.as_str().starts_with(prefix);
        if self.dialect.objects.system_prefixes.iter().any(reserved) {
            return None;
        }
        let span = self.place(last);
        let Some(qualifier) = before
            .last()
            .filter(|qualifier| !qualifier.value.is_empty())
        else {
            return Some(Named {
                name: ObjectName::bare(own),
                span,
            });
        };
        let schema = self.ident(qualifier);
        if self.dialect.system_schemas.contains(&schema.as_str()) {
            return None;
        }
        let place = self.place(qualifier);
        let object = Object::new(Kind::Schema, ObjectName::bare(schema.clone()));
        if !self.dialect.default_schemas.contains(&schema.as_str()) {
            self.note(Action::Use, object, place);
        }
        Some(Named {
            name: ObjectName::qualified(schema, own),
            span: place.to(span),
        })
    }

    /// Notes the use of an object and answers its name.
    pub(super) fn use_named(&mut self, kind: Kind, name: &sql::ObjectName) -> Option<ObjectName> {
        let Named { name, span } = self.named(name)?;
        self.note(Action::Use, Object::new(kind, name.clone()), span);
        Some(name)
    }

    /// An index, as a member of its table where the dialect wants that.
    pub(super) fn index(&self, table: &ObjectName, index: Ident) -> Object {
        if self.dialect.index_belongs_to_table {
            Object::member(Kind::Index, table.clone(), index)
        } else {
            Object::new(Kind::Index, table.sibling(index))
        }
    }

    /// A name of which the engine makes something that is gone with the session.
    pub(super) fn is_temporary(&self, name: &ObjectName) -> bool {
        let rules = &self.dialect.objects;
        let schema = name.schema.as_ref().map(Ident::as_str);
        let marked = |prefix| name.name.as_str().starts_with(prefix);
        schema.is_some() && schema == rules.temporary_schema
            || rules.temporary_prefix.is_some_and(marked)
    }

    /// A trigger, as a member of its table where the dialect wants that.
    pub(super) fn trigger(&self, table: &ObjectName, trigger: Ident) -> Object {
        if self.dialect.trigger_belongs_to_table {
            Object::member(Kind::Trigger, table.clone(), trigger)
        } else {
            Object::new(Kind::Trigger, table.sibling(trigger))
        }
    }

    pub(super) fn mark(&self) -> usize {
        self.facts.len()
    }

    /// The columns of `table` that facts since `mark` use.
    pub(super) fn columns_since(&self, mark: usize, table: &ObjectName) -> Vec<(Ident, Span)> {
        let mut columns = Vec::new();
        for fact in &self.facts[mark..] {
            if let (Action::Use, Kind::Column, Part::Member(column)) =
                (&fact.action, fact.object.kind, &fact.object.part)
                && fact.object.name == *table
                && fact.or_of.is_empty()
            {
                columns.push((column.clone(), fact.span));
            }
        }
        columns
    }
}

/// `@x`, `:x`, `$x`, `?1`: parameters and variables, which every grammar gives as identifiers.
pub(super) fn is_variable(ident: &sql::Ident) -> bool {
    ident.quote_style.is_none() && ident.value.starts_with(['@', ':', '$', '?'])
}
