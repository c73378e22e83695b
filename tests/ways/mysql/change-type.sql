--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, total varchar(20));
INSERT INTO account (total) VALUES ('12'), (NULL);
--- bad
ALTER TABLE account MODIFY total int;
--- old
INSERT INTO account (total) VALUES ('7 or so');
SELECT count(*) FROM account WHERE total = '7 or so';
DELETE FROM account WHERE total = '7 or so';
--- new
INSERT INTO account (amount) VALUES (9);
SELECT count(*) FROM account WHERE amount = 9;
UPDATE account SET amount = 10 WHERE amount = 9;
SELECT count(*) FROM account WHERE amount = 10;
DELETE FROM account WHERE amount = 10;
--- expand
ALTER TABLE account ADD COLUMN amount int;
CREATE TRIGGER account_amount_insert BEFORE INSERT ON account FOR EACH ROW
  SET NEW.amount = coalesce(NEW.amount, IF(NEW.total REGEXP '^[0-9]{1,9}$', NEW.total, NULL)), NEW.total = coalesce(NEW.total, NEW.amount);
CREATE TRIGGER account_amount_update BEFORE UPDATE ON account FOR EACH ROW
  SET NEW.total = IF(NEW.amount <=> OLD.amount, NEW.total, NEW.amount), NEW.amount = IF(NEW.amount <=> OLD.amount, IF(NEW.total REGEXP '^[0-9]{1,9}$', NEW.total, NULL), NEW.amount);
--- migrate
UPDATE account SET amount = IF(total REGEXP '^[0-9]{1,9}$', total, NULL) WHERE amount IS NULL;
--- contract
-- phase: contract
LOCK TABLES account WRITE;
ALTER TABLE account DROP COLUMN total;
DROP TRIGGER account_amount_insert;
DROP TRIGGER account_amount_update;
UNLOCK TABLES;
