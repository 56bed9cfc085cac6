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
#include "domain/catalogue/product.h"
#include "domain/corrections/correction.h"
#include "domain/credit/credit.h"
#include "domain/documents/document.h"
#include "domain/entity/job.h"
#include "domain/org/branch.h"
#include "domain/org/company.h"
#include "domain/org/rights.h"
#include "domain/org/staff.h"
#include "domain/org/terminal.h"
#include "domain/party/authorised_buyer.h"
#include "domain/party/change_log.h"
#include "domain/party/customer.h"
#include "domain/party/customer_record.h"
#include "domain/party/group.h"
#include "domain/payments/money_account.h"
#include "domain/payments/payment.h"
#include "domain/receivables/account.h"
#include "domain/receivables/match.h"
#include "domain/receivables/posting.h"
#include "domain/reports/report.h"
