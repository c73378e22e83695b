//! What is in a database: the objects with their SQL, the rows of every table, some PRAGMAs.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};

use crate::source::{Checksum, ChecksumBuilder};

/// A database's content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Catalog {
    /// Type, name and table of each object but the ledger's, and its SQL.
    schema: BTreeMap<(String, String, String), String>,
    /// The number of rows of each table but the ledger, and a checksum of them.
    contents: BTreeMap<String, (u64, Checksum)>,
    /// The checksum of the ledger's rows.
    ledger: Option<Checksum>,
    /// Settings that are stored in the file.
    settings: Vec<String>,
}

impl Catalog {
    /// Reads a database whose ledger has this name.
    pub(super) fn read(path: &Path, ledger: &str) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        let mut catalog = Self {
            schema: BTreeMap::new(),
            contents: BTreeMap::new(),
            ledger: None,
            settings: Vec::new(),
        };
        let mut statement = connection
            .prepare("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema")?;
        let mut rows = statement.query([])?;
        let mut tables = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, name, table): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let sql: String = row.get(3)?;
            let is_virtual = sql.to_ascii_uppercase().starts_with("CREATE VIRTUAL");
            // The rows of a virtual table are in tables of its own, which are here as well.
            if kind == "table" && !is_virtual {
                tables.push(name.clone());
            }
            if table != ledger {
                catalog.schema.insert((kind, name, table), sql);
            }
        }
        for table in tables {
            let (rows, checksum) = contents(&connection, &table)?;
            if table == ledger {
                catalog.ledger = Some(checksum);
            } else {
                catalog.contents.insert(table, (rows, checksum));
            }
        }
        for setting in [
            "user_version",
            "application_id",
            "journal_mode",
            "page_size",
            "auto_vacuum",
        ] {
            let value = connection.pragma_query_value(None, setting, |row| {
                row.get_ref(0)
                    .map(|value| format!("{setting} = {}", show(value)))
            })?;
            catalog.settings.push(value);
        }
        Ok(catalog)
    }

    /// How `other` differs, told as a sentence. What depends on the time or on chance may differ
    /// between databases: `exactly` compares that as well.
    pub(super) fn difference(&self, other: &Self, exactly: bool) -> Option<String> {
        for (key, sql) in &self.schema {
            match other.schema.get(key) {
                None => return Some(format!("{} {} is not there", key.0, key.1)),
                Some(theirs) if theirs != sql => {
                    return Some(format!("{} {} is not the same: {theirs}", key.0, key.1));
                }
                Some(_) => {}
            }
        }
        if let Some(key) = other
            .schema
            .keys()
            .find(|key| !self.schema.contains_key(key))
        {
            return Some(format!("{} {} is there as well", key.0, key.1));
        }
        for (table, (rows, checksum)) in &self.contents {
            let Some((their_rows, their_checksum)) = other.contents.get(table) else {
                continue;
            };
            if rows != their_rows {
                return Some(format!("table {table} has {their_rows} rows, not {rows}"));
            }
            if exactly && checksum != their_checksum {
                return Some(format!("the rows of table {table} are not the same"));
            }
        }
        if self.settings != other.settings {
            return Some(format!(
                "{} became {}",
                self.settings.join(", "),
                other.settings.join(", ")
            ));
        }
        (exactly && self.ledger != other.ledger).then(|| "the ledger is not the same".to_owned())
    }

    /// Objects but the ledger, without those that SQLite makes by itself.
    pub(super) fn objects(&self) -> usize {
        let own = self
            .schema
            .iter()
            .filter(|((_, name, _), sql)| !sql.is_empty() && !is_internal(name));
        own.count()
    }

    /// Tables among them.
    pub(super) fn tables(&self) -> usize {
        self.contents
            .keys()
            .filter(|name| !is_internal(name))
            .count()
    }

    /// Rows in all of them.
    pub(super) fn rows(&self) -> u64 {
        let own = self.contents.iter().filter(|(name, _)| !is_internal(name));
        own.map(|(_, (rows, _))| rows).sum()
    }
}

fn is_internal(name: &str) -> bool {
    name.starts_with("sqlite_")
}

fn contents(connection: &Connection, table: &str) -> Result<(u64, Checksum), Error> {
    let name = table.replace('"', "\"\"");
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\""))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut checksum = ChecksumBuilder::default();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Null => checksum.part(b"n"),
                ValueRef::Integer(number) => part(&mut checksum, b"i", &number.to_be_bytes()),
                ValueRef::Real(number) => part(&mut checksum, b"r", &number.to_be_bytes()),
                ValueRef::Text(text) => part(&mut checksum, b"t", text),
                ValueRef::Blob(bytes) => part(&mut checksum, b"b", bytes),
            }
        }
    }
    Ok((count, checksum.finish()))
}

fn part(checksum: &mut ChecksumBuilder, kind: &[u8], bytes: &[u8]) {
    checksum.part(kind);
    checksum.part(bytes);
}

fn show(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
    }
}

/// What `PRAGMA integrity_check` says besides `ok`.
pub(super) fn damages(path: &Path) -> Result<Vec<String>, Error> {
    let connection = Connection::open(path)?;
    let mut statement = connection.prepare("SELECT integrity_check FROM pragma_integrity_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    lines
        .filter(|line| !matches!(line, Ok(line) if line == "ok"))
        .collect()
}

/// The tables with rows that break a foreign key, each as a sentence.
pub(super) fn orphans(path: &Path) -> Result<Vec<String>, Error> {
    let connection = Connection::open(path)?;
    let mut statement = connection.prepare(
        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2",
    )?;
    let lines = statement.query_map([], |row| {
        let (table, parent, count): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(match count {
            1 => format!("1 row of table {table} refers to a row of {parent} that is not there"),
            _ => format!(
                "{count} rows of table {table} refer to rows of {parent} that are not there"
            ),
        })
    })?;
    lines.collect()
}
