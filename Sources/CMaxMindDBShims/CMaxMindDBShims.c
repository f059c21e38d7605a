#define _GNU_SOURCE
#include "CMaxMindDBShims.h"

#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct martlet_places {
    MMDB_s database;
};

// The library maps the file into memory. A copy of our own cannot be cut short by somebody who writes a new database over the
// old one, which would end the process.
static int copy(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return -1;
    struct stat status;
    int own = -1;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        errno = EINVAL;
    } else {
        own = memfd_create("places", MFD_CLOEXEC);
    }
    char buffer[65536];
    ssize_t count = 0;
    while (own >= 0 && (count = read(file, buffer, sizeof buffer)) > 0) {
        if (write(own, buffer, (size_t)count) != count) count = -1;
        if (count < 0) break;
    }
    if (own >= 0 && count < 0) {
        close(own);
        own = -1;
    }
    int fault = errno;
    close(file);
    errno = fault;
    return own;
}

struct martlet_places *martlet_places_open(const char *path, const char **fault) {
    int file = copy(path);
    if (file < 0) {
        *fault = strerrordesc_np(errno);
        return NULL;
    }
    struct martlet_places *places = calloc(1, sizeof *places);
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    int status = places ? MMDB_open(name, MMDB_MODE_MMAP, &places->database) : MMDB_OUT_OF_MEMORY_ERROR;
    close(file);
    if (status != MMDB_SUCCESS) {
        *fault = MMDB_strerror(status);
        free(places);
        return NULL;
    }
    return places;
}

void martlet_places_close(struct martlet_places *places) {
    MMDB_close(&places->database);
    free(places);
}

const char *martlet_places_text(
    const struct martlet_places *places, const uint8_t *address, size_t count, const char *const *path, size_t *length
) {
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 sixteen = {.sin6_family = AF_INET6};
    const struct sockaddr *asked;
    if (count == 4) {
        memcpy(&four.sin_addr, address, 4);
        asked = (const struct sockaddr *)&four;
    } else if (count == 16) {
        memcpy(&sixteen.sin6_addr, address, 16);
        asked = (const struct sockaddr *)&sixteen;
    } else {
        return NULL;
    }
    int fault = MMDB_SUCCESS;
    MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&places->database, asked, &fault);
    if (fault != MMDB_SUCCESS || !found.found_entry) return NULL;
    MMDB_entry_data_s data;
    if (MMDB_aget_value(&found.entry, &data, path) != MMDB_SUCCESS || !data.has_data) return NULL;
    if (data.type != MMDB_DATA_TYPE_UTF8_STRING) return NULL;
    *length = data.data_size;
    return data.utf8_string;
}
