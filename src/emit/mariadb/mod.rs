//! Plan → one guarded script for MariaDB, 10.6 and later, for any client.
//!
//! What decides is a block of statements in a user variable, run by `EXECUTE IMMEDIATE` (`sql/run.sql`);
//! so there is no DELIMITER and no stored routine, and the mariadb client and drivers take the same
//! text. Each patch is one `SET` of its statements as literals, and one call of the block.
//!
//! DDL commits by itself. So the block records how far a patch has come together with the rows that it
//! writes, and before each DDL statement; what was broken off is looked up in the catalog ([`probe`]).
//! Read on in [`facts`] (what the manual says), [`role`] (what a statement means) and [`patch`] (which
//! statements run in one call).

mod alter;
mod charset;
pub(in crate::emit) mod facts;
pub(in crate::emit) mod patch;
mod probe;
pub(in crate::emit) mod quote;
pub(in crate::emit) mod reading;
mod role;
pub(in crate::emit) mod server;
pub(in crate::emit) mod set;
pub(in crate::emit) mod settings;

use std::fmt::Write as _;

use super::template::{common, fill, if_set};
use super::{Emitted, Script, banner};
use crate::plan::{Action, Ledger, Phase, Plan, PlannedPatch};
use crate::source::{Source, Sources};
use patch::Parts;
use quote::{ident, literal};
use set::Set;

const STRANGER: &str = include_str!("sql/stranger.sql");
const HEAD: &str = include_str!("sql/head.sql");
const PACKET: &str = include_str!("sql/packet.sql");
const STOP: &str = include_str!("sql/stop.sql");
const LOOK: &str = include_str!("sql/look.sql");
const RESTORE: &str = include_str!("sql/restore.sql");
const RUN: &str = include_str!("sql/run.sql");
const CHECK: &str = include_str!("sql/check.sql");
const CHECK_APPLY: &str = include_str!("sql/check_apply.sql");
const FINISH: &str = include_str!("sql/finish.sql");

/// What a packet needs besides the texts: names, roles, quotes.
const PACKET_ROOM: usize = 64 << 10;

/// What every server takes that is meant for more than toys.
const LEAST_PACKET: usize = 1 << 20;

/// How the ledger tells names apart.
const BIN: &str = " COLLATE utf8mb4_nopad_bin";

/// The script that applies the plan's patches in order.
pub(super) fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    let mut findings = Vec::new();
    let patches: Vec<Parts> = plan
        .patches
        .iter()
        .map(|patch| {
            let source = sources.get(patch.source);
            patch::parts(patch, source, &server::MARIADB, &mut findings)
        })
        .collect();
    let mut script = Script::from(banner::title(plan));
    script.push_str(
        "-- Run it with any client, one that stops at the first error:  mariadb DATABASE < this file\n",
    );
    script.push_str(STRANGER);
    script.push_str("--\n");
    script.push_str(&banner::contents(plan));
    script.push('\n');
    script.push_str(&head(plan, &patches, sources));
    let mut before = None;
    for (index, (patch, parts)) in plan.patches.iter().zip(&patches).enumerate() {
        script.push('\n');
        script.push_str(&banner::patch(plan, index, sources));
        if plan.settings.action != Action::Baseline {
            let source = sources.get(patch.source);
            write_patch(&mut script, patch, before, parts, source);
        }
        before = Some(patch.name.as_str());
    }
    script.push('\n');
    let values = [
        ("finish", settings::finish()),
        ("last", before.map_or("NULL".to_owned(), literal)),
        ("done", done(plan).to_owned()),
    ];
    script.push_str(&fill(FINISH, &values));
    Emitted::new(script, findings)
}

/// The name of the ledger table, unquoted.
pub(in crate::emit) fn ledger_table(ledger: &Ledger) -> String {
    format!("{}_{}", ledger.schema, ledger.table)
}

/// What the script does with its patches, for messages.
fn done(plan: &Plan) -> &'static str {
    match plan.settings.action {
        Action::Revert => "undone",
        _ => "applied",
    }
}

/// Everything above the first patch.
fn head(plan: &Plan, patches: &[Parts], sources: &Sources) -> String {
    let table = ledger_table(&plan.settings.ledger);
    let mut text = fill(
        HEAD,
        &[
            ("keep", settings::keep()),
            ("done", done(plan).to_owned()),
            ("table", literal(&ident(&table))),
        ],
    );
    let list = literal(&bundle(plan, patches));
    let values = values(plan, packet(plan, patches, sources, list.len()), &table);
    if is_long(list.len() + PACKET_ROOM) {
        text.push_str(&fill(PACKET, &values));
    }
    let _ = writeln!(
        text,
        "-- The patches of this script.\nSET @sqlstitch_bundle = {list};"
    );
    let blocks = [
        ("Stops with a message.", "stop", STOP),
        (
            "Looks whether a statement that was broken off has taken effect.",
            "look",
            LOOK,
        ),
        ("Runs a patch, if it is due.", "patch", RUN),
        (
            "Checks everything before anything runs, and makes the ledger if there is none.",
            "check",
            CHECK,
        ),
    ];
    for (what, name, block) in blocks {
        let block = fill(block, &values);
        let block = literal(block.trim_end());
        let block = if block.contains("$ledger") {
            format!("REPLACE({block}, '$ledger', @sqlstitch_ledger)")
        } else {
            block
        };
        let _ = writeln!(text, "-- {what}\nSET @sqlstitch_{name} = {block};");
    }
    let _ = writeln!(
        text,
        "-- Puts settings back.\nSET @sqlstitch_back = {};",
        literal(&format!("SET SESSION {}", settings::back()))
    );
    text.push_str(
        "EXECUTE IMMEDIATE @sqlstitch_check;\nPREPARE sqlstitch_run FROM @sqlstitch_run;\n",
    );
    text
}

/// The longest packet that the script sends: a part of a patch, or the list of them, which this many bytes
/// hold.
pub(in crate::emit) fn packet(
    plan: &Plan,
    patches: &[Parts],
    sources: &Sources,
    list: usize,
) -> usize {
    let quoted = |text: &str| text.len() + text.bytes().filter(|&byte| byte == b'\'').count();
    let longest = plan.patches.iter().zip(patches).flat_map(|(patch, parts)| {
        let source = sources.get(patch.source);
        parts.parts.iter().map(move |part| {
            let texts = parts.of(part).iter();
            let texts = texts.map(|step| quoted(step.text(source)));
            let marks = if part.first == 1 {
                parts.marks_length()
            } else {
                0
            };
            texts.sum::<usize>() + marks
        })
    });
    longest.max().unwrap_or(0).max(list) + PACKET_ROOM
}

/// Whether a packet of this length is one that servers may refuse.
pub(in crate::emit) fn is_long(packet: usize) -> bool {
    packet > LEAST_PACKET
}

fn values(plan: &Plan, packet: usize, table: &str) -> Vec<(&'static str, String)> {
    let columns = "position FOR ORDINALITY, name varchar(255) CHARACTER SET utf8mb4 PATH '$.name', path_told text CHARACTER SET utf8mb4 PATH '$.path', checksum varchar(128) CHARACTER SET utf8mb4 PATH '$.checksum', phase varchar(16) CHARACTER SET utf8mb4 PATH '$.phase' DEFAULT 'expand' ON EMPTY, kind varchar(16) CHARACTER SET utf8mb4 PATH '$.kind' DEFAULT 'once' ON EMPTY, statements int PATH '$.statements' DEFAULT '1' ON EMPTY, marks longtext CHARACTER SET ascii PATH '$.marks', irreversible boolean PATH '$.irreversible' DEFAULT '0' ON EMPTY";
    let json = |columns: &str, alias: &str| {
        format!("JSON_TABLE(@sqlstitch_bundle, '$[*]' COLUMNS ({columns})) AS {alias}")
    };
    let has_formerly = plan.patches.iter().any(|patch| !patch.formerly.is_empty());
    let mut values = vec![
        ("table_text", literal(table)),
        ("ledger", "$ledger".to_owned()),
        ("bin", BIN.to_owned()),
        ("stop", "EXECUTE IMMEDIATE @sqlstitch_stop".to_owned()),
        ("packet", packet.to_string()),
        ("patches", json(columns, "b")),
        (
            "formers",
            json(
                "name varchar(255) CHARACTER SET utf8mb4 PATH '$.name', checksum varchar(128) CHARACTER SET utf8mb4 PATH '$.checksum', NESTED PATH '$.formerly[*]' COLUMNS (former varchar(255) CHARACTER SET utf8mb4 PATH '$')",
                "b",
            ),
        ),
        (
            "others",
            json(
                "name varchar(255) CHARACTER SET utf8mb4 PATH '$.name', checksum varchar(128) CHARACTER SET utf8mb4 PATH '$.checksum'",
                "p",
            ),
        ),
        (
            "externals",
            json(
                &format!(
                    "{columns}, NESTED PATH '$.external[*]' COLUMNS (needed varchar(255) CHARACTER SET utf8mb4 PATH '$.name', needed_was text CHARACTER SET utf8mb4 PATH '$.was')"
                ),
                "b",
            ),
        ),
        (
            "dependents",
            json(
                &format!(
                    "{columns}, NESTED PATH '$.dependents[*]' COLUMNS (dependent varchar(255) CHARACTER SET utf8mb4 PATH '$')"
                ),
                "b",
            ),
        ),
        (
            "same_name",
            "l.name = b.name COLLATE utf8mb4_nopad_bin".to_owned(),
        ),
        (
            "path",
            "COALESCE(b.path_told, CONCAT(b.name, '.sql'))".to_owned(),
        ),
        ("settings_begin", settings::begin()),
        ("settings_part", settings::part()),
        ("settings_pause", settings::pause()),
        (
            "restore",
            fill(RESTORE, &[("rights_back", settings::rights_back())])
                .trim_end()
                .to_owned(),
        ),
        ("formerly", if_set(has_formerly)),
    ];
    values.extend(of_action(plan));
    values.extend(common(plan, literal));
    values.push(("checks", checks(&values)));
    values
}

/// What depends on what the script does with its patches, for the templates of both servers.
pub(in crate::emit) fn of_action(plan: &Plan) -> Vec<(&'static str, String)> {
    let action = plan.settings.action;
    let reverts = action == Action::Revert;
    vec![
        ("rights", if reverts { ", DELETE" } else { "" }.to_owned()),
        (
            "is_done",
            if reverts {
                "WHERE l.name IS NOT NULL"
            } else {
                "AND l.state = 'applied' AND l.checksum = b.checksum WHERE l.name IS NULL"
            }
            .to_owned(),
        ),
        (
            "changed",
            if reverts {
                "l.checksum <> b.checksum AND l.checksum <> CONCAT('revert:', b.checksum)"
            } else {
                "l.checksum <> b.checksum"
            }
            .to_owned(),
        ),
        // The text that undoes is in no checksum.
        (
            "resumes",
            if reverts {
                "TRUE"
            } else {
                "b.kind = 'once' AND l.checksum <> b.checksum"
            }
            .to_owned(),
        ),
        (
            "unknown",
            if reverts {
                "TRUE"
            } else {
                "l.progress IS NULL AND NOT (l.next_statement <=> 1 AND l.started_statement IS NULL)"
            }
            .to_owned(),
        ),
        (
            "not_done",
            if reverts {
                "still applied"
            } else {
                "not applied"
            }
            .to_owned(),
        ),
        ("baseline", if_set(action == Action::Baseline)),
        ("runs", if_set(action != Action::Baseline)),
        ("forward", if_set(!reverts)),
        ("revert", if_set(reverts)),
    ]
}

/// The checks before anything runs, which are the same for both servers.
pub(in crate::emit) fn checks(values: &[(&'static str, String)]) -> String {
    fill(CHECK_APPLY, values).trim_end().to_owned()
}

/// The script's own patches, as JSON; what follows from the name, or is usual, is left out.
pub(in crate::emit) fn bundle(plan: &Plan, patches: &[Parts]) -> String {
    let rows: Vec<String> = plan.patches.iter().zip(patches).map(bundle_row).collect();
    format!("[\n{}\n]", rows.join(",\n"))
}

fn bundle_row((patch, parts): (&PlannedPatch, &Parts)) -> String {
    let mut row = format!(
        "{{\"name\": {}, \"checksum\": \"{}\"",
        json(&patch.name),
        patch.checksum
    );
    if patch.path.strip_suffix(".sql") != Some(&patch.name) {
        let _ = write!(row, ", \"path\": {}", json(&patch.path));
    }
    if parts.steps.len() != 1 {
        let _ = write!(row, ", \"statements\": {}", parts.steps.len());
    }
    if parts.has_marks {
        row.push_str(", \"marks\": \"");
        parts.push_marks(&mut row);
        row.push('"');
    }
    if patch.irreversible {
        row.push_str(", \"irreversible\": 1");
    }
    if !patch.dependents.is_empty() {
        let _ = write!(row, ", \"dependents\": {}", json(&patch.dependents));
    }
    if patch.phase != Phase::Expand {
        let _ = write!(row, ", \"phase\": \"{}\"", patch.phase.name());
    }
    if patch.repeatable {
        row.push_str(", \"kind\": \"repeatable\"");
    }
    if !patch.formerly.is_empty() {
        let _ = write!(row, ", \"formerly\": {}", json(&patch.formerly));
    }
    if !patch.external.is_empty() {
        let externals: Vec<String> = patch
            .external
            .iter()
            .map(|name| {
                let was: Vec<&String> = patch.older_names(name).collect();
                format!(
                    "{{\"name\": {}, \"was\": {}}}",
                    json(name),
                    json(&json(&was))
                )
            })
            .collect();
        let _ = write!(row, ", \"external\": [{}]", externals.join(", "));
    }
    row.push('}');
    row
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("names are strings")
}

/// The `SET` and the call that carry each part of a patch.
fn write_patch(
    script: &mut Script,
    patch: &PlannedPatch,
    before: Option<&str>,
    parts: &Parts,
    source: &Source,
) {
    let set = Set {
        patch,
        before,
        parts,
        source,
    };
    for part in &parts.parts {
        set.begin(script, part);
        for (number, step) in (1..).zip(parts.of(part)) {
            let _ = write!(script, ",\n@sqlstitch_{number} = ");
            set.statement(script, step);
        }
        script.push_str(";\nEXECUTE sqlstitch_run;\n");
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Engine;
    use crate::emit::emit;
    use crate::emit::tests::one_patch;

    /// The list is sent before the check that counts everything.
    #[test]
    fn a_long_list_of_marks_is_checked_before_it_is_sent() {
        let check = "this script needs max_allowed_packet = ";
        for engine in [Engine::Mariadb, Engine::Mysql] {
            for (statements, is_long) in [(10, false), (80_000, true)] {
                let text = "DO 1;\n".repeat(statements) + "CREATE TABLE t (a int);";
                let (plan, sources) = one_patch(engine, &text);
                let script = emit(&plan, &sources)
                    .script
                    .map(|script| script.to_string());
                let script = script.unwrap_or_default();
                let (before, list) = script
                    .split_once("@sqlstitch_bundle = ")
                    .unwrap_or_default();
                assert_eq!(before.contains(check), is_long, "{engine:?}");
                let needed = script.split_once(check).map(|(_, rest)| rest);
                let needed = needed.and_then(|rest| rest.split([',', ' ']).next());
                let needed: usize = needed.and_then(|number| number.parse().ok()).unwrap_or(0);
                let length = list.find(";\n").unwrap_or(usize::MAX);
                assert!(length < needed, "{engine:?}: {length} of {needed}");
            }
        }
    }
}
