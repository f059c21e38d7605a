// libsodium 1.0.18: SHA-256, HMAC, Argon2id, constant-time comparison, Ed25519 point checks.
#include <sodium.h>
