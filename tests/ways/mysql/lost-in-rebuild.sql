--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE UNIQUE INDEX account_email ON account (email);
--- bad
CREATE TABLE account_new (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(80) NOT NULL);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
RENAME TABLE account TO account_old, account_new TO account;
DROP TABLE account_old;
--- old
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada') ON DUPLICATE KEY UPDATE name = 'Ada';
SELECT count(*) FROM account WHERE email = 'a@example.org';
--- new
SELECT count(*) FROM account WHERE name = 'Ada';
--- expand
CREATE TABLE account_new (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(80) NOT NULL);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
CREATE UNIQUE INDEX account_email ON account_new (email);
RENAME TABLE account TO account_old, account_new TO account;
DROP TABLE account_old;
