// The library's values are unions with integers of 128 bits, which Swift does not import: one door for what is asked here.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct martlet_places;

// NULL when it cannot be read or is no such database; `fault` then says why and lasts for ever.
struct martlet_places *martlet_places_open(const char *path, const char **fault);

void martlet_places_close(struct martlet_places *places);

// The text at a path (names, ended by NULL) of what is known of an address of 4 or 16 bytes. NULL when there is none. It
// lasts until the database is closed.
const char *martlet_places_text(
    const struct martlet_places *places, const uint8_t *address, size_t count, const char *const *path, size_t *length);
