/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers on a disc. Each function takes a pointer to an array of exactly the
 * width it needs, so that a wrong width does not compile. ECMA-119 names:
 * u8 7.1.1, s8 7.1.2, le16 7.2.1, be16 7.2.2, both16 7.2.3, le32 7.3.1,
 * be32 7.3.2, both32 7.3.3. ECMA-167 numbers (1/7.1) are the le ones.
 */
#ifndef FSI_BASE_BYTES_H
#define FSI_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The member at byte positions first to last, as ECMA-119 counts (from 1). */
#define BP(first, last) [(last) - (first) + 1]
/* The member of length bytes at an offset, as ECMA-167 counts (from 0). */
#define RBP(offset, length) [length]

/*
 * Declare record, a pointer to a copy of what is at bytes. Structs are not laid
 * over a buffer, and the numbers in them are read from constant ones only.
 */
#define FSI_RECORD(type, record, bytes) \
	struct type record##_copy; \
	const struct type *const record = \
		memcpy(&record##_copy, (bytes), sizeof(record##_copy))

static inline void fsi_put_u8(uint8_t (*field)[1], uint8_t value)
{
	(*field)[0] = value;
}

static inline void fsi_put_le16(uint8_t (*field)[2], uint16_t value)
{
	(*field)[0] = (uint8_t)value;
	(*field)[1] = (uint8_t)(value >> 8);
}

static inline void fsi_put_be16(uint8_t (*field)[2], uint16_t value)
{
	(*field)[0] = (uint8_t)(value >> 8);
	(*field)[1] = (uint8_t)value;
}

static inline void fsi_put_both16(uint8_t (*field)[4], uint16_t value)
{
	(*field)[0] = (*field)[3] = (uint8_t)value;
	(*field)[1] = (*field)[2] = (uint8_t)(value >> 8);
}

static inline void fsi_put_le32(uint8_t (*field)[4], uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		(*field)[i] = (uint8_t)(value >> 8 * i);
}

static inline void fsi_put_be32(uint8_t (*field)[4], uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		(*field)[i] = (uint8_t)(value >> (24 - 8 * i));
}

static inline void fsi_put_both32(uint8_t (*field)[8], uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		(*field)[i] = (*field)[7 - i] = (uint8_t)(value >> 8 * i);
}

static inline void fsi_put_le64(uint8_t (*field)[8], uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		(*field)[i] = (uint8_t)(value >> 8 * i);
}

static inline uint16_t fsi_get_le16(const uint8_t (*field)[2])
{
	return (uint16_t)((*field)[0] | (*field)[1] << 8);
}

static inline uint16_t fsi_get_be16(const uint8_t (*field)[2])
{
	return (uint16_t)((*field)[0] << 8 | (*field)[1]);
}

static inline uint32_t fsi_get_le32(const uint8_t (*field)[4])
{
	return (uint32_t)(*field)[0] | (uint32_t)(*field)[1] << 8 |
	       (uint32_t)(*field)[2] << 16 | (uint32_t)(*field)[3] << 24;
}

static inline uint32_t fsi_get_be32(const uint8_t (*field)[4])
{
	return (uint32_t)(*field)[3] | (uint32_t)(*field)[2] << 8 |
	       (uint32_t)(*field)[1] << 16 | (uint32_t)(*field)[0] << 24;
}

static inline uint64_t fsi_get_le64(const uint8_t (*field)[8])
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value |= (uint64_t)(*field)[i] << 8 * i;
	return value;
}

/* Whether the two halves agree; the little-endian one goes to *ret_value. */
static inline bool fsi_get_both16(const uint8_t (*field)[4], uint16_t *ret_value)
{
	*ret_value = (uint16_t)((*field)[0] | (*field)[1] << 8);
	return (*field)[0] == (*field)[3] && (*field)[1] == (*field)[2];
}

static inline bool fsi_get_both32(const uint8_t (*field)[8], uint32_t *ret_value)
{
	bool same = true;

	*ret_value = 0;
	for (unsigned i = 0; i < 4; i++) {
		*ret_value |= (uint32_t)(*field)[i] << 8 * i;
		same = same && (*field)[i] == (*field)[7 - i];
	}
	return same;
}

#endif
