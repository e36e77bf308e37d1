/* inputs.h - directories among the inputs: the captures in them */
#ifndef INPUTS_H
#define INPUTS_H

#include "words.h"

/* Puts the captures of each directory in its place, in the order of their names; those of
 * directories in it are not looked for. One without captures stays, to be told as an
 * input that cannot be read. False: out of memory. */
bool inputs_expand(struct words *);

#endif
