/*
 * The process that founds: its folder beside the ledger's, the link, the page; then serve.
 */
#include "founding/founding.h"

#include "founding/inside.h"

#include "admin/init.h"
#include "base/log.h"
#include "base/sd_notify.h"
#include "base/tell.h"
#include "notice/setup.h"
#include "serve/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libgen.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_MAX = 1024 * 1024, LOOK_MS = 10 * 1000, WEB_SIZE = 300 };

#define WORK_SUFFIX ".founding"

/* ---- making the ledger ---- */

/* The recovery code is the owner's password: it lets them in where there is no PIN yet. */
static bool hash_secrets(const char *recovery, const char *pin, struct init_request *request,
                         struct failure *failure)
{
    return (password_hash(recovery, strlen(recovery), request->password_hash) &&
            password_hash(pin, strlen(pin), request->pin_hash)) ||
           fail(failure, FAULT_MEMORY, 0, "no memory to hash the PIN");
}

/* In its place at once and whole, whatever happens to the machine. */
static bool put_in_place(const struct founding *founding, struct failure *failure)
{
    char parent[FILES_PATH_MAX];
    memcpy(parent, founding->place, sizeof parent);
    if (rename(founding->made, founding->place) != 0)
        return fail(failure, FAULT_IO, errno, "cannot put the ledger in its place, %s",
                    founding->place);
    return files_sync_folder(dirname(parent), failure);
}

bool founding_make(struct founding *founding, const Tefter__FoundCompany *found,
                   const char *recovery, struct failure *failure)
{
    static struct init_request request;
    struct settings settings = *founding->settings;
    settings.ledger = founding->made;
    settings.company = found->company;
    settings.currency = found->currency;
    settings.admin = FOUNDING_LOGIN;
    settings.admin_name = found->owner;
    settings.branch = found->branch_code;
    request = (struct init_request){.settings = &settings,
                                    .id = &founding->id,
                                    .country = found->country,
                                    .paper_language = found->paper_language,
                                    .branch_name = found->branch_name,
                                    .has_tax_bp = true,
                                    .tax_bp = found->tax_bp,
                                    .offset_minutes = found->utc_offset_minutes,
                                    .asks_over_limit = true,
                                    .browser_key = slice_of(found->key.data, found->key.len)};
    bool good = init_check(&settings, failure) &&
                hash_secrets(recovery, found->pin, &request, failure) &&
                init_make(&request, failure) && put_in_place(founding, failure);
    secret_wipe(&request, sizeof request);
    if (!good)
        return false;
    founding_secret_use(&founding->secret);
    founding->founded = true;
    log_line(LOG_NOTICE, "founded", "ledger", founding->place, NULL);
    return true;
}

/* ---- the folders ---- */

static bool is_ledger(const char *folder)
{
    char format[FILES_PATH_MAX];
    return files_join(format, folder, "format", NULL) && files_exist(format);
}

/* A ledger is put over it by its name: what is mounted there cannot be replaced. */
static bool replaceable(const struct founding *founding, struct failure *failure)
{
    struct stat own, above;
    char parent[FILES_PATH_MAX];
    memcpy(parent, founding->place, sizeof parent);
    if (stat(founding->place, &own) != 0 || stat(dirname(parent), &above) != 0 ||
        own.st_dev == above.st_dev)
        return true;
    return fail(failure, FAULT_USE, 0,
                "%s is where a disk is mounted; name a folder inside it, as --ledger %s/ledger",
                founding->place, founding->place);
}

static bool look_at_place(const struct founding *founding, struct failure *failure)
{
    struct datadir place;
    if (files_empty_folder(founding->place))
        return replaceable(founding, failure);
    if (!datadir_init(&place, founding->place, failure))
        return false;
    if (!is_ledger(place.root) && !files_exist(place.checkpoints))
        return fail(failure, FAULT_USE, 0,
                    "%s is there and not empty, and is not a ledger; name a folder that does not "
                    "exist yet",
                    place.root);
    return datadir_check(&place, failure);
}

/* What one left that was killed: a whole ledger that is not in its place, or half of one. */
static bool look_at_work(struct founding *founding, struct failure *failure)
{
    if (!is_ledger(founding->made))
        return files_remove_tree(founding->made, failure);
    log_line(LOG_NOTICE, "founding_resumed", "ledger", founding->place, NULL);
    founding->founded = put_in_place(founding, failure);
    return founding->founded;
}

static bool name_work(struct founding *founding, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    size_t size = strlen(founding->place);
    if (size + sizeof WORK_SUFFIX > sizeof path)
        return fail(failure, FAULT_USE, 0, "the name of the ledger's folder is too long");
    memcpy(path, founding->place, size);
    memcpy(path + size, WORK_SUFFIX, sizeof WORK_SUFFIX);
    return datadir_init(&founding->work, path, failure) &&
           files_join(founding->made, founding->work.root, "ledger", failure);
}

static bool open_work(struct founding *founding, struct failure *failure)
{
    return name_work(founding, failure) &&
           (mkdir(founding->work.root, 0700) == 0 || errno == EEXIST ||
            fail(failure, FAULT_IO, errno, "cannot make %s", founding->work.root)) &&
           datadir_take(&founding->work, failure) && look_at_work(founding, failure);
}

/* ---- where the page is ---- */

/* Port 0 is one for each start of the page; the link names one that stays. */
static bool fix_port(char web[WEB_SIZE], struct failure *failure)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char *colon = strrchr(web, ':');
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && colon != NULL &&
                bind(fd, (const struct sockaddr *)&address, size) == 0 &&
                getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    if (fd >= 0)
        close(fd);
    if (!good)
        return fail(failure, FAULT_IO, errno, "no port is free for the page");
    snprintf(colon, WEB_SIZE - (size_t)(colon - web), ":%u", (unsigned)ntohs(address.sin_port));
    return true;
}

static bool look_at_web(const struct settings *settings, char web[WEB_SIZE],
                        struct failure *failure)
{
    if (settings->web == NULL)
        return fail(failure, FAULT_USE, 0,
                    "where is the page to be? --web HOST:PORT, as --web 127.0.0.1:8420");
    if (!stream_address_check(settings->web, failure))
        return false;
    if (snprintf(web, WEB_SIZE, "%s", settings->web) >= WEB_SIZE)
        return fail(failure, FAULT_USE, 0, "the address of the page is too long");
    return site_port(web) != 0 || fix_port(web, failure);
}

/* Standard output is where who started it looks, and no log of others. */
static void tell_link(const struct founding *founding, const char *secret)
{
    const struct site *site = &founding->site;
    tell(stdout,
         "There is no ledger in %s yet. Open this link in a browser and answer five questions; it "
         "counts until a ledger is founded by it, so give it to nobody else:\n\n  "
         "%s%s/#found=%s\n\n",
         founding->place, site->count > 0 ? "" : "http://",
         site->count > 0 ? site->origins[0].text : founding->settings->web, secret);
    (void)fflush(stdout);
}

/* ---- the loop ---- */

static void on_term(void *context)
{
    loop_stop(((struct founding *)context)->loop);
}

static void on_look(void *context)
{
    talk_cut_silent(context);
}

static bool build(struct founding *founding, struct failure *failure)
{
    founding->loop = loop_create(failure);
    if (founding->loop == NULL)
        return false;
    founding->end = loop_timer_create(founding->loop, on_term, founding);
    founding->cut = loop_timer_create(founding->loop, on_look, founding);
    if (founding->end == NULL || founding->cut == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
    loop_timer_start(founding->cut, LOOK_MS, LOOK_MS);
    founding->listener =
        stream_listen_local(founding->loop, founding->work.web, talk_accept, founding, failure);
    if (founding->listener == NULL)
        return false;
    struct page_options options = {.loop = founding->loop,
                                   .settings = founding->settings,
                                   .folder = &founding->work,
                                   .site = &founding->site};
    founding->page = page_create(&options, failure);
    return founding->page != NULL && ((loop_on_signal(founding->loop, SIGTERM, on_term, founding) &&
                                       loop_on_signal(founding->loop, SIGINT, on_term, founding)) ||
                                      fail(failure, FAULT_IO, 0, "cannot watch for signals"));
}

static void tear_down(struct founding *founding)
{
    page_destroy(founding->page);
    if (founding->listener != NULL)
        stream_listener_close(founding->listener);
    loop_timer_destroy(founding->end);
    loop_timer_destroy(founding->cut);
    if (founding->loop != NULL)
        loop_destroy(founding->loop);
}

static bool wait_for_founder(struct founding *founding, struct failure *failure)
{
    char secret[FOUNDING_SECRET_SIZE];
    random_bytes(founding->id.bytes, sizeof founding->id.bytes);
    founding_secret_make(&founding->secret, secret);
    arena_init(&founding->arena, ARENA_MAX);
    bool built = page_site(founding->settings, &founding->site, failure);
    for (size_t i = 0; i < founding->site.count; i++)
        founding->origins[i] = founding->site.origins[i].text;
    built = built && build(founding, failure);
    if (built) {
        tell_link(founding, secret);
        notify_ready();
        secret_wipe(secret, sizeof secret);
        loop_run(founding->loop);
    }
    tear_down(founding);
    arena_fini(&founding->arena);
    return built;
}

/* Its socket and lock are nobody's any more; a ledger that was not put in its place stays. */
static void close_work(struct founding *founding)
{
    if (!is_ledger(founding->made))
        files_remove_tree(founding->work.root, NULL);
    datadir_leave(&founding->work);
}

/* Who was killed between the ledger in its place and the end left the folder they worked in. */
static void clear_work(struct founding *founding)
{
    if (name_work(founding, NULL) && files_exist(founding->work.root) &&
        datadir_take(&founding->work, NULL))
        close_work(founding);
}

static bool found(struct founding *founding, struct failure *failure)
{
    if (!open_work(founding, failure)) {
        datadir_leave(&founding->work);
        return false;
    }
    bool good = founding->founded || wait_for_founder(founding, failure);
    close_work(founding);
    return good;
}

int found_run(const struct settings *settings)
{
    static struct founding founding;
    static struct settings said;
    static char web[WEB_SIZE];
    struct datadir folder;
    struct failure failure = {.fault = FAULT_NONE};
    log_setup("tefterd", LOG_INFO);
    said = *settings;
    founding = (struct founding){.settings = &said, .work.lock_fd = -1};
    /* What could never be served is told before anybody founds anything. */
    if (!look_at_web(settings, web, &failure) || !notice_check(settings, NULL, &failure) ||
        !datadir_init(&folder, said.ledger, &failure))
        return settings_report(&failure);
    said.web = web;
    memcpy(founding.place, folder.root, sizeof founding.place);
    if (!look_at_place(&founding, &failure))
        return settings_report(&failure);
    if (is_ledger(founding.place))
        clear_work(&founding);
    else {
        if (!found(&founding, &failure))
            return settings_report(&failure);
        if (!founding.founded)
            return EXIT_DONE;
    }
    said.branch = said.company = said.currency = NULL;
    return serve_run(&said);
}
