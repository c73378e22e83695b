//! A value that `ALTER TYPE … ADD VALUE` adds cannot be used before a commit ("unsafe use of new
//! value", 55P04). Since PostgreSQL 17 it can, where the type is of the same transaction.
//! <https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES>
//!
//! This stays a warning: that a literal is a value of this type is a guess, and running the patch
//! statement by statement instead, which would help, may leave half of it behind when it fails.

use crate::dialect::Engine;
use crate::emit::words::{Words, significant};
use crate::finding::{Code, Finding};
use crate::plan::{Plan, Transaction};

use super::routine::do_body;
use super::statement::Class;
use super::steps::{Step, Steps, first_line};

/// The values that are used in the transaction that adds them, each with its first use.
pub(super) fn findings(plan: &Plan, patches: &[Steps<'_>]) -> Vec<Finding> {
    let single = plan.settings.transaction == Transaction::Single;
    let mut findings = Vec::new();
    for (place, (patch, steps)) in plan.patches.iter().zip(patches).enumerate() {
        if steps.stepwise {
            continue;
        }
        for (index, added) in steps.steps.iter().enumerate() {
            let Class::AddValue { of, value } = added.class else {
                continue;
            };
            let mut own = steps.steps[index + 1..].iter();
            let before = &steps.steps[..index];
            if let Some(user) = own.find(|step| uses(step, value)) {
                findings.push(
                    finding(&patch.name, value, user, added, before, of)
                        .help("move what follows the ALTER TYPE to another patch")
                        .help("or let each statement commit by itself: `-- transaction: off`"),
                );
                continue;
            }
            if !single {
                continue;
            }
            let mut later = plan.patches.iter().zip(patches).skip(place + 1);
            let user = later.find_map(|(patch, steps)| {
                let mut steps = steps.steps.iter();
                Some((patch, steps.find(|step| uses(step, value))?))
            });
            if let Some((user_patch, user)) = user {
                let before = patches[..=place].iter().flat_map(|steps| &steps.steps);
                findings.push(
                    finding(&user_patch.name, value, user, added, before, of).help(
                        "build without --transaction single, so that each patch commits by itself",
                    ),
                );
            }
        }
    }
    findings
}

/// Whether a statement has the value, as it is written, among its own words or in a DO block.
fn uses(step: &Step<'_>, value: &str) -> bool {
    let has =
        |text: &str| significant(text, Engine::Postgres).any(|token| token.text(text) == value);
    match step.class {
        // A label of a type, or a comment's text, is no value of this one.
        Class::Plain if says_labels(step.text()) => false,
        Class::Plain | Class::SelectInto | Class::Alone(_) => {
            has(step.text()) || do_body(step.text()).is_some_and(|body| has(&body))
        }
        _ => false,
    }
}

/// `CREATE TYPE`, `ALTER TYPE … RENAME VALUE`, `COMMENT ON`: their strings are values of no column.
fn says_labels(text: &str) -> bool {
    let starts = |with: &[&str]| Words::first(text, Engine::Postgres).eat_all(with);
    starts(&["CREATE", "TYPE"]) || starts(&["ALTER", "TYPE"]) || starts(&["COMMENT", "ON"])
}

fn finding<'s>(
    patch: &str,
    value: &str,
    user: &Step<'_>,
    added: &Step<'_>,
    before: impl IntoIterator<Item = &'s Step<'s>>,
    of: &str,
) -> Finding {
    let title = format!("patch `{patch}` uses the enum value {value} before it is committed");
    let finding = Finding::new(Code::UncommittedValue, title)
        .label(
            first_line(user),
            "uses the value, if it is one of that type here",
        )
        .label(first_line(added), "adds the value")
        .note("PostgreSQL refuses a new enum value in the transaction that adds it");
    let made = before.into_iter().find(|step| makes_type(step.text(), of));
    match made {
        Some(made) => finding
            .label(first_line(made), "makes the type")
            .note("from version 17 on it does not, where the transaction has made the type too")
            .help(format!("write {value} into the CREATE TYPE")),
        None => finding,
    }
}

/// `CREATE TYPE name …`
fn makes_type(text: &str, name: &str) -> bool {
    let mut words = Words::first(text, Engine::Postgres);
    words.eat_all(&["CREATE", "TYPE"])
        && words
            .name()
            .is_some_and(|made| made.eq_ignore_ascii_case(name))
}
