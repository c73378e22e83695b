//! The patches to write instead of a rename, ready to be taken over. They are tried on real engines
//! (tests/*/release.rs).

mod mentions;
mod names;
mod through_view;

use std::cell::OnceCell;

use self::mentions::{Mentions, Named, names as has_name};
use self::names::Names;
use super::change::{Break, BreakKind};
use super::types;
use crate::dialect::lex::{TokenKind, lex};
use crate::dialect::{Dialect, ReadyPatches};
use crate::name::{Ident, ObjectName};
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, Part};
use crate::resolve::PatchId;
use crate::source::{Sources, Span};

/// All patches in their order, for what a way out must know of them.
pub struct Patches<'a> {
    /// All of them.
    pub patches: &'a [Patch],
    /// Their order.
    pub order: &'a [PatchId],
    /// Their texts.
    pub sources: &'a Sources,
    /// The engine's rules.
    pub dialect: &'a Dialect,
    mentions: OnceCell<Mentions<'a>>,
}

/// What there is to write instead of a rename.
pub(super) enum WayOut {
    /// The patches as one text, each from its line `-- phase:` on, with an empty line between them.
    Ready(String),
    /// Why there are none.
    Not(&'static str),
}

impl<'a> Patches<'a> {
    /// Takes what there is.
    #[must_use]
    pub fn new(
        patches: &'a [Patch],
        order: &'a [PatchId],
        sources: &'a Sources,
        dialect: &'a Dialect,
    ) -> Self {
        Self {
            patches,
            order,
            sources,
            dialect,
            mentions: OnceCell::new(),
        }
    }

    /// The way out of a rename; none for what is no rename, and where the engine has none.
    pub(super) fn way_out(
        &self,
        broken: &Break,
        patch: &Patch,
        statement: usize,
    ) -> Option<WayOut> {
        let ready = self.dialect.release.ready?;
        let to = broken.to.as_ref()?;
        let make = match broken.kind {
            BreakKind::RenameColumn => Self::column,
            BreakKind::RenameTable if broken.object.kind != Kind::View => Self::table,
            _ => return None,
        };
        let build = || Mentions::new(self.patches, self.order, self.sources);
        let mentions = self.mentions.get_or_init(build);
        let words = self.words(broken, patch, statement);
        let rename = Rename {
            mentions,
            names: Names {
                dialect: self.dialect,
                ready,
                words: &words,
            },
            ready,
            broken,
            table: &broken.object.name,
            to: (&to.name, &to.part),
            at: (mentions.turn(patch)?, statement),
        };
        Some(match make(self, &rename) {
            Ok(text) => WayOut::Ready(text.trim_end().to_owned()),
            Err(why) => WayOut::Not(why),
        })
    }

    /// The texts in which the names stand: a table that is built anew has the new name where it is made.
    fn words(&self, broken: &Break, patch: &Patch, statement: usize) -> String {
        let own = patch.statements[statement].body;
        let is_around = |body: &Span| {
            body.source == broken.span.source
                && body.start <= broken.span.start
                && broken.span.end <= body.end
        };
        let mut all = patch.statements.iter().map(|it| it.body);
        let mut words = self.sources.slice(own).to_owned();
        if let Some(around) = all.find(is_around).filter(|&around| around != own) {
            words = format!("{words};\n{}", self.sources.slice(around));
        }
        words
    }

    fn column(&self, rename: &Rename<'_>) -> Result<String, &'static str> {
        let Rename {
            names,
            ready,
            broken,
            table,
            ..
        } = *rename;
        let (Part::Member(old), Part::Member(new)) = (&broken.object.part, rename.to.1) else {
            return Err("it is not known which column it is");
        };
        let unknown = "the patches do not tell its type";
        let place = broken.made_at.ok_or(unknown)?;
        let definition = types::definition(self.sources, self.dialect, place).ok_or(unknown)?;
        if ["generated", "auto_increment", " as(", "identity"]
            .iter()
            .any(|word| definition.contains(word))
        {
            return Err("its values are made by the engine");
        }
        if !ready.changes_the_row {
            if definition.contains("primary key") {
                return Err("it is the primary key");
            }
            if types::refuses_null(&definition) && !types::fills(&definition) {
                return Err(
                    "a trigger comes too late for its NOT NULL: build the table anew first, with a DEFAULT for it",
                );
            }
            if rename.mentions.says(table, rename.at, "without rowid") {
                return Err("its table has no rowid");
            }
        }
        let kind = types::written(self.sources, self.dialect, place);
        let kind = match kind.as_deref() {
            Some(kind) => plain_type(kind),
            None if self.dialect.release.types_are_affinities => "",
            None => return Err(unknown),
        };
        let indexes = rename.mentions.made(table, rename.at, |fact, beside| {
            let of_it = |other: &Fact| {
                has_name(other, table, Some(old)) && self.is_one_element(fact, other, beside)
            };
            fact.object.kind == Kind::Index && beside.iter().any(of_it)
        });
        let [old_text, new_text] = [old, new].map(|name| names.written(name));
        let stem = [
            names.written(&table.name),
            old_text.clone(),
            new_text.clone(),
        ];
        let stem: Vec<&str> = stem.iter().map(String::as_str).collect();
        let trigger = |end: &'static str| {
            let all: Vec<&str> = stem.iter().copied().chain([end]).collect();
            names.beside(table, &names.joined(&all))
        };
        let both = names.joined(&stem);
        let [old_word, new_word] = [&old_text, &new_text].map(|text| names.word(text));
        let named = rename.named(Some(old));
        Ok(fill(
            ready.column,
            &[
                ("table", names.qualified(table)),
                ("table_name", names.ident(&table.name)),
                ("type", kind.to_owned()),
                ("trigger", names.word(&both)),
                ("both", names.beside(table, &both)),
                ("trigger_insert", trigger("insert")),
                ("trigger_update", trigger("update")),
                ("trigger_new", trigger("new")),
                ("trigger_old", trigger("old")),
                ("indexes", note_of_indexes(&indexes, &new_word)),
                ("named", named),
                ("old", old_word),
                ("new", new_word),
            ],
        ))
    }

    fn table(&self, rename: &Rename<'_>) -> Result<String, &'static str> {
        let Rename {
            names,
            ready,
            table: old,
            ..
        } = *rename;
        let to = rename.to.0;
        let new = match (&old.schema, &to.schema) {
            (Some(schema), None) => ObjectName::qualified(schema.clone(), to.name.clone()),
            (one, other) if one == other => to.clone(),
            _ => return Err("it moves to another schema"),
        };
        let rights = rename.mentions.rights(old, rename.at);
        let who = match ready.rights_stay_with_name {
            true => {
                "The table has no rights under its new name yet: grant on it what code has on the old name"
            }
            false => "The view has no rights yet: grant on it what code has on the table",
        };
        let rights = match rights.as_slice() {
            [] => format!("-- {who}.\n"),
            places => format!("-- {who} ({}).\n", places.join(", ")),
        };
        let mut values = vec![
            ("old", names.qualified(old)),
            ("old_name", names.ident(&old.name)),
            ("new", names.qualified(&new)),
            ("new_name", names.ident(&new.name)),
            (
                "view",
                names.beside(&new, &names.joined(&[&names.written(&new.name), "view"])),
            ),
            ("rights", rights),
            ("named", rename.named(None)),
        ];
        if !ready.views_take_rows {
            values.extend(through_view::values(self, rename)?);
        }
        Ok(fill(ready.table, &values))
    }
}

impl Patches<'_> {
    /// Whether an index and a column are named in one element of CREATE TABLE, or in any other statement.
    fn is_one_element(&self, index: &Fact, column: &Fact, statement: &[Fact]) -> bool {
        let makes_table = |fact: &Fact| {
            fact.object.kind == Kind::Table && matches!(fact.action, Action::Define { .. })
        };
        if !statement.iter().any(makes_table) {
            return true;
        }
        let [one, other] = [index.span, column.span];
        let between = Span::new(
            one.source,
            one.end.min(other.end),
            one.start.max(other.start),
        );
        if between.start >= between.end {
            return true;
        }
        let text = self.sources.slice(between);
        let mut depth = 0_i32;
        lex(text, &self.dialect.lexing).iter().all(|token| {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            // A comma in the parentheses of the index parts its columns.
            token.kind != TokenKind::Comma || depth > 0
        })
    }
}

/// A rename, and what is needed to tell its way out.
struct Rename<'a> {
    mentions: &'a Mentions<'a>,
    names: Names<'a>,
    ready: &'a ReadyPatches,
    broken: &'a Break,
    table: &'a ObjectName,
    /// The new name.
    to: (&'a ObjectName, &'a Part),
    /// Where it is.
    at: mentions::Place,
}

impl Rename<'_> {
    /// A comment about what has the old name in a text that the engine keeps as it is.
    fn named(&self, column: Option<&Ident>) -> String {
        let found = self.mentions.made(self.table, self.at, |fact, beside| {
            let is_text = match fact.object.kind {
                Kind::Routine | Kind::Procedure => true,
                Kind::View => self.ready.views_are_texts,
                Kind::Trigger => self.ready.views_are_texts,
                _ => false,
            };
            let is_view = fact.object.kind == Kind::View;
            is_text
                && beside.iter().any(|other| {
                    let in_it = is_view || other.in_body_of.as_deref() == Some(&fact.object);
                    in_it && has_name(other, self.table, column)
                })
        });
        match found.as_slice() {
            [] => String::new(),
            found => format!(
                "-- These have the old name in their texts, and must be made anew with the new one in this step: {}.\n",
                list(found)
            ),
        }
    }
}

/// A comment about indexes, which only the old column has while there are two.
fn note_of_indexes(indexes: &[Named<'_>], new: &str) -> String {
    match indexes {
        [] => String::new(),
        indexes => format!(
            "-- Only the old column is in these: {}.\n\
             -- Where code needs one over {new} before the last step, add it in a patch of its own, and drop it there.\n",
            list(indexes)
        ),
    }
}

fn list(named: &[Named<'_>]) -> String {
    let one = |it: &Named<'_>| {
        let name = match &it.object.part {
            Part::Member(member) => member,
            _ => &it.object.name.name,
        };
        // A name may have a line end.
        let name = name.as_str().escape_debug();
        format!(
            "{} {name} ({})",
            it.object.kind.noun(),
            it.at.escape_debug()
        )
    };
    let all: Vec<String> = named.iter().map(one).collect();
    all.join(", ")
}

fn has_words(statement: &str, words: &str) -> bool {
    super::gone::has_words(statement, words)
}

fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let (key, after) = after.split_once("}}").unwrap_or((after, ""));
        let value = values.iter().find(|(name, _)| *name == key);
        text.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The type of a column that takes its values from another one.
fn plain_type(words: &str) -> &str {
    match words.to_ascii_lowercase().as_str() {
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        _ => words,
    }
}
