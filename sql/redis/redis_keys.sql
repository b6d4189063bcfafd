-- GitLab builds keys from rules; so do we, and look a key up among them: to take a key apart would be to guess, as filters
-- may hold any text.
CREATE VIEW internal_events.redis_keys AS
SELECT k.redis_key,
       CASE WHEN count(*) = 1 THEN min(k.rule_id) END AS rule_id,
       CASE WHEN count(*) = 1 THEN NULL
            WHEN bool_or(k.is_legacy) THEN 'it names no identifier, and its event is counted by several'
            ELSE 'several rules have this key'
       END AS problem
  FROM (SELECT r.id AS rule_id, false AS is_legacy,
               CASE WHEN r.identifier IS NULL THEN '{event_counters}_' ELSE '{hll_counters}_' END
                   || d.name
                   || coalesce('-filter:[' || f.filter || ']', '')
                   || coalesce('-' || split_part(r.identifier, '.', 1), '') AS redis_key
          FROM internal_events.rules r
          JOIN internal_events.event_definitions d ON d.id = r.event_definition_id
          -- A number is in the key as it is in the definition: 60 and 60.0 are the same rule.
         CROSS JOIN (VALUES (''), ('.0')) AS v (fraction)
         CROSS JOIN LATERAL (
               SELECT string_agg(p.key || ':'
                                     || CASE WHEN p.value::text ~ '^-?[0-9]+$' THEN p.value::text || v.fraction
                                             ELSE coalesce(r.filter ->> p.key, '')
                                        END, ',' ORDER BY p.key COLLATE "C") AS filter
                 FROM jsonb_each(r.filter) p) f
         WHERE r.operator IS NULL
         UNION
        SELECT r.id, true, '{hll_counters}_' || d.name
          FROM internal_events.rules r
          JOIN internal_events.event_definitions d ON d.id = r.event_definition_id
         WHERE r.identifier IS NOT NULL AND r.filter IS NULL) k
 GROUP BY k.redis_key;
COMMENT ON VIEW internal_events.redis_keys IS
    'The keys that RedisHLL has for the rules of this database, without the week that most of them end in';
COMMENT ON COLUMN internal_events.redis_keys.redis_key IS
    'The key: of the event, its filter and its identifier; or of the event alone, as RedisHLL called it first';
COMMENT ON COLUMN internal_events.redis_keys.rule_id IS 'rules.id; null where the key could be of several';
COMMENT ON COLUMN internal_events.redis_keys.problem IS 'Why the key cannot be told to be of one rule; null: it can';
GRANT SELECT ON internal_events.redis_keys TO internal_events_admin;
