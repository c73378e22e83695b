--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(40) DEFAULT 'none', other int);
INSERT INTO account (name) VALUES ('Ada'), (NULL);
--- bad
UPDATE account SET name = '' WHERE name IS NULL;
ALTER TABLE account MODIFY name varchar(40) DEFAULT 'none' NOT NULL;
--- old
INSERT INTO account (name, other) VALUES (NULL, 77);
SELECT count(*) FROM account WHERE other = 77;
DELETE FROM account WHERE other = 77;
--- new
INSERT INTO account (other) VALUES (78);
SELECT count(*) FROM account WHERE other = 78 AND name = 'none';
DELETE FROM account WHERE other = 78;
--- migrate
UPDATE account SET name = '' WHERE name IS NULL;
--- contract
-- phase: contract
ALTER TABLE account MODIFY name varchar(40) DEFAULT 'none' NOT NULL;
