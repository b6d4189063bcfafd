CREATE FUNCTION internal_events.pseudonym_secret() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(internal_events.snowplow_secret(),
                    (SELECT s.secret FROM internal_events.pseudonym_secrets s ORDER BY s.created_at, s.secret LIMIT 1));
END;
COMMENT ON FUNCTION internal_events.pseudonym_secret() IS
    'The key of pseudonyms: that of the settings, or else the one that CREATE EXTENSION made';
