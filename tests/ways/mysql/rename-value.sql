--- code change-type
--- base
CREATE TABLE mood (id bigint AUTO_INCREMENT PRIMARY KEY, feels ENUM('ok', 'sad'));
INSERT INTO mood (feels) VALUES ('ok'), ('sad');
--- bad
ALTER TABLE mood MODIFY feels ENUM('ok', 'blue');
--- old
INSERT INTO mood (feels) VALUES ('sad');
SELECT count(*) > 0 FROM mood WHERE feels = 'sad';
--- new
INSERT INTO mood (feels) VALUES ('blue');
SELECT count(*) > 0 FROM mood WHERE feels IN ('sad', 'blue');
DELETE FROM mood WHERE feels = 'blue';
INSERT INTO mood (feels) VALUES ('blue');
--- expand
ALTER TABLE mood MODIFY feels ENUM('ok', 'sad', 'blue');
--- migrate
UPDATE mood SET feels = 'blue' WHERE feels = 'sad';
--- contract
-- phase: contract
UPDATE mood SET feels = 'blue' WHERE feels = 'sad';
ALTER TABLE mood MODIFY feels ENUM('ok', 'blue');
