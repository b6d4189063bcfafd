#include "pg/log_partition.hpp"

namespace internal_events::pg {
namespace {

constexpr const char *column_names[log_column_count] = {
    "xid",     "id",         "event_definition_id", "cluster_id",       "tracked_at",            "occurred_at",
    "user_id", "project_id", "namespace_id",        "send_to_snowplow", "additional_properties", "context"};

LogPartition known = {};
unsigned generation = 0;
unsigned known_generation = 0;
Oid log_table = InvalidOid;
Oid default_table = InvalidOid;
List *watched_indexes = NIL;

// Reads one end of a range partition's bound; false where it is not a plain timestamp.
bool read_bound(List *datums, TimestampTz &bound) {
  if (list_length(datums) != 1) return false;
  auto *datum = static_cast<PartitionRangeDatum *>(linitial(datums));
  if (datum->kind != PARTITION_RANGE_DATUM_VALUE || !IsA(datum->value, Const)) return false;
  bound = DatumGetTimestampTz(reinterpret_cast<Const *>(datum->value)->constvalue);
  return true;
}

// Whether a table is a partition of the log, by range, that holds the moment; its name alone proves nothing.
bool holds(Relation table, TimestampTz moment, LogPartition &found) {
  if (!table->rd_rel->relispartition || get_partition_parent(RelationGetRelid(table), true) != log_table) return false;
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(RelationGetRelid(table)));
  if (!HeapTupleIsValid(tuple)) return false;
  bool null = false;
  const Datum bound = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relpartbound, &null);
  PartitionBoundSpec *spec =
      null ? nullptr : static_cast<PartitionBoundSpec *>(stringToNode(TextDatumGetCString(bound)));
  const bool range = spec != nullptr && !spec->is_default && read_bound(spec->lowerdatums, found.lower) &&
                     read_bound(spec->upperdatums, found.upper);
  ReleaseSysCache(tuple);
  return range && found.lower <= moment && moment < found.upper;
}

// The start of the UTC day that a moment lies in.
TimestampTz day_start(TimestampTz moment) {
  TimestampTz day = moment / USECS_PER_DAY;
  if (moment % USECS_PER_DAY < 0) --day;
  return day * USECS_PER_DAY;
}

// The name that maintenance gives to the partition of a day.
void partition_name(TimestampTz moment, char *name, size_t size) {
  int year = 0;
  int month = 0;
  int day = 0;
  j2date(static_cast<int>(day_start(moment) / USECS_PER_DAY) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
  snprintf(name, size, "events_%04d%02d%02d", year, month, day);
}

// Notes where each column stands: a partition that was attached by hand, or restored, may have another order.
void map_columns(LogPartition &partition) {
  for (int i = 0; i < log_column_count; ++i) {
    partition.attributes[static_cast<size_t>(i)] = get_attnum(partition.table, column_names[i]);
  }
}

// Opens the day's partition, or null where there is none that fits.
Relation open_day(Oid schema, TimestampTz moment, LogPartition &found) {
  char name[NAMEDATALEN];
  partition_name(moment, name, sizeof name);
  const Oid oid = get_relname_relid(name, schema);
  if (!OidIsValid(oid)) return nullptr;
  Relation table = try_table_open(oid, RowExclusiveLock);
  if (table == nullptr) return nullptr;
  if (holds(table, moment, found)) return table;
  table_close(table, RowExclusiveLock);
  return nullptr;
}

Relation find_partition(TimestampTz moment, LogPartition &found) {
  const Oid schema = get_namespace_oid("internal_events", false);
  log_table = get_relname_relid("events", schema);
  default_table = get_relname_relid("events_default", schema);
  Relation table = open_day(schema, moment, found);
  if (table == nullptr) {
    found.lower = day_start(moment);
    found.upper = found.lower + USECS_PER_DAY;
    table = table_open(default_table, RowExclusiveLock);
  }
  found.table = RelationGetRelid(table);
  map_columns(found);
  return table;
}

// Notices a change of the log's tables or of the current partition's indexes; an invalid relation stands for every one.
void on_relcache_change([[maybe_unused]] Datum argument, Oid relation) {
  if (relation == InvalidOid || relation == known.table || relation == log_table || relation == default_table ||
      list_member_oid(watched_indexes, relation)) {
    ++generation;
  }
}

// Remembers the indexes of the partition, so that a change of theirs is noticed too.
void watch_indexes(Relation table) {
  MemoryContext caller = MemoryContextSwitchTo(CacheMemoryContext);
  List *indexes = RelationGetIndexList(table);
  List *old = watched_indexes;
  watched_indexes = indexes;
  list_free(old);
  MemoryContextSwitchTo(caller);
}

}  // namespace

Relation open_log_partition(TimestampTz moment, LogPartition &partition) {
  if (known_generation == generation && known.lower <= moment && moment < known.upper) {
    Relation table = try_table_open(known.table, RowExclusiveLock);
    // The lock may have brought the news that this is no longer the partition to use.
    if (table != nullptr && known_generation == generation) {
      partition = known;
      return table;
    }
    if (table != nullptr) table_close(table, RowExclusiveLock);
  }
  for (;;) {
    const unsigned before = generation;
    LogPartition found = {};
    Relation table = find_partition(moment, found);
    watch_indexes(table);
    known = found;
    known_generation = before;
    // Only where nothing changed while it was looked for is it sure to be the right one.
    if (generation == before) {
      partition = found;
      return table;
    }
    table_close(table, RowExclusiveLock);
  }
}

unsigned log_partition_generation() { return generation; }

void watch_partitions() {
  generation = 1;
  CacheRegisterRelcacheCallback(on_relcache_change, static_cast<Datum>(0));
}

}  // namespace internal_events::pg
