--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, total TEXT);
INSERT INTO account (total) VALUES ('012'), (NULL);
--- bad
CREATE TABLE account_new (id INTEGER PRIMARY KEY, total INTEGER);
INSERT INTO account_new (id, total) SELECT id, total FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
--- old
INSERT INTO account (total) VALUES ('007');
SELECT count(*) FROM account WHERE total = '007' AND typeof(total) = 'text';
DELETE FROM account WHERE total = '007';
--- new
INSERT INTO account (amount) VALUES (9);
SELECT count(*) FROM account WHERE amount = 9;
UPDATE account SET amount = 10 WHERE amount = 9;
SELECT count(*) FROM account WHERE amount = 10;
DELETE FROM account WHERE amount = 10;
--- expand
ALTER TABLE account ADD COLUMN amount INTEGER;
CREATE TRIGGER account_amount_insert AFTER INSERT ON account BEGIN
  UPDATE account SET amount = coalesce(NEW.amount, NEW.total), total = coalesce(NEW.total, NEW.amount)
    WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER account_amount_new AFTER UPDATE OF amount ON account WHEN NEW.amount IS NOT OLD.amount BEGIN
  UPDATE account SET total = NEW.amount WHERE rowid = NEW.rowid AND CAST(total AS INTEGER) IS NOT NEW.amount;
END;
CREATE TRIGGER account_amount_old AFTER UPDATE OF total ON account
  WHEN NEW.total IS NOT OLD.total AND NEW.amount IS OLD.amount BEGIN
  UPDATE account SET amount = NEW.total WHERE rowid = NEW.rowid AND amount IS NOT CAST(NEW.total AS INTEGER);
END;
--- migrate
UPDATE account SET amount = total WHERE amount IS NULL;
--- contract
-- phase: contract
DROP TRIGGER account_amount_insert;
DROP TRIGGER account_amount_new;
DROP TRIGGER account_amount_old;
ALTER TABLE account DROP COLUMN total;
