CREATE FUNCTION internal_events.status_of_versions() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object(
               'server', split_part(current_setting('server_version'), ' ', 1),
               'extension', e.extversion,
               'on_disk', a.default_version,
               'update_is_ready', EXISTS (SELECT FROM pg_extension_update_paths('internal_events') p
                                           WHERE p.source = e.extversion AND p.target = a.default_version AND p.path IS NOT NULL),
               'hll', (SELECT h.extversion FROM pg_extension h WHERE h.extname = 'hll'),
               'pg_cron', (SELECT c.extversion FROM pg_extension c WHERE c.extname = 'pg_cron'))
      FROM pg_extension e
      LEFT JOIN pg_available_extensions a ON a.name = e.extname
     WHERE e.extname = 'internal_events';
END;
COMMENT ON FUNCTION internal_events.status_of_versions() IS
    'Versions for status(): the server''s, the extension''s, here and on the server''s disk, and those of what it stands on';
