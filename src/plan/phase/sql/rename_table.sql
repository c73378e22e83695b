-- phase: expand
ALTER TABLE {{old}} RENAME TO {{new_name}};
CREATE VIEW {{old}} AS SELECT * FROM {{new}};
-- The view has no rights yet: grant what code has on the table.

-- phase: contract
DROP VIEW {{old}};
