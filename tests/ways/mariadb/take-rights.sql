--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE OR REPLACE USER reader_of_account;
GRANT SELECT ON account TO reader_of_account;
--- bad
REVOKE SELECT ON account FROM reader_of_account;
--- old
SELECT count(*) FROM mysql.tables_priv WHERE user = 'reader_of_account' AND db = DATABASE();
--- new
SELECT 1;
--- contract
-- phase: contract
REVOKE SELECT ON account FROM reader_of_account;
