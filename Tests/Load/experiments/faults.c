/* Faults between the server and its database, one at a time: preloaded into the server (LD_PRELOAD), it counts the
   calls that go there, and spoils the one it is told to. Told by a file that both sides have in memory
   (FAULT_CONTROL). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* As ex28_database_calls.py has it. */
struct control {
    uint64_t calls;    /* of the kinds that count, so far */
    uint64_t fail_at;  /* which of them is spoilt; 0 for none */
    uint32_t kinds;    /* STEP, SYNC, WRITE, SEND */
    uint32_t mode;     /* how: an error code of SQLite, an errno, or of SEND one of the below */
    uint64_t fired;    /* how many were spoilt */
    char what[472];    /* the last statement that was */
};
enum { STEP = 1, SYNC = 2, WRITE = 4, SEND = 8 };
enum { CUT_BEFORE = 1, CUT_AFTER = 2, REFUSED = 3 };

static struct control *control;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_CONTROL");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    control = memory == MAP_FAILED ? NULL : memory;
    close(file);
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Whether this call is the one. */
static int is_due(uint32_t kind, const char *what) {
    if (!control || !(control->kinds & kind)) return 0;
    pthread_mutex_lock(&lock);
    int due = ++control->calls == control->fail_at;
    if (due) {
        strncpy(control->what, what ? what : "", sizeof control->what - 1);
        control->fired++;
    }
    pthread_mutex_unlock(&lock);
    return due;
}

/* SQLite: a statement that fails before it did anything. */
int sqlite3_step(void *statement) {
    static int (*real)(void *);
    static const char *(*sql)(void *);
    if (!real) {
        sql = next("sqlite3_sql");
        real = next("sqlite3_step");
    }
    if (is_due(STEP, statement ? sql(statement) : NULL)) return (int)control->mode;
    return real(statement);
}

/* Below SQLite: its files alone, and not what others write. */
static int is_database(int file) {
    char link[64], path[512];
    char *end = link + sizeof link - 1;
    *end = 0;
    strcpy(link, "/proc/self/fd/");
    do *--end = (char)('0' + file % 10);
    while (file /= 10);
    strcat(link, end);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".db") != NULL;
}

#define SPOILT(kind, file, name)                                          \
    if (control && (control->kinds & kind) && is_database(file) && is_due(kind, name)) { \
        errno = (int)control->mode;                                       \
        return -1;                                                        \
    }

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = next("fdatasync");
    SPOILT(SYNC, file, "fdatasync")
    return real(file);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = next("fsync");
    SPOILT(SYNC, file, "fsync")
    return real(file);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = next("pwrite64");
    SPOILT(WRITE, file, "pwrite64")
    return real(file, bytes, count, place);
}

/* PostgreSQL: the connection goes before the statement has left or after its answer has come, or the server refuses. */
extern int PQsocket(const void *connection) __attribute__((weak));

static int cut(void *connection, int has_been_sent) {
    int line = PQsocket(connection);
    if (has_been_sent) {
        char rest[4096];
        struct pollfd place = {line, POLLIN, 0};
        poll(&place, 1, 1000);
        while (recv(line, rest, sizeof rest, MSG_DONTWAIT) > 0) {}
    }
    shutdown(line, SHUT_RDWR);
    return has_been_sent;
}

/* A statement that the server refuses, in a pipeline or by itself. */
static int refused(void *connection) {
    static int (*real)(void *, const char *, int, const unsigned *, const char *const *, const int *, const int *, int);
    if (!real) real = next("PQsendQueryParams");
    return real(connection, "DO $$ BEGIN RAISE EXCEPTION 'spoilt' USING ERRCODE = '53100'; END $$", 0, 0, 0, 0, 0, 0);
}

int PQsendQuery(void *connection, const char *sql) {
    static int (*real)(void *, const char *);
    if (!real) real = next("PQsendQuery");
    if (!is_due(SEND, sql)) return real(connection, sql);
    if (control->mode == REFUSED) return refused(connection);
    return control->mode == CUT_AFTER && real(connection, sql) ? cut(connection, 1) : cut(connection, 0);
}

int PQsendQueryParams(void *connection, const char *sql, int count, const unsigned *types, const char *const *values,
                      const int *lengths, const int *formats, int format) {
    static int (*real)(void *, const char *, int, const unsigned *, const char *const *, const int *, const int *, int);
    if (!real) real = next("PQsendQueryParams");
    if (!is_due(SEND, sql)) return real(connection, sql, count, types, values, lengths, formats, format);
    if (control->mode == REFUSED) return refused(connection);
    return control->mode == CUT_AFTER && real(connection, sql, count, types, values, lengths, formats, format)
        ? cut(connection, 1) : cut(connection, 0);
}

int PQsendQueryPrepared(void *connection, const char *name, int count, const char *const *values, const int *lengths,
                        const int *formats, int format) {
    static int (*real)(void *, const char *, int, const char *const *, const int *, const int *, int);
    if (!real) real = next("PQsendQueryPrepared");
    if (!is_due(SEND, name)) return real(connection, name, count, values, lengths, formats, format);
    if (control->mode == REFUSED) return refused(connection);
    return control->mode == CUT_AFTER && real(connection, name, count, values, lengths, formats, format)
        ? cut(connection, 1) : cut(connection, 0);
}

/* Here a pipeline leaves, with all that has been put into it: what is cut after it has been worked off. */
int PQpipelineSync(void *connection) {
    static int (*real)(void *);
    if (!real) real = next("PQpipelineSync");
    if (!is_due(SEND, "pipeline")) return real(connection);
    if (control->mode == REFUSED) return refused(connection) && real(connection);
    return control->mode == CUT_AFTER && real(connection) ? cut(connection, 1) : cut(connection, 0);
}
