--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(40) CHARACTER SET utf8mb4);
INSERT INTO account (name) VALUES ('Ada');
--- bad
ALTER TABLE account CONVERT TO CHARACTER SET latin1;
--- old
INSERT INTO account (name) VALUES ('東京');
SELECT count(*) FROM account WHERE name = '東京';
DELETE FROM account WHERE name = '東京';
--- new
INSERT INTO account (name) VALUES ('Tokio');
SELECT count(*) FROM account WHERE name = 'Tokio';
DELETE FROM account WHERE name = 'Tokio';
--- migrate
UPDATE account SET name = 'Tokio' WHERE name = '東京';
--- contract
-- phase: contract
ALTER TABLE account CONVERT TO CHARACTER SET latin1;
