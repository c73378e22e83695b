//! Small bundles through the real emitter would belong one floor up; here a script is a few lines.

use super::catalog::Catalog;
use super::shell::{Ending, Shell};

#[test]
fn the_shell_reads_what_a_script_wrote() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let path = directory.path().join("a.db");
    let script = "\
.bail on
.timeout 10
CREATE TABLE t (x);\r
UPDATE t SET x = writefile('sqlstitch.body', 'no row, so nothing is written');
.read sqlstitch.run
INSERT INTO t SELECT writefile('sqlstitch.body', 'INSERT INTO t
VALUES (''a\r
b'');');
.read sqlstitch.run
";
    let ending = Shell::open(&path).map(|mut shell| shell.run(script, None));
    assert!(matches!(ending, Ok(Ok(Ending::Whole(4)))), "{ending:?}");
    let whole = Catalog::read(&path, "ledger").expect("it can be read");
    assert_eq!((whole.objects(), whole.tables(), whole.rows()), (1, 1, 2));

    let ending =
        Shell::open(&path).map(|mut shell| shell.run("DELETE FROM t;\nDELETE FROM t;", Some(1)));
    assert!(matches!(ending, Ok(Ok(Ending::Cut(1)))), "{ending:?}");
    let less = Catalog::read(&path, "ledger").expect("it can be read");
    assert_eq!(
        whole.difference(&less, false),
        Some("table t has 0 rows, not 2".to_owned())
    );
}

#[test]
fn a_failure_names_the_patch_and_its_line() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let script = "\
CREATE TEMP TABLE sqlstitch_step (position, written);
INSERT INTO temp.sqlstitch_step VALUES (12, writefile('sqlstitch.body', 'SELECT 1;

/* p.sql:3 */ SELECT ''ü'', nosuch;'));
.read sqlstitch.run
";
    let mut shell = Shell::open(&directory.path().join("a.db")).expect("it opens");
    let failure = shell
        .run(script, None)
        .expect_err("there is no such column");
    assert_eq!(failure.message, "no such column: nosuch");
    assert_eq!(failure.position, Some(12));
    assert_eq!(
        failure.statement,
        Some((3, "SELECT 'ü', nosuch".to_owned()))
    );
    assert_eq!(failure.offset, Some(13));
}
