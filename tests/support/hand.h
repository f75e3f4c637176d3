/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One volume made by hand, and what the reader makes of it. */
#ifndef TESTS_SUPPORT_HAND_H
#define TESTS_SUPPORT_HAND_H

#include "tests/support/disc.h"
#include "tests/support/udf_volume.h"

extern struct udf_volume hand_volume;
extern struct udf_directory hand_directory;

/* Every kind of partition with a revision that has it. */
struct hand_kind {
	enum udf_volume_kind kind;
	uint16_t revision;
	enum fsi_disc_partition_kind partition; /* the one with the entries */
};

#define HAND_KINDS 7
extern const struct hand_kind hand_kinds[HAND_KINDS];

/* A volume whose root has one name, "file", which leads to entry 8; its body and
 * hence that of the root is in data block 4. */
void hand_begin(enum udf_volume_kind kind, uint16_t revision);
void hand_end(void);

/* The same, and the file has 3 bytes of data block 150. */
void hand_begin_file(enum udf_volume_kind kind, uint16_t revision);

/* The same, and the file has so many bytes of data block 40 by an entry of strategy 4096,
 * whose chain may go on in the next block. */
void hand_begin_chain(uint32_t size);

/* Fill a block of the volume with zeros. */
void hand_wipe(uint32_t block);

/* Put a text at the beginning of a data block. */
void hand_put_data(uint32_t block, const char *text);

/* Make entry 8 a file with these allocation descriptors, or that body. */
void hand_put_body(unsigned form, uint64_t size, const uint8_t *descriptors,
		   size_t descriptors_size);

/* The view of the volume as it is now. */
fsi_disc_view *hand_view(void);

/* That a file has this text at an offset. */
void hand_assert_data(const char *path, uint64_t offset, const char *expected);

/* That "/file" has these extents, see disc_describe_extents(). */
void hand_assert_extents(const char *expected);

/* That the children of the root are these, see disc_list(). */
void hand_assert_root(const char *expected);

/* The view, and what it tells of the volume: borrowed from the view. */
const struct fsi_disc_volume *hand_describe(fsi_disc_view **ret_view);

/*
 * That walking over the volume fails, with a message that has a text in it; that
 * it fails for a feature; that it does not. Then the volume is freed.
 */
void hand_assert_damaged(const char *says);
void hand_assert_unsupported(const char *feature);
void hand_assert_sound(void);

/* What walking over the volume comes to. */
HRESULT hand_walk(void);

#endif
