--- base
CREATE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql AS 'SELECT amount / 5';
--- bad
DROP FUNCTION tax(numeric);
CREATE FUNCTION tax(amount numeric, country text) RETURNS numeric LANGUAGE sql AS 'SELECT amount / 5';
--- old
SELECT round(tax(5));
--- new
SELECT round(tax(5, 'nl'));
--- expand
DROP FUNCTION tax(numeric);
CREATE FUNCTION tax(amount numeric, country text DEFAULT 'nl') RETURNS numeric LANGUAGE sql AS 'SELECT amount / 5';
