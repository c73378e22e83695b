//! GRANT in one patch and REVOKE of the same privilege in another: the engine takes them in any order, and
//! the last one stays.

use std::collections::BTreeMap;

use super::PatchId;
use super::catalog::Catalog;
use super::edges::Edges;
use super::rows::{Place, open, unordered};
use crate::dialect::Dialect;
use crate::dialect::lex::{Lexer, Token, TokenKind};
use crate::finding::Finding;
use crate::read::Patch;
use crate::read::fact::{Action, Fact, Kind, StatementFacts};
use crate::source::Sources;

/// What one GRANT or REVOKE says of one object.
struct Said {
    place: Place,
    /// Each privilege by its first word; where no object is named, the roles that are given.
    privileges: Vec<String>,
    grantees: Vec<String>,
}

/// What patches grant and revoke on each object.
#[derive(Default)]
struct Both {
    granted: Vec<Said>,
    revoked: Vec<Said>,
}

/// Tells of privileges that are granted and revoked while nothing tells which comes last.
pub(super) fn report(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    edges: &Edges,
    findings: &mut Vec<Finding>,
) {
    let mut objects: BTreeMap<String, Both> = BTreeMap::new();
    for (id, patch) in (0..).map(PatchId).zip(patches) {
        for statement in &patch.facts {
            let body = patch.statements[statement.statement].body;
            let text = sources.slice(body);
            let Some(words) = Words::of(text, catalog.dialect) else {
                continue;
            };
            for (object, fact) in named(id, statement, catalog, &words) {
                let both = objects.entry(object).or_default();
                let list = if words.grants {
                    &mut both.granted
                } else {
                    &mut both.revoked
                };
                list.push(Said {
                    place: (id, fact.span),
                    privileges: words.privileges.clone(),
                    grantees: words.grantees.clone(),
                });
            }
        }
    }
    for (object, Both { granted, revoked }) in &objects {
        let met = granted.iter().find_map(|grant| {
            let against: Vec<Place> = revoked
                .iter()
                .filter(|revoke| meet(grant, revoke))
                .map(|revoke| revoke.place)
                .collect();
            unordered(&[grant.place], &against, edges, |_, _| true)
        });
        if let Some((grant, revoke)) = met {
            let title = format!(
                "nothing tells whether privileges on {object} are granted before or after they are revoked"
            );
            findings.push(open(
                patches,
                title,
                [grant, revoke],
                ["granted", "revoked"],
                "the privileges",
            ));
        }
    }
}

/// The objects of a statement, each with the place of its name.
fn named<'s>(
    id: PatchId,
    statement: &'s StatementFacts,
    catalog: &Catalog<'_>,
    words: &Words,
) -> Vec<(String, &'s Fact)> {
    let path = statement.search_path.as_deref();
    let own = statement
        .facts
        .iter()
        .filter(|fact| fact.in_body_of.is_none());
    let label = |fact: &Fact| match catalog.lookup(id, path, &fact.object).as_slice() {
        [bound] => catalog.get(bound.identity).label().to_string(),
        _ => fact.object.to_string(),
    };
    if words.of_roles {
        let is_given = |fact: &&Fact| {
            let name = fact.object.name.name.as_str();
            fact.object.kind == Kind::Role && words.privileges.iter().any(|role| role == name)
        };
        let given = own.filter(is_given);
        return given.map(|fact| (label(fact), fact)).collect();
    }
    let objects =
        own.filter(|fact| fact.action == Action::Alter && fact.object.kind != Kind::Column);
    objects.map(|fact| (label(fact), fact)).collect()
}

/// Whether both are about a privilege of one role.
fn meet(grant: &Said, revoke: &Said) -> bool {
    let all = |said: &Said| said.privileges.iter().any(|word| word == "all");
    let shared = |one: &[String], other: &[String]| one.iter().any(|word| other.contains(word));
    let privileges = all(grant) || all(revoke) || shared(&grant.privileges, &revoke.privileges);
    grant.place.0 != revoke.place.0 && privileges && shared(&grant.grantees, &revoke.grantees)
}

/// The words of a GRANT or REVOKE.
struct Words {
    grants: bool,
    /// It gives roles, and names no object.
    of_roles: bool,
    privileges: Vec<String>,
    grantees: Vec<String>,
}

impl Words {
    fn of(text: &str, dialect: &Dialect) -> Option<Self> {
        let first = text.get(..6)?.to_ascii_lowercase();
        let grants = first.starts_with("grant");
        if !grants && first != "revoke" && !first.starts_with("deny") {
            return None;
        }
        let tokens: Vec<Token> = Lexer::new(text, &dialect.lexing)
            .filter(|token| !token.is_trivia())
            .collect();
        let mut depth = 0;
        let mut flat: Vec<&Token> = Vec::new();
        for token in &tokens[1..] {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ if depth == 0 => flat.push(token),
                _ => {}
            }
        }
        let place = |words: &[&str]| flat.iter().position(|token| token.is_any_word(text, words));
        let to = place(&["TO", "FROM"])?;
        let on = place(&["ON"]).filter(|&on| on < to);
        // The right to pass a privilege on is another thing, and so is what all of a schema get.
        let option = place(&["OPTION"]).is_some_and(|option| option < to);
        let all_in = on.is_some_and(|on| {
            flat.get(on + 1)
                .is_some_and(|next| next.is_word(text, "ALL"))
        });
        if option || all_in {
            return None;
        }
        let end = place(&["WITH", "CASCADE", "RESTRICT", "GRANTED"]).filter(|&end| end > to);
        let list = |tokens: &[&Token]| -> Vec<String> {
            let items = tokens.split(|token| token.kind == TokenKind::Comma);
            let words =
                items.filter_map(|item| item.iter().find(|token| !token.is_word(text, "GROUP")));
            let words = words.map(|token| {
                dialect
                    .ident(token.text(text))
                    .as_str()
                    .to_ascii_lowercase()
            });
            words.collect()
        };
        Some(Self {
            grants,
            of_roles: on.is_none(),
            privileges: list(&flat[..on.unwrap_or(to)]),
            grantees: list(&flat[to + 1..end.unwrap_or(flat.len())]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Words;
    use crate::dialect::Engine;

    #[test]
    fn the_words_of_a_grant() {
        let words = |text| Words::of(text, Engine::Postgres.dialect());
        let said =
            words("GRANT SELECT (a, b), Insert ON TABLE t, u TO GROUP r, \"s\" WITH GRANT OPTION");
        let said = said.expect("a grant");
        assert!(said.grants && !said.of_roles);
        assert_eq!(said.privileges, ["select", "insert"]);
        assert_eq!(said.grantees, ["r", "s"]);
        let said = words("REVOKE admin FROM bob CASCADE").expect("a revoke");
        assert!(!said.grants && said.of_roles);
        assert_eq!(
            (said.privileges, said.grantees),
            (vec!["admin".to_owned()], vec!["bob".to_owned()])
        );
        for other in [
            "REVOKE GRANT OPTION FOR ALL ON t FROM r",
            "GRANT SELECT ON ALL TABLES IN SCHEMA s TO r",
            "GRANT",
            "GRANT SELECT ON t",
            "SELECT 1",
            "",
        ] {
            assert!(words(other).is_none(), "{other}");
        }
    }
}
