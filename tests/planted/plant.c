/*
 * A tefterd that ends in the middle of chosen work, to see that it is on record and does not end
 * again. The linker puts each plant in the place of one function; the server's own files know
 * nothing of it. A plant goes off by what it is asked:
 *
 *   a product added with the code    PLANT-NEED   a need() that does not hold, rows are written
 *                                    PLANT-SEGV   a store to where no memory is
 *                                    PLANT-STACK  a stack without end
 *                                    PLANT-FAULT  a fault of the state
 *                                    PLANT-WAIT   waits as long as the file of TEFTER_PLANT_WAIT is
 *                                                 there, and goes well
 *   a product's card with the code   PLANT-CARD   need(), on the loop
 *   a list of products with the text PLANT-LIST   need(), on the pool
 *   open approvals, a step of a job, the turn of a day: need(), if TEFTER_PLANT names them
 *   (approvals, job, day; with day it is a day later)
 */
#include "domain/domain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

Tefter__Refusal *__real_apply_add_product(struct tx *tx, const Tefter__AddProduct *command,
                                          Tefter__Done *done);
Tefter__Refusal *__wrap_apply_add_product(struct tx *tx, const Tefter__AddProduct *command,
                                          Tefter__Done *done);
Tefter__Refusal *__real_view_product_card(struct tx *tx, const Tefter__ProductCard *query,
                                          Tefter__ProductCardAnswer *answer);
Tefter__Refusal *__wrap_view_product_card(struct tx *tx, const Tefter__ProductCard *query,
                                          Tefter__ProductCardAnswer *answer);
Tefter__Refusal *__real_view_products(struct tx *tx, const Tefter__ProductList *query,
                                      Tefter__ProductsAnswer *answer);
Tefter__Refusal *__wrap_view_products(struct tx *tx, const Tefter__ProductList *query,
                                      Tefter__ProductsAnswer *answer);
size_t __real_credit_open_approvals(struct tx *tx, uint64_t *ret_approvals, size_t most);
size_t __wrap_credit_open_approvals(struct tx *tx, uint64_t *ret_approvals, size_t most);
bool __real_customer_refresh_step(struct tx *tx, Tefter__JobRecord *job);
bool __wrap_customer_refresh_step(struct tx *tx, Tefter__JobRecord *job);
Tefter__Refusal *__real_apply_turn_day(struct tx *tx, const Tefter__TurnDay *command,
                                       Tefter__Done *done);
Tefter__Refusal *__wrap_apply_turn_day(struct tx *tx, const Tefter__TurnDay *command,
                                       Tefter__Done *done);
uint32_t __real_date_of_instant(int64_t instant_ms, int32_t offset_s);
uint32_t __wrap_date_of_instant(int64_t instant_ms, int32_t offset_s);

static bool planted(const char *name)
{
    const char *names = getenv("TEFTER_PLANT");
    return names != NULL && strstr(names, name) != NULL;
}

static bool says(const char *text, const char *plant)
{
    return text != NULL && strcmp(text, plant) == 0;
}

static void store_to_nowhere(void)
{
    volatile int *nowhere = mmap(NULL, sizeof(int), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *nowhere = 1;
}

/* To the end of the stack, in steps that its guard page cannot be jumped over with. */
__attribute__((noinline)) static int deeper(volatile int *above)
{
    volatile int here[256];
    here[0] = *above + 1;
    if (here[0] > 0)
        here[1] = deeper(here);
    return here[0] + here[1];
}

static void wait_for_file_to_go(void)
{
    const char *path = getenv("TEFTER_PLANT_WAIT");
    while (path != NULL && access(path, F_OK) == 0)
        (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

Tefter__Refusal *__wrap_apply_add_product(struct tx *tx, const Tefter__AddProduct *command,
                                          Tefter__Done *done)
{
    Tefter__Refusal *refusal = __real_apply_add_product(tx, command, done);
    need(!says(command->code, "PLANT-NEED"));
    if (says(command->code, "PLANT-SEGV"))
        store_to_nowhere();
    if (says(command->code, "PLANT-STACK"))
        (void)deeper(&(volatile int){0});
    if (says(command->code, "PLANT-FAULT"))
        tx_fault(tx, "Plant");
    if (says(command->code, "PLANT-WAIT"))
        wait_for_file_to_go();
    return refusal;
}

Tefter__Refusal *__wrap_view_product_card(struct tx *tx, const Tefter__ProductCard *query,
                                          Tefter__ProductCardAnswer *answer)
{
    need(!says(query->code, "PLANT-CARD"));
    return __real_view_product_card(tx, query, answer);
}

Tefter__Refusal *__wrap_view_products(struct tx *tx, const Tefter__ProductList *query,
                                      Tefter__ProductsAnswer *answer)
{
    need(!says(query->text, "PLANT-LIST"));
    return __real_view_products(tx, query, answer);
}

size_t __wrap_credit_open_approvals(struct tx *tx, uint64_t *ret_approvals, size_t most)
{
    need(!planted("approvals"));
    return __real_credit_open_approvals(tx, ret_approvals, most);
}

bool __wrap_customer_refresh_step(struct tx *tx, Tefter__JobRecord *job)
{
    need(!planted("job"));
    return __real_customer_refresh_step(tx, job);
}

Tefter__Refusal *__wrap_apply_turn_day(struct tx *tx, const Tefter__TurnDay *command,
                                       Tefter__Done *done)
{
    need(!planted("day"));
    return __real_apply_turn_day(tx, command, done);
}

uint32_t __wrap_date_of_instant(int64_t instant_ms, int32_t offset_s)
{
    return __real_date_of_instant(instant_ms, offset_s) + (planted("day") ? 1 : 0);
}
