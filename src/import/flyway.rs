//! Flyway: `V<version>__<description>.sql`, `U…` that undoes it, `R__<description>.sql` that is
//! repeatable. <https://documentation.red-gate.com/fd/migrations-184127470.html>
//!
//! `flyway.sqlMigrationPrefix` may leave the V away. That setting is in no file of the folder: it is taken to
//! be so where no file has a V.

use super::{Import, Migration, about_line, file_name, left_out};
use crate::finding::Finding;
use crate::source::{Source, Sources};

/// What a file name says.
#[derive(Debug, PartialEq, Eq)]
struct Name<'n> {
    /// `V`, `U`, `R` or `B`.
    kind: char,
    /// Compared number by number: 1.10 comes after 1.9, and 1 is 1.0.
    version: Vec<u128>,
    description: &'n str,
}

pub(super) fn read(sources: &Sources) -> Import {
    let mut import = Import::default();
    let (mut versioned, mut undo, mut repeatable) = (Vec::new(), Vec::new(), Vec::new());
    let has_prefix = sources.iter().any(|source| {
        let stem = file_name(source).split_once(".sql").map(|(stem, _)| stem);
        stem.and_then(parse).is_some_and(|name| name.kind == 'V')
    });
    let parse = |stem| match parse(stem) {
        None if !has_prefix => parse_bare(stem),
        name => name,
    };
    for source in sources.iter() {
        let file = file_name(source);
        let Some(stem) = file.strip_suffix(".sql") else {
            import.findings.extend(other(source, file, parse));
            continue;
        };
        match parse(stem) {
            Some(name) if name.kind == 'V' => versioned.push((name, source)),
            Some(name) if name.kind == 'U' => undo.push((name, source)),
            Some(name) if name.kind == 'R' => repeatable.push((name, source)),
            Some(_) => import.findings.push(left_out(
                source,
                "a baseline migration is left out: it repeats what others do",
            )),
            None => import.findings.push(left_out(
                source,
                "this is no migration by its name, so it is left out",
            )),
        }
    }
    versioned.sort_by(|one, other| one.0.version.cmp(&other.0.version));
    repeatable.sort_by(|one, other| one.0.description.cmp(other.0.description));
    for (name, source) in versioned.into_iter().chain(repeatable) {
        import.findings.extend(placeholder(source));
        let mut headers = Vec::new();
        if name.kind == 'R' {
            headers.push("repeatable".to_owned());
        }
        if runs_alone(sources, source) {
            headers.push("transaction: off".to_owned());
        }
        let down = undo
            .iter()
            .find(|(undo, _)| name.kind == 'V' && undo.version == name.version);
        let file = file_name(source);
        import.migrations.push(Migration {
            name: file.strip_suffix(".sql").unwrap_or(file).to_owned(),
            headers,
            up: source.text.to_string(),
            down: down.map(|(_, source)| source.text.to_string()),
        });
    }
    import
}

fn parse(stem: &str) -> Option<Name<'_>> {
    let kind = stem.chars().next().filter(|kind| "VURB".contains(*kind))?;
    named(kind, &stem[1..])
}

/// A name without the V.
fn parse_bare(stem: &str) -> Option<Name<'_>> {
    named('V', stem)
}

/// What stands behind the prefix; the description may be left away.
fn named(kind: char, text: &str) -> Option<Name<'_>> {
    let (version, description) = match text.split_once("__") {
        Some(parts) => parts,
        None if kind == 'R' => return None,
        None => (text, ""),
    };
    let mut version: Vec<u128> = match version {
        "" => Vec::new(),
        version => version
            .split(['.', '_'])
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?,
    };
    if version.is_empty() != (kind == 'R') {
        return None;
    }
    while version.last() == Some(&0) {
        version.pop();
    }
    Some(Name {
        kind,
        version,
        description,
    })
}

/// A file that is not SQL: worth a word where Flyway would run it.
fn other<'s>(
    source: &'s Source,
    file: &'s str,
    parse: impl Fn(&'s str) -> Option<Name<'s>>,
) -> Option<Finding> {
    let code = [".java", ".kt", ".groovy", ".py", ".sh", ".ps1"];
    let (stem, _) = file.split_once('.')?;
    let runs = code.iter().any(|end| file.ends_with(end)) && parse(stem).is_some();
    runs.then(|| {
        left_out(source, "a migration that is not SQL is left out").help("write its SQL as a patch")
    })
}

/// `executeInTransaction=false` in the migration's own configuration.
fn runs_alone(sources: &Sources, source: &Source) -> bool {
    let conf = format!("{}.conf", source.path);
    let conf = sources.iter().find(|source| source.path == conf);
    conf.is_some_and(|conf| {
        conf.text.split('\n').any(|line| {
            line.split_once('=').is_some_and(|(key, value)| {
                key.trim() == "executeInTransaction" && value.trim() == "false"
            })
        })
    })
}

fn placeholder(source: &Source) -> Option<Finding> {
    let text = &source.text;
    let at = text.match_indices("${").map(|(at, _)| at).find(|&at| {
        let rest = &text[at + 2..];
        let name = rest.split('}').next().unwrap_or_default();
        let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | ':');
        !name.is_empty() && name.len() < rest.len() && name.chars().all(is_name)
    })?;
    Some(
        about_line(
            source,
            at,
            "a placeholder stays as it is",
            "Flyway would put a value here",
        )
        .help("write the value into the patch"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Name, parse, parse_bare};

    #[test]
    fn names() {
        let name = |kind, version: &[u128], description| Name {
            kind,
            version: version.to_vec(),
            description,
        };
        assert_eq!(parse("V1__a_b"), Some(name('V', &[1], "a_b")));
        assert_eq!(parse("V1.10_0__x"), Some(name('V', &[1, 10], "x")));
        assert_eq!(parse("U2_1__x__y"), Some(name('U', &[2, 1], "x__y")));
        assert_eq!(parse("R__view"), Some(name('R', &[], "view")));
        assert_eq!(parse("V6.8.0.1"), Some(name('V', &[6, 8, 0, 1], "")));
        assert_eq!(
            parse_bare("20240131__x"),
            Some(name('V', &[20_240_131], "x"))
        );
        let none = [
            "V__x",
            "V",
            "Vx__y",
            "Vacuum",
            "R1__x",
            "R",
            "afterMigrate",
            "",
            "é__x",
            "1__x",
        ];
        for none in none {
            assert_eq!(parse(none), None, "{none}");
        }
        for none in ["__x", "x", "", "1_x", "é__x"] {
            assert_eq!(parse_bare(none), None, "{none}");
        }
    }
}
