--- base
CREATE SEQUENCE ticket;
--- bad
DROP SEQUENCE ticket;
--- old
SELECT NEXTVAL(ticket) > 0;
--- new
SELECT 1;
--- contract
-- phase: contract
DROP SEQUENCE ticket;
