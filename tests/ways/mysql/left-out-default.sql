--- code drop-default
--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL DEFAULT '', other int);
--- bad
ALTER TABLE account MODIFY name varchar(80) NOT NULL;
--- old
INSERT INTO account (other) VALUES (77);
SELECT count(*) FROM account WHERE other = 77;
DELETE FROM account WHERE other = 77;
--- new
INSERT INTO account (name, other) VALUES (repeat('x', 60), 78);
SELECT count(*) FROM account WHERE other = 78;
DELETE FROM account WHERE other = 78;
--- expand
ALTER TABLE account MODIFY name varchar(80) NOT NULL DEFAULT '';
--- contract
-- phase: contract
ALTER TABLE account ALTER COLUMN name DROP DEFAULT;
