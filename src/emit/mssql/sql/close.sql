{{end}}IF APPLOCK_MODE('public', {{lock}}, 'Session') <> 'NoLock' EXEC sys.sp_releaseapplock @Resource = {{lock}}, @LockOwner = 'Session';
DROP TABLE #sqlstitch_name;
DROP TABLE #sqlstitch_bundle;
DROP TABLE #sqlstitch;
GO
