//! DROP.

use sqlparser::ast as sql;

use super::reader::Reader;
use crate::name::ObjectName;
use crate::read::fact::{Action, Kind, Object, Signature};

impl Reader<'_> {
    pub(super) fn drop_objects(
        &mut self,
        kind: sql::ObjectType,
        names: &[sql::ObjectName],
        table: Option<&sql::ObjectName>,
        if_exists: bool,
        cascade: bool,
    ) {
        use sql::ObjectType;
        let kind = match kind {
            ObjectType::Table => Kind::Table,
            ObjectType::View => Kind::View,
            ObjectType::MaterializedView => Kind::MaterializedView,
            ObjectType::Sequence => Kind::Sequence,
            ObjectType::Type => Kind::Type,
            ObjectType::Collation => Kind::Collation,
            ObjectType::Database if !self.dialect.objects.database_is_schema => return,
            ObjectType::Schema | ObjectType::Database => Kind::Schema,
            ObjectType::Role | ObjectType::User => Kind::Role,
            ObjectType::Index => {
                for name in names {
                    self.drop_index(name, table, if_exists, cascade);
                }
                return;
            }
            ObjectType::Stage | ObjectType::Stream | ObjectType::Warehouse => return,
        };
        for name in names {
            let action = self.drop(if_exists, cascade);
            if matches!(kind, Kind::Schema | Kind::Role) {
                if let Some(ident) = name.0.last().and_then(sql::ObjectNamePart::as_ident) {
                    self.plain(action, kind, ident);
                }
            } else if let Some(named) = self.named(name) {
                self.note(action, Object::new(kind, named.name), named.span);
            }
        }
    }

    fn drop_index(
        &mut self,
        name: &sql::ObjectName,
        table: Option<&sql::ObjectName>,
        if_exists: bool,
        cascade: bool,
    ) {
        let action = self.drop(if_exists, cascade);
        let idents: Vec<_> = name
            .0
            .iter()
            .filter_map(sql::ObjectNamePart::as_ident)
            .collect();
        let Some((index, before)) = idents.split_last() else {
            return;
        };
        let table = match table {
            Some(table) => self.named(table),
            // T-SQL's older `DROP INDEX t.i`.
            None if self.dialect.index_belongs_to_table => self.named_by(before),
            None => {
                if let Some(named) = self.named(name) {
                    self.note(action, Object::new(Kind::Index, named.name), named.span);
                }
                return;
            }
        };
        if let Some(table) = table {
            let owner = Object::new(Kind::Table, table.name.clone());
            self.note(Action::Use, owner, table.span);
            let object = self.index(&table.name, self.ident(index));
            self.note(action, object, self.place(index));
        }
    }

    pub(super) fn drop_trigger(&mut self, drop: &sql::DropTrigger) {
        let Some(named) = self.named(&drop.trigger_name) else {
            return;
        };
        let cascade = matches!(drop.option, Some(sql::ReferentialAction::Cascade));
        let action = self.drop(drop.if_exists, cascade);
        let table = drop.table_name.as_ref().and_then(|table| self.named(table));
        let object = match table {
            Some(table) if self.dialect.trigger_belongs_to_table => {
                self.trigger(&table.name, named.name.name)
            }
            _ => Object::new(Kind::Trigger, named.name),
        };
        self.note(action, object, named.span);
    }

    pub(super) fn drop_routines(
        &mut self,
        kind: Kind,
        routines: &[sql::FunctionDesc],
        if_exists: bool,
        behavior: Option<sql::DropBehavior>,
    ) {
        for routine in routines {
            let Some(named) = self.named(&routine.name) else {
                continue;
            };
            let cascade = matches!(behavior, Some(sql::DropBehavior::Cascade));
            let object = any_routine(kind, named.name);
            self.note(self.drop(if_exists, cascade), object, named.span);
        }
    }
}

/// The routine of that name, whatever it takes: these engines know no overloads.
pub(super) fn any_routine(kind: Kind, name: ObjectName) -> Object {
    let anything = Signature {
        min: 0,
        max: None,
        types: None,
    };
    Object {
        kind,
        ..Object::routine(name, anything)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use crate::dialect::Engine;

    #[test]
    fn drops() {
        check(
            Engine::Sqlite,
            r#"DROP TABLE IF EXISTS t"#,
            r#"
drop if exists table t
"#,
        );
        check(
            Engine::Sqlite,
            r#"DROP INDEX i"#,
            r#"
drop index i
"#,
        );
        check(
            Engine::Sqlite,
            r#"DROP TRIGGER IF EXISTS r"#,
            r#"
drop if exists trigger r
"#,
        );
    }
}
