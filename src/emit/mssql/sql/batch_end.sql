    {{execute}}
  END TRY
  BEGIN CATCH
    IF XACT_STATE() <> 0 ROLLBACK TRANSACTION;
    UPDATE #sqlstitch SET stopped = 1;
    UPDATE #sqlstitch_bundle SET active = 0 WHERE position = {{position}};
{{clear}}    DECLARE @place nvarchar(2000) = {{path}} + N':' + CASE WHEN ERROR_PROCEDURE() IS NULL THEN CAST({{before}} + ERROR_LINE() AS nvarchar(20)) ELSE N'{{line}}' END;
    PRINT N'failed at ' + @place;
    THROW;
  END CATCH;
END;
GO
