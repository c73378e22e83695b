-- phase: expand
-- The view is made over an empty table of the new name; then both get their names at once, so that no
-- statement of old code comes between.
CREATE TABLE {{new}} LIKE {{old}};
CREATE VIEW {{view}} AS SELECT * FROM {{new}};
DROP TABLE {{new}};
RENAME TABLE {{old}} TO {{new}}, {{view}} TO {{old}};
{{rights}}
-- phase: contract
{{named}}DROP VIEW {{old}};
