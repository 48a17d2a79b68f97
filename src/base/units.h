/*
 * units: the quantities of rule files as people write them.
 *
 *   duration  "300ms", "1.5s", "2m", "1h", "250us", "0", or a JSON number of ms
 *   size      "64", "256KB" (1000), "1MiB" (1024), "500MB"
 *   rate      a size with "/s", or bits: "1600kbit/s", "1.6Mbit/s"
 *
 * All return 0 or -EINVAL / -ERANGE.
 */
#ifndef OW_BASE_UNITS_H
#define OW_BASE_UNITS_H

#include <stdint.h>

#include "base/str.h"

/* To the nearest, which the C library would need libm for. Not negative, and
 * below 2^63. */
static inline int64_t ow_units_round(double value)
{
    return (int64_t)(value + 0.5);
}

int ow_units_parse_duration(struct ow_str s, int64_t *ret_ns);
int ow_units_parse_size(struct ow_str s, uint64_t *ret_bytes);
int ow_units_parse_rate(struct ow_str s, uint64_t *ret_bytes_per_s);
/* "60%" gives 0.6. */
int ow_units_parse_percent(struct ow_str s, double *ret_fraction);

#endif
