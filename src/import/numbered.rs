//! Tools that keep the directions in files of their own.
//! SQLx: <https://docs.rs/sqlx/latest/sqlx/macro.migrate.html>, golang-migrate:
//! <https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md>, Diesel:
//! <https://docs.rs/diesel_migrations>

use super::{Import, Migration, file_name, leading_number, left_out};
use crate::source::{Source, Sources};

/// `1_x.sql`, or `1_x.up.sql` and `1_x.down.sql`.
pub(super) fn read(sources: &Sources) -> Import {
    let mut import = Import::default();
    let (mut ups, mut downs) = (Vec::new(), Vec::new());
    for source in sources.iter() {
        let Some(stem) = file_name(source).strip_suffix(".sql") else {
            continue;
        };
        let Some(number) = leading_number(stem) else {
            import.findings.push(left_out(
                source,
                "this file has no number, so it is left out",
            ));
            continue;
        };
        match stem.strip_suffix(".down") {
            Some(stem) => downs.push((number, stem, source)),
            None => ups.push((number, stem.strip_suffix(".up").unwrap_or(stem), source)),
        }
    }
    ups.sort_by_key(|&(number, stem, _)| (number, stem));
    let lonely = |down: &&(u128, &str, &Source)| ups.iter().all(|up| up.0 != down.0);
    for (.., source) in downs.iter().filter(lonely) {
        import.findings.push(left_out(
            source,
            "it undoes a migration that is not there, so it is left out",
        ));
    }
    for (number, stem, source) in ups {
        let down = downs.iter().find(|down| down.0 == number);
        import.migrations.push(Migration {
            name: stem.to_owned(),
            headers: alone(says_alone(source)),
            up: source.text.to_string(),
            down: down.map(|(_, _, source)| source.text.to_string()),
        });
    }
    import
}

/// SQLx's `-- no-transaction` in the first line.
fn says_alone(source: &Source) -> bool {
    source.text.starts_with("-- no-transaction")
}

/// `1_x/up.sql` and `1_x/down.sql`, which Diesel sorts by what stands before the `_`, without dashes.
pub(super) fn read_folders(sources: &Sources) -> Import {
    let mut import = Import::default();
    for source in sources.iter() {
        let beside = |folder: &str, file: &str| {
            let path = format!("{folder}/{file}");
            sources.iter().find(move |source| source.path == path)
        };
        let Some(folder) = source.path.strip_suffix("/up.sql") else {
            let folder = source.path.strip_suffix("/down.sql");
            if folder.is_some_and(|folder| beside(folder, "up.sql").is_none()) {
                let why = "there is no up.sql beside it, so it is left out";
                import.findings.push(left_out(source, why));
            }
            continue;
        };
        let beside = |file: &str| beside(folder, file);
        let is_alone = beside("metadata.toml").is_some_and(|metadata| {
            metadata.text.split('\n').any(|line| {
                line.split_once('=').is_some_and(|(key, value)| {
                    key.trim() == "run_in_transaction" && value.trim() == "false"
                })
            })
        });
        import.migrations.push(Migration {
            name: folder.rsplit('/').next().unwrap_or(folder).to_owned(),
            headers: alone(is_alone),
            up: source.text.to_string(),
            down: beside("down.sql").map(|source| source.text.to_string()),
        });
    }
    import.migrations.sort_by_cached_key(|migration| {
        let version = migration.name.split('_').next().unwrap_or_default();
        (version.replace('-', ""), migration.name.clone())
    });
    import
}

fn alone(is_alone: bool) -> Vec<String> {
    if is_alone {
        vec!["transaction: off".to_owned()]
    } else {
        Vec::new()
    }
}
