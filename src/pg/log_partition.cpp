#include "pg/log_partition.hpp"

namespace internal_events::pg {
namespace {

LogPartition known = {};
FullTransactionId locked_by = {};
SubTransactionId locked_in = InvalidSubTransactionId;
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

// The Monday, in days since 2000, of the ISO week of UTC that a moment lies in.
int monday_of(TimestampTz moment) {
  TimestampTz day = moment / USECS_PER_DAY;
  if (moment % USECS_PER_DAY < 0) --day;
  // Day 0 was a Saturday, five days after a Monday.
  const TimestampTz weekday = ((day + 5) % 7 + 7) % 7;
  return static_cast<int>(day - weekday);
}

// The name that maintenance gives to the partition of a week.
void partition_name(int monday, char *name, size_t size) {
  int year = 0;
  int month = 0;
  int day = 0;
  j2date(monday + POSTGRES_EPOCH_JDATE, &year, &month, &day);
  static_cast<void>(snprintf(name, size, "events_%04d%02d%02d", year, month, day));
}

// Notes where each column stands: a partition that was attached by hand, or restored, may have another order.
void map_columns(LogPartition &partition) {
  for (std::size_t i = 0; i < log_column_count; ++i) {
    partition.attributes[i] = get_attnum(partition.table, log_columns[i].name);
  }
}

// Opens the week's partition, or null where there is none that fits.
Relation open_week(Oid schema, TimestampTz moment, LogPartition &found) {
  char name[NAMEDATALEN];
  partition_name(monday_of(moment), name, sizeof name);
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
  Relation table = open_week(schema, moment, found);
  if (table == nullptr) {
    found.lower = monday_of(moment) * USECS_PER_DAY;
    found.upper = found.lower + 7 * USECS_PER_DAY;
    table = table_open(default_table, RowExclusiveLock);
  }
  found.table = RelationGetRelid(table);
  map_columns(found);
  return table;
}

// Notices a change of the log's tables or of the current partition's indexes; an invalid relation stands for every one.
void forget_partition([[maybe_unused]] Datum argument, Oid relation) {
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

// Remembers that the running subtransaction holds the known partition's lock, as it will until it ends.
void note_lock() {
  locked_by = GetTopFullTransactionIdIfAny();
  locked_in = GetCurrentSubTransactionId();
}

bool holds_lock() {
  return locked_in == GetCurrentSubTransactionId() && FullTransactionIdIsValid(locked_by) &&
         FullTransactionIdEquals(locked_by, GetTopFullTransactionIdIfAny());
}

// Opens the partition that was used last, where it is still the right one; null where it has to be looked for.
Relation open_known(TimestampTz moment) {
  if (known_generation != generation || moment < known.lower || moment >= known.upper) return nullptr;
  if (holds_lock()) return table_open(known.table, NoLock);
  Relation table = try_table_open(known.table, RowExclusiveLock);
  if (table == nullptr) return nullptr;
  // The lock may have brought the news that this is no longer the partition to use.
  if (known_generation == generation) return table;
  table_close(table, RowExclusiveLock);
  return nullptr;
}

Relation find_and_remember(TimestampTz moment) {
  for (;;) {
    const unsigned before = generation;
    LogPartition found = {};
    Relation table = find_partition(moment, found);
    watch_indexes(table);
    known = found;
    known_generation = before;
    // Only where nothing changed while it was looked for is it sure to be the right one.
    if (generation == before) return table;
    table_close(table, RowExclusiveLock);
  }
}

}  // namespace

Relation open_log_partition(TimestampTz moment, LogPartition &partition) {
  Relation table = open_known(moment);
  if (table == nullptr) table = find_and_remember(moment);
  note_lock();
  partition = known;
  return table;
}

unsigned log_partition_generation() {
  return generation;
}

void watch_partitions() {
  generation = 1;
  CacheRegisterRelcacheCallback(forget_partition, static_cast<Datum>(0));
}

}  // namespace internal_events::pg
