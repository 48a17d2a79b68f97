/*
 * date: the Date field's value. See date.h. strftime is not used: its names of
 * days and months follow the locale.
 */
#include "config.h"

#include "http/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000000

static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed",
                                "Thu", "Fri", "Sat"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct ow_str ow_date_get(struct ow_date *date, int64_t wall_ns)
{
    int64_t second = wall_ns / SECOND;
    time_t t = (time_t)second;
    struct tm tm;

    if ((second != date->second || !*date->text) && gmtime_r(&t, &tm)) {
        char text[64]; /* the compiler sees years of any length */
        snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                 days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
                 tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
        memcpy(date->text, text, sizeof date->text - 1);
        date->second = second;
    }
    return (struct ow_str){date->text, sizeof date->text - 1};
}
