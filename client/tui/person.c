/* Who works here: logging in, and another person by PIN. What is half typed waits for its own. */
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

static struct {
    struct field login;
    struct field secret;
    bool at_secret;
} form;

static void wipe(void)
{
    volatile char *at = form.secret.text;
    for (size_t i = 0; i < sizeof(form.secret.text); i++)
        at[i] = '\0';
    form.secret.fresh = false;
}

static void enter(struct tui *tui)
{
    (void)tui;
    wipe();
    field_set(&form.login, "");
    form.at_secret = false;
}

static bool is_pin(const char *text)
{
    size_t size = strlen(text);
    return size >= 4 && size <= 12 && strspn(text, "0123456789") == size;
}

static void log_in(struct tui *tui)
{
    const Tefter__Refusal *refused = NULL;
    struct failure failure = {0};
    struct arena arena;
    if (form.login.text[0] == '\0' || form.secret.text[0] == '\0') {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("Fill both fields first")));
        return;
    }
    if (!need_line(tui))
        return;
    arena_init(&arena, ASKED_MEMORY_MAX);
    bool by_pin = tefter_person(tui->client) != NULL && is_pin(form.secret.text);
    const Tefter__LoggedIn *person =
        by_pin ? tefter_switch(tui->client, form.login.text, form.secret.text, &arena, &refused,
                               &failure)
               : tefter_login(tui->client, form.login.text, form.secret.text, &arena, &refused,
                              &failure);
    bool same = person != NULL && person->staff == tui->work->staff;
    wipe();
    if (refused != NULL)
        say_refusal(tui, refused);
    else if (person == NULL)
        say_words(tui, MESSAGE_REFUSED, failure.text);
    else if (same)
        go_back(tui); /* the same one: the loop sees no change */
    else
        tui->answered = true;
    arena_fini(&arena);
}

static bool key_typed(struct tui *tui, uint32_t key)
{
    if (key == KEY_UP_ || key == KEY_DOWN_ || key == KEY_TAB_ || key == KEY_TAB_BACK_) {
        form.at_secret = !form.at_secret;
        return true;
    }
    if (key == KEY_ENTER_ && !form.at_secret) {
        form.at_secret = true;
        return true;
    }
    if (key == KEY_ENTER_) {
        log_in(tui);
        return true;
    }
    return field_key(form.at_secret ? &form.secret : &form.login, key);
}

static void draw(struct tui *tui, struct canvas *canvas, struct area area)
{
    enum { LABEL = 26, FIELD = 30 };
    char dots[FIELD_MAX];
    size_t size = 0;
    for (const char *at = form.secret.text; *at != '\0'; at++)
        if (((unsigned char)*at & 0xC0) != 0x80)
            dots[size++] = '*';
    dots[size] = '\0';
    int row = area.top + 1;
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    canvas_put(canvas, row, 2, LABEL, SIDE_START, INK_DIM, in_words(tui, N_("Login")));
    canvas_field(canvas, row, 2 + LABEL, FIELD, INK_PLAIN, form.login.text, !form.at_secret);
    canvas_put(canvas, row + 1, 2, LABEL, SIDE_START, INK_DIM,
               in_words(tui, person == NULL ? N_("Password") : N_("PIN or password")));
    canvas_field(canvas, row + 1, 2 + LABEL, FIELD, INK_PLAIN, dots, form.at_secret);
    if (person != NULL) {
        char text[TEXT_MAX_BYTES];
        SAY(tui, text, N_("What is half typed waits for {name}."), "name",
            value_of(person->name)[0] != '\0' ? value_of(person->name) : person->login);
        canvas_put(canvas, row + 3, 2, area.width - 4, SIDE_START, INK_DIM, text);
    }
}

static const struct action actions[] = {
    {"person.log-in", N_("Log in"), N_("log in"), KEY_ENTER_, 0, log_in, NULL},
    {"person.back", N_("Back"), N_("back"), KEY_ESC_, 0, go_back, NULL},
    {.title = NULL},
};

const struct screen person_screen = {
    .id = "person",
    .title = N_("Another person"),
    .form = true,
    .enter = enter,
    .draw = draw,
    .key = key_typed,
    .actions = actions,
};
