/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times and the Gregorian calendar, in UTC. */
#include "base/calendar.h"

#define SECONDS_1601_TO_1970  INT64_C(11644473600)
#define SECONDS_1601_TO_10000 INT64_C(265046774400)
#define SECONDS_PER_DAY	      86400

bool fsi_ticks_from_timespec(const struct timespec *time, fsi_ticks *ret_ticks)
{
	int64_t seconds = 0;

	if (time->tv_nsec < 0 || time->tv_nsec > 999999999)
		return false;
	if (__builtin_add_overflow((int64_t)time->tv_sec, SECONDS_1601_TO_1970,
				   &seconds) ||
	    seconds < 0 || seconds >= SECONDS_1601_TO_10000)
		return false;
	*ret_ticks = seconds * FSI_TICKS_PER_SECOND + time->tv_nsec / 100;
	return true;
}

struct timespec fsi_ticks_to_timespec(fsi_ticks ticks)
{
	return (struct timespec){
		.tv_sec = ticks / FSI_TICKS_PER_SECOND - SECONDS_1601_TO_1970,
		.tv_nsec = (long)(ticks % FSI_TICKS_PER_SECOND) * 100,
	};
}

/*
 * Years are counted from March, so that the leap day ends them; 400 of them
 * make an era of 146097 days.
 */
static void date_of_day(int64_t days_since_1601, struct fsi_date *ret_date)
{
	/* 1601-01-01 is day 306 of the year that began on 1600-03-01. */
	const uint32_t day = (uint32_t)(days_since_1601 + 306);
	const uint32_t era = day / 146097;
	const uint32_t day_of_era = day % 146097;
	const uint32_t year_of_era = (day_of_era - day_of_era / 1460 +
				      day_of_era / 36524 - day_of_era / 146096) /
				     365;
	const uint32_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const uint32_t month = (5 * day_of_year + 2) / 153; /* 0 is March */

	ret_date->day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1);
	ret_date->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
	ret_date->year =
		(uint16_t)(1600 + era * 400 + year_of_era + (ret_date->month <= 2));
}

void fsi_ticks_to_date(fsi_ticks ticks, struct fsi_date *ret_date)
{
	const int64_t seconds = ticks / FSI_TICKS_PER_SECOND;
	const uint32_t second_of_day = (uint32_t)(seconds % SECONDS_PER_DAY);

	date_of_day(seconds / SECONDS_PER_DAY, ret_date);
	ret_date->hour = (uint8_t)(second_of_day / 3600);
	ret_date->minute = (uint8_t)(second_of_day / 60 % 60);
	ret_date->second = (uint8_t)(second_of_day % 60);
	ret_date->microsecond = (uint32_t)(ticks % FSI_TICKS_PER_SECOND / 10);
}

static bool is_leap_year(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_date(const struct fsi_date *date)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (date->year < 1 || date->year > 9999 || date->month < 1 || date->month > 12)
		return false;
	if (date->day < 1 ||
	    date->day > days[date->month - 1] +
				(date->month == 2 && is_leap_year(date->year)))
		return false;
	return date->hour < 24 && date->minute < 60 && date->second <= 60 &&
	       date->microsecond < 1000000;
}

/* Days from 1970-01-01, by the eras of date_of_day(). */
static int64_t day_of_date(const struct fsi_date *date)
{
	const int64_t year = date->year - (date->month <= 2);
	const int64_t month = date->month > 2 ? date->month - 3 : date->month + 9;
	const int64_t day_of_year = (153 * month + 2) / 5 + date->day - 1;

	/* 1970-01-01 is day 719468 of the years that began on 0000-03-01. */
	return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

bool fsi_date_to_timespec(const struct fsi_date *date, struct timespec *ret_time)
{
	if (!is_date(date))
		return false;
	ret_time->tv_sec = day_of_date(date) * SECONDS_PER_DAY + date->hour * 3600 +
			   date->minute * 60 + date->second;
	ret_time->tv_nsec = (long)date->microsecond * 1000;
	return true;
}
