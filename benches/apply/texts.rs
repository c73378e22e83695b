//! The patches.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Where [`insert`] stores its rows.
pub(crate) const LOG: &str = "CREATE TABLE log (id integer PRIMARY KEY, note text);\n";

/// Where a [`Seed`] stores its rows.
pub(crate) const BIG: &str =
    "CREATE TABLE big (id integer PRIMARY KEY, note text, price numeric, gone text);\n";

/// A patch of one row.
pub(crate) fn insert(number: usize) -> String {
    format!("INSERT INTO log (id, note) VALUES ({number}, 'the note number {number}');\n")
}

/// What differs between engines.
pub(crate) struct Texts {
    /// The type of a column that has an index.
    pub(crate) name_type: &'static str,
    /// How a table gets its comment, before and after its name; none if it cannot have one.
    pub(crate) comment: Option<(&'static str, &'static str)>,
}

/// `COMMENT ON`, where there is such a statement.
pub(crate) const COMMENT_ON: (&str, &str) = ("COMMENT ON TABLE", "IS");

impl Texts {
    /// A patch of DDL.
    pub(crate) fn ddl(&self, number: usize) -> String {
        let name_type = self.name_type;
        let mut text = format!(
            "CREATE TABLE t{number} (id integer PRIMARY KEY, name {name_type} NOT NULL);\nCREATE INDEX t{number}_name ON t{number} (name);\n"
        );
        if let Some((before, after)) = self.comment {
            let _ = writeln!(
                text,
                "{before} t{number} {after} 'the table number {number}';"
            );
        }
        text
    }
}

/// How a large file holds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    /// INSERTs of a thousand rows.
    ManyRows,
    /// An INSERT for each row.
    OneRow,
    /// COPY in the text format.
    Copy,
    /// COPY of CSV.
    Csv,
}

impl Seed {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ManyRows => "of INSERTs of 1,000 rows",
            Self::OneRow => "of INSERTs of one row",
            Self::Copy => "of COPY text",
            Self::Csv => "of COPY csv",
        }
    }
}

const WORDS: [&str; 12] = [
    "lorem",
    "ipsum",
    "dolor",
    "sit",
    "amet",
    "it's",
    "elit",
    "sed",
    "eiusmod",
    "tempor",
    "incididunt",
    "labore",
];

/// Writes a file of about so many bytes.
pub(crate) fn write_seed(path: &Path, seed: Seed, size: usize) {
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    let mut random = crate::support::Random(1);
    let mut written = 0;
    let mut number = 0;
    let mut put = |text: &str| {
        written += text.len();
        file.write_all(text.as_bytes()).expect("the disk has room");
        written
    };
    let columns = "big (id, note, price, gone)";
    match seed {
        Seed::Copy => put(&format!("COPY {columns} FROM stdin;\n")),
        Seed::Csv => put(&format!("COPY {columns} FROM stdin (FORMAT csv);\n")),
        Seed::ManyRows | Seed::OneRow => 0,
    };
    loop {
        number += 1;
        let words: Vec<&str> = (0..6)
            .map(|_| WORDS[random.below(WORDS.len() as u64) as usize])
            .collect();
        let note = words.join(" ");
        let price = random.below(1_000_000);
        let price = format!("{}.{:02}", price / 100, price % 100);
        let gone = random.below(7) == 0;
        let full = put(&match seed {
            Seed::ManyRows | Seed::OneRow => {
                let note = note.replace('\'', "''");
                let gone = if gone { "NULL" } else { "'no'" };
                let row = format!("({number}, '{note}', {price}, {gone})");
                match (seed, number % 1000) {
                    (Seed::OneRow, _) => format!("INSERT INTO {columns} VALUES {row};\n"),
                    (_, 1) => format!("INSERT INTO {columns} VALUES\n\t{row},\n"),
                    (_, 0) => format!("\t{row};\n"),
                    _ => format!("\t{row},\n"),
                }
            }
            Seed::Copy => format!(
                "{number}\t{note}\t{price}\t{}\n",
                if gone { "\\N" } else { "no" }
            ),
            Seed::Csv => format!("{number},{note},{price},{}\n", if gone { "" } else { "no" }),
        }) >= size;
        if full && (seed != Seed::ManyRows || number % 1000 == 0) {
            break;
        }
    }
    if matches!(seed, Seed::Copy | Seed::Csv) {
        put("\\.\n");
    }
    file.flush().expect("the disk has room");
}
