#include "pg/postgres.hpp"

extern "C" {
PG_MODULE_MAGIC;

// NOLINTBEGIN: the server's names.
PGDLLEXPORT void _PG_init(void);

// A library of its own, so that sessions which only track never load libcurl and the thirty libraries it needs; the
// settings are defined by the other one.
void _PG_init(void) {
  load_file("$libdir/internal_events", false);
}
// NOLINTEND
}
