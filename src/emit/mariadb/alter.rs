//! What the catalog can tell of an `ALTER TABLE` that was broken off. All its actions take effect or
//! none does, so that one of them tells of all, provided that no other one undoes or prepares it.

use super::probe::{Doubt, exists, is};
use super::reading::{Name, part};
use crate::dialect::lex::TokenKind;
use crate::emit::words::Words;

/// Actions that are harmless a second time, and make, take and rename nothing.
const SAME_AGAIN: &[&str] = &[
    "ALTER",
    "COMMENT",
    "ENGINE",
    "AUTO_INCREMENT",
    "DEFAULT",
    "CHARSET",
    "CHARACTER",
    "COLLATE",
    "ROW_FORMAT",
    "KEY_BLOCK_SIZE",
    "DISABLE",
    "ENABLE",
    "ALGORITHM",
    "LOCK",
    "FORCE",
    "ORDER",
];

/// The same for partitions: such an action stands alone, before a list of names.
const PARTITIONS_AGAIN: &[&str] = &[
    "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR", "TRUNCATE",
];

/// What brings a key along with a column.
const KEY_OF_A_COLUMN: &[&str] = &["UNIQUE", "PRIMARY", "KEY", "REFERENCES"];

/// What begins an item of a list that is no column.
const NO_COLUMN: &[&str] = &[
    "INDEX",
    "KEY",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "PRIMARY",
    "FOREIGN",
    "CONSTRAINT",
    "CHECK",
    "PERIOD",
    "SYSTEM",
];

/// The names that must differ from each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Space {
    Column,
    /// Indexes and constraints.
    Key,
}

/// One action.
struct Action {
    doubt: Doubt,
    /// What it makes, takes or renames; where no name is told, any.
    touches: Vec<(Space, Option<String>)>,
}

impl Action {
    fn new(doubt: Doubt) -> Self {
        Self {
            doubt,
            touches: Vec::new(),
        }
    }

    fn touching(mut self, space: Space, name: Option<&str>) -> Self {
        self.touches.push((space, name.map(str::to_lowercase)));
        self
    }

    fn is_about(&self, space: Space) -> bool {
        self.touches.first().is_some_and(|touch| touch.0 == space)
    }
}

/// The doubt about what follows `ALTER TABLE`.
pub(super) fn table(mut words: Words<'_>) -> Doubt {
    words.eat_all(&["IF", "EXISTS"]);
    let Some(table) = Name::read(&mut words) else {
        return Doubt::Unknown;
    };
    if let Some(doubt) = partitions(words.clone(), &table) {
        return doubt;
    }
    let removes_partitions = words.has(&["REMOVE"]);
    let mut actions = Vec::new();
    let mut renamed = None;
    loop {
        let start = words.clone();
        if let Some(new) = rename_to(&mut words) {
            renamed = Some(new);
        } else {
            match action(&mut words, &table) {
                Some(action) => actions.push(action),
                None => return Doubt::Unknown,
            }
        }
        words = start;
        words.skip_item();
        if !words.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    if let Some(new) = renamed {
        // The other actions are to be looked for in the table of the new name; it is enough.
        if new.name.to_lowercase() == table.name.to_lowercase() {
            return Doubt::Unknown;
        }
        let database = new.database.or(table.database);
        let name = new.name;
        return is("table", '+', Name { database, name }, None);
    }
    let all_again = actions.iter().all(|action| action.doubt == Doubt::Again);
    if any_twice(&actions, Space::Column) || removes_partitions && all_again {
        return Doubt::Unknown;
    }
    // What is done to columns is done to their indexes too, so columns tell more surely.
    let about = |space| {
        let mut probes = actions.iter().filter(move |action| action.is_about(space));
        probes.find(|action| matches!(action.doubt, Doubt::Probe(_)))
    };
    if let Some(action) = about(Space::Column) {
        return action.doubt.clone();
    }
    if any_twice(&actions, Space::Key) {
        return Doubt::Unknown;
    }
    if let Some(action) = about(Space::Key) {
        return action.doubt.clone();
    }
    if all_again {
        Doubt::Again
    } else {
        Doubt::Unknown
    }
}

/// Whether two of the actions may touch the same thing.
fn any_twice(actions: &[Action], space: Space) -> bool {
    let touches = || {
        let with_number = actions.iter().enumerate();
        with_number.flat_map(|(number, action)| {
            let touches = action.touches.iter().filter(|touch| touch.0 == space);
            touches.map(move |touch| (number, &touch.1))
        })
    };
    touches().any(|(number, name)| {
        touches().any(|(other, second)| {
            number < other && (name.is_none() || second.is_none() || name == second)
        })
    })
}

/// The actions on partitions, which stand alone.
fn partitions(mut words: Words<'_>, table: &Name) -> Option<Doubt> {
    if words.eat_all(&["ADD", "PARTITION"]) {
        if exists(&mut words) {
            return Some(Doubt::Again);
        }
        let named = words.eat_kind(TokenKind::Open) && words.eat(&["PARTITION"]);
        let name = if named { part(&mut words) } else { None };
        return Some(name.map_or(Doubt::Unknown, |name| {
            is("partition", '+', table.clone(), Some(name))
        }));
    }
    if words.eat_all(&["DROP", "PARTITION"]) {
        if exists(&mut words) {
            return Some(Doubt::Again);
        }
        return Some(part(&mut words).map_or(Doubt::Unknown, |name| {
            is("partition", '-', table.clone(), Some(name))
        }));
    }
    (words.eat(PARTITIONS_AGAIN) && words.is(&["PARTITION"])).then_some(Doubt::Again)
}

/// The new name of the table, where that is the action.
fn rename_to(words: &mut Words<'_>) -> Option<Name> {
    let mut reader = words.clone();
    if !reader.eat(&["RENAME"]) || reader.is(&["COLUMN", "INDEX", "KEY"]) {
        return None;
    }
    reader.eat(&["TO", "AS"]);
    reader.eat_kind(TokenKind::Operator);
    Name::read(&mut reader)
}

/// None where it is not known what it touches.
fn action(words: &mut Words<'_>, table: &Name) -> Option<Action> {
    if words.eat(&["ADD"]) {
        return add(words, table);
    }
    if words.eat(&["DROP"]) {
        return take(words, table);
    }
    if words.eat(&["CHANGE"]) {
        words.eat(&["COLUMN"]);
        let conditional = exists(words);
        return Some(
            renamed(words, table, "column", Space::Column, conditional, false)?.with_keys(words),
        );
    }
    if words.eat(&["RENAME"]) {
        let (kind, space) = if words.eat(&["COLUMN"]) {
            ("column", Space::Column)
        } else if words.eat(&["INDEX", "KEY"]) {
            ("index", Space::Key)
        } else {
            return None;
        };
        let conditional = exists(words);
        return renamed(words, table, kind, space, conditional, true);
    }
    if words.eat(&["MODIFY"]) {
        words.eat(&["COLUMN"]);
        exists(words);
        let name = part(words)?;
        let action = Action::new(Doubt::Again).touching(Space::Column, Some(&name));
        return Some(action.with_keys(words));
    }
    let again = words.is(SAME_AGAIN) || words.are(&["CONVERT", "TO"]);
    again.then(|| Action::new(Doubt::Again))
}

impl Action {
    /// A column may bring keys, which have names of the server's choice and come again each time.
    fn with_keys(mut self, words: &Words<'_>) -> Self {
        let mut item = words.clone();
        item.skip_item();
        if !words.before(&item).has(KEY_OF_A_COLUMN) {
            return self;
        }
        if self.doubt == Doubt::Again {
            self.doubt = Doubt::Unknown;
        }
        self.touching(Space::Key, None)
    }
}

fn renamed(
    words: &mut Words<'_>,
    table: &Name,
    kind: &'static str,
    space: Space,
    conditional: bool,
    to: bool,
) -> Option<Action> {
    let old = part(words)?;
    if to && !words.eat(&["TO"]) {
        return None;
    }
    let new = part(words)?;
    let same = old.to_lowercase() == new.to_lowercase();
    let doubt = if conditional || same {
        Doubt::Again
    } else {
        is(kind, '+', table.clone(), Some(new.clone()))
    };
    let action = Action::new(doubt).touching(space, Some(&old));
    Some(if same {
        action
    } else {
        action.touching(space, Some(&new))
    })
}

fn add(words: &mut Words<'_>, table: &Name) -> Option<Action> {
    let nameless = || Some(Action::new(Doubt::Unknown).touching(Space::Key, None));
    let named = |kind, name: String, conditional| {
        let action = Action::new(if conditional {
            Doubt::Again
        } else {
            is(kind, '+', table.clone(), Some(name.clone()))
        });
        Some(action.touching(Space::Key, Some(&name)))
    };
    if words.eat(&["CONSTRAINT"]) {
        let conditional = exists(words);
        if words.is(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
            return nameless();
        }
        let name = part(words)?;
        if words.eat_all(&["PRIMARY", "KEY"]) {
            return named("index", "PRIMARY".to_owned(), exists(words) || conditional);
        }
        let kind = if words.eat(&["CHECK"]) {
            "CHECK"
        } else if words.eat_all(&["FOREIGN", "KEY"]) {
            "FOREIGN KEY"
        } else if words.eat(&["UNIQUE"]) {
            words.eat(&["INDEX", "KEY"]);
            "index"
        } else {
            return None;
        };
        let conditional = exists(words) || conditional;
        // A second name before the columns may be the one that counts.
        return if words.kind() == Some(TokenKind::Open) {
            named(kind, name, conditional)
        } else {
            nameless()
        };
    }
    if words.eat_all(&["PRIMARY", "KEY"]) {
        let conditional = exists(words);
        return named("index", "PRIMARY".to_owned(), conditional);
    }
    if words.is(&["FOREIGN", "CHECK"]) {
        return nameless();
    }
    if words.is(&["PERIOD", "SYSTEM", "PARTITION"]) {
        return None;
    }
    let special = words.eat(&["UNIQUE", "FULLTEXT", "SPATIAL"]);
    if words.eat(&["INDEX", "KEY"]) || special {
        let conditional = exists(words);
        if words.is(&["USING"]) || words.kind() == Some(TokenKind::Open) {
            return nameless();
        }
        return named("index", part(words)?, conditional);
    }
    words.eat(&["COLUMN"]);
    let conditional = exists(words);
    let names = if words.eat_kind(TokenKind::Open) {
        listed(words)?
    } else {
        vec![part(words)?]
    };
    let mut action = Action::new(if conditional {
        Doubt::Again
    } else {
        is("column", '+', table.clone(), names.first().cloned())
    });
    for name in &names {
        action = action.touching(Space::Column, Some(name));
    }
    Some(if conditional {
        action
    } else {
        action.with_keys(words)
    })
}

/// The columns in `ADD (a int, b int)`; nothing where there is more than columns.
fn listed(words: &mut Words<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    loop {
        if words.is(NO_COLUMN) {
            return None;
        }
        names.push(part(words)?);
        let mut depth = 0_u32;
        loop {
            match words.kind()? {
                TokenKind::Open => depth += 1,
                TokenKind::Close if depth == 0 => return Some(names),
                TokenKind::Close => depth -= 1,
                TokenKind::Comma if depth == 0 => break,
                _ => {}
            }
            words.skip();
        }
        words.skip();
    }
}

fn take(words: &mut Words<'_>, table: &Name) -> Option<Action> {
    let (kind, space) = if words.eat_all(&["PRIMARY", "KEY"]) {
        let doubt = is("index", '-', table.clone(), Some("PRIMARY".to_owned()));
        return Some(Action::new(doubt).touching(Space::Key, Some("primary")));
    } else if words.eat_all(&["FOREIGN", "KEY"]) {
        ("FOREIGN KEY", Space::Key)
    } else if words.eat(&["INDEX", "KEY"]) {
        ("index", Space::Key)
    } else if words.eat(&["CONSTRAINT"]) {
        // It may be one of several kinds, each with a name of its own.
        ("", Space::Key)
    } else if words.eat(&["CHECK"]) {
        // As MySQL has it.
        ("CHECK", Space::Key)
    } else if words.is(&["SYSTEM", "PERIOD", "PARTITION"]) {
        return None;
    } else {
        words.eat(&["COLUMN"]);
        ("column", Space::Column)
    };
    let conditional = exists(words);
    let name = part(words)?;
    let doubt = if conditional {
        Doubt::Again
    } else if kind.is_empty() {
        Doubt::Unknown
    } else {
        is(kind, '-', table.clone(), Some(name.clone()))
    };
    Some(Action::new(doubt).touching(space, Some(&name)))
}
