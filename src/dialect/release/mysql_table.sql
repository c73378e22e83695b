-- phase: expand
-- Between the two, statements of old code fail: let it try again, or run this while little is written.
ALTER TABLE {{old}} RENAME TO {{new}};
CREATE VIEW {{old}} AS SELECT * FROM {{new}};
{{rights}}
-- phase: contract
{{named}}DROP VIEW {{old}};
