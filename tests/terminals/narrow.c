#include "terminals/narrow.h"

#include "terminals/terminals.h"

void line_narrow(struct line *line)
{
    if (line->stream != NULL)
        narrow(line->stream);
}
