#include "CLeakedPasswords.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// Made by make-list.py, which says what is in it.
static const uint8_t list[] = {
#embed "leaked-passwords.bin"
};

const uint8_t *leaked_passwords(void) { return list; }
size_t leaked_passwords_size(void) { return sizeof list; }
