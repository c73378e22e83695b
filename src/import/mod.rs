//! Another tool's migrations → patches: what each does, what undoes it, and in which order that tool
//! runs them.
//!
//! One file per way of storing migrations; which headers the patches need is found by the caller, who
//! can ask for their order.

mod flyway;
mod numbered;
mod sections;
mod sqitch;

use crate::finding::{Code, Finding};
use crate::name::natural_cmp;
use crate::source::{Source, Sources, Span};

/// A tool whose migrations can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `V1__x.sql`, `R__x.sql`, `U1__x.sql`
    Flyway,
    /// `sqitch.plan`, `deploy/x.sql`, `revert/x.sql`
    Sqitch,
    /// `1_x.sql` with `-- migrate:up` and `-- migrate:down`
    Dbmate,
    /// `1_x.sql` with `-- +goose Up` and `-- +goose Down`
    Goose,
    /// `1_x.sql`, or `1_x.up.sql` and `1_x.down.sql`
    Sqlx,
    /// `1_x/up.sql` and `1_x/down.sql`
    Diesel,
    /// `1_x.up.sql` and `1_x.down.sql`
    GolangMigrate,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Flyway,
        Self::Sqitch,
        Self::Dbmate,
        Self::Goose,
        Self::Sqlx,
        Self::Diesel,
        Self::GolangMigrate,
    ];

    /// What the tool calls itself on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flyway => "flyway",
            Self::Sqitch => "sqitch",
            Self::Dbmate => "dbmate",
            Self::Goose => "goose",
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::GolangMigrate => "golang-migrate",
        }
    }
}

/// One migration as a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The patch's name, which is its file's too.
    pub name: String,
    /// Its directives, without `--`.
    pub headers: Vec<String>,
    /// What it does.
    pub up: String,
    /// What undoes it.
    pub down: Option<String>,
}

/// A folder of migrations.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The patches in the order in which the tool runs them.
    pub migrations: Vec<Migration>,
    /// What could not be taken over.
    pub findings: Vec<Finding>,
}

/// Reads the files of a folder, whose paths are under it.
#[must_use]
pub fn read(tool: Tool, sources: &Sources) -> Import {
    let mut import = match tool {
        Tool::Flyway => flyway::read(sources),
        Tool::Sqitch => sqitch::read(sources),
        Tool::Dbmate => sections::read(sources, &sections::DBMATE),
        Tool::Goose => sections::read(sources, &sections::GOOSE),
        Tool::Sqlx | Tool::GolangMigrate => numbered::read(sources),
        Tool::Diesel => numbered::read_folders(sources),
    };
    // What undoes nothing is not worth a file.
    for migration in &mut import.migrations {
        migration.down = migration.down.take().filter(|down| says_something(down));
    }
    // Sqitch's order is in what its changes require.
    if tool != Tool::Sqitch {
        number(&mut import.migrations);
    }
    import
}

/// Gives the patches numbers where their names do not sort as the tool does: the names are what
/// people see, and what settles what the SQL leaves open.
fn number(migrations: &mut [Migration]) {
    let sorted = migrations
        .is_sorted_by(|one, other| natural_cmp(&one.name, &other.name) == std::cmp::Ordering::Less);
    if sorted {
        return;
    }
    let digits = migrations.len().to_string().len().max(3);
    for (place, migration) in migrations.iter_mut().enumerate() {
        let name = migration.name.replace('/', "_");
        migration.name = format!("{:0digits$}_{name}", place + 1);
    }
}

/// Whether a text has more than comments in lines of their own.
fn says_something(text: &str) -> bool {
    text.split('\n')
        .map(str::trim)
        .any(|line| !line.is_empty() && !line.starts_with("--"))
}

/// A path's last part.
fn file_name(source: &Source) -> &str {
    source.path.rsplit('/').next().unwrap_or(&source.path)
}

/// The number that a name starts with.
fn leading_number(name: &str) -> Option<u128> {
    let end = name
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(name.len());
    name[..end].parse().ok()
}

fn left_out(source: &Source, why: impl Into<String>) -> Finding {
    Finding::new(Code::NotImported, why).path(source.shown.clone())
}

/// A finding about a line, of which `at` is a byte.
fn about_line(source: &Source, at: usize, title: impl Into<String>, what: &str) -> Finding {
    let rest = source.text[at..]
        .find(['\r', '\n'])
        .unwrap_or(source.text.len() - at);
    let span = Span::new(source.id, at as u32, (at + rest) as u32);
    Finding::new(Code::NotImported, title).label(span, what)
}
