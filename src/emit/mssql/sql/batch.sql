IF EXISTS (SELECT 1 FROM #sqlstitch_bundle WHERE position = {{position}} AND active = 1)
BEGIN
  BEGIN TRY
    DECLARE @sqlstitch nvarchar(max) = N'';
