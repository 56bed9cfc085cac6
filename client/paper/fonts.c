#include "paper/fonts.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* fontconfig 2.14 loses 288 bytes when it reads its settings, once a process; cairo 1.16 loses 768
 * with each Chinese font of a PDF. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__lsan_default_suppressions(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    return "leak:libfontconfig\nleak:libcairo\n";
}
const char *__lsan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__lsan_default_options(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    return "print_suppressions=0";
}
#endif

const char fonts_persian_digits[] = "DejaVu Sans,Noto Sans Arabic";
const double fonts_persian_scale = 0.92;

const char *fonts_families(const char *language)
{
    if (strcmp(language, "fa") == 0)
        return "Noto Sans Arabic,Noto Sans,Noto Sans CJK SC";
    if (strcmp(language, "zh") == 0)
        return "Noto Sans CJK SC,Noto Sans,Noto Sans Arabic";
    return "Noto Sans,Noto Sans CJK SC,Noto Sans Arabic";
}

PangoContext *fonts_context(PangoFontMap *map, const char *language, bool right_to_left,
                            const cairo_font_options_t *options)
{
    PangoFontMap *own = map == NULL ? pango_cairo_font_map_new() : NULL;
    PangoContext *context = pango_font_map_create_context(own == NULL ? map : own);
    if (own != NULL)
        g_object_unref(own);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(pango_context_get_font_map(context)),
                                        72);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_language(
        context, pango_language_from_string(strcmp(language, "zh") == 0 ? "zh-cn" : language));
    pango_context_set_base_dir(context, right_to_left ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    return context;
}
