/* The action table: screens in their order, what can be done on each, and everywhere. */
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

const struct screen *const screens[] = {
    &customers_screen, &card_screen,   &sale_screen,     &payment_screen, &matching_screen,
    &approvals_screen, &day_screen,    &till_screen,     &calls_screen,   &call_screen,
    &cash_screen,      &parked_screen, &document_screen, &back_screen,    &person_screen,
    &find_screen,      NULL,
};

/* A second way to every F key, for terminals that keep those to themselves. */
static const struct {
    uint32_t letter;
    uint32_t key;
} second_ways[] = {
    {'w', KEY_FN(2)}, {'m', KEY_FN(3)}, {'l', KEY_FN(4)}, {'p', KEY_FN(6)},  {'k', KEY_FN(7)},
    {'a', KEY_FN(8)}, {'c', KEY_FN(9)}, {'f', KEY_FN(1)}, {'x', KEY_FN(10)},
};

/* Shown as capitals: Shift and the key that locks them change nothing. */
static uint32_t small(uint32_t key)
{
    uint32_t letter = key > KEYS_ALT ? key - KEYS_ALT : key;
    return letter >= 'A' && letter <= 'Z' ? key + ('a' - 'A') : key;
}

uint32_t key_second(uint32_t typed)
{
    uint32_t key = typed > KEYS_ALT ? small(typed) : typed;
    for (size_t i = 0; i < sizeof(second_ways) / sizeof(second_ways[0]); i++)
        if (key == KEY_ALT(second_ways[i].letter))
            return second_ways[i].key;
    return key;
}

static const char *named_key(uint32_t key)
{
    static const struct {
        uint32_t key;
        const char *words;
    } named[] = {{KEY_ENTER_, "Enter"}, {KEY_ESC_, "Esc"}, {KEY_TAB_, "Tab"},
                 {' ', "Space"},        {KEY_UP_, "↑"},    {KEY_DOWN_, "↓"},
                 {KEY_LEFT_, "←"},      {KEY_RIGHT_, "→"}, {KEY_DELETE_, "Del"}};
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (named[i].key == key)
            return named[i].words;
    return NULL;
}

const char *key_words(uint32_t key, char out[16])
{
    const char *named = named_key(key);
    if (named != NULL)
        (void)snprintf(out, 16, "%s", named);
    else if (key > KEYS_ALT)
        (void)snprintf(out, 16, "Alt %c", (int)(key - KEYS_ALT) - 'a' + 'A');
    else if (key > KEYS_F && key <= KEYS_F + 12)
        (void)snprintf(out, 16, "F%u", key - KEYS_F);
    else if (key > 0 && key < ' ')
        (void)snprintf(out, 16, "Ctrl %c", (int)key + 'A' - 1);
    else
        (void)snprintf(out, 16, "%c", key > ' ' && key < 127 ? (int)key : ' ');
    return out;
}

static const struct action *in_table(const struct tui *tui, const struct action *table,
                                     uint32_t key)
{
    for (const struct action *action = table; action != NULL && action->title != NULL; action++)
        if (action->key == key && action->key != 0 && action->run != NULL &&
            (action->open == NULL || action->open(tui)))
            return action;
    return NULL;
}

const struct action *action_of(const struct tui *tui, uint32_t key)
{
    const struct action *found = in_table(tui, tui->work->screen->actions, key);
    if (found != NULL)
        return found;
    bool letter = key >= ' ' && key < KEYS_APART && key != KEY_ERASE_;
    if (letter && tui->work->screen->form)
        return NULL;
    found = in_table(tui, frame_actions, key);
    return found == NULL && small(key) != key ? action_of(tui, small(key)) : found;
}

bool may(const struct tui *tui, Tefter__Right right)
{
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    if (right == 0 || right == TEFTER__RIGHT__RIGHT_NONE)
        return true;
    for (size_t i = 0; person != NULL && i < person->n_rights; i++)
        if (person->rights[i] == right)
            return true;
    return false;
}

bool action_may(const struct tui *tui, const struct action *action)
{
    return may(tui, action->right);
}

bool list_step(uint32_t key, long *at, long page, long last)
{
    switch (key) {
    case 'k':
    case KEY_UP_:
        *at -= 1;
        return true;
    case 'j':
    case KEY_DOWN_:
        *at += 1;
        return true;
    case KEY_PAGE_UP_:
        *at -= page;
        return true;
    case KEY_PAGE_DOWN_:
        *at += page;
        return true;
    case KEY_HOME_:
        *at = 0;
        return true;
    case KEY_END_:
        *at = last;
        return true;
    default:
        return false;
    }
}
