/* life.h - connections of which there is nothing to find */
#ifndef LIFE_H
#define LIFE_H

#include "conn.h"

/* A handshake, data without loss or repeat, and then nothing, or a close in good order
 * that took less than `patience`: no check of the catalogue has anything to say. False:
 * ask them. */
bool life_is_quiet(const struct conn *, te_time patience);

#endif
