/*
 * sample: a value that fits a JSON Schema (draft 2020-12, and OpenAPI's
 * "example"), the same for the same schema: what a model says that was asked
 * for an object of that form.
 *
 *     {"type": "object", "properties": {"city": {"type": "string"},
 *                                       "days": {"type": "integer"}}}
 *     {"city": "city", "days": 1}
 *
 * Looked at: type, const, enum, default, examples, properties, required,
 * additionalProperties, items, prefixItems, minItems, maxItems, anyOf, oneOf,
 * allOf, $ref within the document, format, minLength, maxLength, minimum,
 * maximum, exclusiveMinimum, exclusiveMaximum, multipleOf. Not looked at:
 * pattern, not, if, dependentSchemas, contains. Where a schema goes on within
 * itself the value ends as soon as it may.
 *
 * A text is the name of its member; elements of a list differ by their number.
 */
#ifndef OW_PLAN_SAMPLE_H
#define OW_PLAN_SAMPLE_H

#include <cjson/cJSON.h>

/* To be freed with cJSON_Delete; NULL when memory is out. name is that of the
 * value, for texts. */
cJSON *ow_sample_make(const cJSON *schema, const char *name);

#endif
