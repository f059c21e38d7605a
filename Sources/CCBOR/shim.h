// libcbor 0.8: the decoder behind Sources/WebAuthn.
#include <cbor.h>
