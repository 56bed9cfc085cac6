#pragma once
/* Which fonts papers of ours take, slips and sheets alike. */
#include <pango/pangocairo.h>
#include <stdbool.h>

/* The language's own first, then those of the others: a name may be in any script. */
const char *fonts_families(const char *language);
/* Of Persian digits on sheets: one width, and a zero that is seen. */
extern const char fonts_persian_digits[];
extern const double fonts_persian_scale; /* beside letters of the others */
/* Of that map; NULL: of one of its own. A unit of cairo is a unit of sizes. */
PangoContext *fonts_context(PangoFontMap *map, const char *language, bool right_to_left,
                            const cairo_font_options_t *options);
