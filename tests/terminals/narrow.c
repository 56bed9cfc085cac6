#include "terminals/narrow.h"

#include "terminals/terminals.h"

void connection_narrow(struct connection *connection)
{
    if (connection->stream != NULL)
        narrow(connection->stream);
}
