/*
 * The relay with any bytes, in any order of events: browsers come, ask, upgrade, send frames cut
 * anyhow; tefterd's side opens, answers, stops reading, ends; time goes by. Streams and the clock
 * are played here (the linker puts these in the place of the real ones), all else is the relay.
 *
 * Whatever comes: the far side is opened by a good upgrade alone, its first bytes are the PROXY
 * header, all others are what RFC 6455 makes of the browser's frames; the browser gets what the far
 * side sent and nothing else; what waits is bounded; when all have gone nothing is left.
 */
#include "base/log.h"
#include "fuzz/frames.h"
#include "net/proxy.h"
#include "web/relay.h"

#include <arpa/inet.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAIRS = 8, PLACES = 6, CHUNK_MAX = 64 * 1024, OUT_MAX = 1 << 24, FILE_BYTES = 70 * 1000 };

struct fake {
    struct stream_events events;
    void *context;
    bool there; /* `closed` has not been called */
    bool opened;
    bool closing;
    bool paused;
    size_t waiting;
    struct buffer out;
};

/* A browser and what was opened for it. */
struct pair {
    struct fake near;
    struct fake far;
    bool used;
    uint8_t address;
    size_t switched;        /* where in `near.out` the frames begin; 0: nowhere yet */
    struct frames asked;    /* by the browser, since then */
    struct frames told;     /* to the browser, since then */
    struct buffer answered; /* by tefterd */
    size_t far_seen, near_seen, told_seen; /* so much of it has been looked at */
};

static struct pair pairs[PAIRS];
static struct pair *acting; /* of whom an event is told */
static uint64_t now_ms;
static bool far_fails;

/* ---- what the relay calls ---- */

struct input {
    const uint8_t *at;
    const uint8_t *end;
};

static struct fake *fake_of(const struct stream *stream)
{
    return (struct fake *)(uintptr_t)stream;
}

static struct pair *pair_of(const struct fake *fake)
{
    for (int i = 0; i < PAIRS; i++)
        if (fake == &pairs[i].near || fake == &pairs[i].far)
            return &pairs[i];
    need(false);
    return NULL;
}

bool __wrap_stream_write(struct stream *stream, struct slice bytes);
size_t __wrap_stream_waiting(const struct stream *stream);
void __wrap_stream_pause(struct stream *stream, bool paused);
void __wrap_stream_close(struct stream *stream, const char *reason);
void __wrap_stream_abort(struct stream *stream, const char *reason);
void __wrap_stream_proven(struct stream *stream);
void __wrap_stream_unsent_bound(struct stream *stream, int bytes);
void __wrap_stream_address(const struct stream *stream, char *out, size_t capacity);
uint64_t __wrap_stream_address_key(const struct stream *stream);
bool __wrap_stream_ends(const struct stream *stream, struct sockaddr_storage *ret_peer,
                        struct sockaddr_storage *ret_own);
struct stream *__wrap_stream_connect_local(struct loop *loop, const char *path,
                                           const struct stream_events *events, void *context,
                                           struct failure *failure);
uint64_t __wrap_loop_now_ms(const struct loop *loop);
void __wrap_log_line(enum log_level level, const char *event, ...);

bool __wrap_stream_write(struct stream *stream, struct slice bytes)
{
    struct fake *fake = fake_of(stream);
    need(fake->there && (fake->opened || fake->closing));
    if (fake->closing)
        return false;
    need(buffer_put(&fake->out, bytes.data, bytes.size));
    fake->waiting += bytes.size;
    return true;
}

size_t __wrap_stream_waiting(const struct stream *stream)
{
    need(fake_of(stream)->there);
    return fake_of(stream)->waiting;
}

void __wrap_stream_pause(struct stream *stream, bool paused)
{
    need(fake_of(stream)->there);
    fake_of(stream)->paused = paused;
}

void __wrap_stream_close(struct stream *stream, const char *reason)
{
    (void)reason;
    need(fake_of(stream)->there);
    fake_of(stream)->closing = true;
}

void __wrap_stream_abort(struct stream *stream, const char *reason)
{
    __wrap_stream_close(stream, reason);
}

void __wrap_stream_proven(struct stream *stream)
{
    need(fake_of(stream)->there);
}

void __wrap_stream_unsent_bound(struct stream *stream, int bytes)
{
    need(fake_of(stream)->there && bytes == UNSENT_BYTES);
}

void __wrap_stream_address(const struct stream *stream, char *out, size_t capacity)
{
    need(fake_of(stream)->there && capacity > 1);
    out[0] = '\0';
}

uint64_t __wrap_stream_address_key(const struct stream *stream)
{
    return pair_of(fake_of(stream))->address;
}

bool __wrap_stream_ends(const struct stream *stream, struct sockaddr_storage *ret_peer,
                        struct sockaddr_storage *ret_own)
{
    struct pair *pair = pair_of(fake_of(stream));
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(40000)};
    peer.sin_addr.s_addr = htonl(0xC0000200 + pair->address);
    memcpy(ret_peer, &peer, sizeof peer);
    memcpy(ret_own, &peer, sizeof peer);
    return pair->near.there && !pair->near.closing;
}

struct stream *__wrap_stream_connect_local(struct loop *loop, const char *path,
                                           const struct stream_events *events, void *context,
                                           struct failure *failure)
{
    (void)loop;
    (void)path;
    (void)failure;
    need(acting != NULL && !acting->far.there && acting->switched == 0);
    if (far_fails)
        return NULL;
    acting->far.events = *events;
    acting->far.context = context;
    acting->far.there = true;
    return (struct stream *)(void *)&acting->far;
}

uint64_t __wrap_loop_now_ms(const struct loop *loop)
{
    (void)loop;
    return now_ms;
}

void __wrap_log_line(enum log_level level, const char *event, ...)
{
    (void)level;
    need(event != NULL);
}

/* ---- what it has to be ---- */

static bool goes_on(const struct fake *fake)
{
    return fake->there && !fake->closing;
}

/* What is new of `part`, which begins at `from` in it, is what stands there in `whole`. */
static void need_same(struct slice whole, struct slice part, size_t *seen)
{
    need(*seen <= part.size && part.size <= whole.size);
    if (*seen == part.size)
        return;
    need(slice_equal(slice_of(part.data + *seen, part.size - *seen),
                     slice_of(whole.data + *seen, part.size - *seen)));
    *seen = part.size;
}

static void look_at_far(struct pair *pair)
{
    struct proxy_peer peer;
    size_t head = 0;
    struct slice out = buffer_slice(&pair->far.out);
    if (pair->switched == 0) {
        need(out.size == 0);
        return;
    }
    need(proxy_read(out, &peer, &head) == PROXY_WHOLE && !peer.local);
    struct slice told = slice_of(out.data + head, out.size - head);
    need_same(buffer_slice(&pair->asked.data), told, &pair->far_seen);
    if (goes_on(&pair->near) && goes_on(&pair->far))
        need(frames_good(&pair->asked) && told.size == pair->asked.data.size);
    need(pair->far.waiting <= MARK_BYTES + CHUNK_MAX + PROXY_WRITTEN_MAX);
}

static void look_at_near(struct pair *pair)
{
    struct slice out = buffer_slice(&pair->near.out);
    need(out.size < 9 || memcmp(out.data, "HTTP/1.1 ", 9) == 0);
    if (pair->switched == 0)
        return;
    if (pair->near_seen < pair->switched)
        pair->near_seen = pair->switched;
    frames_read(&pair->told, slice_of(out.data + pair->near_seen, out.size - pair->near_seen));
    pair->near_seen = out.size;
    need(!pair->told.wrong && pair->told.part == FRAME_FIRST);
    need(pair->told.read == out.size - pair->switched); /* nothing behind a close */
    need_same(buffer_slice(&pair->answered), buffer_slice(&pair->told.data), &pair->told_seen);
    if (goes_on(&pair->near))
        need(pair->told.closes == 0 && pair->told.data.size == pair->answered.size);
    need(pair->near.waiting <= 2 * (MARK_BYTES + CHUNK_MAX));
}

/* The bytes that made it a WebSocket end with an empty line. */
static void find_switch(struct pair *pair, size_t before)
{
    static const char said[] = "HTTP/1.1 101 ";
    struct slice out = buffer_slice(&pair->near.out);
    if (pair->switched != 0 || out.size < before + sizeof said - 1 ||
        memcmp(out.data + before, said, sizeof said - 1) != 0)
        return;
    const uint8_t *end = memmem(out.data + before, out.size - before, "\r\n\r\n", 4);
    need(end != NULL);
    pair->switched = (size_t)(end + 4 - out.data);
    need(pair->far.there && pair->far.out.size > 0);
}

static void look(struct relay *relay)
{
    uint32_t count = 0;
    for (int i = 0; i < PAIRS; i++) {
        if (!pairs[i].used)
            continue;
        look_at_far(&pairs[i]);
        look_at_near(&pairs[i]);
        count += pairs[i].near.there || pairs[i].far.there;
    }
    need(relay->count == count && relay->visits <= relay->count && relay->count <= PLACES);
}

/* ---- events ---- */

static void pair_fini(struct pair *pair)
{
    buffer_fini(&pair->near.out);
    buffer_fini(&pair->far.out);
    buffer_fini(&pair->answered);
    buffer_fini(&pair->asked.data);
    buffer_fini(&pair->told.data);
}

static void come(struct relay *relay, struct pair *pair, uint8_t address)
{
    struct pair fresh = {.used = true, .address = address};
    if (pair->used && (pair->near.there || pair->far.there))
        return;
    if (pair->used)
        pair_fini(pair);
    *pair = fresh;
    buffer_init(&pair->near.out, OUT_MAX);
    buffer_init(&pair->far.out, OUT_MAX);
    buffer_init(&pair->answered, OUT_MAX);
    frames_init(&pair->asked, true);
    frames_init(&pair->told, false);
    pair->near.there = browser_accept(relay, (struct stream *)(void *)&pair->near,
                                      &pair->near.events, &pair->near.context);
}

static void near_opens(struct pair *pair)
{
    if (!pair->near.there || pair->near.opened || pair->near.closing)
        return;
    pair->near.opened = true;
    pair->near.events.open(pair->near.context);
}

static void near_says(struct pair *pair, struct slice bytes)
{
    near_opens(pair);
    if (!pair->near.there || pair->near.closing || pair->near.paused || bytes.size == 0)
        return;
    if (pair->switched != 0)
        frames_read(&pair->asked, bytes);
    pair->near.events.bytes(pair->near.context, bytes);
}

static void far_opens(struct pair *pair)
{
    if (!pair->far.there || pair->far.opened || pair->far.closing)
        return;
    pair->far.opened = true;
    size_t before = pair->near.out.size;
    pair->far.events.open(pair->far.context);
    find_switch(pair, before);
}

static void far_says(struct pair *pair, struct slice bytes)
{
    if (!pair->far.opened || !pair->far.there || pair->far.closing || pair->far.paused ||
        bytes.size == 0)
        return;
    if (pair->near.there && !pair->near.closing)
        need(buffer_put(&pair->answered, bytes.data, bytes.size));
    pair->far.events.bytes(pair->far.context, bytes);
}

static void drains(struct fake *fake)
{
    if (!fake->there || !fake->opened || fake->closing || fake->waiting == 0)
        return;
    fake->waiting = 0;
    fake->events.drained(fake->context);
}

static void ends(struct fake *fake)
{
    if (!fake->there)
        return;
    fake->there = false;
    fake->closing = true;
    fake->events.closed(fake->context, "over");
}

static void pass(struct relay *relay, uint64_t ms)
{
    now_ms += ms;
    relay->sockets_allowed = relay->sockets_allowed < 3 ? relay->sockets_allowed + 1 : 3;
    for (struct browser *browser = relay->browsers, *next = NULL; browser != NULL; browser = next) {
        next = browser_next(browser);
        browser_tick(browser, now_ms);
    }
}

/* ---- a relay, a script ---- */

static const char upgrade[] =
    "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Origin: https://shop.example\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: tefter.v1\r\n\r\n";
static const char page[] = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

static struct slice take(struct input *input, size_t size)
{
    size_t there = (size_t)(input->end - input->at);
    struct slice taken = slice_of(input->at, size < there ? size : there);
    input->at += taken.size;
    return taken;
}

static uint8_t take_byte(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

/* Many bytes of one value: few of the input make much. */
static void fill(uint8_t *out, size_t size, uint8_t value)
{
    memset(out, value, size);
}

static void says_much(struct pair *pair, size_t size, uint8_t value, bool near)
{
    static uint8_t bytes[CHUNK_MAX];
    fill(bytes, size, value);
    if (near)
        near_says(pair, slice_of(bytes, size));
    else
        far_says(pair, slice_of(bytes, size));
}

/* One whole frame, masked with zeros. */
static void says_frame(struct pair *pair, uint8_t first, uint8_t size, uint8_t value)
{
    uint8_t frame[6 + 125] = {first, 0x80};
    frame[1] = (uint8_t)(0x80 | (size % 126));
    fill(frame + 6, size % 126, value);
    near_says(pair, slice_of(frame, 6 + (size_t)(size % 126)));
}

static void act(struct relay *relay, struct input *input)
{
    uint8_t what = take_byte(input), more = take_byte(input);
    struct pair *pair = acting = &pairs[(what >> 4) % PAIRS];
    switch (what & 15) {
    case 0:
        come(relay, pair, more % 5);
        break;
    case 1:
        near_says(pair, take(input, more));
        break;
    case 2:
        near_says(pair, slice_text(upgrade));
        break;
    case 3:
        near_says(pair, slice_text(page));
        break;
    case 4:
        says_frame(pair, take_byte(input), more, take_byte(input));
        break;
    case 5:
        says_much(pair, 1 + (size_t)more * 257 % CHUNK_MAX, take_byte(input), true);
        break;
    case 6:
        far_opens(pair);
        break;
    case 7:
        far_says(pair, take(input, more));
        break;
    case 8:
        says_much(pair, 1 + (size_t)more * 257 % CHUNK_MAX, take_byte(input), false);
        break;
    case 9:
        drains(&pair->near);
        break;
    case 10:
        drains(&pair->far);
        break;
    case 11:
        ends(more & 1 ? &pair->near : &pair->far);
        break;
    case 12:
        pass(relay, (uint64_t)more * 300);
        break;
    case 13:
        far_fails = more & 1;
        break;
    case 14:
        near_opens(pair);
        break;
    default:
        if (pair->near.closing)
            ends(&pair->near);
        if (pair->far.closing)
            ends(&pair->far);
    }
}

static void all_go(uint8_t order)
{
    for (int i = 0; i < PAIRS; i++) {
        struct pair *pair = acting = &pairs[i];
        ends(order & 1 ? &pair->near : &pair->far);
        ends(order & 1 ? &pair->far : &pair->near);
        if (!pair->used)
            continue;
        pair_fini(pair);
        *pair = (struct pair){.used = false};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[FILE_BYTES];
    static const struct web_file file = {"/index.html", bytes, bytes + sizeof bytes, NULL, NULL,
                                         NULL,          NULL};
    static const struct web_options options = {.socket = "web.socket"};
    struct relay relay = {.options = &options, .most = PLACES, .sockets_allowed = 3};
    struct input input = {data, data + size};
    need(site_add(&relay.site, "https://shop.example", NULL));
    need(tally_init(&relay.visits_of, PLACES) && tally_init(&relay.sockets_of, PLACES));
    relay.pages = pages_create(&file, 1);
    need(relay.pages != NULL);
    now_ms = 1000;
    far_fails = false;
    while (input.at < input.end) {
        act(&relay, &input);
        look(&relay);
    }
    all_go(size > 0 ? data[size - 1] : 0);
    need(relay.count == 0 && relay.visits == 0 && relay.browsers == NULL);
    for (uint8_t address = 0; address < 5; address++)
        need(tally_count(&relay.visits_of, address) == 0 &&
             tally_count(&relay.sockets_of, address) == 0);
    tally_fini(&relay.visits_of);
    tally_fini(&relay.sockets_of);
    pages_destroy(relay.pages);
    return 0;
}
