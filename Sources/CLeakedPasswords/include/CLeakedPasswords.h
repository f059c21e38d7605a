#pragma once

#include <stddef.h>
#include <stdint.h>

/// Marks of leaked passwords, in the binary itself: nothing to install, nothing to lose.
const uint8_t *_Nonnull leaked_passwords(void);
size_t leaked_passwords_size(void);
