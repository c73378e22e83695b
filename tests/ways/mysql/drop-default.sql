--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL DEFAULT '', other int);
--- bad
ALTER TABLE account ALTER COLUMN name DROP DEFAULT;
--- old
INSERT INTO account (other) VALUES (77);
SELECT count(*) FROM account WHERE other = 77;
DELETE FROM account WHERE other = 77;
--- new
INSERT INTO account (name, other) VALUES ('New', 78);
SELECT count(*) FROM account WHERE other = 78;
DELETE FROM account WHERE other = 78;
--- contract
-- phase: contract
ALTER TABLE account ALTER COLUMN name DROP DEFAULT;
