// Jansson 2.14: the parser behind Sources/JSON.
#include <jansson.h>
