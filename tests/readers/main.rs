//! The token reader against the trees, over the statements in `fixtures/corpus/<dialect>/*.sql`: what
//! a grammar's tree tells, the tokens must tell as well, and little else.
//!
//! Where they differ and the tree is right, the token reader is to be mended; where the tokens are
//! right, the tree's. The floors leave room for what neither can know.

mod compare;

use std::path::Path;

use compare::Comparison;
use sqlstitch::dialect::Engine;

/// The comparison over one dialect's corpus.
fn corpus(engine: Engine) -> Comparison {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/corpus")
        .join(engine.name());
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    let mut all = Comparison::default();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file of the corpus can be read");
        all.add(&file.display().to_string(), &text, engine);
    }
    all
}

/// Checks that recall and precision reach the floors, for other objects and for columns.
#[track_caller]
fn check(engine: Engine, statements: usize, floor: f64, columns_floor: f64) {
    let all = corpus(engine);
    let told = all.differences.join("\n");
    assert!(
        all.statements >= statements,
        "{} statements of {}, and {} that the grammar refuses",
        all.statements,
        engine.name(),
        all.refused
    );
    for (of_columns, floor) in [(false, floor), (true, columns_floor)] {
        let total = all.total(of_columns);
        assert!(
            total.recall() >= floor && total.precision() >= floor,
            "{}: recall {:.4}, precision {:.4}, columns: {of_columns}\n{told}",
            engine.name(),
            total.recall(),
            total.precision()
        );
    }
    for ((of_columns, verb), count) in &all.counts {
        if !of_columns && ["define", "use", "alter", "rename", "drop"].contains(verb) {
            assert!(
                count.recall() >= 0.97 && count.precision() >= 0.97,
                "{}: {verb}: {count:?}\n{told}",
                engine.name()
            );
        }
    }
}

#[test]
fn tokens_tell_what_postgres_trees_tell() {
    check(Engine::Postgres, 400, 0.985, 0.985);
}
