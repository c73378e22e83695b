//! Every subcommand of ALTER TABLE that a manual has, with its step of a release and what is told of it:
//! `tests/phases/<dialect>.sql` has a database, a line `----`, and statements of which each is judged
//! by itself as a patch over that database.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sqlstitch::dialect::Engine;
use sqlstitch::pipeline;
use sqlstitch::plan::phase::{Patches, Release, tell};
use sqlstitch::resolve::Settings;
use sqlstitch::source::Sources;

#[test]
fn every_subcommand_has_its_step() {
    for engine in ["postgres", "mariadb", "mysql", "sqlite", "duckdb", "mssql"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/phases");
        let text =
            fs::read_to_string(folder.join(format!("{engine}.sql"))).expect("the statements");
        let (base, statements) = text.split_once("----\n").expect("a line of dashes");
        let engine_of = engine.parse().expect("an engine");
        let mut table = String::new();
        for line in statements.split_terminator('\n') {
            let judged = match line.starts_with("--") {
                true => String::new(),
                false => format!("{:<44} ", judge(engine_of, base, line)),
            };
            writeln!(table, "{judged}{line}").expect("a text");
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(engine, table));
    }
}

/// The step of a statement, and the findings.
fn judge(engine: Engine, base: &str, statement: &str) -> String {
    let mut sources = Sources::default();
    sources.add("1_base.sql", base);
    sources.add("2_change.sql", format!("{statement}\n"));
    let analysis = pipeline::analyse(&sources, engine, &Settings::default(), |sources, read| {
        sources.iter().map(read).collect()
    });
    let phases = pipeline::phases(&analysis, &sources, Release::EachPatch);
    let Some(found) = phases.get(1) else {
        return "no order".to_owned();
    };
    let phase = match found.steps.first() {
        Some(_) => found.phase.name(),
        None => "any",
    };
    let order = analysis.order.as_ref().map(|order| &*order.sequence);
    let all = Patches::new(
        &analysis.patches,
        order.unwrap_or_default(),
        &sources,
        engine.dialect(),
    );
    let told = tell::breaks(&analysis.patches[1], found, &all);
    let codes: Vec<&str> = told.iter().map(|finding| finding.code.name()).collect();
    format!("{phase:<8} {}", codes.join(" "))
}
