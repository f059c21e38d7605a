// libqrencode 4.1: the encoder behind Sources/QRCode.
#include <qrencode.h>
