#include "pg/log_partition.hpp"
#include "pg/registry.hpp"
#include "pg/settings.hpp"

#include "pg/postgres.hpp"

extern "C" {
PG_MODULE_MAGIC;

// NOLINTBEGIN: the server's names.
PGDLLEXPORT void _PG_init(void);

// Called once a backend, when the library is first needed; nothing of it requires shared_preload_libraries.
void _PG_init(void) {
  using namespace internal_events::pg;
  define_settings();
  watch_definitions();
  watch_partitions();
}
// NOLINTEND
}
