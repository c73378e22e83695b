//! Whether the engine looks up the targets of foreign keys, which a file may switch off: dumps do,
//! and whoever makes two tables that point to each other.

use crate::dialect::Dialect;
use crate::dialect::lex::{Token, TokenKind};
use crate::name::ObjectName;
use crate::read::fact::{Action, Binding, Fact, Kind};

/// The switch as the statements so far have left it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unchecked(bool);

impl Unchecked {
    /// Takes note of a statement, given its body's tokens.
    pub(super) fn see(&mut self, text: &str, body: &[Token], dialect: &Dialect) {
        let Some(switch) = dialect.foreign_key_switch else {
            return;
        };
        let mut tokens = body.iter().filter(|token| !token.is_trivia());
        if !tokens
            .next()
            .is_some_and(|first| first.is_word(text, "SET"))
        {
            return;
        }
        let tokens: Vec<&Token> = tokens.collect();
        for window in tokens.windows(3) {
            let [name, assigns, value] = window else {
                continue;
            };
            let name = name
                .text(text)
                .rsplit(['@', '.'])
                .next()
                .unwrap_or_default();
            let assigns = assigns.kind == TokenKind::Operator && assigns.text(text).ends_with('=');
            if assigns && name.eq_ignore_ascii_case(switch) {
                let value = value.text(text);
                self.0 = value == "0" || value.eq_ignore_ascii_case("off");
            }
        }
    }

    /// Loosens what a statement says about the targets of its foreign keys, if they are not looked up.
    pub(super) fn loosen(self, facts: &mut [Fact]) {
        if !self.0 {
            return;
        }
        let is_target = |fact: &&Fact| matches!(fact.action, Action::References { .. });
        let targets: Vec<ObjectName> = facts
            .iter()
            .filter(is_target)
            .map(|fact| fact.object.name.clone())
            .collect();
        for fact in facts {
            let of_target = matches!(fact.action, Action::Use | Action::References { .. })
                && matches!(fact.object.kind, Kind::Table | Kind::Key | Kind::Column)
                && targets.contains(&fact.object.name);
            if of_target {
                fact.binding = Binding::Late;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::read;
    use crate::source::Sources;

    /// The bindings of the uses of table `p`, statement by statement.
    fn bindings(text: &str, engine: Engine) -> Vec<Binding> {
        let mut sources = Sources::default();
        let id = sources.add("a.sql", text);
        let facts = read::read(sources.get(id), engine).patch.facts;
        let facts = facts.iter().flat_map(|statement| &statement.facts);
        let uses = facts.filter(|fact| {
            fact.action == Action::Use
                && fact.object.kind == Kind::Table
                && fact.object.name.name == "p"
        });
        uses.map(|fact| fact.binding).collect()
    }

    #[test]
    fn targets_are_late_while_they_are_not_looked_up() {
        use Binding::{Hard, Late};
        let table = "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES p (id));";
        let text = format!(
            "{table} SET FOREIGN_KEY_CHECKS=0; {table} SET @@session.foreign_key_checks := ON; {table}
             /*!40014 SET @OLD=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */; {table}
             SET FOREIGN_KEY_CHECKS=@OLD; {table}"
        );
        assert_eq!(
            bindings(&text, Engine::Mysql),
            [Hard, Late, Hard, Late, Hard]
        );
        assert_eq!(bindings(&text, Engine::Duckdb), [Hard; 5]);
    }
}
