/*
 * act_resource: the action of a type's routes, which have no "resource" key.
 */
#ifndef OW_PLAN_ACT_RESOURCE_H
#define OW_PLAN_ACT_RESOURCE_H

#include "plan/action.h"
#include "plan/resource_type.h"

/* What a route does; lives as long as the answers. */
struct ow_resource_route {
    const struct ow_resource_type *type;
    const struct ow_resource_op *op;
};

#endif
