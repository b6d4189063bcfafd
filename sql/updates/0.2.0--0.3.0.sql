-- What CREATE OR REPLACE cannot do: they return something else.
DROP FUNCTION internal_events.ensure_reader(text);
DROP FUNCTION internal_events.create_partitions();
DROP FUNCTION internal_events.drop_partitions();

ALTER TABLE internal_events.event_definitions ENABLE ALWAYS TRIGGER definitions_changed;

-- Tables without a key, of which no row could be deleted where all tables are published.
ALTER TABLE internal_events.instance REPLICA IDENTITY FULL;
ALTER TABLE internal_events.pseudonym_secrets REPLICA IDENTITY FULL;
DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = 'internal_events.events'::regclass LOOP
        EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', partition);
    END LOOP;
END
$$;

-- include what can be replaced

-- What has another name now, or is part of something else.
DROP FUNCTION internal_events.count_unsent(regclass);
DROP FUNCTION internal_events.create_view(text, name);
DROP FUNCTION internal_events.has_events_to_forward(regclass);
DROP FUNCTION internal_events.is_known_small(regclass);
DROP FUNCTION internal_events.is_select(text);
DROP FUNCTION internal_events.measure_all(boolean);
DROP FUNCTION internal_events.measure_alone(text);
DROP FUNCTION internal_events.measure_batch(internal_events.service_ping_measurements, jsonb, timestamptz, integer);
DROP FUNCTION internal_events.measure_event_metrics(bigint);
DROP FUNCTION internal_events.measure_events();
DROP FUNCTION internal_events.measure_step(internal_events.service_ping_measurements, timestamptz, integer);
DROP FUNCTION internal_events.measured(
    internal_events.service_ping_measurements, jsonb, double precision, text, text, text);
DROP FUNCTION internal_events.queue_events(integer);
DROP FUNCTION internal_events.snowplow_events(internal_events.events[]);
DROP FUNCTION internal_events.sum_measured(text, internal_events.service_ping_measurements[]);

-- The update from 0.1 to 0.2.0 had made all privileges count as the extension's, so that pg_dump left out what an
-- administrator had granted before.
UPDATE pg_init_privs i
   SET initprivs = ARRAY(SELECT given.item
                           FROM unnest(i.initprivs) AS given (item)
                          WHERE EXISTS (SELECT FROM aclexplode(ARRAY[given.item]) x
                                         WHERE x.grantee = x.grantor OR x.grantee::regrole::text ~ '^internal_events_'))
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
 WHERE e.extname = 'internal_events' AND d.classid = i.classoid AND d.objid = i.objoid;
