#pragma once
/* Every refusal there is, with all its facts and with none. */
#include <string.h>

#include "lib/tefter.h"

struct facts_of_all {
    Tefter__Decision decision;
    Tefter__Text reason;
    Tefter__WayOut way[16];
    Tefter__WayOut *ways[16];
    Tefter__RefusalCode walls[8];
    Tefter__Role roles[3];
};

/* The text of a literal, for protobuf-c, which wants it writable and does not write. */
#define TEXT(literal) ((char *)(uintptr_t)(literal))

static inline void decide_all(Tefter__Decision *decision, Tefter__RefusalCode walls[8])
{
    static const Tefter__RefusalCode all[] = {TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED,
                                              TEFTER__REFUSAL_CODE__OVERDUE_TOO_OLD,
                                              TEFTER__REFUSAL_CODE__OVERDUE_TOO_MUCH,
                                              TEFTER__REFUSAL_CODE__DOCUMENT_TOO_BIG_FOR_CUSTOMER,
                                              TEFTER__REFUSAL_CODE__UNPAID_TOO_MANY,
                                              TEFTER__REFUSAL_CODE__SITE_LIMIT_EXCEEDED};
    *decision = (Tefter__Decision)TEFTER__DECISION__INIT;
    memcpy(walls, all, sizeof(all));
    decision->walls = walls;
    decision->n_walls = sizeof(all) / sizeof(all[0]);
    decision->limit_minor = 500000;
    decision->exposure_minor = 382400;
    decision->amount_minor = 166853;
    decision->over_by_minor = 49253;
    decision->has_overdue_minor = decision->has_too_old_minor = true;
    decision->overdue_minor = 31000;
    decision->too_old_minor = 21000;
    decision->has_unpaid_bills = decision->has_unpaid_max = true;
    decision->unpaid_bills = decision->unpaid_max = 7;
    decision->has_site_limit_minor = decision->has_site_exposure_minor = true;
    decision->has_site_over_by_minor = true;
    decision->site_limit_minor = 100;
    decision->site_exposure_minor = 40;
    decision->site_over_by_minor = 5;
}

static inline void fill_refusal(Tefter__Refusal *refusal, struct facts_of_all *facts)
{
    const ProtobufCEnumDescriptor *kinds = &tefter__way_out_kind__descriptor;
    refusal->field = TEXT("lines[3].quantity");
    refusal->has_over_by_minor = refusal->has_available_minor = refusal->has_most = true;
    refusal->over_by_minor = 49253;
    refusal->available_minor = 1234567;
    refusal->most = 70000;
    refusal->has_days = refusal->has_retry_ms = refusal->has_from_ms = refusal->has_date = true;
    refusal->days = 21;
    refusal->retry_ms = 30000;
    refusal->from_ms = 1795000000000;
    refusal->date = 20780;
    refusal->has_right = refusal->has_existing = refusal->has_at = refusal->has_point = true;
    refusal->right = TEFTER__RIGHT__RIGHT_APPROVE;
    refusal->existing = 17;
    refusal->existing_number = TEXT("TD-00017");
    refusal->at = 3;
    refusal->point = 'A';
    refusal->has_wanted = refusal->has_threshold = refusal->has_tries_left = true;
    refusal->wanted = 120000;
    refusal->threshold = TEFTER__THRESHOLD__THRESHOLD_REVERSAL;
    refusal->tries_left = 2;
    refusal->has_approval = true;
    refusal->approval = 4;
    refusal->by = TEXT("mai");
    refusal->replaced_by = TEXT("TD-00018");
    refusal->branch = TEXT("TD");
    refusal->goods = TEXT("100 bao");
    refusal->payer_code = TEXT("K-0007");
    refusal->units = TEXT("bao, tấn");
    facts->reason = (Tefter__Text)TEFTER__TEXT__INIT;
    facts->reason.value = TEXT("séc bị trả lại");
    refusal->reason = &facts->reason;
    facts->roles[0] = TEFTER__ROLE__ROLE_CONTROLLER;
    facts->roles[1] = TEFTER__ROLE__ROLE_MANAGER;
    facts->roles[2] = TEFTER__ROLE__ROLE_OWNER;
    refusal->roles = facts->roles;
    refusal->n_roles = 3;
    decide_all(&facts->decision, facts->walls);
    refusal->decision = &facts->decision;
    for (unsigned i = 0; i < 2 * kinds->n_values; i++) { /* each for them, then for their payer */
        facts->way[i] = (Tefter__WayOut)TEFTER__WAY_OUT__INIT;
        facts->way[i].kind = (Tefter__WayOutKind)kinds->values[i % kinds->n_values].value;
        facts->way[i].has_amount_minor = true;
        facts->way[i].amount_minor = 49253;
        facts->way[i].roles = facts->roles;
        facts->way[i].n_roles = 1 + i % 3;
        facts->way[i].customer_code = i < kinds->n_values ? NULL : TEXT("K-0007");
        facts->ways[i] = &facts->way[i];
    }
    refusal->ways = facts->ways;
    refusal->n_ways = 2 * kinds->n_values;
}

static inline void each_field(Tefter__Refusal *refusal, void (*each)(void *, Tefter__Refusal *),
                              void *context)
{
    static const struct {
        Tefter__RefusalCode code;
        const char *field;
    } told[] = {
#define REFUSAL_OF(name, field, pattern) {TEFTER__REFUSAL_CODE__##name, field},
#include "words/refusals.def"
    };
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        refusal->code = told[i].code;
        refusal->field = TEXT(told[i].field);
        each(context, refusal);
    }
}

static inline void each_special(Tefter__Refusal *refusal, void (*each)(void *, Tefter__Refusal *),
                                void *context)
{
    static const char *const fields[] = {"lines", "lines[1].quantity", "lines[0].serials[2]",
                                         "prices[2].price", "person.2.cap_sale_minor"};
    static const Tefter__RefusalCode codes[] = {
        TEFTER__REFUSAL_CODE__FIELD_MISSING, TEFTER__REFUSAL_CODE__ALREADY_EXISTS,
        TEFTER__REFUSAL_CODE__AMOUNT_NOT_POSITIVE, TEFTER__REFUSAL_CODE__MORE_THAN_YOU_MAY};
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    const ProtobufCEnumDescriptor *causes = &tefter__read_only_cause__descriptor;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        refusal->field = TEXT(fields[i]);
        refusal->has_over_by_minor = refusal->has_available_minor = i % 2 == 1;
        refusal->over_by_minor = refusal->available_minor = i % 2 == 1 ? 700 : 0;
        for (size_t j = 0; j < sizeof(codes) / sizeof(codes[0]); j++) {
            refusal->code = codes[j];
            refusal->threshold = TEFTER__THRESHOLD__THRESHOLD_DISCOUNT;
            refusal->has_threshold = true;
            each(context, refusal);
        }
    }
    for (unsigned i = 0; i < thresholds->n_values; i++) {
        refusal->threshold = (Tefter__Threshold)thresholds->values[i].value;
        refusal->has_threshold = true;
        each(context, refusal);
    }
    refusal->code = TEFTER__REFUSAL_CODE__READ_ONLY;
    for (unsigned i = 0; i < causes->n_values; i++) {
        refusal->cause = (Tefter__ReadOnlyCause)causes->values[i].value;
        refusal->has_cause = true;
        each(context, refusal);
    }
    refusal->has_cause = false;
}

/* Locks with something behind them, sales that are paid in part, corrections. */
static inline void each_state(Tefter__Refusal *refusal, void (*each)(void *, Tefter__Refusal *),
                              void *context)
{
    static const Tefter__RefusalCode codes[] = {
        TEFTER__REFUSAL_CODE__CUSTOMER_LOCKED, TEFTER__REFUSAL_CODE__PAYER_LOCKED,
        TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED, TEFTER__REFUSAL_CODE__APPROVAL_FOR_LESS};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        refusal->code = codes[i];
        for (unsigned state = 0; state < 8; state++) {
            size_t ways = refusal->n_ways;
            refusal->n_ways = (state & 1) != 0 ? 0 : ways;
            refusal->has_paid_minor = (state & 2) != 0;
            if (refusal->decision != NULL)
                refusal->decision->has_replaces_minor = (state & 4) != 0;
            if (refusal->decision != NULL)
                refusal->decision->n_walls = (state & 4) != 0 ? 1 : 6;
            each(context, refusal);
            refusal->n_ways = ways;
        }
    }
}

/* All of them; `each` may not keep what it gets. */
static inline void each_refusal(void (*each)(void *context, Tefter__Refusal *refusal),
                                void *context)
{
    const ProtobufCEnumDescriptor *codes = &tefter__refusal_code__descriptor;
    for (int full = 0; full < 2; full++) {
        struct facts_of_all facts;
        Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
        if (full)
            fill_refusal(&refusal, &facts);
        for (unsigned i = 0; i <= codes->n_values; i++) { /* and one of a later version */
            refusal.code = i == codes->n_values ? (Tefter__RefusalCode)999
                                                : (Tefter__RefusalCode)codes->values[i].value;
            each(context, &refusal);
        }
        each_field(&refusal, each, context);
        each_special(&refusal, each, context);
        each_state(&refusal, each, context);
    }
}
