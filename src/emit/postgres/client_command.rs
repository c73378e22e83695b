//! psql's commands in patches: those that change nothing but what the client shows are left out.

/// What becomes of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is left out; what the patch does to the database stays the same.
    Drop,
    /// The patch needs it.
    Refuse {
        /// What to write.
        help: &'static str,
    },
}

/// Commands about the client's output and messages alone; `\restrict` and `\unrestrict` stand around
/// the dumps of pg_dump since its 2025 releases.
const SILENT: &[&str] = &[
    "a",
    "C",
    "echo",
    "encoding",
    "errverbose",
    "f",
    "H",
    "p",
    "pset",
    "qecho",
    "restrict",
    "t",
    "T",
    "timing",
    "unrestrict",
    "warn",
    "x",
];

/// Variables of psql itself that change its behaviour and not the SQL.
const OWN_VARIABLES: &[&str] = &[
    "AUTOCOMMIT",
    "COMP_KEYWORD_CASE",
    "ECHO",
    "ECHO_HIDDEN",
    "FETCH_COUNT",
    "HIDE_TABLEAM",
    "HIDE_TOAST_COMPRESSION",
    "HISTCONTROL",
    "HISTFILE",
    "HISTSIZE",
    "IGNOREEOF",
    "ON_ERROR_ROLLBACK",
    "ON_ERROR_STOP",
    "PROMPT1",
    "PROMPT2",
    "PROMPT3",
    "QUIET",
    "SHOW_ALL_RESULTS",
    "SHOW_CONTEXT",
    "SINGLELINE",
    "SINGLESTEP",
    "VERBOSITY",
];

/// What becomes of `text`, a command with its backslash and arguments.
pub(super) fn fate(text: &str) -> Fate {
    let mut words = text.trim_start_matches('\\').split_whitespace();
    let command = words.next().unwrap_or_default();
    let argument = words.next();
    if command == "encoding" {
        let utf8 = argument.is_none_or(|name| {
            name.eq_ignore_ascii_case("utf8")
                || name.eq_ignore_ascii_case("utf-8")
                || name.eq_ignore_ascii_case("unicode")
        });
        return if utf8 {
            Fate::Drop
        } else {
            refuse("store the file as UTF-8 and leave \\encoding out")
        };
    }
    let own = argument.is_none_or(|name| OWN_VARIABLES.contains(&name));
    if SILENT.contains(&command)
        || (matches!(command, "set" | "unset") && own)
        || command.starts_with('d')
        || command.starts_with('l') && !command.starts_with("lo")
    {
        return Fate::Drop;
    }
    refuse(match command {
        "set" | "unset" | "prompt" | "getenv" | "setenv" | "gset" => {
            "write the value itself where the variable is used"
        }
        "i" | "ir" | "include" | "include_relative" => {
            "make the included file a patch and write its name here: `-- requires: NAME`"
        }
        "copy" => {
            "write COPY … FROM stdin; with the data in the file, or load the data outside the patches"
        }
        "g" | "gx" | "gdesc" | "crosstabview" | "watch" => "end the statement with ;",
        "gexec" => "write the statements out, or make and run them in a DO block with EXECUTE",
        "if" | "elif" | "else" | "endif" => "write the condition in a DO block",
        "c" | "connect" => "give each database its own directory and its own script",
        _ => "write it in SQL, or leave it out",
    })
}

fn refuse(help: &'static str) -> Fate {
    Fate::Refuse { help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_for_the_eye_are_dropped_and_others_refused() {
        for text in [
            "\\set ON_ERROR_STOP on",
            "\\echo it's done",
            "\\timing",
            "\\encoding UTF8",
            "\\restrict aXf3",
            "\\unrestrict aXf3",
            "\\d t",
            "\\pset pager off",
        ] {
            assert_eq!(fate(text), Fate::Drop, "{text}");
        }
        for text in [
            "\\set x 5",
            "\\i other.sql",
            "\\copy t from 'x'",
            "\\encoding LATIN1",
            "\\g /dev/null",
            "\\connect other",
            "\\lo_import 'x'",
            "\\!",
        ] {
            assert!(matches!(fate(text), Fate::Refuse { .. }), "{text}");
        }
    }
}
