-- The settings: names, units, who may set them, and what they refuse.
\set SHOW_CONTEXT never
SET client_min_messages = error;
DROP EXTENSION IF EXISTS internal_events CASCADE;
CREATE EXTENSION internal_events CASCADE;
RESET client_min_messages;
LOAD 'internal_events';

SELECT name, vartype, unit, context, boot_val, min_val, max_val, enumvals
  FROM pg_settings WHERE name LIKE 'internal\_events.%' ORDER BY name COLLATE "C";
SELECT name, short_desc, extra_desc FROM pg_settings WHERE name LIKE 'internal\_events.%' ORDER BY name COLLATE "C";
SHOW internal_events.event_retention;
SHOW internal_events.bucket_retention;

-- A name that is misspelt is an error, not a setting of no effect.
SET internal_events.on_eror = 'error';

SET internal_events.on_error = 'explode';

-- Limits (newer servers add units to the message's range).
CREATE FUNCTION refusal(setting text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'set to ' || set_config(setting, value, false);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || split_part(SQLERRM, ' (', 1);
END
$$;
SELECT refusal('internal_events.event_retention', '23h'), refusal('internal_events.event_retention', '30');
SELECT refusal('internal_events.bucket_retention', '27d'), refusal('internal_events.bucket_retention', '28d');
SELECT refusal('internal_events.event_retention', '100y');
DROP FUNCTION refusal;
RESET internal_events.bucket_retention;

-- as_of is a date in ISO form, or empty.
SET internal_events.as_of = 'yesterday';
SET internal_events.as_of = '2026-02-29';
SET internal_events.as_of = '2026-13-01';
SET internal_events.as_of = '20.11.2026';
SET internal_events.as_of = '2026-11-20 12:00';
SET internal_events.as_of = '0000-01-01';
SET internal_events.as_of = '-001-01-01';
SET internal_events.as_of = '2026-11-31';
SET internal_events.as_of = '2024-02-29';
SELECT internal_events.as_of();
SET DateStyle = 'German, DMY';
SET internal_events.as_of = '2026-03-04';
SELECT to_char(internal_events.as_of(), 'DD Month YYYY');
SET internal_events.as_of = '2026-3-4';
SELECT to_char(internal_events.as_of(), 'FMDD FMMonth YYYY');
RESET DateStyle;
SET internal_events.as_of = '';
SELECT internal_events.as_of() = (now() AT TIME ZONE 'UTC')::date AS today_in_utc;

-- Retention is an administrator's business; the rest is everybody's.
CREATE ROLE regress_setter;
SET ROLE regress_setter;
SET internal_events.event_retention = '1d';
SET internal_events.bucket_retention = '28d';
SET internal_events.enabled = off;
SET internal_events.on_error = ignore;
RESET ROLE;
RESET internal_events.enabled;
RESET internal_events.on_error;
DROP ROLE regress_setter;

SET client_min_messages = error;
DROP EXTENSION internal_events CASCADE;
