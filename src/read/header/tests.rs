//! Directives: every spelling, prose beside them, and what is said about slips.

use std::path::Path;

use super::{Header, Phase, Requirement, read};
use crate::dialect::Engine;
use crate::finding::Finding;
use crate::read::split::split;
use crate::source::Sources;

fn with<T>(text: &str, look: impl FnOnce(&Header, &[Finding], &Sources) -> T) -> T {
    let mut sources = Sources::default();
    let id = sources.add("a.sql", text);
    let source = sources.get(id);
    let pieces = split(source, Engine::Mysql.dialect());
    let (header, findings) = read(source, &pieces);
    look(&header, &findings, &sources)
}

fn requires(text: &str) -> Vec<String> {
    with(text, |header, _, sources| {
        let shown = header.requires.iter().map(|spanned| match &spanned.value {
            Requirement::Reference(name) => {
                assert_eq!(sources.slice(spanned.span), name);
                name.clone()
            }
            Requirement::External(name) => format!("external {name}"),
        });
        shown.collect()
    })
}

/// The findings as `code: title | marked text | help`.
fn findings(text: &str) -> Vec<String> {
    with(text, |_, findings, sources| {
        let shown = findings.iter().map(|finding| {
            let marked = sources.slice(finding.labels[0].span);
            let (code, help) = (finding.code.name(), finding.helps.join(" "));
            format!("{code}: {} | {marked} | {help}", finding.title)
        });
        shown.collect()
    })
}

#[track_caller]
fn check_findings(text: &str, expected: &[&str]) {
    assert_eq!(findings(text), expected);
}

#[test]
fn every_spelling_of_requires_counts() {
    let all = "\
--\trequires: a
-- require: b , c.sql
--   Depends:d/*
# @require e
-- @requires f, g
/* requires: h
 * sqlstitch: requires: \"my table\", f(int, text)
   SQLSTITCH:@depends i
   requires: external old/one */
-- @require two words
/* @require j */ SELECT 1;";
    assert_eq!(
        requires(all),
        [
            "a",
            "b",
            "c.sql",
            "d/*",
            "e",
            "f",
            "g",
            "h",
            "\"my table\"",
            "f(int, text)",
            "i",
            "external old/one",
            "two words",
            "j"
        ]
    );
    assert!(findings(all).is_empty());
}

#[test]
fn the_other_directives() {
    let all = "\
-- Name: shop/orders
-- formerly: orders, shop/order
-- provides: shop.p
-- uses: shop.u
-- ignores: shop.i
-- phase: Expand
-- repeatable
-- transaction: off
-- dialect: postgres, sqlite
-- revert: down.sql
";
    with(all, |header, findings, _| {
        assert!(findings.is_empty());
        let value = header.name.as_ref().map(|name| name.value.as_str());
        assert_eq!(value, Some("shop/orders"));
        assert_eq!(header.formerly.len(), 2);
        assert_eq!(header.provides[0].value, "shop.p");
        assert_eq!(header.uses[0].value, "shop.u");
        assert_eq!(header.ignores[0].value, "shop.i");
        let phase = header.phase.as_ref().map(|phase| phase.value);
        assert_eq!(phase, Some(Phase::Expand));
        assert!(header.repeatable.is_some());
        assert!(header.no_transaction.is_some());
        let dialects: Vec<_> = header.dialects.iter().map(|one| one.value).collect();
        assert_eq!(dialects, [Engine::Postgres, Engine::Sqlite]);
        let revert = header.revert.as_ref().map(|path| path.value.as_path());
        assert_eq!(revert, Some(Path::new("down.sql")));
    });
}

/// The forms of <https://github.com/LuvDaSun/sqlpatch>, whose users may come with their files.
#[test]
fn files_made_for_sqlpatch_need_no_change() {
    with(
        "-- @name the orders\n-- @require product\n-- @require the customers\n\nCREATE TABLE t ();",
        |header, findings, _| {
            assert!(findings.is_empty());
            let name = header.name.as_ref().map(|name| name.value.as_str());
            assert_eq!(name, Some("the orders"));
            assert_eq!(header.requires.len(), 2);
        },
    );
}

#[test]
fn prose_is_not_a_directive() {
    for prose in [
        "-- This requires: a",
        "-- requires a lot of care",
        "-- repeatable, of course",
        "-- uses the index",
        "-- phase two",
        "-- @author requires",
        "-- users: a, b",
        "-- Name: orders; Type: TABLE; Schema: public; Owner: -",
        "-- see https://example.org/requires:a",
        "SELECT '-- requires: a' -- requires: b\n",
        "/*!40101 SELECT 1 */ -- x",
    ] {
        assert_eq!(requires(prose), Vec::<String>::new());
        assert_eq!(findings(prose), Vec::<String>::new());
    }
}

#[test]
fn what_may_have_been_meant_as_a_directive_is_told() {
    check_findings(
        "-- requires: the customers table",
        &[
            "looks-like-directive: this comment looks like a `requires` directive, but has no effect | requires: the customers table | if it is a directive, write names and nothing else, as in `-- requires: shop/customers, shop.currency` (`-- @requires the customers table` takes all of it for names); or begin the sentence with another word",
        ],
    );
    let ends = "or begin the line with another word";
    check_findings(
        "-- requires:\n-- uses: ,",
        &[
            &format!(
                "looks-like-directive: this comment looks like a `requires` directive, but has no effect | requires: | write all of the value behind it, `-- requires: shop/customers, shop.currency`, {ends}"
            ),
            &format!(
                "looks-like-directive: this comment looks like a `uses` directive, but has no effect | uses: , | write all of the value behind it, `-- uses: shop.orders`, {ends}"
            ),
        ],
    );
    check_findings(
        "-- allow: nosuch because it is so\n-- allow the users in\n-- Allowed: all",
        &[
            "looks-like-directive: this comment looks like an `allow` directive, but has no effect | allow: nosuch because it is so | write a code that `sqlstitch rule` lists, or begin the sentence with another word",
        ],
    );
    check_findings(
        "-- require src/profile.sql\n-- @requies a\n-- dependes: b",
        &[
            "looks-like-directive: this comment looks like a `require` directive, but has no effect | require src/profile.sql | did you mean `-- require: src/profile.sql`?",
            "looks-like-directive: this comment looks like a `requires` directive, but has no effect | @requies a | did you mean `-- requires: a`?",
            "looks-like-directive: this comment looks like a `depends` directive, but has no effect | dependes: b | did you mean `-- depends: b`?",
        ],
    );
}

#[test]
fn what_the_prefix_marks_must_be_a_directive_with_a_readable_value() {
    check_findings(
        "-- sqlstitch: requries: a\n-- sqlstitch: frobnicate\n-- phase: expnd\n-- dialect: postgres, oracle\n-- @requires\n-- name: a\n-- name: b\n-- transaction: maybe",
        &[
            "unknown-directive: there is no directive `requries` | requries | did you mean `requires`?",
            "unknown-directive: there is no directive `frobnicate` | frobnicate | the directives are requires, require, depends, name, formerly, provides, uses, ignores, allow, allows, phase, repeatable, transaction, dialect, revert; where it is none, begin the comment with another word than `sqlstitch:`",
            "bad-directive: `phase` cannot be `expnd` | expnd | did you mean `expand`? The values are expand, migrate, contract",
            "bad-directive: `dialect` cannot be `oracle` | oracle | write one of postgres, sqlite, mariadb, mysql, duckdb, mssql",
            "bad-directive: `requires` has no value | requires | write the value after it, as in `-- requires: shop/customers, shop.currency`",
            "bad-directive: `name` is given twice | b | keep one of the two lines",
            "bad-directive: `transaction` cannot be `maybe` | maybe | write one of off, none, no, on",
        ],
    );
}

#[test]
fn what_names_nothing_is_told() {
    check_findings(
        "-- @requires ,\n-- sqlstitch: dialect: , ,\n-- @allow , because\n-- @allow",
        &[
            "bad-directive: `requires` names nothing | , | write names between commas, as in `-- requires: shop/customers, shop.currency`",
            "bad-directive: `dialect` names nothing | , , | write names between commas, as in `-- dialect: postgres, sqlite`",
            "bad-directive: `allow` lacks the code of a finding | , because | write a code that `sqlstitch rule` lists, and why it is fine here",
            "bad-directive: `allow` has no value | allow | write the value after it, as in `-- allow: dynamic-sql it makes only temporary tables`",
        ],
    );
}

#[test]
fn a_directive_after_the_first_statement_has_no_effect_and_is_told() {
    let text = "\
SELECT 1; -- requires: a
-- requires: b
CREATE TABLE t (
    -- uses: c
    a int
);
-- requires: the customers table
/* @require d */
";
    assert_eq!(requires(text), Vec::<String>::new());
    check_findings(
        text,
        &[
            "late-directive: `requires` stands after the first statement, where it has no effect | requires: b | move this line above the first statement of the file",
            "late-directive: `require` stands after the first statement, where it has no effect | @require d | move this line above the first statement of the file",
        ],
    );
}
