//! What a reading collects, and the circumstances under which a fact is found.

use std::collections::BTreeSet;

use super::TreeReading;
use super::dynamic::Texts;
use super::tree::{Places, SyntaxNode, SyntaxToken, first_token};
use crate::dialect::Dialect;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Fact, Kind, Object, Part, Reader as FoundBy};
use crate::source::Span;

/// Stands for a part of a dynamic statement that only the run knows. Two bytes, because it takes the
/// place of `%I`; the letter is one of a phonetic alphabet that no schema is named in.
pub(super) const UNKNOWN: char = 'ƍ';

/// Under which circumstances the text at hand is looked at.
#[derive(Clone, Debug)]
pub(super) struct Mode {
    /// Whether the engine insists on what is used.
    pub(super) binding: Binding,
    /// The routine whose body this is.
    pub(super) body_of: Option<Box<Object>>,
    /// The statement does something with rows, now or when the body around it runs; false for what
    /// is only written down, as in a view.
    pub(super) runs: bool,
    /// Inside a condition or an exception handler that makes it fine when the object is there
    /// already, or not there any more.
    pub(super) guarded: bool,
    /// A shell of a type is enough.
    pub(super) shells: bool,
    /// The schema of unqualified definitions: inside `CREATE SCHEMA s …`.
    pub(super) schema: Option<Ident>,
    /// The names that the same `CREATE SCHEMA` defines.
    pub(super) siblings: BTreeSet<Ident>,
}

/// Collects facts.
pub(super) struct Reader<'a> {
    /// How names are folded.
    pub(super) dialect: &'a Dialect,
    /// Where the tree at hand stands in the source.
    pub(super) places: Places,
    /// The circumstances.
    pub(super) mode: Mode,
    /// What the variables of the body at hand hold, as far as it is text to execute.
    pub(super) texts: Texts,
    /// The text at hand may have been read before: said again, a fact is no news.
    pub(super) repeats: bool,
    /// What was found.
    pub(super) out: TreeReading,
    seen: BTreeSet<(u8, Object, Vec<ObjectName>, Binding, bool)>,
}

impl<'a> Reader<'a> {
    /// Starts with a statement that runs now.
    pub(super) fn new(dialect: &'a Dialect, places: Places) -> Self {
        Self {
            dialect,
            places,
            mode: Mode {
                binding: Binding::Hard,
                body_of: None,
                runs: true,
                guarded: false,
                shells: false,
                schema: None,
                siblings: BTreeSet::new(),
            },
            texts: Texts::default(),
            repeats: false,
            out: TreeReading::default(),
            seen: BTreeSet::new(),
        }
    }

    /// Looks at something under other circumstances.
    pub(super) fn under<T>(
        &mut self,
        change: impl FnOnce(&mut Mode),
        look: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.mode.clone();
        change(&mut self.mode);
        let result = look(self);
        self.mode = before;
        result
    }

    /// Looks at something that is written down now and runs later, if at all.
    pub(super) fn written<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        self.under(|mode| mode.runs = false, look)
    }

    /// Looks at another tree.
    pub(super) fn elsewhere<T>(&mut self, places: Places, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.places, places);
        let result = look(self);
        self.places = before;
        result
    }

    /// The place of a node, without white space around it.
    pub(super) fn span(&self, node: &SyntaxNode) -> Span {
        let range = node.text_range();
        let start = first_token(node).map_or(range.start(), |token| token.text_range().start());
        self.places.span(start.into(), range.end().into())
    }

    /// The place of a token.
    pub(super) fn token_span(&self, token: &SyntaxToken) -> Span {
        let range = token.text_range();
        self.places.span(range.start().into(), range.end().into())
    }

    /// The name that a token is.
    pub(super) fn ident(&self, token: &SyntaxToken) -> Ident {
        self.dialect.ident(token.text())
    }

    /// Whether the engine itself owns a schema.
    pub(super) fn is_system(&self, schema: &Ident) -> bool {
        self.dialect.system_schemas.contains(&schema.as_str())
    }

    /// A fact as the circumstances make it.
    pub(super) fn push(&mut self, action: Action, object: Object, span: Span) {
        self.push_as(FoundBy::Tree, action, object, span);
    }

    /// A fact about an object that the text implies.
    pub(super) fn imply(&mut self, action: Action, object: Object, span: Span) {
        self.push_as(FoundBy::Implied, action, object, span);
    }

    fn push_as(&mut self, reader: FoundBy, action: Action, object: Object, span: Span) {
        self.add(Fact {
            action,
            object,
            or_of: Vec::new(),
            span,
            binding: self.mode.binding,
            reader,
            in_body_of: self.mode.body_of.clone(),
        });
    }

    /// Adds a fact, unless it is about a name that only the run knows, or said already.
    pub(super) fn add(&mut self, fact: Fact) {
        if is_unknown(&fact.object) {
            return;
        }
        let repeated = match fact.action {
            Action::Use => 0,
            Action::Read => 1,
            Action::Write => 2,
            Action::Run => 3,
            _ => u8::MAX,
        };
        if repeated != u8::MAX
            && !self.seen.insert((
                repeated,
                fact.object.clone(),
                fact.or_of.clone(),
                fact.binding,
                fact.in_body_of.is_some(),
            ))
        {
            return;
        }
        if self.repeats && self.out.facts.contains(&fact) {
            return;
        }
        self.out.facts.push(fact);
    }

    /// `Use` of an object that its name alone identifies.
    pub(super) fn uses(&mut self, kind: Kind, name: ObjectName, span: Span) {
        if self.mode.shells && kind == Kind::Type {
            let shell = Object::new(Kind::ShellType, name.clone());
            self.push_as(FoundBy::Implied, Action::Use, shell, span);
            self.under(
                |mode| mode.binding = Binding::Late,
                |r| r.push(Action::Use, Object::new(kind, name), span),
            );
            return;
        }
        self.push(Action::Use, Object::new(kind, name), span);
    }

    /// `Use` of a column that one of the owners has.
    pub(super) fn uses_column(&mut self, mut owners: Vec<ObjectName>, column: Ident, span: Span) {
        owners.retain(|owner| {
            owner
                .schema
                .as_ref()
                .is_none_or(|schema| !self.is_system(schema))
        });
        if owners.is_empty() || is_system_column(&column) {
            return;
        }
        let first = owners.remove(0);
        self.add(Fact {
            action: Action::Use,
            object: Object::member(Kind::Column, first, column),
            or_of: owners,
            span,
            binding: self.mode.binding,
            reader: FoundBy::Tree,
            in_body_of: self.mode.body_of.clone(),
        });
    }

    /// `Use` of a routine, and `Run` of it where the statement runs.
    pub(super) fn calls(&mut self, routine: Object, span: Span) {
        self.push(Action::Use, routine.clone(), span);
        if self.mode.runs {
            self.push(Action::Run, routine, span);
        }
    }

    /// `Define` with what the circumstances say about an older object of that name.
    pub(super) fn defines(&mut self, object: Object, span: Span, how: How) {
        self.push(self.define(how), object, span);
    }

    /// The action of a definition.
    pub(super) fn define(&self, how: How) -> Action {
        Action::Define {
            replace: how.replace,
            if_absent: how.if_absent || self.mode.guarded,
            temporary: how.temporary,
        }
    }

    /// The action of a removal.
    pub(super) fn drop(&self, if_exists: bool, cascade: bool) -> Action {
        Action::Drop {
            if_exists: if_exists || self.mode.guarded,
            cascade,
        }
    }
}

/// What `CREATE` says besides the name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct How {
    /// `OR REPLACE`
    pub(super) replace: bool,
    /// `IF NOT EXISTS`
    pub(super) if_absent: bool,
    /// `TEMPORARY`
    pub(super) temporary: bool,
}

fn is_unknown(object: &Object) -> bool {
    let unknown = |ident: &Ident| ident.as_str().contains(UNKNOWN);
    unknown(&object.name.name)
        || object.name.schema.as_ref().is_some_and(unknown)
        || match &object.part {
            Part::Member(member) => unknown(member),
            Part::Columns(columns) => columns.iter().any(unknown),
            Part::Whole | Part::Arguments(_) => false,
        }
}

/// The columns that every table has (PostgreSQL manual, "System Columns"); `oid` is none of them since 12.
fn is_system_column(column: &Ident) -> bool {
    matches!(
        column.as_str(),
        "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid"
    )
}
