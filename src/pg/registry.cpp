#include "pg/registry.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

using Registry = std::unordered_map<std::string, TrackableEvent, TextHash, std::equal_to<>>;

Registry registry;
bool fresh = false;
bool changed_meanwhile = false;
Oid definitions_table = InvalidOid;

// One row of event_definitions in plain C, so that reading rows holds no C++ object alive.
struct Row {
  std::int32_t id;
  bool removed;
  const char *name;
  const char **properties;
  int property_count;
};

struct Rows {
  Row *items;
  std::size_t count;
};

// The columns of event_definitions that tracking needs.
struct Columns {
  AttrNumber id, name, status, properties;
};

Row read_row(HeapTuple tuple, TupleDesc shape, const Columns &columns) {
  bool null = false;
  Row row{};
  row.id = DatumGetInt32(heap_getattr(tuple, columns.id, shape, &null));
  row.name = TextDatumGetCString(heap_getattr(tuple, columns.name, shape, &null));
  const char *status = TextDatumGetCString(heap_getattr(tuple, columns.status, shape, &null));
  row.removed = strcmp(status, "removed") == 0;
  Datum *elements = nullptr;
  ArrayType *array = DatumGetArrayTypeP(heap_getattr(tuple, columns.properties, shape, &null));
  deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, nullptr, &row.property_count);
  row.properties =
      static_cast<const char **>(palloc0(sizeof(char *) * static_cast<std::size_t>(row.property_count + 1)));
  for (int i = 0; i < row.property_count; ++i) row.properties[i] = TextDatumGetCString(elements[i]);
  return row;
}

// Reads the table itself, not through SPI: a writer may track events although it may read nothing.
Rows read_rows(Oid table) {
  Relation relation = table_open(table, AccessShareLock);
  const Columns columns = {get_attnum(table, "id"), get_attnum(table, "name"), get_attnum(table, "status"),
                           get_attnum(table, "additional_properties")};
  Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  TableScanDesc scan = table_beginscan(relation, snapshot, 0, nullptr);
  std::size_t room = 64;
  Rows rows = {static_cast<Row *>(palloc(room * sizeof(Row))), 0};
  while (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
    if (rows.count == room) {
      room *= 2;
      rows.items = static_cast<Row *>(repalloc(rows.items, room * sizeof(Row)));
    }
    rows.items[rows.count++] = read_row(tuple, RelationGetDescr(relation), columns);
  }
  table_endscan(scan);
  UnregisterSnapshot(snapshot);
  table_close(relation, AccessShareLock);
  return rows;
}

// Fills the registry from event_definitions.
void load() {
  MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "event definitions", ALLOCSET_DEFAULT_SIZES);
  MemoryContext caller = MemoryContextSwitchTo(scratch);
  definitions_table = get_relname_relid("event_definitions", get_namespace_oid("internal_events", false));
  changed_meanwhile = false;
  const Rows rows = read_rows(definitions_table);
  MemoryContextSwitchTo(caller);
  registry.clear();
  for (std::size_t i = 0; i < rows.count; ++i) {
    const Row &row = rows.items[i];
    TrackableEvent event{.definition_id = row.id, .removed = row.removed, .additional_properties = {}};
    event.additional_properties.assign(row.properties, row.properties + row.property_count);
    registry.emplace(row.name, std::move(event));
  }
  fresh = !changed_meanwhile;
  MemoryContextDelete(scratch);
}

const TrackableEvent *look_up(std::string_view name) {
  if (!fresh) load();
  const auto found = registry.find(name);
  return found == registry.end() ? nullptr : &found->second;
}

// Notices a change of event_definitions; an invalid relation stands for every relation.
void on_relcache_change([[maybe_unused]] Datum argument, Oid relation) {
  if (relation != definitions_table && relation != InvalidOid) return;
  fresh = false;
  changed_meanwhile = true;
}

}  // namespace

bool TrackableEvent::declares(std::string_view property) const noexcept {
  return std::find(additional_properties.begin(), additional_properties.end(), property) != additional_properties.end();
}

const TrackableEvent *find_event(std::string_view name) {
  if (const TrackableEvent *event = look_up(name)) return event;
  // In a long transaction the news of a new definition may still be waiting.
  AcceptInvalidationMessages();
  return fresh ? nullptr : look_up(name);
}

void watch_definitions() {
  CacheRegisterRelcacheCallback(on_relcache_change, static_cast<Datum>(0));
}

// A statement trigger on event_definitions: tells every session, at commit, that the definitions have changed.
IE_FUNCTION(ie_definitions_changed) {
  if (!CALLED_AS_TRIGGER(fcinfo)) throw SqlError(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "not called as a trigger");
  CacheInvalidateRelcache(reinterpret_cast<TriggerData *>(fcinfo->context)->tg_relation);
  return PointerGetDatum(nullptr);
}

}  // namespace internal_events::pg
