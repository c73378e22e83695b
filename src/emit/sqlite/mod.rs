//! Plan → a script for the sqlite3 shell, 3.40 or later: `sqlite3 DATABASE < out.sql`.
//!
//! SQLite has no dynamic SQL, so what decides is data. Each patch's text is a literal; if the patch
//! is due, it is written to a private file, else nothing is, and the shell reads that file in either
//! case. The text and the ledger's row commit together. `sql/open.sql` has the whole of the logic, as
//! triggers on temporary tables and a view; what stands per patch is the same few lines ([`push_step`]).
//!
//! Read on in [`role`] (what a statement means to a script), [`step`] (which statements run in one
//! transaction) and [`body`] (their text).

mod body;
mod pragma;
mod role;
mod single;
mod step;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::template::{common, fill, if_set};
use super::text::{ident, literal};
use super::{Emitted, Script, banner};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Client, Drift, Ledger, Plan, PlannedPatch, Transaction};
use crate::source::{Source, Sources};
use step::Step;

const OPEN: &str = include_str!("sql/open.sql");
const STRANGER: &str = include_str!("sql/stranger.sql");
const TARGET: &str = include_str!("sql/target.sql");
const CLOSE: &str = include_str!("sql/close.sql");
const TAKE_TURNS: &str = include_str!("sql/take_turns.sql");
const GO_ON: &str = include_str!("sql/go_on.sql");
const DROP_TEMPORARY: &str = include_str!("sql/drop_temporary.sql");
const KEEP_TRIGGERS: &str = include_str!("sql/keep_triggers.sql");
const PUT_BACK_TRIGGERS: &str = include_str!("sql/put_back_triggers.sql");
const WARNINGS: &str = include_str!("sql/warnings.sql");

/// What the trigger of a step adds to a text that is one literal.
const LAST_PART: &str = " || 'RELEASE sqlstitch_patch;
UPDATE temp.sqlstitch_turn SET noted = 1;
UPDATE temp.sqlstitch_turn SET done = 1;
'";

/// The private directory where writing costs least, if nobody has said another one and small texts have
/// room there: file systems on disks write a file to the disk when it is emptied and filled again.
const IN_MEMORY: &str = r#"d=; [ "$TMPDIR" ] || ! d=$(mktemp -d /dev/shm/sqlstitch.XXXXXX 2>/dev/null) || dd if=/dev/zero bs=1000000 count=8 of="$d/sqlstitch.body" 2>/dev/null || { rm -rf "$d"; d=; }; "#;

/// The script that applies the plan's patches in order.
pub(super) fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    let mut findings = Vec::new();
    if plan.settings.client == Client::Any {
        findings.push(
            Finding::new(Code::Unsupported, "SQLite has no script for any client")
                .note("it has no dynamic SQL, so plain SQL cannot decide whether a patch runs")
                .help("leave --client out for a script for the sqlite3 shell, or use --format json for drivers"),
        );
    }
    let patches: Vec<Vec<Step>> = plan
        .patches
        .iter()
        .map(|patch| {
            let (steps, more) = step::steps(patch, sources.get(patch.source));
            findings.extend(more);
            steps
        })
        .collect();
    // A baseline runs none of them.
    let runs = plan.settings.action != Action::Baseline;
    let patches = if runs {
        patches
    } else {
        findings.clear();
        Vec::new()
    };
    let is_single = plan.settings.transaction == Transaction::Single;
    let undoes = plan.settings.action == Action::Revert;
    if is_single {
        for (patch, steps) in plan.patches.iter().zip(&patches) {
            findings.extend(single::refuse(patch, steps));
        }
    }
    let large = |(patch, steps): (&PlannedPatch, &Vec<Step>)| {
        let source = sources.get(patch.source);
        steps.iter().any(|step| body::is_large(patch, step, source))
    };
    let large = plan.patches.iter().zip(&patches).any(large);
    let take_turns = patches.iter().flatten().any(|step| step.wal);
    let mut script = Script::from(banner::title(plan));
    script.push_str(
        "-- Run it with the sqlite3 shell, 3.40 or later:  sqlite3 DATABASE < this file\n--\n",
    );
    script.push_str(&banner::contents(plan));
    script.push('\n');
    let mut values = values(plan);
    values.push(("large", if_set(large)));
    let both = plan.patches.iter().zip(&patches);
    let forms = both.map(|(patch, steps)| {
        if is_single {
            Form::Shared
        } else if !undoes && is_whole(patch, steps, sources.get(patch.source)) {
            Form::Whole
        } else {
            Form::Own
        }
    });
    let forms: Vec<Form> = forms.collect();
    values.push(("whole", if_set(forms.contains(&Form::Whole))));
    let mut both = plan.patches.iter().zip(&patches);
    let longer = both.any(|(patch, steps)| steps.iter().any(|step| body::is_longer(patch, step)));
    let directory = if longer { "d=; " } else { IN_MEMORY };
    values.push(("directory", directory.to_owned()));
    // In a single transaction, the end of the script.
    let commit = if is_single { "" } else { "COMMIT;\n" };
    values.push(("commit", commit.to_owned()));
    values.push((
        "take_turns",
        if take_turns { TAKE_TURNS } else { "" }.to_owned(),
    ));
    script.push_str(&fill(OPEN, &values));
    for (index, (patch, steps)) in plan.patches.iter().zip(&patches).enumerate() {
        let source = sources.get(patch.source);
        script.push('\n');
        script.push_str(&banner::patch(plan, index, sources));
        for step in steps {
            push_step(&mut script, index + 1, step, patch, source, forms[index]);
        }
        let mut bodies = patch
            .statements
            .iter()
            .map(|piece| source.slice(piece.body));
        if bodies.any(role::makes_temporary) {
            script.push_str(DROP_TEMPORARY);
        }
    }
    if is_single {
        script.push_str("\nCOMMIT;\n");
    }
    script.push_str(&fill(CLOSE, &values));
    Emitted::new(script, findings)
}

/// The name of the ledger table, unquoted.
fn ledger_table(ledger: &Ledger) -> String {
    format!("{}_{}", ledger.schema, ledger.table)
}

fn values(plan: &Plan) -> Vec<(&'static str, String)> {
    let settings = &plan.settings;
    let name = ledger_table(&settings.ledger);
    let table = ident(&name);
    let table_text = literal(&name);
    let target = fill(TARGET, &[("table_text", table_text.clone())]);
    let ledger = format!("main.{table}");
    let action = settings.action;
    let undoes = action == Action::Revert;
    let has_external = plan.patches.iter().any(|patch| !patch.external.is_empty());
    let has_formerly = plan.patches.iter().any(|patch| !patch.formerly.is_empty());
    let mut values = vec![
        ("revert", if_set(undoes)),
        ("forward", if_set(!undoes)),
        ("part", body::PART.to_string()),
        ("baseline", if_set(action == Action::Baseline)),
        ("formerly", if_set(has_formerly)),
        ("external", if_set(has_external)),
        (
            "doing",
            (if undoes { "undoing" } else { "applying" }).to_owned(),
        ),
        ("bundle", bundle(plan)),
        ("ledger_text", ledger.replace('\'', "''").replace('%', "%%")),
        ("ledger", ledger),
        ("table", table),
        ("table_text", table_text),
        ("stranger", STRANGER.to_owned()),
        ("target", target),
    ];
    values.extend(common(plan, literal));
    let warnings = match settings.drift {
        Drift::Warn => fill(WARNINGS, &values),
        Drift::Error | Drift::Ignore => String::new(),
    };
    values.push(("warnings", warnings));
    values
}

/// The rows that tell the script its own patches.
fn bundle(plan: &Plan) -> String {
    let numbered = || (1_usize..).zip(&plan.patches);
    let patches = numbered().map(|(position, patch)| {
        format!(
            "({position}, {}, {}, '{}', '{}', '{}', {})",
            literal(&patch.name),
            literal(&patch.path),
            patch.checksum,
            patch.phase.name(),
            patch.kind(),
            patch.statement_count(),
        )
    });
    let names = |position: usize, names: &[String]| -> Vec<String> {
        names
            .iter()
            .map(|name| format!("({position}, {})", literal(name)))
            .collect()
    };
    let mut text = String::new();
    let mut insert = |table: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            let _ = writeln!(
                text,
                "INSERT INTO temp.{table} VALUES\n  {};",
                rows.join(",\n  ")
            );
        }
    };
    insert(
        "sqlstitch_bundle (position, name, path, checksum, phase, kind, statements)",
        patches.collect(),
    );
    insert(
        "sqlstitch_former",
        numbered()
            .flat_map(|(position, patch)| names(position, &patch.formerly))
            .collect(),
    );
    insert(
        "sqlstitch_external",
        numbered()
            .flat_map(|(position, patch)| names(position, &patch.external))
            .collect(),
    );
    let former = numbered().flat_map(|(position, patch)| {
        let row = move |(name, former): &(String, String)| {
            format!("({position}, {}, {})", literal(name), literal(former))
        };
        patch.external_formerly.iter().map(row)
    });
    insert("sqlstitch_external_former", former.collect());
    if plan.settings.action == Action::Revert {
        let dependents = numbered().flat_map(|(position, patch)| {
            let itself = patch.irreversible.then(|| format!("({position}, NULL)"));
            itself.into_iter().chain(names(position, &patch.dependents))
        });
        insert("sqlstitch_dependent", dependents.collect());
    }
    text
}

/// How the steps of a patch run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In the script's transaction.
    Shared,
    /// Each by itself.
    Own,
    /// There is one, and its text is all of the patch, its record and its COMMIT: what costs least.
    Whole,
}

/// Whether a patch is one transaction that runs once, whose record is a new row of the ledger.
fn is_whole(patch: &PlannedPatch, steps: &[Step], source: &Source) -> bool {
    let [step] = steps else {
        return false;
    };
    step.transactional
        && !patch.repeatable
        && patch.external.is_empty()
        && step.statements == (0..patch.statement_count())
        && !body::is_large(patch, step, source)
}

/// Appends a step: decide, write the text or nothing, read it, record.
fn push_step(
    text: &mut Script,
    position: usize,
    step: &Step,
    patch: &PlannedPatch,
    source: &Source,
    form: Form,
) {
    let whole = form == Form::Whole;
    let own = step.transactional && form != Form::Shared;
    if let Some(on) = step.foreign_keys {
        // Inside a transaction this would do nothing, so it is set whether or not the patch is due.
        let _ = writeln!(
            text,
            "PRAGMA foreign_keys = {};",
            if on { "ON" } else { "OFF" }
        );
    }
    if own {
        text.push_str("BEGIN IMMEDIATE;\n");
    }
    if !patch.formerly.is_empty() {
        let _ = writeln!(text, "UPDATE temp.sqlstitch_turn SET renamed = {position};");
    }
    if !patch.external.is_empty() {
        let _ = writeln!(text, "UPDATE temp.sqlstitch_turn SET asked = {position};");
    }
    let keeps_triggers = step.transactional && patch.repeatable && drops_views(patch, source);
    if keeps_triggers {
        text.push_str(KEEP_TRIGGERS);
    }
    let large = body::is_large(patch, step, source);
    let _ = if whole {
        write!(text, "INSERT INTO temp.sqlstitch_whole VALUES ({position},")
    } else {
        write!(
            text,
            "INSERT INTO temp.sqlstitch_step VALUES ({position}, {}, {}, {},",
            step.statements.start,
            step.statements.end,
            // See `transactional` in open.sql.
            u8::from(step.transactional) + u8::from(large),
        )
    };
    if keeps_triggers {
        text.push_str("\n'INSERT INTO temp.sqlstitch_trigger SELECT t.name, t.tbl_name, t.sql FROM main.sqlite_schema AS t JOIN main.sqlite_schema AS v ON v.type = ''view'' AND v.name = t.tbl_name COLLATE NOCASE WHERE t.type = ''trigger'';' ||");
    }
    let check = step.transactional && step.foreign_keys == Some(false);
    // The check is for patches that mean to keep foreign keys whole: sessions that have them on, and
    // files that switch them on again at their end.
    let only_if = if step.foreign_keys_again {
        ""
    } else {
        " WHERE (SELECT foreign_keys FROM temp.sqlstitch_session)"
    };
    if check {
        let _ = write!(
            text,
            "\n'UPDATE temp.sqlstitch_turn SET violations = -(SELECT count(*) FROM pragma_foreign_key_check){only_if};' ||"
        );
    }
    let lines_before = body::lines_before(patch, step, source);
    if lines_before > 0 {
        let _ = write!(
            text,
            " replace(hex(zeroblob({lines_before})), '00', char(10)) ||"
        );
    }
    text.push_str("\n'");
    body::push(text, patch, step, source, large);
    text.push_str(if large { "\n;'" } else { "'\n|| '\n;'" });
    for (name, back) in &step.settings {
        let _ = match back {
            Some(back) => write!(text, " || 'PRAGMA {name} = {back};'"),
            None => write!(
                text,
                " || 'PRAGMA {name} = ' || (SELECT {name} FROM pragma_{name}) || ';'"
            ),
        };
    }
    if check {
        let _ = write!(
            text,
            " || 'UPDATE temp.sqlstitch_turn SET violations = violations + (SELECT count(*) FROM pragma_foreign_key_check){only_if};'"
        );
    }
    if large {
        text.push_str(LAST_PART);
    }
    text.push_str(");\n");
    if large {
        text.push_str(body::APPEND);
    }
    text.push_str(".read sqlstitch.run\n");
    if keeps_triggers {
        text.push_str(PUT_BACK_TRIGGERS);
    }
    if !whole {
        text.push_str("UPDATE temp.sqlstitch_turn SET ended = 1;\n");
        if own {
            text.push_str("COMMIT;\n");
        }
    }
    if step.wal {
        text.push_str(GO_ON);
    }
    if step.foreign_keys.is_some() {
        text.push_str(
            "UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', (SELECT printf('PRAGMA foreign_keys = %d;', foreign_keys) FROM temp.sqlstitch_session));\n.read sqlstitch.run\n",
        );
    }
}

/// Whether a patch drops views, and does not itself say which of their triggers go.
fn drops_views(patch: &PlannedPatch, source: &Source) -> bool {
    let dropped = |what| {
        let mut pieces = patch.statements.iter();
        pieces.any(|piece| role::drops(source.slice(piece.body), what))
    };
    dropped("VIEW") && !dropped("TRIGGER")
}
