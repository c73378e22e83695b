//! MySQL and MariaDB: table options, BINARY, KEY for INDEX, lists in ADD, joins written as commas.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::Tape;

pub(super) fn mend(tape: &mut Tape) {
    if tape.is(0, "set") {
        return assignments(tape);
    }
    if tape.is(0, "update") {
        return joins(tape);
    }
    if tape.is_any(0, &["create", "alter"]) {
        binary(tape);
        index_types(tape);
    }
    if tape.is(0, "create") {
        if tape.is_any(1, &["fulltext", "spatial"]) {
            tape.remove(1..2);
        }
        table_options(tape);
    } else if tape.is(0, "alter") {
        if tape.is_any(1, &["ignore", "online"]) {
            tape.remove(1..2);
        }
        if tape.is(1, "table") {
            alterations(tape);
        }
    }
}

/// `SET @a := 1`.
fn assignments(tape: &mut Tape) {
    for token in &mut tape.tokens {
        if token.token == Token::Assignment {
            token.token = Token::Eq;
        }
    }
}

/// `UPDATE a, b SET …` joins them.
fn joins(tape: &mut Tape) {
    let set = (0..tape.tokens.len()).find(|&at| tape.is(at, "set"));
    for comma in tape.commas(1..set.unwrap_or(1)) {
        tape.replace(comma, Keyword::JOIN, "JOIN");
    }
}

/// `VARCHAR(20) BINARY` is about comparing.
fn binary(tape: &mut Tape) {
    const TYPES: &[&str] = &[
        "char",
        "varchar",
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
    ];
    for at in (1..tape.tokens.len()).rev() {
        let after_type = tape.is_token(at - 1, &Token::RParen) || tape.is_any(at - 1, TYPES);
        if after_type && tape.is(at, "binary") && !tape.is_token(at + 1, &Token::LParen) {
            tape.remove(at..at + 1);
        }
    }
}

/// `USING BTREE` of an index.
fn index_types(tape: &mut Tape) {
    for at in (1..tape.tokens.len()).rev() {
        if tape.is(at, "using") && tape.is_any(at + 1, &["btree", "hash", "rtree"]) {
            tape.remove(at..at + 2);
        }
    }
}

/// Options and partitions after the columns of CREATE TABLE, unless a query follows them.
fn table_options(tape: &mut Tape) {
    let Some(table) = (1..4).find(|&at| tape.is(at, "table")) else {
        return;
    };
    let exists = if tape.is(table + 1, "if") { 3 } else { 0 };
    let open = tape.after_name(table + 1 + exists);
    if !tape.is_token(open, &Token::LParen) || tape.is(open + 1, "like") {
        return;
    }
    let Some(close) = tape.closing(open) else {
        return;
    };
    let rest = close + 1..tape.tokens.len();
    let mut depth = 0usize;
    let query = rest.clone().find(|&at| {
        match tape.get(at) {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && tape.is_any(at, &["as", "select", "with"])
    });
    tape.remove(rest.start..query.unwrap_or(rest.end));
    if query.is_some() && !tape.is(rest.start, "as") {
        tape.insert(rest.start, Token::make_keyword("AS"));
    }
}

/// The parts of ALTER TABLE.
fn alterations(tape: &mut Tape) {
    let exists = if tape.is(2, "if") { 2 } else { 0 };
    let first = tape.after_name(2 + exists);
    let parts = tape.parts(first..tape.tokens.len());
    let options: Vec<bool> = parts
        .iter()
        .map(|part| is_option(tape, part.start))
        .collect();
    if options.iter().all(|&option| option) {
        // Something that is to be altered, and names nothing.
        tape.remove(first..tape.tokens.len());
        for token in [
            Token::make_keyword("AUTO_INCREMENT"),
            Token::Eq,
            Token::Number("1".into(), false),
        ] {
            let at = tape.tokens.len();
            tape.insert(at, token);
        }
        return;
    }
    for (part, option) in parts.into_iter().zip(options).rev() {
        let start = part.start;
        if option {
            let comma = if start == first {
                start..part.end + 1
            } else {
                start - 1..part.end
            };
            tape.remove(comma);
        } else if tape.are(start, &["drop", "key"]) {
            tape.replace(start + 1, Keyword::INDEX, "INDEX");
        } else if tape.is(start, "rename") && part.len() == 2 {
            tape.insert(start + 1, Token::make_keyword("TO"));
        } else if tape.is(start, "add") {
            let open = start + 1 + usize::from(tape.is(start + 1, "column"));
            if tape.is_token(open, &Token::LParen) && tape.closing(open) == Some(part.end - 1) {
                spread(tape, start, open, part.end - 1);
            }
        }
    }
}

/// An option of the table: `ENGINE = x`, `CONVERT TO CHARACTER SET x`, `ROW_FORMAT = x`, …
fn is_option(tape: &Tape, at: usize) -> bool {
    const OPTIONS: &[&str] = &[
        "avg_row_length",
        "character",
        "charset",
        "checksum",
        "collate",
        "comment",
        "convert",
        "default",
        "delay_key_write",
        "encrypted",
        "engine",
        "force",
        "key_block_size",
        "max_rows",
        "min_rows",
        "order",
        "pack_keys",
        "page_checksum",
        "page_compressed",
        "row_format",
        "stats_auto_recalc",
        "stats_persistent",
        "transactional",
        "type",
    ];
    tape.is_any(at, OPTIONS)
}

/// `ADD (a int, b int)` → `ADD a int, ADD b int`.
fn spread(tape: &mut Tape, add: usize, open: usize, close: usize) {
    let commas = tape.commas(open + 1..close);
    tape.remove(close..close + 1);
    for comma in commas.into_iter().rev() {
        tape.insert(comma + 1, Token::make_keyword("ADD"));
    }
    tape.remove(add + 1..open + 1);
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn options_of_tables_name_nothing() {
        for options in [
            "ENGINE=InnoDB",
            "CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            "ROW_FORMAT=DYNAMIC, COMMENT 'x'",
            "DEFAULT CHARACTER SET utf8",
        ] {
            check(
                Engine::Mysql,
                &format!("ALTER TABLE t {options}"),
                "alter table t",
            );
        }
        check(
            Engine::Mysql,
            "CREATE TABLE t (a varchar(9) BINARY) TYPE=MyISAM, transactional=1
             PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10))",
            "
define table t
define column t.a
",
        );
        check(
            Engine::Mariadb,
            "CREATE TABLE t (KEY USING BTREE (a)) ENGINE=Aria SELECT a FROM u",
            "
define table t
define column t.a
write table t
define unique key t (a), implied
define index t.a, implied
use column t.a, implied
use column u.a
use relation u
read relation u
",
        );
    }

    #[test]
    fn alterations_are_said_in_many_ways() {
        check(
            Engine::Mysql,
            "ALTER IGNORE TABLE t ENGINE=InnoDB, ADD COLUMN (a int, b int), DROP KEY k, RENAME u",
            "
alter table t
rename table t to table u
define column t.a
define column t.b
drop index t.k
",
        );
    }

    #[test]
    fn tables_with_commas_are_joined() {
        check(
            Engine::Mysql,
            "UPDATE t, u SET t.a = u.b, u.x = 1 WHERE u.c = t.c",
            "
use table t
write table t
read relation t
use relation u
read relation u
use column t.a
write column t.a
use column u.b
write table u
use column u.x
write column u.x
use column u.c
use column t.c
",
        );
    }
}
