//! What a run keeps for the next one changes no output: a tree that is large enough to be kept, checked without
//! a cache, cold, warm, after a change, and with a cache that is damaged or cannot be written.

use std::fs;
use std::path::Path;
use std::process::Command;

use sqlstitch::dialect::Engine;
use sqlstitch::read::{Reading, kept, read};
use sqlstitch::source::Sources;

/// More than are worth keeping.
const FILES: usize = 210;

fn text(number: usize) -> String {
    let before = number.saturating_sub(1);
    match number % 5 {
        0 => format!("CREATE TABLE t{number} (id int PRIMARY KEY, name text);"),
        1 => format!(
            "ALTER TABLE t{before} ADD COLUMN more int;\nCREATE INDEX i{number} ON t{before} (more);"
        ),
        2 => format!(
            "CREATE VIEW v{number} AS SELECT id, more FROM t{};",
            number - 2
        ),
        3 => format!("-- requires: p{before}\nDO $$ BEGIN EXECUTE 'SELECT ' || 1; END $$;"),
        _ => format!(
            "INSERT INTO t{} (id) VALUES (1);\nINSERT INTO nosuch{number} VALUES ('x');",
            number - 4
        ),
    }
}

fn check(tree: &Path, cache: Option<&Path>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlstitch"));
    command
        .args([
            "check",
            "-v",
            "--format",
            "json",
            "--dialect",
            "postgres",
            ".",
        ])
        .current_dir(tree);
    match cache {
        Some(cache) => command.arg("--cache-dir").arg(cache),
        None => command.arg("--no-cache"),
    };
    let output = command.output().expect("the program starts");
    let order = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .args([
            "show",
            "edges",
            "--format",
            "json",
            "--dialect",
            "postgres",
            ".",
        ])
        .arg(cache.map_or("--no-cache".to_owned(), |cache| {
            format!("--cache-dir={}", cache.display())
        }))
        .current_dir(tree)
        .output()
        .expect("the program starts");
    format!(
        "{:?}\n{}{}{}",
        output.status.code(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&order.stdout)
    )
}

#[test]
fn a_cache_changes_no_output() {
    let directory = tempfile::tempdir().expect("a directory");
    let (tree, cache) = (
        directory.path().join("tree"),
        directory.path().join("cache"),
    );
    fs::create_dir(&tree).expect("a directory");
    let write = |number: usize, text: &str| {
        fs::write(tree.join(format!("p{number}.sql")), text).expect("written");
    };
    for number in 0..FILES {
        write(number, &text(number));
    }
    let plain = check(&tree, None);
    assert!(plain.contains("unresolved"), "{plain}");
    assert!(!cache.exists());
    assert_eq!(check(&tree, Some(&cache)), plain, "cold");
    let kept: Vec<_> = fs::read_dir(&cache).expect("a cache").collect();
    assert_eq!(kept.len(), 1);
    let file = kept[0].as_ref().expect("a file").path();
    assert_eq!(check(&tree, Some(&cache)), plain, "warm");

    // A first file moves all others on.
    write(7, "CREATE VIEW v7 AS SELECT id FROM t5;");
    fs::write(tree.join("a.sql"), "CREATE TABLE nosuch4 (a text);").expect("written");
    let changed = check(&tree, None);
    assert_ne!(changed, plain);
    assert_eq!(check(&tree, Some(&cache)), changed, "one file has changed");
    assert_eq!(check(&tree, Some(&cache)), changed, "and is kept");

    let whole = fs::read(&file).expect("the cache");
    for at in (0..whole.len()).step_by(whole.len() / 4) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(&file, &damaged).expect("written");
        assert_eq!(check(&tree, Some(&cache)), changed, "damaged at {at}");
        fs::write(&file, &whole[..at]).expect("written");
        assert_eq!(check(&tree, Some(&cache)), changed, "cut at {at}");
    }
    let no_directory = directory.path().join("tree/a.sql");
    assert_eq!(check(&tree, Some(&no_directory)), changed, "no place");
}

#[test]
fn every_fixture_comes_back_as_it_was_read() {
    let mut texts = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"),
        &mut texts,
    );
    assert!(texts.len() > 500, "{}", texts.len());
    for engine in [Engine::Postgres, Engine::Sqlite, Engine::Mariadb] {
        for (name, text) in &texts {
            let mut sources = Sources::default();
            let first = sources.add("p.sql", text.as_str());
            let second = sources.add("p.sql", text.as_str());
            let reading = |id| Reading {
                findings: Vec::new(),
                ..read(sources.get(id), engine)
            };
            let bytes = kept::bytes(&reading(first)).expect("bytes");
            let kept = kept::reading(sources.get(second), &bytes).expect("a reading");
            assert_eq!(
                format!("{kept:?}"),
                format!("{:?}", reading(second)),
                "{name}"
            );
        }
    }
}

fn collect(directory: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if path.is_dir() {
            collect(&path, texts);
        } else if name.ends_with(".sql")
            && let Ok(text) = fs::read_to_string(&path)
        {
            texts.push((name, text));
        }
    }
}
