#pragma once
/*
 * The book: the nouns of the trade. A noun includes only nouns to its left:
 *
 *   company → branch → terminal → staff → group → customer_record → story → person → customer
 *     → product → place → posting → account → credit → line → document → match → payment
 *     → correction → job → report
 *
 * When the left must react to the right, the right calls the left's plain function in the same
 * transaction. Each file: record, rules, changes (apply_…), services, views; see README.
 *
 * A change: `Tefter__Refusal *apply_x(struct tx *tx, const Tefter__X *command, Tefter__Done *done)`
 * returns NULL when done. A view: `Tefter__Refusal *view_x(struct tx *tx, const Tefter__X *query,
 * Tefter__XAnswer *answer)`. What comes in has been scanned (message_scan): required fields are
 * there, text is valid UTF-8 without NUL, enums are known.
 */
#include "book/account.h"
#include "book/branch.h"
#include "book/company.h"
#include "book/correction.h"
#include "book/credit.h"
#include "book/customer.h"
#include "book/customer_record.h"
#include "book/document.h"
#include "book/group.h"
#include "book/job.h"
#include "book/match.h"
#include "book/payment.h"
#include "book/person.h"
#include "book/place.h"
#include "book/posting.h"
#include "book/product.h"
#include "book/report.h"
#include "book/rights.h"
#include "book/staff.h"
#include "book/story.h"
#include "book/terminal.h"
