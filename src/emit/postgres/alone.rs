//! Statements that run outside a transaction only, and what is done about one of which it is not known
//! whether it took effect.

use crate::dialect::Engine;
use crate::dialect::lex::TokenKind;
use crate::emit::words::Words;

/// What to do with a statement that an earlier run has started and of which it is not known whether
/// it took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt<'t> {
    /// Run it again: it comes to the same.
    Again,
    /// A valid index of this name on this table: done. An invalid one: drop it and build again.
    CreateIndex {
        /// As written; none if the engine chooses it.
        index: Option<&'t str>,
        /// As written.
        table: &'t str,
    },
    /// No index of this name: done.
    DropIndex {
        /// As written.
        index: &'t str,
    },
    /// Not a partition any more: done. Half detached: finalize.
    Detach {
        /// The partitioned table as written.
        parent: &'t str,
        /// The partition as written.
        child: &'t str,
    },
    /// A person has to look.
    Ask {
        /// When it fails, it has done nothing.
        whole: bool,
    },
}

/// The statements that call `PreventInTransactionBlock` in PostgreSQL's sources, with what a second
/// start of them means.
pub(super) fn alone(mut words: Words<'_>) -> Option<Doubt<'_>> {
    if words.eat(&["VACUUM"]) {
        return Some(Doubt::Again);
    }
    if words.eat(&["CLUSTER"]) {
        while words.eat(&["VERBOSE"])
            || words.eat_kind(TokenKind::Open)
            || words.eat_kind(TokenKind::Close)
        {}
        return words.at_end().then_some(Doubt::Again);
    }
    if words.eat(&["REINDEX"]) {
        let many = words.is(&["DATABASE", "SYSTEM", "SCHEMA"]) || words.has(&["CONCURRENTLY"]);
        return many.then_some(Doubt::Again);
    }
    if words.eat(&["CREATE"]) {
        if words.is(&["DATABASE", "TABLESPACE", "SUBSCRIPTION"]) {
            return Some(Doubt::Ask { whole: true });
        }
        words.eat(&["UNIQUE"]);
        return words
            .eat_all(&["INDEX", "CONCURRENTLY"])
            .then(|| create_index(words).unwrap_or(Doubt::Ask { whole: false }));
    }
    if words.eat(&["DROP"]) {
        if words.eat(&["DATABASE", "TABLESPACE", "SUBSCRIPTION"]) {
            let again = words.eat_all(&["IF", "EXISTS"]);
            return Some(if again {
                Doubt::Again
            } else {
                Doubt::Ask { whole: true }
            });
        }
        return words.eat_all(&["INDEX", "CONCURRENTLY"]).then(|| {
            words.eat_all(&["IF", "EXISTS"]);
            words
                .name()
                .map_or(Doubt::Ask { whole: false }, |index| Doubt::DropIndex {
                    index,
                })
        });
    }
    if !words.eat(&["ALTER"]) {
        return None;
    }
    if words.eat(&["SYSTEM"]) {
        return Some(Doubt::Again);
    }
    if words.eat(&["DATABASE"]) {
        words.name();
        return words
            .eat_all(&["SET", "TABLESPACE"])
            .then_some(Doubt::Again);
    }
    if words.eat(&["SUBSCRIPTION"]) {
        words.name();
        return (words.is(&["REFRESH", "ADD", "DROP"]) || words.eat_all(&["SET", "PUBLICATION"]))
            .then_some(Doubt::Ask { whole: true });
    }
    if words.eat(&["TABLE"]) {
        words.eat_all(&["IF", "EXISTS"]);
        words.eat(&["ONLY"]);
        let parent = words.name()?;
        if words.eat_all(&["DETACH", "PARTITION"]) {
            let child = words.name()?;
            return words
                .eat(&["CONCURRENTLY", "FINALIZE"])
                .then_some(Doubt::Detach { parent, child });
        }
    }
    None
}

fn create_index(mut words: Words<'_>) -> Option<Doubt<'_>> {
    words.eat_all(&["IF", "NOT", "EXISTS"]);
    let index = if words.is(&["ON"]) {
        None
    } else {
        Some(words.name()?)
    };
    words.eat(&["ON"]);
    words.eat(&["ONLY"]);
    let table = words.name()?;
    Some(Doubt::CreateIndex { index, table })
}

/// What else may have to run outside a transaction, depending on what it works on: where a header
/// says so, it does. A CALL may end its own; CLUSTER and REINDEX refuse to work on partitioned tables
/// in one.
pub(super) fn may_be_alone(text: &str) -> Option<Doubt<'static>> {
    let mut words = Words::leading(text, Engine::Postgres, 1);
    if words.eat(&["CLUSTER", "REINDEX"]) {
        return Some(Doubt::Again);
    }
    words.eat(&["CALL"]).then_some(Doubt::Ask { whole: false })
}
