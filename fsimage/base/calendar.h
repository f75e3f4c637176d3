/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times: ticks of 100 ns since 1601-01-01 00:00 UTC (the oldest date that IMAPI
 * knows), and their parts in the Gregorian calendar, always UTC.
 */
#ifndef FSI_BASE_CALENDAR_H
#define FSI_BASE_CALENDAR_H

#include <fsimage/types.h>

typedef int64_t fsi_ticks;

#define FSI_TICKS_PER_SECOND 10000000

struct fsi_date {
	uint16_t year; /* 1601 to 9999; on a disc from 1 on */
	uint8_t month; /* 1 to 12 */
	uint8_t day;   /* 1 to 31 */
	uint8_t hour;
	uint8_t minute;
	uint8_t second;
	uint32_t microsecond; /* 0 to 999999 */
};

/* false when the time is outside 1601-01-01 to 9999-12-31 or nanoseconds are
 * not 0 to 999999999; *ret_ticks is then untouched. */
bool fsi_ticks_from_timespec(const struct timespec *time, fsi_ticks *ret_ticks);

struct timespec fsi_ticks_to_timespec(fsi_ticks ticks);

/* The parts of a time; ticks must be in range as above. */
void fsi_ticks_to_date(fsi_ticks ticks, struct fsi_date *ret_date);

/*
 * The time of a date of the years 1 to 9999; a leap second is that after it.
 * false when the date does not exist; *ret_time is then untouched.
 */
bool fsi_date_to_timespec(const struct fsi_date *date, struct timespec *ret_time);

#endif
