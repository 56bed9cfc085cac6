/*
 * What stands around each screen: the line's state above, the newest change and the keys below; and
 * the loop that it all runs on.
 *
 *     keys, answers, changes ─▶ notes ─▶ (loop stops) ─▶ what follows from them ─▶ picture ─▶ loop
 */
#include "base/version.h"
#include "tui/inside.h"
#include "tui/terminal.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TICK_MS = 250, /* clocks and what fades */
    PAINT_MS = 50, /* changes of others are painted at once, and twenty times a second at most */
    GATHER_MS = 2, /* what comes together is painted together */
    BURST_MS = 30, /* nobody types so fast: a scanner */
    BURST_LEAST = 4,
    WIDE_COLUMNS = 120,
    WIDE_ROWS = 36,
    NARROW = 80,
    HAPPENS_ROWS = 9,
    LEAST_ROWS = 10, /* fewer than these show amounts without their names */
    LEAST_COLUMNS = 40,
    SAID_MS = 12 * 1000,
    DONE_MS = 60 * 1000,
};

/* ---- small questions ---- */

uint64_t now_ms(const struct tui *tui)
{
    return loop_now_ms(tui->loop);
}

bool connected(const struct tui *tui)
{
    return tui->state.connected && tui->state.connection != TEFTER_LOST;
}

bool is_lost(const struct tui *tui)
{
    return tui->state.connection == TEFTER_LOST;
}

bool is_fresh(const struct tui *tui, uint64_t changed_ms)
{
    return changed_ms != 0 && now_ms(tui) - changed_ms < MARK_MS;
}

bool need_line(struct tui *tui)
{
    if (connected(tui))
        return true;
    say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("This needs the line to the server.")));
    return false;
}

/* ---- line 23 ---- */

void say_words(struct tui *tui, enum message_kind kind, const char *text)
{
    (void)snprintf(tui->message_text, sizeof(tui->message_text), "%s", text);
    tui->message = text[0] == '\0' ? MESSAGE_NONE : kind;
    tui->message_ms = now_ms(tui);
    tui->dirty = true;
}

void say_refusal(struct tui *tui, const Tefter__Refusal *refusal)
{
    char text[MESSAGE_MAX_BYTES];
    struct speech speech = speech_of(tui);
    (void)refusal_sentence_for(refusal, &speech, text, sizeof(text));
    say_words(tui, MESSAGE_REFUSED, text);
}

/* ---- screens ---- */

static void enter(struct tui *tui, const struct screen *screen)
{
    tui->work->screen = screen;
    tui->going = false;
    if (screen->enter != NULL)
        screen->enter(tui);
    tui->dirty = true;
}

void go_to(struct tui *tui, const struct screen *screen)
{
    struct work *work = tui->work;
    if (!may(tui, screen->right)) {
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("not with your role")));
        return;
    }
    if (work->screen != screen && work->screen != NULL) {
        if (work->trail_count == TRAIL_MAX) {
            memmove(work->trail, work->trail + 1, (TRAIL_MAX - 1) * sizeof(*work->trail));
            work->trail_count--;
        }
        work->trail[work->trail_count++] = work->screen;
    }
    enter(tui, screen);
}

const struct screen *screen_before(const struct tui *tui)
{
    const struct work *work = tui->work;
    return work->trail_count == 0 ? &customers_screen : work->trail[work->trail_count - 1];
}

void go_back(struct tui *tui)
{
    struct work *work = tui->work;
    if (work->trail_count > 0) {
        work->screen = work->trail[--work->trail_count];
        tui->dirty = true;
    } else if (work->screen != &customers_screen && tefter_person(tui->client) != NULL) {
        enter(tui, &customers_screen);
    }
}

static void speak(struct tui *tui)
{
    int chosen = tui->work->language;
    tui->language = chosen > 0 ? (enum language)(chosen - 1) : tui->language_here;
    tui->currency.language = (int)tui->language;
    tui->look.rtl = tui->language == LANGUAGE_PERSIAN;
    terminal_repaint();
    tui->dirty = true;
}

/* The words alone: what is half typed is read as it was. */
static void next_language(struct tui *tui)
{
    char text[TEXT_MAX_BYTES];
    char command[SHORT_MAX];
    tui->work->language = ((int)tui->language + 1) % LANGUAGES + 1;
    speak(tui);
    (void)JOIN(command, "tefter habit --language ", language_code(tui->language));
    SAY(tui, text,
        N_("English. Once more: the next language. It lasts until this program ends; {command} "
           "keeps it."),
        "command", command);
    say_words(tui, MESSAGE_SAID, text);
}

/* Half-typed work waits for the person who began it. */
void work_of_person(struct tui *tui)
{
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    uint32_t staff = person == NULL ? 0 : person->staff;
    struct work *found = NULL;
    for (size_t i = 0; i < WORKS_MAX && found == NULL; i++)
        if (tui->works[i].staff == staff && tui->works[i].screen != NULL)
            found = &tui->works[i];
    for (size_t i = 0; i < WORKS_MAX && found == NULL; i++)
        if (tui->works[i].screen == NULL)
            found = &tui->works[i];
    if (found == NULL) /* so many people at one terminal: the first one's is given up */
        found = &tui->works[0];
    bool begun = found->screen != NULL && found->staff == staff;
    if (!begun) {
        keep_let_go(tui, found);
        *found = (struct work){.staff = staff};
    }
    tui->work = found;
    speak(tui);
    tui->message = MESSAGE_NONE;
    found->undoing = false; /* the question is not there any more */
    if (begun && found->screen == &person_screen)
        go_back(tui);
    if (!begun) {
        enter(tui, staff == 0 ? &person_screen : &customers_screen);
        keep_take_up(tui);
    }
    tui->dirty = true;
}

/* ---- actions everywhere ---- */

static void find(struct tui *tui)
{
    if (tui->work->screen != &find_screen)
        go_to(tui, &find_screen);
}

static void other_person(struct tui *tui)
{
    if (tui->work->screen != &person_screen)
        go_to(tui, &person_screen);
}

/* What is kept is no reason to stay. */
static void leave(struct tui *tui)
{
    char text[TEXT_MAX_BYTES];
    char count[SHORT_MAX];
    bool again = tui->asked_to_leave;
    uint64_t lost = keep_lost(tui);
    tui->asked_to_leave = true;
    if (again) {
        tui->leaving = true;
    } else if (lost > 0) {
        SAY(tui, text,
            N_("Half done here, and lost if it ends: {count}. Ctrl C once more leaves Tefter."),
            "count", number(tui, lost, count));
        say_words(tui, MESSAGE_REFUSED, text);
    } else {
        say_words(tui, MESSAGE_SAID, in_words(tui, N_("Ctrl C once more leaves Tefter.")));
    }
}

static void repaint(struct tui *tui)
{
    terminal_repaint();
    tui->dirty = true;
}

static void begin_going(struct tui *tui)
{
    tui->going = true;
    tui->dirty = true;
}

static bool has_paper(const struct tui *tui)
{
    return tui->work->done_number[0] != '\0';
}

static bool can_undo(const struct tui *tui)
{
    return has_paper(tui) || tui->work->undo.count > 0;
}

const struct action frame_actions[] = {
    {"back", N_("Back"), NULL, KEY_ESC_, 0, go_back, NULL},
    {"find", N_("Find an action"), NULL, '?', 0, find, NULL},
    {"find.f1", N_("Find an action"), NULL, KEY_FN(1), 0, find, NULL},
    {"go", N_("Go to another screen"), NULL, 'g', 0, begin_going, NULL},
    {"person", N_("Another person"), NULL, KEY_FN(10), 0, other_person, NULL},
    {"undo", N_("Undo"), NULL, KEY_ALT('u'), 0, undo_last, can_undo},
    {"print", N_("Print"), NULL, KEY_CTRL('P'), 0, print_last, has_paper},
    {"language", N_("Another language"), NULL, 0, 0, next_language, NULL},
    {"repaint", N_("Draw the screen anew"), NULL, KEY_CTRL('L'), 0, repaint, NULL},
    {"leave", N_("Leave Tefter"), NULL, KEY_CTRL('C'), 0, leave, NULL},
    {.title = NULL},
};

/* ---- keys ---- */

static void go_letter(struct tui *tui, uint32_t key)
{
    tui->going = false;
    tui->dirty = true;
    uint32_t letter = key >= 'A' && key <= 'Z' ? key + ('a' - 'A') : key;
    for (size_t i = 0; screens[i] != NULL; i++)
        if (screens[i]->letter == letter && letter != 0) {
            go_to(tui, screens[i]);
            return;
        }
}

static void key_typed(struct tui *tui, uint32_t typed)
{
    uint32_t key = key_second(typed);
    const struct screen *screen = tui->work->screen;
    tui->dirty = true;
    if (!tui->begun) { /* nothing is begun that could be lost */
        tui->leaving = key == KEY_CTRL('C');
        return;
    }
    if (tui->too_small && key != KEY_CTRL('C'))
        return; /* nothing happens that is not seen */
    if (key != KEY_CTRL('C'))
        tui->asked_to_leave = false;
    if (tui->going) {
        go_letter(tui, key);
        return;
    }
    if (undo_key(tui, key))
        return;
    if (tui->message == MESSAGE_REFUSED && key != KEY_UP_ && key != KEY_DOWN_)
        say_words(tui, MESSAGE_NONE, "");
    if (screen->key != NULL && screen->key(tui, key))
        return;
    const struct action *action = action_of(tui, key);
    if (action == NULL)
        return;
    if (!action_may(tui, action))
        say_words(tui, MESSAGE_REFUSED, in_words(tui, N_("not with your role")));
    else
        action->run(tui);
}

/* ---- a scanner: letters faster than anybody types, then Enter ---- */

static void scanned(struct tui *tui)
{
    struct field field = {.text = ""};
    for (size_t i = 0; i < tui->burst_count; i++)
        (void)field_key(&field, tui->burst[i]);
    tui->burst_count = 0;
    if (tui->work->screen->scan != NULL)
        tui->work->screen->scan(tui, field.text);
}

static void burst_let_go(struct tui *tui)
{
    uint32_t held[FIELD_MAX];
    size_t count = tui->burst_count;
    memcpy(held, tui->burst, count * sizeof(*held));
    tui->burst_count = 0;
    for (size_t i = 0; i < count; i++)
        key_typed(tui, held[i]);
}

static void burst_ended(void *context)
{
    struct tui *tui = context;
    tui->burst_over = true;
    loop_stop(tui->loop);
}

static void take_key(struct tui *tui, uint32_t key)
{
    bool letter = key >= ' ' && key < KEYS_APART && key != KEY_ERASE_;
    if (letter && tui->burst_count < FIELD_MAX - 1) {
        tui->burst[tui->burst_count++] = key;
        loop_timer_start(tui->burst_end, BURST_MS, 0);
        return;
    }
    loop_timer_stop(tui->burst_end);
    bool takes = tui->work->screen->scan != NULL || tui->work->undoing; /* a code is no answer */
    if (key == KEY_ENTER_ && tui->burst_count >= BURST_LEAST && takes) {
        scanned(tui);
        return;
    }
    burst_let_go(tui);
    if (key == KEY_RESIZE_)
        repaint(tui);
    else
        key_typed(tui, key);
}

static void take_keys(struct tui *tui)
{
    uint32_t key = 0;
    bool gone = false;
    if (tui->burst_over) {
        tui->burst_over = false;
        burst_let_go(tui);
    }
    while (!tui->leaving && terminal_key(&key, &gone))
        take_key(tui, key);
    if (gone)
        tui->leaving = true;
}

/* ---- what came ---- */

static void take_answers(struct tui *tui)
{
    tui->answered = false;
    for (size_t i = 0; i < tui->asked_count; i++)
        if (tui->askeds[i]->came) {
            tui->askeds[i]->came = false;
            if (tui->askeds[i]->then != NULL)
                tui->askeds[i]->then(tui, tui->askeds[i]);
        }
    for (size_t i = 0; i < tui->sent_count; i++)
        if (tui->sents[i]->came) {
            tui->sents[i]->came = false;
            tui->sents[i]->then(tui, tui->sents[i]);
        }
}

static void typed(void *context)
{
    struct tui *tui = context;
    tui->dirty = true;
    loop_stop(tui->loop);
}

static void ticked(void *context)
{
    struct tui *tui = context;
    loop_stop(tui->loop);
}

static void painted(void *context)
{
    struct tui *tui = context;
    tui->painting = false;
    loop_stop(tui->loop);
}

void paint_soon(struct tui *tui)
{
    uint64_t since_ms = now_ms(tui) - tui->drawn_ms;
    tui->dirty = true;
    if (tui->painting)
        return;
    tui->painting = true;
    loop_timer_start(tui->paint, since_ms + GATHER_MS < PAINT_MS ? PAINT_MS - since_ms : GATHER_MS,
                     0);
}

static void ended(void *context)
{
    struct tui *tui = context;
    tui->leaving = true;
    loop_stop(tui->loop);
}

static void resized(void *context)
{
    struct tui *tui = context;
    terminal_repaint();
    tui->dirty = true;
    loop_stop(tui->loop);
}

static void state_came(void *context, const struct tefter_state *state)
{
    struct tui *tui = context;
    tui->state = *state;
    tui->dirty = true;
    tui->answered = true;
}

/* Something an earlier life of this terminal did not learn the end of. It is said once it is known
 * who is here. */
static void resolved(void *context, const Tefter__Command *command, int64_t made_ms, bool again,
                     const Tefter__Reply *reply)
{
    struct tui *tui = context;
    char text[TEXT_MAX_BYTES];
    struct speech speech = speech_of(tui);
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    (void)made_ms;
    if (reply->result_case == TEFTER__REPLY__RESULT_REFUSED) {
        (void)refusal_sentence_for(reply->refused, &speech, text, sizeof(text));
        bool comes_back = keep_note_refused(command, person == NULL ? 0 : person->staff);
        (void)JOIN(tui->resolved, text, comes_back ? " · g s" : "");
        tui->resolved_kind = MESSAGE_REFUSED;
    } else if (!again && reply->done->number != NULL) {
        SAY(tui, tui->resolved, N_("What was kept here is booked: {number}"), "number",
            reply->done->number);
        tui->resolved_kind = MESSAGE_DONE;
    }
    tui->answered = true;
}

static void tell_resolved(struct tui *tui)
{
    char text[MESSAGE_MAX_BYTES];
    /* What is kept was said just now. */
    bool besides = tui->message == MESSAGE_SAID && now_ms(tui) - tui->message_ms < 1000;
    if (tui->resolved_kind == MESSAGE_NONE)
        return;
    (void)JOIN(text, tui->resolved, besides ? " · " : "", besides ? tui->message_text : "");
    say_words(tui, tui->resolved_kind, text);
    tui->resolved_kind = MESSAGE_NONE;
}

/* ---- the picture ---- */

static const char *state_text(struct tui *tui, char out[SHORT_MAX * 2], unsigned *ret_look)
{
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    const struct tefter_state *state = &tui->state;
    *ret_look = INK_PLAIN;
    switch (state->connection) {
    case TEFTER_LIVE:
        *ret_look = INK_CREDIT;
        (void)snprintf(out, SHORT_MAX * 2, "● %s  %s %s  %s", in_words(tui, N_("Live")),
                       in_words(tui, N_("exact at")),
                       number(tui, tefter_feed_exact(tui->shop.feed), a),
                       clock_of(tui, tefter_now_ms(tui->client), b));
        break;
    case TEFTER_CATCHING_UP:
        (void)snprintf(out, SHORT_MAX * 2, "◌ %s  ", in_words(tui, N_("Catching up")));
        (void)words_say(out + strlen(out), SHORT_MAX, tui->language, N_("{count} behind"), "count",
                        number(tui, state->behind, a), NULL);
        break;
    case TEFTER_FETCHING:
        (void)snprintf(out, SHORT_MAX * 2, "◌ %s", in_words(tui, N_("Fetching all figures again")));
        break;
    case TEFTER_CONNECTING:
        (void)snprintf(out, SHORT_MAX * 2, "◌ %s", in_words(tui, N_("Connecting")));
        break;
    case TEFTER_STALE:
        *ret_look = INK_LATE;
        (void)snprintf(out, SHORT_MAX * 2, "○ ");
        (void)words_say(out + strlen(out), SHORT_MAX, tui->language, N_("{age} old"), "age",
                        duration(tui, state->age_ms, a), NULL);
        break;
    case TEFTER_LOST:
        *ret_look = INK_LATE;
        (void)snprintf(out, SHORT_MAX * 2, "○ %s  %s", in_words(tui, N_("NOT CONNECTED")),
                       duration(tui, state->age_ms, a));
        break;
    }
    return out;
}

static void draw_first(struct tui *tui)
{
    char text[TEXT_MAX_BYTES];
    char state[SHORT_MAX * 2];
    unsigned look;
    const Tefter__Welcome *welcome = tefter_welcome(tui->client);
    const Tefter__LoggedIn *person = tefter_person(tui->client);
    struct canvas *canvas = &tui->canvas;
    char *name = seen_text(person == NULL                      ? ""
                           : value_of(person->name)[0] != '\0' ? value_of(person->name)
                                                               : person->login);
    char *till = seen_text(welcome == NULL ? "" : welcome->terminal_name);
    bool practice = welcome != NULL && welcome->has_practice && welcome->practice;
    (void)state_text(tui, state, &look);
    int width = (int)glyphs_columns(state, canvas->look);
    (void)snprintf(text, sizeof(text), "%s%sTefter  %s · %s%s%s",
                   practice ? in_words(tui, N_("PRACTICE")) : "", practice ? "  " : "",
                   welcome == NULL ? "" : welcome->branch_code, till, name[0] == '\0' ? "" : " · ",
                   name);
    canvas_put(canvas, 0, 1, canvas->columns - width - 4, SIDE_START, INK_BOLD, text);
    canvas_put(canvas, 0, canvas->columns - width - 1, width, SIDE_END, look, state);
    free(name);
    free(till);
}

static void draw_second(struct tui *tui)
{
    char start[SHORT_MAX * 2] = "";
    char end[SHORT_MAX] = "";
    const struct screen *screen = tui->work->screen;
    if (screen->head != NULL)
        screen->head(tui, start, end);
    canvas_rule(&tui->canvas, 1, 0, tui->canvas.columns,
                start[0] == '\0' ? in_words(tui, screen->title) : start, end, INK_BOLD);
}

/* Line 23, and as many rows above it as the words need: a question is read to its end. */
enum { MESSAGE_ROWS = 6 };

static bool is_said(const struct tui *tui)
{
    uint64_t stays = tui->message == MESSAGE_SAID   ? SAID_MS
                     : tui->message == MESSAGE_DONE ? DONE_MS
                                                    : UINT64_MAX;
    return tui->message != MESSAGE_NONE && now_ms(tui) - tui->message_ms <= stays;
}

/* What was said, else what is so as long as it is; "": nothing. */
static const char *message_line(const struct tui *tui, char out[MESSAGE_MAX_BYTES + SHORT_MAX])
{
    const char *lost = keep_words(tui);
    const char *sign = tui->message == MESSAGE_REFUSED ? "▲ "
                       : tui->message == MESSAGE_DONE  ? "✓ "
                                                       : "";
    out[0] = '\0';
    if (is_said(tui))
        (void)join(out, MESSAGE_MAX_BYTES + SHORT_MAX, sign, tui->message_text, NULL);
    else if (lost != NULL)
        (void)join(out, MESSAGE_MAX_BYTES + SHORT_MAX, "▲ ", in_words(tui, lost), NULL);
    return out;
}

static int message_rows(const struct tui *tui, int columns)
{
    char text[MESSAGE_MAX_BYTES + SHORT_MAX];
    int rows = rows_for_words(message_line(tui, text), columns - 2, tui->canvas.look);
    return rows < 1 ? 1 : rows < MESSAGE_ROWS ? rows : MESSAGE_ROWS;
}

static void draw_message(struct tui *tui, int row, int rows)
{
    static const unsigned looks[] = {[MESSAGE_NONE] = INK_DIM,
                                     [MESSAGE_SAID] = INK_PLAIN,
                                     [MESSAGE_REFUSED] = INK_OVER,
                                     [MESSAGE_DONE] = INK_CREDIT};
    char text[MESSAGE_MAX_BYTES + SHORT_MAX];
    char age[SHORT_MAX];
    const struct news *news = tui->shop.news_count > 0 ? &tui->shop.news[0] : NULL;
    int width = tui->canvas.columns - 2;
    for (int i = 0; i < rows; i++)
        canvas_put(&tui->canvas, row + i, 0, tui->canvas.columns, SIDE_START, INK_PLAIN, "");
    if (message_line(tui, text)[0] != '\0') {
        (void)put_words(&tui->canvas, row, 1, width, rows,
                        is_said(tui) ? looks[tui->message] : INK_LATE, text);
    } else if (news != NULL) {
        (void)JOIN(text, is_fresh(tui, news->at_ms) ? "▎" : "", news->text, " · ",
                   duration(tui, now_ms(tui) - news->at_ms, age));
        canvas_put(&tui->canvas, row, 1, width, SIDE_START, INK_DIM, text);
    }
}

/* As many as there is room for, in the order of the table; "? find" last. */
static void draw_keys(struct tui *tui, int row)
{
    char text[SHORT_MAX * 2];
    char key[16];
    struct canvas *canvas = &tui->canvas;
    const struct screen *screen = tui->work->screen;
    (void)snprintf(text, sizeof(text), "%s %s", screen->form ? "F1" : "?",
                   in_words(tui, N_("find")));
    int last = (int)glyphs_columns(text, canvas->look);
    canvas_put(canvas, row, canvas->columns - last - 1, last, SIDE_END, INK_DIM, text);
    int at = 1;
    for (const struct action *action = screen->actions; action != NULL && action->title != NULL;
         action++) {
        if (action->brief == NULL || !action_may(tui, action) ||
            (action->open != NULL && !action->open(tui)))
            continue;
        const char *word = key_words(action->key, key);
        int keys = (int)glyphs_columns(word, canvas->look);
        int words = (int)glyphs_columns(in_words(tui, action->brief), canvas->look);
        if (at + keys + 1 + words + 2 > canvas->columns - last - 1)
            break;
        canvas_put(canvas, row, at, keys, SIDE_START, INK_BOLD, word);
        canvas_put(canvas, row, at + keys + 1, words, SIDE_START, INK_DIM,
                   in_words(tui, action->brief));
        at += keys + 1 + words + 2;
    }
}

/* What goes on without a line, and what waits. */
static int draw_lost(struct tui *tui, int row)
{
    char text[TEXT_MAX_BYTES];
    char line[TEXT_MAX_BYTES];
    char a[SHORT_MAX];
    char b[SHORT_MAX];
    SAY(tui, text, N_("The line is lost for {age}. The figures are of {time}. It is tried again."),
        "age", duration(tui, tui->state.age_ms, a), "time",
        clock_of(tui, tefter_now_ms(tui->client) - (int64_t)tui->state.age_ms, b));
    (void)JOIN(line, "○ ", text);
    canvas_put(&tui->canvas, row, 1, tui->canvas.columns - 2, SIDE_START, INK_LATE, line);
    (void)JOIN(line, in_words(tui, N_("Works now")), ": ",
               in_words(tui, N_("cash sales and taking money, each kept and sent once")));
    canvas_put(&tui->canvas, row + 1, 1, tui->canvas.columns - 2, SIDE_START, INK_PLAIN, line);
    uint32_t kept = tefter_under_way(tui->client);
    if (kept > 0)
        SAY(tui, line, N_("{count} kept here, sends by itself"), "count", number(tui, kept, a));
    else
        (void)JOIN(line, in_words(tui, N_("Waits")), ": ",
                   in_words(tui, N_("credit · approvals · matching")));
    canvas_put(&tui->canvas, row + 2, 1, tui->canvas.columns - 2, SIDE_START,
               kept > 0 ? INK_BOLD : INK_DIM, line);
    return 3;
}

static void draw_happens(struct tui *tui, int top, int bottom)
{
    canvas_rule(&tui->canvas, top, 0, tui->canvas.columns, in_words(tui, N_("As it happens")), "",
                INK_BOLD);
    for (int i = 0; i < bottom - top - 1 && (size_t)i < tui->shop.news_count; i++) {
        const struct news *news = &tui->shop.news[i];
        bool fresh = is_fresh(tui, news->at_ms);
        if (fresh)
            canvas_put(&tui->canvas, top + 1 + i, 0, 1, SIDE_START, INK_ACCENT, "▎");
        canvas_put(&tui->canvas, top + 1 + i, 1, tui->canvas.columns - 2, SIDE_START,
                   fresh ? INK_BOLD : INK_PLAIN, news->text);
    }
}

/* Amounts without names would be worse than nothing. */
static bool is_too_small(int rows, int columns)
{
    return rows < LEAST_ROWS || columns < LEAST_COLUMNS;
}

static void draw_too_small(struct tui *tui, int rows, int columns)
{
    char text[TEXT_MAX_BYTES];
    char line[MESSAGE_MAX_BYTES + SHORT_MAX];
    char size[4][SHORT_MAX];
    SAY(tui, text, N_("Tefter needs {columns} × {rows} here; this is {width} × {height}."),
        "columns", number(tui, LEAST_COLUMNS, size[0]), "rows", number(tui, LEAST_ROWS, size[1]),
        "width", number(tui, (uint64_t)columns, size[2]), "height",
        number(tui, (uint64_t)rows, size[3]));
    int row = put_words(&tui->canvas, 0, 0, columns, rows, INK_BOLD, text);
    if (tui->asked_to_leave && row < rows)
        (void)put_words(&tui->canvas, row, 0, columns, rows - row, INK_PLAIN,
                        message_line(tui, line));
}

/* Before the first greeting: what it does, and with which server. */
static void draw_first_connecting(struct tui *tui, int columns)
{
    char text[TEXT_MAX_BYTES];
    char *reason = seen_text(tui->state.reason == NULL ? "" : tui->state.reason);
    struct canvas *canvas = &tui->canvas;
    canvas_put(canvas, 0, 1, columns - 2, SIDE_START, INK_BOLD, "Tefter");
    SAY(tui, text, N_("Connecting to {server}"), "server", tefter_address(tui->client));
    int row = 2 + put_words(canvas, 2, 1, columns - 2, 3, INK_PLAIN, text);
    if (reason[0] != '\0') {
        (void)snprintf(text, sizeof(text), "▲ %.480s", reason);
        row += put_words(canvas, row, 1, columns - 2, 3, INK_OVER, text);
    }
    (void)put_words(canvas, row + 1, 1, columns - 2, 3, INK_DIM,
                    in_words(tui, N_("It is tried again by itself. Ctrl C leaves Tefter.")));
    free(reason);
}

static void draw(struct tui *tui)
{
    int rows;
    int columns;
    const struct screen *screen = tui->work->screen;
    terminal_size(&rows, &columns);
    canvas_begin(&tui->canvas, rows, columns, tui->look);
    tui->too_small = is_too_small(rows, columns);
    if (tui->too_small || !tui->begun) {
        if (tui->begun || (rows < 6 || columns < 20))
            draw_too_small(tui, rows, columns);
        else
            draw_first_connecting(tui, columns);
        terminal_show(&tui->canvas);
        return;
    }
    bool wide = rows >= WIDE_ROWS && columns >= WIDE_COLUMNS;
    bool keys = rows >= 24;
    bool over = rows < 20; /* there what is said lies over the screen as long as it is said */
    int message = !over || is_said(tui) ? message_rows(tui, columns) : 0;
    struct area area = {
        .top = 2, .bottom = rows - (keys ? 1 : 0) - (over ? 0 : message), .width = columns};
    draw_first(tui);
    draw_second(tui);
    if (is_lost(tui) && rows >= 20)
        area.top += draw_lost(tui, 2);
    if (wide) {
        draw_happens(tui, area.bottom - HAPPENS_ROWS, area.bottom);
        area.bottom -= HAPPENS_ROWS;
    }
    if (wide && screen->pane != NULL) {
        area.width = NARROW;
        for (int row = area.top; row < area.bottom; row++)
            canvas_put(&tui->canvas, row, NARROW, 1, SIDE_START, INK_DIM, "│");
        screen->pane(tui, &tui->canvas, NARROW + 2,
                     (struct area){area.top, area.bottom, columns - NARROW - 3});
    }
    screen->draw(tui, &tui->canvas, area);
    if (message > 0)
        draw_message(tui, rows - (keys ? 1 : 0) - message, message);
    if (keys)
        draw_keys(tui, rows - 1);
    terminal_show(&tui->canvas);
}

/* ---- the loop ---- */

static bool in_time(const struct tui *tui)
{
    return tui->state.connection == TEFTER_LOST || tui->state.connection == TEFTER_STALE ||
           tui->shop.news_count > 0 || tui->state.connection == TEFTER_LIVE;
}

/* Once the server has said which. */
static void take_currency(struct tui *tui)
{
    tui->currency = *tefter_currency(tui->client);
    tui->currency.habit = tui->habits.habit;
    tui->currency.language = (int)tui->language;
    if (tui->habits.toman && strcmp(tui->currency.code, "IRR") == 0)
        tui->currency = currency_toman(&tui->currency);
}

/* The first greeting, and with it the login that this terminal kept. */
static void begin_work(struct tui *tui)
{
    tui->begun = tui->dirty = true;
    take_currency(tui);
}

static void turn(struct tui *tui)
{
    uint32_t staff = 0;
    while (!tui->leaving) {
        loop_run(tui->loop);
        tefter_state(tui->client, &tui->state);
        take_keys(tui);
        if (tui->answered)
            take_answers(tui);
        if (!tui->begun && tui->state.connected)
            begin_work(tui);
        const Tefter__LoggedIn *person = tefter_person(tui->client);
        if (tui->begun && (person == NULL ? 0 : person->staff) != staff) {
            staff = person == NULL ? 0 : person->staff;
            work_of_person(tui);
        }
        shop_look(tui);
        keep_look(tui);
        paper_look(tui);
        approvals_lapse(tui);
        if (tui->work->staff != 0)
            tell_resolved(tui);
        bool clock = in_time(tui) && now_ms(tui) - tui->drawn_ms >= 1000;
        if (!tui->dirty && !clock)
            continue;
        tui->dirty = false;
        tui->drawn_ms = now_ms(tui);
        draw(tui);
    }
}

static void take_habits(struct tui *tui)
{
    char folder[TEFTER_PATH_MAX];
    struct failure failure = {0};
    static const enum language languages[] = {[HABIT_ENGLISH] = LANGUAGE_ENGLISH,
                                              [HABIT_VIETNAMESE] = LANGUAGE_VIETNAMESE,
                                              [HABIT_CHINESE] = LANGUAGE_CHINESE,
                                              [HABIT_PERSIAN] = LANGUAGE_PERSIAN,
                                              [HABIT_GREEK] = LANGUAGE_GREEK};
    static const enum number_habit habits[LANGUAGES] = {[LANGUAGE_ENGLISH] = HABIT_ENGLISH,
                                                        [LANGUAGE_VIETNAMESE] = HABIT_VIETNAMESE,
                                                        [LANGUAGE_CHINESE] = HABIT_CHINESE,
                                                        [LANGUAGE_PERSIAN] = HABIT_PERSIAN,
                                                        [LANGUAGE_GREEK] = HABIT_GREEK};
    if (tefter_profile_folder(tui->options.profile, folder, &failure))
        (void)tefter_habits_read(folder, &tui->habits);
    if (tui->options.language_said) {
        tui->language = tui->options.language;
        tui->habits.habit = habits[tui->language];
    } else {
        tui->language = languages[tui->habits.habit];
    }
    tui->language_here = tui->language;
}

static void state_changed(void *context, const struct tefter_state *state)
{
    take_currency(context);
    state_came(context, state);
}

static bool begin(struct tui *tui, struct failure *failure)
{
    struct tefter_options options = {.profile = tui->options.profile,
                                     .address = tui->options.address,
                                     .program = version_tefter,
                                     .outbox = true,
                                     .on_state = state_changed,
                                     .on_resolved = resolved,
                                     .context = tui};
    if (!tefter_open(&options, &tui->client, failure))
        return false;
    tui->loop = tefter_loop(tui->client);
    take_habits(tui);
    take_currency(tui);
    tui->tick = loop_timer_create(tui->loop, ticked, tui);
    tui->burst_end = loop_timer_create(tui->loop, burst_ended, tui);
    tui->paint = loop_timer_create(tui->loop, painted, tui);
    bool good =
        tui->tick != NULL && tui->burst_end != NULL && tui->paint != NULL && terminal_open(failure);
    if (!good)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the screen");
    tui->look = (struct glyph_look){.unicode = terminal_speaks_utf8(),
                                    .rtl = tui->language == LANGUAGE_PERSIAN};
    (void)loop_on_readable(tui->loop, STDIN_FILENO, typed, tui);
    (void)loop_on_signal(tui->loop, SIGWINCH, resized, tui);
    (void)loop_on_signal(tui->loop, SIGTERM, ended, tui);
    (void)loop_on_signal(tui->loop, SIGHUP, ended, tui);
    loop_timer_start(tui->tick, TICK_MS, TICK_MS);
    return true;
}

static void begin_screens(struct tui *tui, bool begins)
{
    for (size_t i = 0; screens[i] != NULL; i++)
        if (screens[i]->begin != NULL)
            screens[i]->begin(tui, begins);
}

int tui_run(const struct tui_options *options, struct failure *failure)
{
    struct tui *tui = calloc(1, sizeof(*tui));
    need(tui != NULL);
    tui->options = *options;
    canvas_init(&tui->canvas);
    bool good = begin(tui, failure);
    if (good) {
        shop_begin(tui);
        keep_begin(tui, true);
        begin_screens(tui, true);
        tefter_start(tui->client);
        tefter_state(tui->client, &tui->state);
        work_of_person(tui);
        draw(tui);
        turn(tui);
        keep_end(tui);
        terminal_close();
    }
    tefter_close(tui->client);
    if (good) {
        begin_screens(tui, false);
        keep_begin(tui, false);
        shop_end(tui);
    }
    canvas_fini(&tui->canvas);
    free(tui);
    return good ? 0 : 3;
}
