/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking an image: what the checks of all file systems share. Each looks at every
 * copy of every structure itself, as a reader that finds its way round damage would
 * not see it; what it decodes with are the functions of iso9660/ and udf/.
 *
 * A check does not stop at what it finds, nor when memory has run out: that is kept
 * in check->failure and returned at the end. So the functions that tell of findings
 * return nothing, and who has nothing to go on with returns.
 */
#ifndef FSI_CHECK_CHECK_H
#define FSI_CHECK_CHECK_H

#include "base/arena.h"
#include "check/findings.h"
#include "check/owners.h"
#include "media/media.h"

#include <fsimage/disc.h>

struct fsi_check {
	struct fsi_media *media;
	fsi_findings *findings;
	struct fsi_owners owners; /* of the blocks of the image */
	struct fsi_arena names;
	enum fsi_file_system file_system; /* that is looked at now */
	uint32_t session_block;
	uint32_t anchor_block;	/* of UDF, if not at its usual place; else 0 */
	uint32_t block_count;	/* of the image */
	uint32_t iso9660_level; /* 1 to 3; 0: not told */
	bool is_map;		/* that is wanted, and no findings */
	HRESULT failure;	/* the first one; S_OK: none */
};

/* Check all of an image. options are complete. *ret_findings: one reference. */
HRESULT fsi_check_run(struct fsi_media *media, const struct fsi_check_options *options,
		      fsi_findings **ret_findings);

/*
 * A map of the owners, which it takes over with their names, once they are checked
 * and so in order. E_OUTOFMEMORY.
 */
HRESULT fsi_block_map_create(struct fsi_check *check, fsi_block_map **ret_map);

/* As fsi_disc_get_block_map(). anchor_block: of UDF; 0: it is searched for. */
HRESULT fsi_check_map(struct fsi_media *media, uint32_t anchor_block,
		      fsi_block_map **ret_map);

/* The file systems; each returns at once when it is not there (udf.c, iso.c). */
void fsi_check_udf(struct fsi_check *check);
void fsi_check_iso9660(struct fsi_check *check);

/* What the file systems of a bridge have in common (bridge.c). */
void fsi_check_bridge(struct fsi_check *check);

/* ---- findings ---------------------------------------------------------- */

/* A name on the way from the root; the root has none. They live in check->names. */
struct fsi_check_name {
	const struct fsi_check_name *parent; /* NULL: it is in the root */
	uint32_t depth;			     /* of what is in the root: 1 */
	const char *text;		     /* UTF-8 */
};

/* What a finding is about. */
struct fsi_check_place {
	uint64_t offset;		   /* in the image, or FSI_FINDING_NO_OFFSET */
	const char *structure;		   /* such as "file entry" */
	const struct fsi_check_name *name; /* NULL: no file or the root */
	bool is_file;			   /* so a name of NULL is the root */
};

/* Of longer paths the end is shown: what is in the deepest folder tells more. */
#define FSI_CHECK_PATH_SIZE 4096

/* The path of a file, written from the end of a buffer; "": of no file. */
const char *fsi_check_path(const struct fsi_check_name *name, bool is_file,
			   char (*buffer)[FSI_CHECK_PATH_SIZE]);

/* A name below another; NULL: no memory, which is kept as the failure. */
const struct fsi_check_name *fsi_check_add_name(struct fsi_check *check,
						const struct fsi_check_name *parent,
						const char *text);

/* What a finding tells beside its place; what is NULL or 0 is not told. */
struct fsi_check_details {
	enum fsi_severity severity; /* 0: that of the catalogue */
	const char *expected;
	const char *found;
};

/*
 * A statement does not hold. The sentence, of printf, names the structure and ends
 * without a full stop; it need not name the file, as findings show its path.
 */
void fsi_check_tell(struct fsi_check *check, enum fsi_statement statement,
		    const struct fsi_check_place *place,
		    const struct fsi_check_details *details, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/*
 * A field must have a value; returns whether it has. The sentence is "The <field> of the
 * <structure> is <found>, not <expected>".
 */
bool fsi_check_number(struct fsi_check *check, enum fsi_statement statement,
		      const struct fsi_check_place *place, const char *field,
		      uint64_t expected, uint64_t found);
bool fsi_check_hex(struct fsi_check *check, enum fsi_statement statement,
		   const struct fsi_check_place *place, const char *field,
		   uint64_t expected, uint64_t found);

/* Bytes at a place that must be zero; the finding is at the first that is not. */
bool fsi_check_zero(struct fsi_check *check, enum fsi_statement statement,
		    const struct fsi_check_place *place, const char *field,
		    const uint8_t *bytes, size_t length);

/* The same place, so many bytes further. */
struct fsi_check_place fsi_check_at(const struct fsi_check_place *place, uint64_t bytes);

/* Room for the text of expected and found: FSI_TEXT("%u", 5) lives as its block. */
struct fsi_check_text {
	char bytes[160];
};
#define FSI_TEXT(...) fsi_check_format(&(struct fsi_check_text){""}, __VA_ARGS__)

/* Returns text->bytes; what does not fit is cut. */
const char *fsi_check_format(struct fsi_check_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Why Windows cannot use a name, as the end of "a name that …"; NULL: it can. For the
 * names of all file systems (C-008).
 */
const char *fsi_check_windows_fault(const char *name);

/* C-008, C-009: whether the systems that read the disc can use a name. */
void fsi_check_systems(struct fsi_check *check, const struct fsi_check_place *place,
		       const char *name);

/* ---- reading ----------------------------------------------------------- */

/*
 * Read bytes of the image, all of them. false: they cannot be read, which is told
 * (C-001), or lie behind the end, which is not.
 */
bool fsi_check_read(struct fsi_check *check, uint64_t offset, void *buffer,
		    size_t length);

/* The same of the data of a file, which is no use to keep. */
bool fsi_check_read_data(struct fsi_check *check, uint64_t offset, void *buffer,
			 size_t length);

/* Keep a failure that the check cannot go on with; findings are no failures. */
void fsi_check_fail(struct fsi_check *check, HRESULT hr);

#endif
