#include "import/sink.h"

static bool dry_take(struct sink *sink, struct entry *entry, struct failure *failure)
{
    (void)failure;
    sink->customers_made += entry->new_customer;
    for (size_t i = 0; i < entry->line_count; i++)
        sink->products_made += entry->lines[i].new_product;
    sink->notify(sink->context, entry, OUTCOME_SENT, NULL);
    return true;
}

static bool dry_finish(struct sink *sink, struct failure *failure)
{
    (void)sink;
    (void)failure;
    return true;
}

void dry_init(struct sink *sink)
{
    *sink = (struct sink){.take = dry_take, .finish = dry_finish};
}
