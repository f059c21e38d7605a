// libxcrypt 4.4: bcrypt, for passwords that another system has hashed.
#include <crypt.h>
