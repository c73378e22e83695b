//! Plan → one guarded script for MySQL, 8.0.19 and later, for the mysql client.
//!
//! What decides is a procedure that the script makes for its run and drops at its end (`sql/run.sql`):
//! MySQL has no blocks outside of them. Each patch is one `SET` of its statements as literals, and one call
//! of the procedure, which prepares and runs them. What the server cannot prepare the client sends by
//! itself, behind a [`gate`]. What goes wrong the procedure keeps to itself until the end of the script,
//! where the procedures are dropped and the error is shown; nothing runs in between.
//!
//! What statements mean, and what the catalog tells of those that were broken off, is as in MariaDB: see
//! there for the parts of a patch.

mod facts;
mod gate;
mod settings;

use std::fmt::Write as _;

use super::mariadb::facts::Way;
use super::mariadb::patch::{self, Part, Parts, Step};
use super::mariadb::quote::{ident, literal};
use super::mariadb::set::Set;
use super::mariadb::{bundle, checks, is_long, ledger_table, of_action, packet};
use super::script::Quoting;
use super::template::{common, fill, if_set};
use super::{Emitted, Script, banner};
use crate::finding::{Code, Finding};
use crate::plan::{Action, Plan, PlannedPatch};
use crate::source::{Source, Sources};
use facts::MYSQL;
use gate::Gate;

const STRANGER: &str = include_str!("sql/stranger.sql");
const HEAD: &str = include_str!("sql/head.sql");
const PACKET: &str = include_str!("sql/packet.sql");
const BEFORE: &str = include_str!("sql/before.sql");
const PROCEDURES: &str = include_str!("sql/procedures.sql");
const CHECK: &str = include_str!("sql/check.sql");
const RUN: &str = include_str!("sql/run.sql");
const LOOK: &str = include_str!("sql/look.sql");
const OUTSIDE: &str = include_str!("sql/outside.sql");
const INSIDE: &str = include_str!("sql/inside.sql");
const LAST: &str = include_str!("sql/last.sql");
const FINISH: &str = include_str!("sql/finish.sql");

/// The script that applies the plan's patches in order.
pub(super) fn emit(plan: &Plan, sources: &Sources) -> Emitted {
    let mut findings = Vec::new();
    let patches: Vec<Parts> = plan
        .patches
        .iter()
        .map(|patch| {
            let source = sources.get(patch.source);
            let mut parts = patch::parts(patch, source, &MYSQL, &mut findings);
            for step in &mut parts.steps {
                prepare(plan, patch, source, step, &mut findings);
            }
            parts
        })
        .collect();
    let delimiter = delimiter(plan, &patches, sources);
    let mut script = Script::from(banner::title(plan));
    script.push_str(
        "-- Run it with the mysql client, which stops at the first error:  mysql DATABASE < this file\n",
    );
    script.push_str(STRANGER);
    script.push_str("--\n");
    script.push_str(&banner::contents(plan));
    script.push('\n');
    script.push_str(&head(plan, &patches, sources, &delimiter));
    let mut before = None;
    for (index, (patch, parts)) in plan.patches.iter().zip(&patches).enumerate() {
        script.push('\n');
        script.push_str(&banner::patch(plan, index, sources));
        if plan.settings.action != Action::Baseline {
            let set = Set {
                patch,
                before,
                parts,
                source: sources.get(patch.source),
            };
            for part in &parts.parts {
                write_part(&mut script, &set, part, &delimiter);
            }
            if parts.steps.iter().any(|step| step.way == Way::Lock) {
                script.push_str("UNLOCK TABLES;\n");
            }
        }
        before = Some(patch.name.as_str());
    }
    script.push('\n');
    let values = [("finish", settings::finish()), ("delimiter", delimiter)];
    script.push_str(&fill(FINISH, &values));
    Emitted::new(script, findings)
}

/// Makes a step's text what can be sent, or tells why it cannot be.
fn prepare(
    plan: &Plan,
    patch: &PlannedPatch,
    source: &Source,
    step: &mut Step,
    findings: &mut Vec<Finding>,
) {
    if step.way == Way::Lock {
        let table = ident(&ledger_table(&plan.settings.ledger));
        let text = step.text(source).replacen("$-ledger", &table, 1);
        step.set_text(text);
    }
    if !step.outside {
        return;
    }
    let text = step.text(source);
    let mut refuse = |why: &str, help: &str| {
        let title = format!("patch `{}` cannot {why}", patch.name);
        let line = patch::first_line(source, step.span);
        findings.push(
            Finding::new(Code::Unsupported, title)
                .label(line, "the client must send this statement by itself")
                .help(help),
        );
    };
    let gate = Gate::of(text);
    if step.plain_backslash && text.contains('\\') {
        refuse(
            "have a backslash in this statement under NO_BACKSLASH_ESCAPES",
            "set another sql_mode before it, or write CHAR(92)",
        );
    } else if gate.is_none() || gate == Some(Gate::String) && facts::keeps_its_end(text) {
        match gate::with_line_comments(text) {
            Some(text) => step.set_text(text),
            None => refuse(
                "have both `*/` and a double quote in this statement",
                "write its strings in single quotes, or its comments as `--` lines; or a body as BEGIN … END",
            ),
        }
    }
}

/// What ends a message where the text of one holds semicolons.
fn delimiter(plan: &Plan, patches: &[Parts], sources: &Sources) -> String {
    let ledger = ledger_table(&plan.settings.ledger);
    let texts: Vec<&str> = plan
        .patches
        .iter()
        .zip(patches)
        .flat_map(|(patch, parts)| {
            let source = sources.get(patch.source);
            let outside = parts.steps.iter().filter(|step| step.outside);
            outside.map(move |step| step.text(source))
        })
        .chain([ledger.as_str()])
        .collect();
    let is_free = |mark: &String| !texts.iter().any(|text| text.contains(mark.as_str()));
    let usual = [";;", "//", "$$"].map(str::to_owned);
    let more = (1..).map(|number| format!("//{number}//"));
    usual
        .into_iter()
        .chain(more)
        .find(is_free)
        .unwrap_or_default()
}

/// Everything above the first patch.
fn head(plan: &Plan, patches: &[Parts], sources: &Sources, delimiter: &str) -> String {
    let table = ledger_table(&plan.settings.ledger);
    let list = literal(&bundle(plan, patches));
    let sets = plan.patches.iter().zip(patches).flat_map(|(patch, parts)| {
        let source = sources.get(patch.source);
        let sets = |step: &&Step| matches!(step.way, Way::Session | Way::Outside);
        let steps = parts.steps.iter().filter(sets);
        steps.map(move |step| step.text(source))
    });
    let rare = settings::rare(sets);
    let packet = packet(plan, patches, sources, list.len());
    let mut values = values(plan, packet, &table, &rare);
    values.push(("delimiter", delimiter.to_owned()));
    let mut text = fill(HEAD, &values);
    // Any other problem is told at the end, and the client would send this packet before.
    if is_long(packet) {
        text.push_str(&fill(PACKET, &values));
    }
    let _ = writeln!(
        text,
        "-- The patches of this script.\nSET @sqlstitch_bundle = {list};"
    );
    let is_due = fill(
        "SELECT EXISTS (SELECT 1 FROM {{patches}} LEFT JOIN {{ledger}} AS l ON {{same_name}} {{is_done}}) \
         OR EXISTS (SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME IN ('sqlstitch_check', 'sqlstitch_run')) INTO @sqlstitch_due",
        &values,
    );
    values.push(("is_due", literal(&is_due)));
    text.push_str(&fill(BEFORE, &values));
    let check = fill(CHECK, &values);
    let run = fill(RUN, &values);
    let gate = Gate::of(&check).unwrap_or(Gate::String);
    values.extend([
        ("check", check.trim_end().to_owned()),
        ("run", run.trim_end().to_owned()),
        ("open", gate.open().to_owned()),
        ("close", gate.close().to_owned()),
    ]);
    text.push_str(&fill(PROCEDURES, &values));
    text
}

fn values(plan: &Plan, packet: usize, table: &str, rare: &[&str]) -> Vec<(&'static str, String)> {
    let settings = &plan.settings;
    let text = |name: &str, size: &str, path: &str| {
        format!("{name} {size} CHARACTER SET utf8mb4 PATH '{path}'")
    };
    let name = text("name", "varchar(255)", "$.name");
    let checksum = text("checksum", "varchar(128)", "$.checksum");
    let columns = format!(
        "position FOR ORDINALITY, {name}, {}, {checksum}, {} DEFAULT '\"expand\"' ON EMPTY, {} DEFAULT '\"once\"' ON EMPTY, statements int PATH '$.statements' DEFAULT '1' ON EMPTY, {}, irreversible int PATH '$.irreversible' DEFAULT '0' ON EMPTY",
        text("path_told", "text", "$.path"),
        text("phase", "varchar(64)", "$.phase"),
        text("kind", "varchar(16)", "$.kind"),
        text("marks", "longtext", "$.marks"),
    );
    let json = |columns: &str, alias: &str| {
        format!("JSON_TABLE(@sqlstitch_bundle, '$[*]' COLUMNS ({columns})) AS {alias}")
    };
    let has_formerly = plan.patches.iter().any(|patch| !patch.formerly.is_empty());
    let mut values = vec![
        ("keep", settings::keep(rare)),
        ("table", literal(&ident(table))),
        ("table_text", literal(table)),
        ("ledger", ident(table)),
        ("packet", packet.to_string()),
        ("patches", json(&columns, "b")),
        (
            "formers",
            json(
                &format!(
                    "{name}, {checksum}, NESTED PATH '$.formerly[*]' COLUMNS ({})",
                    text("former", "varchar(255)", "$")
                ),
                "b",
            ),
        ),
        ("others", json(&format!("{name}, {checksum}"), "p")),
        (
            "externals",
            json(
                &format!(
                    "{columns}, NESTED PATH '$.external[*]' COLUMNS ({}, {})",
                    text("needed", "varchar(255)", "$.name"),
                    text("needed_was", "text", "$.was")
                ),
                "b",
            ),
        ),
        (
            "dependents",
            json(
                &format!(
                    "{columns}, NESTED PATH '$.dependents[*]' COLUMNS ({})",
                    text("dependent", "varchar(255)", "$")
                ),
                "b",
            ),
        ),
        ("same_name", "l.name = b.name".to_owned()),
        ("bin", String::new()),
        ("stop", "ROLLBACK;\n      LEAVE checks".to_owned()),
        (
            "without_ledger",
            u8::from(settings.action != Action::Revert).to_string(),
        ),
        (
            "path",
            "COALESCE(b.path_told, CONCAT(b.name, '.sql'))".to_owned(),
        ),
        ("settings", settings::part(true)),
        ("restore", settings::restore(rare)),
        ("look", LOOK.trim_end().to_owned()),
        ("formerly", if_set(has_formerly)),
    ];
    values.extend(of_action(plan));
    values.extend(common(plan, literal));
    values.push(("checks", checks(&values)));
    values
}

/// The `SET` and the call that carry a part of a patch.
fn write_part(script: &mut Script, set: &Set<'_>, part: &Part, delimiter: &str) {
    let steps = set.parts.of(part);
    let outside = steps.iter().find(|step| step.outside);
    set.begin(script, part);
    let _ = write!(
        script,
        ", @sqlstitch_outside = {}",
        u8::from(outside.is_some())
    );
    if let [Step { way: Way::Lock, .. }] = steps {
        let later = (1..).zip(&set.parts.steps).skip(part.first);
        let until = later
            .filter(|(_, step)| matches!(step.way, Way::Lock | Way::Unlock))
            .map(|(number, _)| number)
            .next();
        let until = until.unwrap_or(set.parts.steps.len());
        let _ = write!(script, ", @sqlstitch_until = {until}");
    }
    for (number, step) in (1..).zip(steps) {
        let _ = write!(script, ",\n@sqlstitch_{number} = ");
        if step.outside {
            // A comment that ends would end the gate's.
            let place = format!("/* {} */", step.place(set.patch));
            script.push_str(&literal(&place));
        } else {
            set.statement(script, step);
        }
    }
    script.push_str(";\n");
    match outside {
        None => script.push_str("EXECUTE sqlstitch_run;\n"),
        Some(step) => write_outside(script, set, step, delimiter),
    }
}

/// A statement that the client sends by itself, if the procedure opens the gate.
fn write_outside(script: &mut Script, set: &Set<'_>, step: &Step, delimiter: &str) {
    let text = step.text(set.source);
    // Without one there is a finding, and no script.
    let gate = Gate::of(text).unwrap_or(Gate::Comment);
    let values = [
        ("open", gate.open().to_owned()),
        ("close", gate.close().to_owned()),
        // The text comes as it is in the file, in UTF-8; only ASCII may be called something else.
        ("settings", settings::part(text.is_ascii())),
        ("delimiter", delimiter.to_owned()),
    ];
    let place = step.place(set.patch);
    let _ = writeln!(script, "-- {place}\nDELIMITER {delimiter}");
    script.push_str(&fill(OUTSIDE, &values));
    match step.own_text() {
        Some(text) => script.push_str(text),
        None => script.push_source(set.source, step.span, Quoting::Plain),
    }
    let inside = if facts::keeps_its_end(text) {
        LAST
    } else {
        INSIDE
    };
    script.push('\n');
    script.push_str(&fill(inside, &values));
    let _ = writeln!(script, "{delimiter}\nDELIMITER ;");
}
