#pragma once
/*
 * The terminal itself: ncurses, and nothing of what is shown. One that cannot place its cursor
 * (TERM=dumb) gets each picture as lines, when a key asked for another.
 */
#include "base/fault.h"
#include "tui/canvas.h"

/* False: there is none. */
bool terminal_open(struct failure *failure);
void terminal_close(void);
bool terminal_speaks_utf8(void);
void terminal_size(int *ret_rows, int *ret_columns);
/* It has another size, or is to be drawn anew. */
void terminal_repaint(void);
void terminal_show(const struct canvas *canvas);
/* The next key that was typed, as inside.h has them; false: none is there. ret_gone: nobody types
 * any more, the terminal is gone. */
bool terminal_key(uint32_t *ret_key, bool *ret_gone);
