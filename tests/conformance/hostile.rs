//! Names and texts that try to break out of the script.

use crate::bundle::Bundle;
use crate::once::{apply, ok};
use crate::support::engine::{Database, Engine};
use crate::{Behaviour, applied};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    ("names are only text", names),
    ("a name with a line end is refused", line_end_in_name),
    ("values arrive byte for byte", values),
    ("a text may end and begin as it likes", ends),
    ("a text with a NUL byte is refused", nul),
];

fn names(engine: &dyn Engine) {
    let long = "n".repeat(200);
    let names = [
        "it's \"quoted\" `so` [too]",
        "a */ DROP TABLE t0; --",
        "c $patch$ $sqlstitch$ $sql$ :x %s %I {{bundle}}",
        "größe/東京 😀",
        " space ",
        "-- dash",
        long.as_str(),
    ];
    let mut bundle = Bundle::default();
    for (number, name) in names.iter().enumerate() {
        bundle = bundle.and(
            name,
            format!("CREATE TABLE t{number} (a integer);\nINSERT INTO t{number} VALUES (1);"),
        );
    }
    let database = engine.database();
    for _ in 0..2 {
        apply(engine, database.as_ref(), &bundle);
    }
    let words = engine.words();
    for (number, name) in names.iter().enumerate() {
        let there = format!(
            "SELECT count(*) FROM {} WHERE lower({}) = '{}'",
            words.ledger,
            (words.hex)("name"),
            hex(name),
        );
        assert_eq!(database.ask(&there), "1", "{name}");
        let rows = database.ask(&format!("SELECT count(*) FROM t{number}"));
        assert_eq!(rows, "1", "{name}");
    }
}

fn line_end_in_name(engine: &dyn Engine) {
    for name in ["a\nDROP TABLE x; --", "a\rb", "a\u{1b}[0m"] {
        let (run, script) = Bundle::new(&[(name, "SELECT 1;")]).build(engine);
        assert!(script.is_none(), "{name:?}");
        assert_ne!(run.code, Some(0), "{name:?}");
    }
}

/// Texts that stand in a script as they are, in every place of it.
const VALUES: &[&str] = &[
    "it's ''quoted'' \"so\" `too`",
    "\\ \\' \\n \\\\ \\",
    "$1 $$ $sql$ $patch$ $sqlstitch$ $_$ $é$",
    ":x :'x' :\"x\" @x @@x ?1 %s %I %% {{bundle}} {0} {fn now()}",
    "/* open",
    "close */ -- line # hash",
    "two\nlines\n\nand\tmore\n",
    "\n.quit\n.read nosuch\n\\q\n\\! false\ngo\n/\nDELIMITER //\n#\n",
    ";\n;\nCOMMIT;\nROLLBACK;\nEND $patch$;\nEND $sqlstitch$;\nDROP TABLE v;\n",
    "-- Made by sqlstitch 1\n------------------------------------------------------------------------------\n-- 1 of 2: x\n",
    "\\.\n",
    "größe 東京 😀 \u{feff}\u{2028}\u{a0}",
    "\u{1}\u{8}\u{b}\u{c}\u{1a}\u{1b}[0m\u{7f}",
    " ",
    "",
];

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[track_caller]
fn stored(engine: &dyn Engine, database: &dyn Database, id: usize, expected: &str) {
    let hexed = (engine.words().hex)("a");
    let got = database.ask(&format!("SELECT lower({hexed}) FROM v WHERE id = {id}"));
    assert_eq!(got, hex(expected), "{expected:?}");
}

fn values(engine: &dyn Engine) {
    let words = engine.words();
    let mut bundle = Bundle::new(&[(
        "00",
        format!("CREATE TABLE v (id integer PRIMARY KEY, a {});", words.text),
    )]);
    // Each in a patch of its own, then all in one.
    let mut all = String::new();
    for (id, value) in VALUES.iter().enumerate() {
        let literal = (words.literal)(value);
        bundle = bundle.and(
            &format!("1_{id:02}"),
            format!("-- it's\nINSERT INTO v VALUES ({id}, {literal});\n"),
        );
        all.push_str(&format!(
            "INSERT INTO v VALUES ({}, {literal});\n",
            id + 100
        ));
    }
    bundle = bundle.and("2_all", all);
    let database = engine.database();
    for _ in 0..2 {
        apply(engine, database.as_ref(), &bundle);
        for (id, value) in VALUES.iter().enumerate() {
            stored(engine, database.as_ref(), id, value);
            stored(engine, database.as_ref(), id + 100, value);
        }
    }
    assert_eq!(
        database.ask("SELECT count(*) FROM v"),
        (VALUES.len() * 2).to_string()
    );
}

fn ends(engine: &dyn Engine) {
    let insert = |id: usize| format!("INSERT INTO v VALUES ({id}, 'x')");
    let texts = [
        format!("\u{feff}{};", insert(1)),
        format!("{};\r\n\r\n-- crlf\r\n{};\r\n", insert(2), insert(3)),
        insert(4),
        format!("{} -- it's", insert(5)),
        format!("{}; /* it's */", insert(6)),
        format!("/* it's\n*/ /**/ {};;;\n;", insert(7)),
        format!("\n\n\t{};\n\n\n", insert(8)),
        String::new(),
        "-- only a comment".to_owned(),
        "/* only $sql$ ' \" a comment */".to_owned(),
        ";".to_owned(),
        "\u{feff}".to_owned(),
        "\r\n\r\n".to_owned(),
    ];
    let mut bundle = Bundle::new(&[(
        "00",
        "CREATE TABLE v (id integer PRIMARY KEY, a varchar(9));",
    )]);
    for (number, text) in texts.iter().enumerate() {
        bundle = bundle.and(&format!("1_{number:02}"), text);
    }
    let database = engine.database();
    let script = bundle.script(engine);
    for _ in 0..2 {
        ok(&database.run(&script));
        assert_eq!(database.ask("SELECT count(*), sum(id) FROM v"), "8|36");
    }
    let count = applied(engine, database.as_ref()).split(' ').count();
    assert_eq!(count, texts.len() + 1);
}

fn nul(engine: &dyn Engine) {
    let (run, script) = Bundle::new(&[("a", "CREATE TABLE t (a integer); -- \0\n")]).build(engine);
    assert!(script.is_none(), "a script was written");
    assert_ne!(run.code, Some(0));
    assert!(run.err.contains("NUL"), "{}", run.err);
}
