--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE TABLE note (account bigint, text varchar(200));
--- bad
DROP TABLE note;
--- old
INSERT INTO note VALUES (1, 'x');
SELECT count(*) FROM note WHERE text = 'x';
DELETE FROM note WHERE text = 'x';
--- new
SELECT count(*) FROM account WHERE name = 'Ada';
--- contract
-- phase: contract
DROP TABLE note;
