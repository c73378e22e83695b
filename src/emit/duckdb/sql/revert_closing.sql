
;
SET VARIABLE sqlstitch_at = 'its row in the ledger';
DELETE FROM {ledger} WHERE name = (SELECT b.name FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position WHERE s.step = {step});
SET VARIABLE sqlstitch_at = NULL;
SET VARIABLE sqlstitch_ran = {step};
