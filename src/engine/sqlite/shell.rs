//! As much of the sqlite3 shell as a script needs: its line ends, its commands `.bail`, `.timeout`
//! and `.read`, and its function `writefile`. Files are kept in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, Error, fallible_iterator::FallibleIterator};

use crate::dialect::Engine;
use crate::read::split::split;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Sources};

/// What stands before the number in the statements that say whose turn it is.
const TURNS: [&str; 2] = [
    "INSERT INTO temp.sqlstitch_step VALUES (",
    "INSERT INTO temp.sqlstitch_whole VALUES (",
];
/// The file that scripts write a patch's text to.
const BODY: &str = "sqlstitch.body";
/// The file that scripts write a part of a large text to, before it is appended to that.
const PART: &str = "sqlstitch.part";

/// How a run went that did not fail.
#[derive(Debug)]
pub(super) enum Ending {
    /// To the script's end, with so many statements.
    Whole(usize),
    /// It was cut off after so many statements.
    Cut(usize),
}

/// Why a run stopped.
#[derive(Debug)]
pub(super) struct Failure {
    /// What SQLite said.
    pub(super) message: String,
    /// The patch whose turn it was, from 1; 0 for the checks before all.
    pub(super) position: Option<usize>,
    /// The statement of the patch: its line and its text. None for the script's own statements.
    pub(super) statement: Option<(u32, String)>,
    /// Where in the statement's text.
    pub(super) offset: Option<usize>,
}

/// One process of the shell.
pub(super) struct Shell {
    connection: Connection,
    files: Files,
    position: Option<usize>,
    statements: usize,
    until: Option<usize>,
    /// What follows is for another connection: the lock by which runs take turns. Here is one run.
    aside: bool,
}

/// Stops a run.
enum Stop {
    Cut,
    Failed(Box<Failure>),
}

impl Shell {
    /// Opens a database as the shell does.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        // The embedded library has foreign keys on from the start, the shell has them off. A scratch
        // database need not outlive a power failure.
        connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF;")?;
        let files = Files::default();
        let written = files.clone();
        connection.create_scalar_function(
            "writefile",
            2,
            FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY,
            move |context| written.write(context),
        )?;
        Ok(Self {
            connection,
            files,
            position: None,
            statements: 0,
            until: None,
            aside: false,
        })
    }

    /// Runs a script, or so many of its statements.
    pub(super) fn run(&mut self, script: &str, until: Option<usize>) -> Result<Ending, Failure> {
        self.until = until;
        match self.input(script, false) {
            Ok(()) => Ok(Ending::Whole(self.statements)),
            Err(Stop::Cut) => Ok(Ending::Cut(self.statements)),
            Err(Stop::Failed(failure)) => Err(*failure),
        }
    }

    /// Reads a script, or the text of a patch.
    fn input(&mut self, text: &str, is_patch: bool) -> Result<(), Stop> {
        let mut sources = Sources::default();
        // The shell drops one `\r` before each `\n`.
        let id = sources.add("", text.replace("\r\n", "\n"));
        let source = sources.get(id);
        for piece in split(source, Engine::Sqlite.dialect()).statements {
            match piece.kind {
                StatementKind::ClientCommand => self.command(source.slice(piece.body).trim())?,
                StatementKind::Sql => self.statement(source, &piece, is_patch)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn statement(
        &mut self,
        source: &Source,
        piece: &Statement,
        is_patch: bool,
    ) -> Result<(), Stop> {
        if self.until.is_some_and(|until| self.statements >= until) {
            return Err(Stop::Cut);
        }
        self.statements += 1;
        if self.aside {
            return Ok(());
        }
        let text = source.slice(piece.body);
        let mut turns = TURNS.iter();
        if !is_patch && let Some(rest) = turns.find_map(|turn| text.strip_prefix(turn)) {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(rest.len());
            self.position = rest[..digits].parse().ok();
        }
        self.execute(text).map_err(|error| {
            let (message, offset) = tell(error);
            Stop::Failed(Box::new(Failure {
                message,
                position: self.position,
                statement: is_patch
                    .then(|| (source.position(piece.body.start).line, text.to_owned())),
                offset,
            }))
        })
    }

    /// Executes all that SQLite finds in a text, whatever the splitter thought.
    fn execute(&self, text: &str) -> Result<(), Error> {
        let mut batch = Batch::new(&self.connection, text);
        while let Some(mut statement) = batch.next()? {
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
        }
        Ok(())
    }

    fn command(&mut self, command: &str) -> Result<(), Stop> {
        let (word, argument) = command.split_once(' ').unwrap_or((command, ""));
        match (word, argument) {
            (".bail", "on") | (".read", "sqlstitch.back") => Ok(()),
            (".connection", number) => {
                self.aside = number == "1";
                Ok(())
            }
            (".open", _) if self.aside => Ok(()),
            (".shell", remove) if remove.starts_with("rm -f -- ") => Ok(()),
            (".shell", "cat sqlstitch.part >>sqlstitch.body") => {
                self.files.append(PART, BODY);
                Ok(())
            }
            (".timeout", milliseconds) => {
                let limit = Duration::from_millis(milliseconds.parse().unwrap_or(0));
                self.connection
                    .busy_timeout(limit)
                    .map_err(|error| self.unable(&error.to_string()))
            }
            // The private directory. What it prints is a `.cd` and this.
            (".read", pipe) if pipe.starts_with("'|umask 077; ") => self
                .connection
                .execute_batch("INSERT INTO temp.sqlstitch_session (applied_by) VALUES ('verify')")
                .map_err(|error| self.unable(&error.to_string())),
            (".read", "sqlstitch.run") => {
                let body = self.files.read(BODY);
                self.input(&body, true)
            }
            (".read", "sqlstitch.late") => {
                let text = self.files.read(argument);
                self.input(&text, false)
            }
            _ => Err(self.unable(&format!("verify does not know the command {command}"))),
        }
    }

    fn unable(&self, message: &str) -> Stop {
        Stop::Failed(Box::new(Failure {
            message: message.to_owned(),
            position: self.position,
            statement: None,
            offset: None,
        }))
    }
}

/// SQLite's message without the statement's text, and the place in that text.
fn tell(error: Error) -> (String, Option<usize>) {
    match error {
        Error::SqlInputError { msg, offset, .. } => (msg, usize::try_from(offset).ok()),
        Error::SqliteFailure(_, Some(message)) => (message, None),
        other => (other.to_string(), None),
    }
}

/// Files by name.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<BTreeMap<String, String>>>);

impl Files {
    /// `writefile(name, text)`: the number of bytes. NULL empties the file.
    fn write(&self, context: &Context<'_>) -> Result<i64, Error> {
        let name: String = context.get(0)?;
        let text = match context.get_raw(1) {
            ValueRef::Null => String::new(),
            value => value.as_str().map_err(Error::from)?.to_owned(),
        };
        let length = text.len() as i64;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name, text);
        Ok(length)
    }

    fn append(&self, part: &str, whole: &str) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let part = files.get(part).cloned().unwrap_or_default();
        files.entry(whole.to_owned()).or_default().push_str(&part);
    }

    fn read(&self, name: &str) -> String {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(name).cloned().unwrap_or_default()
    }
}
