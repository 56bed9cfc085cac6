#define NCURSES_WIDECHAR 1
#include "tui/terminal.h"
#include "tui/inside.h"

#include <errno.h>
#include <langinfo.h>
#include <ncurses.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { ESC_DELAY_MS = 25, ROWS_LEAST = 5, COLUMNS_LEAST = 20, DUMB_ROWS = 24, DUMB_COLUMNS = 80 };

static struct {
    SCREEN *screen; /* NULL: lines */
    struct termios before;
    bool has_before;
    bool colour;
    char *shown; /* as lines: the picture that stands there */
} terminal;

/* Cells keep the order they are put in: those that reorder lines by themselves are asked not to. */
static void keep_order(bool on)
{
    if (terminal.screen == NULL || !terminal_speaks_utf8())
        return;
    (void)fputs(on ? "\033[8l" : "\033[8h", stdout);
    (void)fflush(stdout);
}

static bool is_dumb(void)
{
    const char *name = getenv("TERM");
    return name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0;
}

static bool open_lines(struct failure *failure)
{
    struct termios raw;
    if (tcgetattr(STDIN_FILENO, &terminal.before) != 0)
        return fail(failure, FAULT_USE, errno, "the screen needs a terminal");
    terminal.has_before = true;
    raw = terminal.before;
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG);
    raw.c_iflag &= (tcflag_t)~ICRNL;
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    return true;
}

static void begin_colours(void)
{
    static const short pens[INKS] = {
        [INK_OVER] = COLOR_RED,
        [INK_LATE] = COLOR_YELLOW,
        [INK_CREDIT] = COLOR_CYAN,
        [INK_ACCENT] = COLOR_BLUE,
    };
    const char *none = getenv("NO_COLOR");
    terminal.colour = has_colors() && (none == NULL || none[0] == '\0');
    if (!terminal.colour)
        return;
    start_color();
    use_default_colors();
    for (int i = 0; i < INKS; i++)
        if (pens[i] != 0)
            init_pair((short)i, pens[i], -1);
}

bool terminal_open(struct failure *failure)
{
    if (is_dumb())
        return open_lines(failure);
    terminal.screen = newterm(NULL, stdout, stdin);
    if (terminal.screen == NULL)
        return open_lines(failure);
    set_escdelay(ESC_DELAY_MS);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    begin_colours();
    keep_order(true);
    return true;
}

void terminal_close(void)
{
    keep_order(false);
    if (terminal.screen != NULL) {
        endwin();
        delscreen(terminal.screen);
    }
    if (terminal.has_before)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
    free(terminal.shown);
    memset(&terminal, 0, sizeof(terminal));
}

bool terminal_speaks_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void terminal_size(int *ret_rows, int *ret_columns)
{
    struct winsize size = {0};
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    *ret_rows = known && size.ws_row > 0 ? size.ws_row : DUMB_ROWS;
    *ret_columns = known && size.ws_col > 0 ? size.ws_col : DUMB_COLUMNS;
    *ret_rows = *ret_rows < ROWS_LEAST ? ROWS_LEAST : *ret_rows;
    *ret_columns = *ret_columns < COLUMNS_LEAST ? COLUMNS_LEAST : *ret_columns;
}

void terminal_repaint(void)
{
    struct winsize size = {0};
    if (terminal.screen == NULL) {
        free(terminal.shown);
        terminal.shown = NULL;
        return;
    }
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        (void)resize_term(size.ws_row, size.ws_col); /* resizeterm would type a key each time */
    clearok(stdscr, TRUE);
}

/* ---- a picture ---- */

static attr_t attributes_of(unsigned look)
{
    attr_t found = 0;
    enum ink ink = (enum ink)(look & INK_MASK);
    if (ink == INK_DIM)
        found |= A_DIM;
    if (ink == INK_BOLD || ink == INK_OVER || (look & LOOK_BOLD) != 0)
        found |= A_BOLD;
    if ((look & LOOK_CURSOR) != 0)
        found = (found & ~A_DIM) | A_REVERSE;
    return found;
}

static short pen_of(unsigned look)
{
    enum ink ink = (enum ink)(look & INK_MASK);
    return terminal.colour && ink >= INK_OVER && ink < INKS ? (short)ink : 0;
}

static void show_cell(int row, int column, const struct cell *cell)
{
    wchar_t text[GLYPH_MARKS + 2] = {(wchar_t)cell->glyph.base};
    cchar_t made;
    for (size_t i = 0; i < GLYPH_MARKS && cell->glyph.marks[i] != 0; i++)
        text[i + 1] = (wchar_t)cell->glyph.marks[i];
    if (setcchar(&made, text, attributes_of(cell->look), pen_of(cell->look), NULL) == OK)
        (void)mvadd_wch(row, column, &made);
}

static void show_lines(const struct canvas *canvas)
{
    size_t room = (size_t)canvas->columns * 20 + 2;
    size_t size = 0;
    char *text = malloc(room * (size_t)canvas->rows + 1);
    need(text != NULL);
    for (int row = 0; row < canvas->rows; row++) {
        size += canvas_row(canvas, row, text + size, room);
        text[size++] = '\r';
        text[size++] = '\n';
    }
    text[size] = '\0';
    if (terminal.shown == NULL || strcmp(terminal.shown, text) != 0)
        (void)fputs(text, stdout);
    (void)fflush(stdout);
    free(terminal.shown);
    terminal.shown = text;
}

void terminal_show(const struct canvas *canvas)
{
    if (terminal.screen == NULL) {
        show_lines(canvas);
        return;
    }
    for (int row = 0; row < canvas->rows; row++)
        for (int column = 0; column < canvas->columns; column++) {
            const struct cell *cell =
                &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
            if (cell->glyph.base != 0)
                show_cell(row, column, cell);
        }
    bool cursor = canvas->cursor_row >= 0 && canvas->cursor_column >= 0 &&
                  canvas->cursor_column < canvas->columns;
    (void)curs_set(cursor ? 1 : 0);
    if (cursor)
        (void)move(canvas->cursor_row, canvas->cursor_column);
    else
        (void)move(canvas->rows - 1, canvas->columns - 1);
    (void)refresh();
}

/* ---- keys ---- */

static uint32_t key_of_curses(wint_t code)
{
    static const struct {
        wint_t curses;
        uint32_t key;
    } keys[] = {
        {KEY_UP, KEY_UP_},           {KEY_DOWN, KEY_DOWN_},       {KEY_LEFT, KEY_LEFT_},
        {KEY_RIGHT, KEY_RIGHT_},     {KEY_HOME, KEY_HOME_},       {KEY_END, KEY_END_},
        {KEY_PPAGE, KEY_PAGE_UP_},   {KEY_NPAGE, KEY_PAGE_DOWN_}, {KEY_DC, KEY_DELETE_},
        {KEY_BACKSPACE, KEY_ERASE_}, {KEY_ENTER, KEY_ENTER_},     {KEY_BTAB, KEY_TAB_BACK_},
        {KEY_RESIZE, KEY_RESIZE_},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].curses == code)
            return keys[i].key;
    if (code > KEY_F0 && code <= KEY_F(12))
        return KEY_FN((uint32_t)code - KEY_F0);
    return 0;
}

static uint32_t plain(uint32_t key)
{
    return key == 10 ? KEY_ENTER_ : key == 8 ? KEY_ERASE_ : key;
}

static bool key_of_lines(uint32_t *ret_key, bool *ret_gone)
{
    unsigned char byte;
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&ready, 1, 0) <= 0)
        return false;
    ssize_t size = read(STDIN_FILENO, &byte, 1);
    *ret_gone = size == 0 && (ready.revents & POLLHUP) != 0;
    *ret_key = plain(byte);
    if (size != 1 || byte != KEY_ESC_ || poll(&ready, 1, ESC_DELAY_MS) <= 0)
        return size == 1;
    if (read(STDIN_FILENO, &byte, 1) == 1)
        *ret_key = KEY_ALT(byte);
    return true;
}

/* What follows Esc [ or Esc O on a terminal that is another than it says: known by its number or
 * letter, and never typed as letters. 0: not a key of ours. */
static uint32_t key_of_sequence(wint_t opening)
{
    static const uint32_t numbered[] = {
        [1] = KEY_HOME_,      [3] = KEY_DELETE_, [4] = KEY_END_,    [5] = KEY_PAGE_UP_,
        [6] = KEY_PAGE_DOWN_, [11] = KEY_FN(1),  [12] = KEY_FN(2),  [13] = KEY_FN(3),
        [14] = KEY_FN(4),     [15] = KEY_FN(5),  [17] = KEY_FN(6),  [18] = KEY_FN(7),
        [19] = KEY_FN(8),     [20] = KEY_FN(9),  [21] = KEY_FN(10), [23] = KEY_FN(11),
        [24] = KEY_FN(12)};
    static const struct {
        wint_t letter;
        uint32_t key;
    } lettered[] = {{'A', KEY_UP_},   {'B', KEY_DOWN_}, {'C', KEY_RIGHT_},   {'D', KEY_LEFT_},
                    {'H', KEY_HOME_}, {'F', KEY_END_},  {'P', KEY_FN(1)},    {'Q', KEY_FN(2)},
                    {'R', KEY_FN(3)}, {'S', KEY_FN(4)}, {'Z', KEY_TAB_BACK_}};
    enum { NUMBERED = sizeof(numbered) / sizeof(numbered[0]), SEQUENCE_MAX = 16 };
    uint32_t number = 0;
    wint_t code = 0;
    bool first = true; /* of numbers divided by ';' */
    int length = 0;
    for (; length < SEQUENCE_MAX && get_wch(&code) == OK && code < '@'; length++) {
        first = first && code >= '0' && code <= '9';
        if (first && number < NUMBERED)
            number = number * 10 + (uint32_t)(code - '0');
    }
    if (length == 0 && code == 0)
        return KEY_ALT((uint32_t)opening);
    if (code == '~')
        return number < NUMBERED ? numbered[number] : 0;
    for (size_t i = 0; i < sizeof(lettered) / sizeof(lettered[0]); i++)
        if (lettered[i].letter == code)
            return lettered[i].key;
    return 0;
}

bool terminal_key(uint32_t *ret_key, bool *ret_gone)
{
    wint_t code = 0;
    *ret_gone = false;
    if (terminal.screen == NULL)
        return key_of_lines(ret_key, ret_gone);
    errno = 0;
    int kind = get_wch(&code);
    if (kind == ERR) {
        struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
        *ret_gone = poll(&ready, 1, 0) > 0 && (ready.revents & (POLLHUP | POLLERR)) != 0;
        return false;
    }
    *ret_key = kind == KEY_CODE_YES ? key_of_curses(code) : plain((uint32_t)code);
    if (kind == KEY_CODE_YES || code != KEY_ESC_)
        return true;
    if (get_wch(&code) == OK && code != KEY_ESC_)
        *ret_key = code == '[' || code == 'O' ? key_of_sequence(code) : KEY_ALT((uint32_t)code);
    return true;
}
