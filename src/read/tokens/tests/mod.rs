//! Cases: a little SQL and the facts in it, one a line. `cases/*.txt` are the cases; with
//! `UPDATE_CASES=1` in the environment a run writes what it finds into them, for a look at the
//! difference.

mod soup;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::dialect::{Engine, lex};
use crate::read::fact::{Action, Binding, Fact, Reader};
use crate::source::{SourceId, Sources};

/// The facts of a text, one a line.
pub(super) fn facts(engine: Engine, sql: &str) -> String {
    let mut sources = Sources::default();
    let id: SourceId = sources.add("case.sql", sql);
    let source = sources.get(id);
    let dialect = engine.dialect();
    let tokens = lex::lex(sql, &dialect.lexing);
    let (facts, dynamic) = super::read(source, &tokens, dialect);
    let mut text = String::new();
    for fact in &facts {
        assert!(
            source.text.is_char_boundary(fact.span.start as usize)
                && fact.span.start <= fact.span.end
                && fact.span.end as usize <= sql.len(),
            "{fact:?} is not in the text"
        );
        writeln!(text, "{}", line(fact)).expect("a string takes everything");
    }
    for span in dynamic {
        writeln!(text, "dynamic {}", source.slice(span)).expect("a string takes everything");
    }
    text
}

fn line(fact: &Fact) -> String {
    let object = &fact.object;
    let mut line = match &fact.action {
        Action::Define {
            replace,
            if_absent,
            temporary,
        } => {
            let mut line = "define ".to_owned();
            line.push_str(if *replace { "or replace " } else { "" });
            line.push_str(if *if_absent { "if absent " } else { "" });
            line.push_str(if *temporary { "temporary " } else { "" });
            line + &object.to_string()
        }
        Action::Drop { if_exists, cascade } => format!(
            "drop {}{object}{}",
            if *if_exists { "if exists " } else { "" },
            if *cascade { " cascade" } else { "" }
        ),
        Action::Rename { to } => format!("rename {object} to {to}"),
        Action::RunsOnWrite { table } => format!("runs on write of {table}: {object}"),
        Action::Partitions { parent } => format!("{object} is a partition of {parent}"),
        Action::CoversAll { of } => format!("covers each {} of {object}", of.noun()),
        Action::CoversNew { of } => format!("covers each new {} of {object}", of.noun()),
        Action::References { from } => format!("references {object} from {from}"),
        other => format!("{} {object}", format!("{other:?}").to_lowercase()),
    };
    if let crate::read::fact::Part::Arguments(signature) = &object.part
        && signature.types.is_none()
    {
        let max = signature
            .max
            .map_or_else(|| "*".to_owned(), |max| max.to_string());
        let arity = if signature.max == Some(signature.min) {
            max
        } else {
            format!("{}..{max}", signature.min)
        };
        line = line.replace("()", &format!("({arity})"));
    }
    if !fact.or_of.is_empty() {
        let others: Vec<String> = fact.or_of.iter().map(ToString::to_string).collect();
        let _ = write!(line, " or of {}", others.join(", "));
    }
    if fact.binding == Binding::Late {
        line.push_str(" (late)");
    }
    if fact.reader == Reader::Implied {
        line.push_str(" (implied)");
    }
    if let Some(body) = &fact.in_body_of {
        let _ = write!(line, " in {} {}", body.kind.noun(), body.name.name);
    }
    line
}

/// One case: its dialect, its SQL, the facts that it has.
struct Case {
    engine: Engine,
    sql: String,
    facts: String,
}

/// Reads a file of cases: `dialect: SQL`, further lines of SQL behind `|`, facts indented by two
/// blanks, `#` for remarks.
fn cases(text: &str) -> (Vec<String>, Vec<Case>) {
    let mut remarks = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.split('\n') {
        if let Some(fact) = line.strip_prefix("  ") {
            let case = cases.last_mut().expect("a case stands before its facts");
            case.facts.push_str(fact);
            case.facts.push('\n');
        } else if let Some(more) = line.strip_prefix('|') {
            let case = cases.last_mut().expect("a case begins with its dialect");
            case.sql.push('\n');
            case.sql.push_str(more.strip_prefix(' ').unwrap_or(more));
        } else if let Some((engine, sql)) = line.split_once(": ")
            && let Ok(engine) = engine.parse()
        {
            cases.push(Case {
                engine,
                sql: sql.to_owned(),
                facts: String::new(),
            });
        } else if line.starts_with('#') {
            remarks.push(line.to_owned());
        } else {
            assert!(line.is_empty(), "no case begins with {line:?}");
        }
    }
    (remarks, cases)
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may ask to renew its cases"
)]
fn cases_have_their_facts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/read/tokens/tests/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a case file can be read");
        let (remarks, cases) = cases(&text);
        let mut renewed = remarks.join("\n");
        for case in cases {
            let found = facts(case.engine, &case.sql);
            if found != case.facts {
                let _ = write!(
                    wrong,
                    "\n{}: {}\nexpected:\n{}found:\n{found}",
                    case.engine.name(),
                    case.sql,
                    case.facts
                );
            }
            let _ = write!(
                renewed,
                "\n\n{}: {}\n",
                case.engine.name(),
                case.sql.replace('\n', "\n| ")
            );
            for fact in found.split_terminator('\n') {
                let _ = writeln!(renewed, "  {fact}");
            }
            renewed = renewed.trim_end().to_owned();
        }
        if update {
            std::fs::write(&file, renewed + "\n").expect("a case file can be written");
        }
    }
    assert!(update || wrong.is_empty(), "{wrong}");
}
