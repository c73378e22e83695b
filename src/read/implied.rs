//! Names that the engine gives to what a statement does not name: `t_pkey`, `t_c_key`, `t_c_fkey`,
//! `t_c_check`, `t_c_idx`, `t_c_seq`. Pure functions, for every reader.
//!
//! The names are PostgreSQL's, whose rules are in `makeObjectName`, `ChooseRelationName` and
//! `ChooseIndexNameAddition` (src/backend/commands/indexcmds.c): table, columns and label joined by
//! `_`, the longer of the two parts before the label cut until all fits into 63 bytes, and a number
//! after the label while the name is taken.

use std::collections::BTreeSet;

use crate::name::Ident;

/// Bytes in a PostgreSQL name (`NAMEDATALEN` less its terminator).
const LIMIT: usize = 63;

/// `t_pkey`: the primary key of a table, and its index.
#[must_use]
pub fn primary_key(table: &Ident) -> Ident {
    object_name(table.as_str(), "", "pkey")
}

/// `t_a_b_key`: a unique constraint over columns, and its index.
#[must_use]
pub fn unique_key(table: &Ident, columns: &[Ident]) -> Ident {
    object_name(table.as_str(), &joined(columns), "key")
}

/// `t_a_b_excl`: an exclusion constraint, and its index.
#[must_use]
pub fn exclusion(table: &Ident, columns: &[Ident]) -> Ident {
    object_name(table.as_str(), &joined(columns), "excl")
}

/// `t_a_b_fkey`: a foreign key over columns of the table that has it.
#[must_use]
pub fn foreign_key(table: &Ident, columns: &[Ident]) -> Ident {
    object_name(table.as_str(), &joined(columns), "fkey")
}

/// `t_c_check` for a check of exactly one column, `t_check` for any other. The columns are the
/// distinct ones that the expression names.
#[must_use]
pub fn check(table: &Ident, columns: &[Ident]) -> Ident {
    match columns {
        [column] => object_name(table.as_str(), column.as_str(), "check"),
        _ => object_name(table.as_str(), "", "check"),
    }
}

/// `t_c_not_null`: a NOT NULL constraint (PostgreSQL 18 and later have them as objects).
#[must_use]
pub fn not_null(table: &Ident, column: &Ident) -> Ident {
    object_name(table.as_str(), column.as_str(), "not_null")
}

/// `t_a_b_idx`: an index. Its columns are those of the key and then of INCLUDE; an expression goes
/// by [`expression_column`].
#[must_use]
pub fn index(table: &Ident, columns: &[Ident]) -> Ident {
    let mut names: Vec<Ident> = Vec::new();
    for column in columns {
        // `ChooseIndexColumnNames` tells equal ones apart: `expr`, `expr1`, …
        let mut name = column.clone();
        let mut number = 0;
        while names.contains(&name) {
            number += 1;
            name = object_name(column.as_str(), "", "");
            let digits = number.to_string();
            let room = name.as_str().floor_char_boundary(LIMIT - digits.len());
            name = Ident::folded(format!("{}{digits}", &name.as_str()[..room]));
        }
        names.push(name);
    }
    object_name(table.as_str(), &joined(&names), "idx")
}

/// The name of an index column that is an expression: the function's or cast type's name where the
/// expression is one (`FigureIndexColname`), else `expr`.
#[must_use]
pub fn expression_column(function: Option<&Ident>) -> Ident {
    function.cloned().unwrap_or_else(|| Ident::folded("expr"))
}

/// `t_c_seq`: the sequence of a `serial` or identity column.
#[must_use]
pub fn sequence(table: &Ident, column: &Ident) -> Ident {
    object_name(table.as_str(), column.as_str(), "seq")
}

/// `t_c_stat`: extended statistics without a name.
#[must_use]
pub fn statistics(table: &Ident, columns: &[Ident]) -> Ident {
    object_name(table.as_str(), &joined(columns), "stat")
}

/// The multirange type that comes with a range type (`makeMultirangeTypeName`).
#[must_use]
pub fn multirange(range: &Ident) -> Ident {
    let name = range.as_str();
    match name.find("range") {
        Some(at) => {
            let (before, after) = (&name[..at], &name[at + "range".len()..]);
            cut(format!("{before}multirange{after}"))
        }
        None => {
            let room = name.floor_char_boundary(LIMIT - "_multirange".len());
            cut(format!("{}_multirange", &name[..room]))
        }
    }
}

/// Names a thing as the engine does when some names are taken: a number goes after the label, as in
/// `t_check1`. `make` gets the name's parts changed by nothing but that number.
#[must_use]
pub fn untaken(taken: &BTreeSet<Ident>, first: Ident) -> Ident {
    if !taken.contains(&first) {
        return first;
    }
    let mut number = 0_u32;
    loop {
        number += 1;
        let digits = number.to_string();
        let text = first.as_str();
        // A name at the limit loses bytes of its parts, not of its label; how many exactly matters
        // to nobody here, because such a name is a guess in any case.
        let room = text.floor_char_boundary(text.len().min(LIMIT - digits.len()));
        let name = Ident::folded(format!("{}{digits}", &text[..room]));
        if !taken.contains(&name) {
            return name;
        }
    }
}

/// The columns in one name, no longer than is ever needed.
fn joined(columns: &[Ident]) -> String {
    let mut name = String::new();
    for column in columns {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(column.as_str());
        if name.len() > LIMIT {
            break;
        }
    }
    name
}

/// `makeObjectName`: the longer of the first two parts loses bytes until all three fit.
fn object_name(first: &str, second: &str, label: &str) -> Ident {
    let joints = usize::from(!second.is_empty()) + usize::from(!label.is_empty());
    let room = LIMIT.saturating_sub(label.len() + joints);
    let (mut first_len, mut second_len) = (first.len(), second.len());
    while first_len + second_len > room {
        if first_len > second_len {
            first_len -= 1;
        } else {
            second_len -= 1;
        }
    }
    let mut name = first[..first.floor_char_boundary(first_len)].to_owned();
    for part in [&second[..second.floor_char_boundary(second_len)], label] {
        if !part.is_empty() {
            name.push('_');
            name.push_str(part);
        }
    }
    cut(name)
}

fn cut(mut name: String) -> Ident {
    name.truncate(name.floor_char_boundary(LIMIT));
    Ident::folded(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ident(text: &str) -> Ident {
        Ident::folded(text)
    }

    #[test]
    fn names_join_table_columns_and_label() {
        let table = ident("t");
        let columns = [ident("a"), ident("b")];
        assert_eq!(primary_key(&table), "t_pkey");
        assert_eq!(unique_key(&table, &columns), "t_a_b_key");
        assert_eq!(foreign_key(&table, &columns[..1]), "t_a_fkey");
        assert_eq!(check(&table, &columns[..1]), "t_a_check");
        assert_eq!(check(&table, &columns), "t_check");
        assert_eq!(sequence(&table, &columns[0]), "t_a_seq");
        assert_eq!(index(&table, &columns), "t_a_b_idx");
    }

    #[test]
    fn equal_index_columns_are_told_apart() {
        let expr = expression_column(None);
        assert_eq!(
            index(&ident("t"), &[expr.clone(), expr]),
            "t_expr_expr1_idx"
        );
    }

    /// The names that PostgreSQL 15 gave to exactly these.
    #[test]
    fn the_longer_part_is_cut() {
        let table = ident(&"t".repeat(60));
        let column = ident(&"c".repeat(20));
        assert_eq!(
            sequence(&table, &column),
            format!("{}_{}_seq", "t".repeat(38), "c".repeat(20)).as_str()
        );
        assert_eq!(
            primary_key(&table),
            format!("{}_pkey", "t".repeat(58)).as_str()
        );
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let taken = BTreeSet::from([ident("t_check"), ident("t_check1")]);
        assert_eq!(untaken(&taken, ident("t_check")), "t_check2");
    }

    #[test]
    fn a_range_has_a_multirange() {
        assert_eq!(multirange(&ident("floatrange")), "floatmultirange");
        assert_eq!(multirange(&ident("span")), "span_multirange");
    }
}
