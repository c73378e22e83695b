//! What each finding about a release advises, followed on a real engine: the bad change breaks old code, and the
//! steps instead of it let old code and new code work, and nothing is told of them.
//!
//! MariaDB and MySQL share those of `mysql`; those of `mariadb` are in words that MySQL does not have.
//!
//! A way is a file of SQL in sections, each with its name behind `---`: the `base`, the `bad` change, what `old` code
//! and `new` code do (of which each SELECT gives 1), and the patches `expand`, `migrate` and `contract`, of which there may be
//! several: `contract`, `contract tighten`.

use std::fs;
use std::path::{Path, PathBuf};

use super::release::{Next, Place};

/// The ways that are written down for an engine.
pub(crate) fn ways(dialect: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ways");
    let files = fs::read_dir(directory.join(dialect)).expect("the ways");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a way").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{dialect}");
    files
}

/// Takes one way; `places` gives an empty database each time.
pub(crate) fn take<P: Place>(file: &Path, places: impl Fn() -> P) {
    let text = fs::read_to_string(file).expect("the way");
    let parts = text.split("--- ").skip(1).map(|part| {
        let (name, text) = part.split_once('\n').expect("a name");
        (name, text)
    });
    let parts: Vec<(&str, &str)> = parts.collect();
    let part = |wanted: &str| {
        let found = parts.iter().find(|(name, _)| *name == wanted);
        found.map_or_else(|| panic!("{wanted}"), |(_, text)| *text)
    };
    let code = parts
        .iter()
        .find_map(|(name, _)| name.strip_prefix("code "));
    let code = code.unwrap_or_else(|| {
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        stem.expect("the code")
    });

    let place = places();
    let next = Next::begun(&place, part("base"));
    works(&place, part("old"), "old code before");
    let told = next.all_told(part("bad"));
    assert!(told.iter().any(|it| it == code), "{code}: {told:?}");
    next.write("2_change", part("bad"));
    if next.comes_through(&place) {
        let after = place.ask(part("old"));
        assert!(!is_well(&after), "{code} breaks nothing: {after:?}");
    }

    let place = places();
    let next = Next::begun(&place, part("base"));
    // A step may have several patches: `contract`, `contract tighten`.
    let is_of = |name: &str, step: &str| name.split(' ').next() == Some(step);
    let all = ["expand", "migrate", "contract"];
    let has = |step: &&str| parts.iter().any(|(name, _)| is_of(name, step));
    let steps: Vec<&str> = all.into_iter().filter(has).collect();
    let patches = steps
        .iter()
        .flat_map(|step| parts.iter().filter(|(name, _)| is_of(name, step)));
    for (number, (name, text)) in (2..).zip(patches) {
        next.write(&format!("{number}_{}", name.replace(' ', "_")), text);
    }
    next.tells_nothing();
    if steps[0] != "expand" {
        works(&place, part("new"), "new code before");
    }
    for step in steps {
        next.apply(&place, &["--since", "HEAD", "--phase", step]);
        works(&place, part("new"), &format!("new code after {step}"));
        if step != "contract" {
            works(&place, part("old"), &format!("old code after {step}"));
        }
    }
}

fn is_well(done: &Result<String, String>) -> bool {
    let rows = done.as_ref().map(|rows| rows.split('\n'));
    rows.is_ok_and(|mut rows| rows.all(|row| row == "1"))
}

#[track_caller]
fn works(place: &dyn Place, statements: &str, when: &str) {
    let done = place.ask(statements);
    assert!(is_well(&done), "{when}: {done:?}\n{statements}");
}
