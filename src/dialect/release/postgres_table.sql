-- phase: expand
ALTER TABLE {{old}} RENAME TO {{new_name}};
CREATE VIEW {{old}} AS SELECT * FROM {{new}};
{{rights}}
-- phase: contract
{{named}}DROP VIEW {{old}};
