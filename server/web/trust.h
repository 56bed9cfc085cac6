#pragma once
/*
 * Inside web: /trust, by which a device is given the root that the page's certificate stands under.
 * Plain HTML without a script, in the language of the browser or a chosen one; the root as browsers
 * of Android and computers take it, and as iOS does; its fingerprint.
 *
 *   /trust                     the steps; /trust/vi … in a chosen language
 *   /trust/root.crt            DER
 *   /trust/root.mobileconfig   a profile for iOS
 *   /trust/style.css
 *
 * Where there is no root to be given, all of them but the style say so, with 404; so do, where
 * there is one, other addresses below /trust, with the steps.
 */
#include "web/pages.h"

struct trust;

/* pem: one certificate; empty: there is no root to be given. */
struct trust *trust_create(struct slice pem, struct failure *failure);
void trust_destroy(struct trust *trust); /* NULL welcome */

/* False: the path is none below /trust; with NULL every path. The body is good until the next call.
 */
bool trust_answer(struct trust *trust, const struct site_origin *origin,
                  const struct http_head *head, bool ends, struct answer *ret_answer);
