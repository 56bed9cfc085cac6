/* Every sample as PDF and PNG into a folder: to be looked at, and for programs that read them. */
#include "samples.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    static struct sample_sheet sample;
    char path[1024];
    for (int language = 0; argc == 2 && language < LANGUAGES; language++) {
        for (int kind = 0; kind < SAMPLES; kind++) {
            for (int picture = 0; picture < 2; picture++) {
                struct sheet_report report = {.pages = 0};
                struct failure failure = {0};
                sample_make(&sample, (enum language)language, (enum sample)kind, 0);
                (void)snprintf(
                    path, sizeof path, "%s/%s-%s.%s", argv[1], sample_word((enum sample)kind),
                    language_code((enum language)language), picture == 1 ? "png" : "pdf");
                if (!(picture == 1 ? sheet_write_png : sheet_write_pdf)(&sample.sheet, path,
                                                                        &report, &failure) ||
                    report.missing > 0) {
                    (void)fprintf(stderr, "%s: %s; %u missing in \"%s\"\n", path, failure.text,
                                  report.missing, report.missing_in);
                    return 1;
                }
            }
        }
    }
    return argc == 2 ? 0 : 2;
}
