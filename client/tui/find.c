/* Any action, found by its words in one's own language or in English; with its key and who may. */
#include "base/text.h"
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

enum { FOUND_MAX = 200 };

struct found {
    const struct screen *screen; /* NULL: everywhere */
    const struct action *action; /* NULL: to go to the screen */
};

static struct {
    struct field field;
    struct found rows[FOUND_MAX];
    size_t count;
    size_t at;
} search;

/* Other words for the same; a language is looked for in that language. */
static const char *other_words(const char *id)
{
    if (strcmp(id, "leave") == 0)
        return "quit exit close";
    if (strcmp(id, "language") == 0)
        return "en English vi Tiếng Việt ngôn ngữ zh 中文 语言 fa فارسی زبان el Ελληνικά γλώσσα";
    return "";
}

static bool has_words(const struct tui *tui, const char *title, const char *others, const char *key)
{
    char all[TEXT_MAX_BYTES];
    char folded[TEXT_MAX_BYTES * 2];
    (void)JOIN(all, in_words(tui, title), " ", title, " ", others);
    size_t size = text_fold(all, strlen(all), folded, sizeof(folded) - 1);
    folded[size] = '\0';
    return strstr(folded, key) != NULL;
}

static void add(const struct tui *tui, const struct screen *screen, const struct action *action,
                const char *key)
{
    const char *title = action == NULL ? screen->title : action->title;
    const char *others = other_words(action == NULL ? screen->id : action->id);
    if (search.count < FOUND_MAX && has_words(tui, title, others, key))
        search.rows[search.count++] = (struct found){.screen = screen, .action = action};
}

static void look(struct tui *tui)
{
    char key[FIELD_MAX * 2];
    size_t size = text_fold(search.field.text, strlen(search.field.text), key, sizeof(key) - 1);
    const struct screen *here = screen_before(tui);
    key[size] = '\0';
    search.count = 0;
    search.at = 0;
    for (const struct action *action = here->actions; action->title != NULL; action++)
        add(tui, here, action, key);
    for (size_t i = 0; screens[i] != NULL; i++)
        if (screens[i]->letter != 0)
            add(tui, screens[i], NULL, key);
    for (size_t i = 0; screens[i] != NULL; i++)
        for (const struct action *action = screens[i]->actions;
             screens[i] != here && action->title != NULL; action++)
            add(tui, screens[i], action, key);
    for (const struct action *action = frame_actions; action->title != NULL; action++)
        add(tui, NULL, action, key);
}

static void enter(struct tui *tui)
{
    field_set(&search.field, "");
    look(tui);
}

/* Done where it is done; of another screen it is shown there. */
static void do_it(struct tui *tui)
{
    if (search.at >= search.count)
        return;
    struct found found = search.rows[search.at];
    const struct screen *here = screen_before(tui);
    Tefter__Right right = found.action != NULL ? found.action->right : found.screen->right;
    if (!may(tui, right)) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("not with your role")));
        return;
    }
    go_back(tui);
    if (found.screen != NULL && found.screen != here)
        go_to(tui, found.screen);
    bool open = found.action != NULL && found.action->run != NULL &&
                (found.action->open == NULL || found.action->open(tui));
    if (open && (found.screen == NULL || found.screen == here))
        found.action->run(tui);
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    if (key == KEY_UP_ || key == KEY_DOWN_) {
        if (key == KEY_DOWN_ && search.at + 1 < search.count)
            search.at++;
        if (key == KEY_UP_ && search.at > 0)
            search.at--;
        return true;
    }
    if (!field_key(&search.field, key))
        return false;
    look(tui);
    return true;
}

static void draw_found(struct tui *tui, struct canvas *canvas, int row, int width,
                       const struct found *found)
{
    enum { KEY = 8, WHERE = 26 };
    char key[16] = "";
    char where[SHORT_MAX * 2];
    const char *title = found->action == NULL ? found->screen->title : found->action->title;
    Tefter__Right right = found->action == NULL ? found->screen->right : found->action->right;
    bool allowed = may(tui, right);
    if (found->action != NULL)
        (void)key_words(found->action->key, key);
    else
        (void)snprintf(key, sizeof(key), "g %c", (int)found->screen->letter);
    (void)snprintf(where, sizeof(where), "%s",
                   !allowed                ? in_words(tui, N_("not with your role"))
                   : found->action == NULL ? in_words(tui, N_("screen"))
                   : found->screen == NULL ? in_words(tui, N_("everywhere"))
                                           : in_words(tui, found->screen->title));
    int name = width - KEY - WHERE - 5;
    canvas_put(canvas, row, 1, name, SIDE_START, allowed ? INK_PLAIN : INK_DIM,
               in_words(tui, title));
    canvas_put(canvas, row, name + 2, KEY, SIDE_START, INK_BOLD, key);
    canvas_put(canvas, row, name + KEY + 3, WHERE, SIDE_START, INK_DIM, where);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    canvas_put(canvas, area.top, 1, 2, SIDE_START, INK_BOLD, ">");
    canvas_field(canvas, area.top, 3, area.width - 5, INK_PLAIN, search.field.text, true);
    char more[TEXT_MAX_BYTES];
    char below[TEXT_MAX_BYTES];
    char count[SHORT_MAX];
    size_t rows = (size_t)(area.bottom - area.top - 2);
    bool all = search.count <= rows || rows < 2;
    rows -= !all; /* the last row says how many are below */
    size_t top = search.at >= rows ? search.at - rows + 1 : 0;
    if (search.count == 0) {
        char text[TEXT_MAX_BYTES];
        SAY(tui, text, N_("Nothing is found for ‘{text}’."), "text", search.field.text);
        canvas_put(canvas, area.top + 2, 1, area.width - 2, SIDE_START, INK_DIM, text);
    }
    for (size_t i = 0; i < rows && top + i < search.count; i++) {
        int row = area.top + 2 + (int)i;
        if (top + i == search.at)
            canvas_cursor(canvas, row, 0, area.width);
        draw_found(tui, canvas, row, area.width, &search.rows[top + i]);
    }
    if (all || top + rows >= search.count)
        return;
    SAY(tui, more, N_("{count} more below"), "count",
        number(tui, search.count - top - rows, count));
    (void)JOIN(below, "↓ ", more);
    canvas_put(canvas, area.bottom - 1, 1, area.width - 2, SIDE_START, INK_DIM, below);
}

static const struct action actions[] = {
    {"find.do", N_("Do it"), N_("do it"), KEY_ENTER_, 0, do_it, NULL},
    {"find.back", N_("Close"), N_("close"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen find_screen = {
    .id = "find",
    .title = N_("Find an action"),
    .form = true,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .actions = actions,
};
