/*
 * agenda: the steps of loud types (timeline.h), in the order of time of all
 * resources of a state. Whoever is about to look at resources settles it first,
 * and so does who waits for ow_agenda_due, because what steps send is sent
 * whether anybody looks or not.
 */
#ifndef OW_PLAN_AGENDA_H
#define OW_PLAN_AGENDA_H

#include "plan/resource_type.h"
#include "state/odds.h"

struct ow_delivery;

/*
 * Makes what is there from the beginning (resource_start.h), then applies the
 * steps that are due on the context's clock, each with what it does to others
 * as one deed. odds (may be NULL) is what their random ids are drawn from. What
 * is to be sent goes to send. 0; a negative errno with the sentence of a step
 * that failed, of which nothing is left: it is passed over, and a next call
 * goes on behind it.
 */
struct ow_agenda {
    const struct ow_resource_types *types;
    const struct ow_odds *odds;
    void (*send)(void *context, struct ow_delivery *take_delivery);
    void *send_context;
};
int ow_agenda_settle(const struct ow_agenda *agenda,
                     const struct ow_answer_context *context,
                     struct ow_err *err);
/* The session time of the state's next step; INT64_MAX: there is none. */
int64_t ow_agenda_due(const struct ow_state *state);

#endif
