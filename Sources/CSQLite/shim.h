// SQLite 3.40: one file, many readers, one writer.
#include <sqlite3.h>
#include <stddef.h>

// SQLITE_TRANSIENT is a cast Swift cannot import, and a null pointer would bind NULL where an empty value is meant.
static inline int martlet_sqlite_bind_text(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
    return sqlite3_bind_text64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int martlet_sqlite_bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}
