/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times, and their parts in the Gregorian calendar. */
#include "base/calendar.h"

#include <check.h>

#define SECONDS_PER_DAY 86400

static fsi_ticks ticks_at(int64_t seconds, long nanoseconds)
{
	const struct timespec time = {.tv_sec = seconds, .tv_nsec = nanoseconds};
	fsi_ticks ticks = -1;

	ck_assert(fsi_ticks_from_timespec(&time, &ticks));
	return ticks;
}

/* Seconds since 1970 and what "date -u -d @SECONDS" says. */
static const struct {
	int64_t seconds;
	struct fsi_date date;
} dates[] = {
	{INT64_C(-11644473600), {1601, 1, 1, 0, 0, 0, 0}},
	{INT64_C(-11644473599), {1601, 1, 1, 0, 0, 1, 0}},
	{INT64_C(-11613024001), {1601, 12, 30, 23, 59, 59, 0}},
	{INT64_C(-11612937601), {1601, 12, 31, 23, 59, 59, 0}},
	{INT64_C(-11612937600), {1602, 1, 1, 0, 0, 0, 0}},
	{INT64_C(-8515324800), {1700, 2, 28, 0, 0, 0, 0}},
	{INT64_C(-8515238400), {1700, 3, 1, 0, 0, 0, 0}},
	{INT64_C(-2208988800), {1900, 1, 1, 0, 0, 0, 0}},
	{INT64_C(-2203977600), {1900, 2, 28, 0, 0, 0, 0}},
	{INT64_C(-2203891200), {1900, 3, 1, 0, 0, 0, 0}},
	{-1, {1969, 12, 31, 23, 59, 59, 0}},
	{0, {1970, 1, 1, 0, 0, 0, 0}},
	{68169599, {1972, 2, 28, 23, 59, 59, 0}},
	{68169600, {1972, 2, 29, 0, 0, 0, 0}},
	{68256000, {1972, 3, 1, 0, 0, 0, 0}},
	{946684799, {1999, 12, 31, 23, 59, 59, 0}},
	{951782400, {2000, 2, 29, 0, 0, 0, 0}},
	{951868800, {2000, 3, 1, 0, 0, 0, 0}},
	{978220800, {2000, 12, 31, 0, 0, 0, 0}},
	{1000000000, {2001, 9, 9, 1, 46, 40, 0}},
	{1234567890, {2009, 2, 13, 23, 31, 30, 0}},
	{1709210096, {2024, 2, 29, 12, 34, 56, 0}},
	{2147483647, {2038, 1, 19, 3, 14, 7, 0}},
	{INT64_C(2147483648), {2038, 1, 19, 3, 14, 8, 0}},
	{INT64_C(4107542400), {2100, 3, 1, 0, 0, 0, 0}},
	{INT64_C(4294967296), {2106, 2, 7, 6, 28, 16, 0}},
	{INT64_C(5869583999), {2155, 12, 31, 23, 59, 59, 0}},
	{INT64_C(13574563200), {2400, 2, 29, 0, 0, 0, 0}},
	{INT64_C(253402300799), {9999, 12, 31, 23, 59, 59, 0}},
};
#define DATE_COUNT (int)(sizeof(dates) / sizeof(dates[0]))

static void assert_same_date(const struct fsi_date *a, const struct fsi_date *b)
{
	ck_assert_uint_eq(a->year, b->year);
	ck_assert_uint_eq(a->month, b->month);
	ck_assert_uint_eq(a->day, b->day);
	ck_assert_uint_eq(a->hour, b->hour);
	ck_assert_uint_eq(a->minute, b->minute);
	ck_assert_uint_eq(a->second, b->second);
	ck_assert_uint_eq(a->microsecond, b->microsecond);
}

START_TEST(a_time_has_the_date_that_other_programs_say)
{
	struct fsi_date date;

	fsi_ticks_to_date(ticks_at(dates[_i].seconds, 0), &date);
	assert_same_date(&date, &dates[_i].date);
}
END_TEST

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The day after, by hand. */
static void step(struct fsi_date *date)
{
	static const uint8_t lengths[12] = {31, 28, 31, 30, 31, 30,
					    31, 31, 30, 31, 30, 31};
	const unsigned length =
		date->month == 2 && is_leap(date->year) ? 29 : lengths[date->month - 1];

	if (date->day < length) {
		date->day++;
		return;
	}
	date->day = 1;
	date->month++;
	if (date->month <= 12)
		return;
	date->month = 1;
	date->year++;
}

START_TEST(each_day_of_8400_years_is_the_one_after_the_day_before)
{
	struct fsi_date expected = {.year = 1601, .month = 1, .day = 1};
	uint32_t days = 0;

	for (; expected.year <= 9999; days++, step(&expected)) {
		/* Some time of the day, another one each day. */
		const int64_t second = (int64_t)days * 7919 % SECONDS_PER_DAY;
		struct fsi_date date;

		fsi_ticks_to_date(((int64_t)days * SECONDS_PER_DAY + second) *
					  FSI_TICKS_PER_SECOND,
				  &date);
		if (date.year != expected.year || date.month != expected.month ||
		    date.day != expected.day ||
		    date.hour * 3600 + date.minute * 60 + date.second != second)
			ck_abort_msg("day %u is %u-%u-%u, not %u-%u-%u", days, date.year,
				     date.month, date.day, expected.year, expected.month,
				     expected.day);
	}
	/* 8399 years: 21 times 400 of them, less the one of 10000. */
	ck_assert_uint_eq(days, 21 * 146097 - 366);
	ck_assert_int_eq((int64_t)days * SECONDS_PER_DAY * FSI_TICKS_PER_SECOND,
			 ticks_at(INT64_C(253402300799), 0) + FSI_TICKS_PER_SECOND);
}
END_TEST

START_TEST(each_second_of_a_day_has_its_time)
{
	for (int32_t second = 0; second < SECONDS_PER_DAY; second++) {
		struct fsi_date date;

		fsi_ticks_to_date(ticks_at(1709164800 + second, 0), &date);
		if (date.year != 2024 || date.month != 2 || date.day != 29 ||
		    date.hour != second / 3600 || date.minute != second % 3600 / 60 ||
		    date.second != second % 60)
			ck_abort_msg("second %d is %u:%u:%u", second, date.hour,
				     date.minute, date.second);
	}
}
END_TEST

START_TEST(fractions_of_a_second_are_kept_to_100_nanoseconds)
{
	static const long nanoseconds[] = {
		0,    1,	 99,	 100,	  101,	     999,	1000,
		1099, 123456789, 999999, 1000000, 500000000, 999999900, 999999999};
	const size_t count = sizeof(nanoseconds) / sizeof(nanoseconds[0]);

	for (size_t i = 0; i < count; i++) {
		/* Also before 1970, where a second is negative and its rest is not. */
		for (int64_t seconds = -2; seconds <= 2; seconds++) {
			const fsi_ticks ticks = ticks_at(seconds, nanoseconds[i]);
			const struct timespec back = fsi_ticks_to_timespec(ticks);
			struct fsi_date date;

			ck_assert_int_eq(back.tv_sec, seconds);
			ck_assert_int_eq(back.tv_nsec,
					 nanoseconds[i] - nanoseconds[i] % 100);
			fsi_ticks_to_date(ticks, &date);
			ck_assert_uint_eq(date.microsecond,
					  (uint32_t)(nanoseconds[i] / 1000));
		}
	}
}
END_TEST

START_TEST(times_go_from_1601_to_9999)
{
	static const struct {
		int64_t seconds;
		long nanoseconds;
		bool is_known;
	} times[] = {
		{INT64_C(-11644473600), 0, true},
		{INT64_C(-11644473601), 999999999, false},
		{INT64_C(253402300799), 999999999, true},
		{INT64_C(253402300800), 0, false},
		{0, -1, false},
		{0, 1000000000, false},
		{INT64_MIN, 0, false},
		{INT64_MAX, 0, false},
		{INT64_MAX - INT64_C(11644473600), 0, false},
		{INT64_MAX - INT64_C(11644473599), 0, false},
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const struct timespec time = {.tv_sec = times[i].seconds,
					      .tv_nsec = times[i].nanoseconds};
		fsi_ticks ticks = -77;

		ck_assert_int_eq(fsi_ticks_from_timespec(&time, &ticks),
				 times[i].is_known);
		ck_assert_int_eq(ticks == -77, !times[i].is_known);
	}
	ck_assert_int_eq(ticks_at(INT64_C(-11644473600), 0), 0);
	ck_assert_int_eq(ticks_at(INT64_C(253402300799), 999999999),
			 INT64_C(2650467743999999999));
}
END_TEST

/* From the first day of year 1 to the last of 9999, day by day and time by time. */
START_TEST(each_date_has_the_time_that_it_is_the_date_of)
{
	static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t expected = INT64_C(-62135596800); /* 0001-01-01 */

	for (unsigned year = 1; year <= 9999; year++) {
		const bool is_leap =
			year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

		for (unsigned month = 1; month <= 12; month++) {
			const unsigned length =
				lengths[month - 1] + (month == 2 && is_leap ? 1u : 0u);

			for (unsigned day = 1; day <= length; day++) {
				const struct fsi_date date = {.year = (uint16_t)year,
							      .month = (uint8_t)month,
							      .day = (uint8_t)day,
							      .hour = 1,
							      .minute = 2,
							      .second = 3,
							      .microsecond = 4};
				struct timespec time;

				ck_assert(fsi_date_to_timespec(&date, &time));
				ck_assert_int_eq(time.tv_sec, expected + 3723);
				ck_assert_int_eq(time.tv_nsec, 4000);
				expected += 86400;
			}
		}
	}
	ck_assert_int_eq(expected, INT64_C(253402300800));
}
END_TEST

START_TEST(a_date_that_does_not_exist_has_no_time)
{
	static const struct fsi_date bad_dates[] = {
		{.year = 0, .month = 1, .day = 1},
		{.year = 10000, .month = 1, .day = 1},
		{.year = 2000, .month = 0, .day = 1},
		{.year = 2000, .month = 13, .day = 1},
		{.year = 2000, .month = 1, .day = 0},
		{.year = 2000, .month = 1, .day = 32},
		{.year = 2000, .month = 4, .day = 31},
		{.year = 2000, .month = 2, .day = 30},
		{.year = 2001, .month = 2, .day = 29},
		{.year = 2100, .month = 2, .day = 29},
		{.year = 2000, .month = 1, .day = 1, .hour = 24},
		{.year = 2000, .month = 1, .day = 1, .minute = 60},
		{.year = 2000, .month = 1, .day = 1, .second = 61},
		{.year = 2000, .month = 1, .day = 1, .microsecond = 1000000},
	};
	struct timespec time = {.tv_sec = -77};

	for (size_t i = 0; i < sizeof(bad_dates) / sizeof(bad_dates[0]); i++)
		ck_assert(!fsi_date_to_timespec(&bad_dates[i], &time));
	ck_assert_int_eq(time.tv_sec, -77);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: calendar");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("calendar");
	int failed = 0;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_time_has_the_date_that_other_programs_say, 0,
			    DATE_COUNT);
	tcase_add_test(tcase, each_day_of_8400_years_is_the_one_after_the_day_before);
	tcase_add_test(tcase, each_second_of_a_day_has_its_time);
	tcase_add_test(tcase, fractions_of_a_second_are_kept_to_100_nanoseconds);
	tcase_add_test(tcase, times_go_from_1601_to_9999);
	tcase_add_test(tcase, each_date_has_the_time_that_it_is_the_date_of);
	tcase_add_test(tcase, a_date_that_does_not_exist_has_no_time);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
