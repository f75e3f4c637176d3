/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking UDF. How a reader comes to the files is the work of import/udf_*, which
 * goes round damage; what is here looks at each copy of each structure on that way,
 * with the decoders of udf/read_*. The statements are those of udf_statements.def.
 */
#ifndef FSI_CHECK_UDF_H
#define FSI_CHECK_UDF_H

#include "check/check.h"
#include "check/set.h"
#include "import/udf_mount.h"

/* A descriptor of a volume descriptor sequence. */
struct fsi_check_descriptor {
	unsigned identifier; /* of its tag */
	uint32_t number;     /* of the sequence */
	uint32_t block;	     /* of the volume */
	uint8_t *bytes;	     /* the block */
};

typedef FSI_VECTOR(struct fsi_check_descriptor) fsi_check_descriptors;

/* One of the two sequences. */
struct fsi_check_sequence {
	const char *name;
	struct fsi_udf_run run;
	fsi_check_descriptors items; /* those whose tags are sound enough */
};

/* What is known of the volume so far. */
struct fsi_check_udf {
	struct fsi_check *check;
	uint32_t block_size;
	uint32_t block_count;		  /* of the image, in such blocks */
	uint32_t session_block;		  /* in such blocks */
	struct fsi_udf_mount *mount;	  /* NULL: no reader gets so far */
	struct fsi_udf blocks;		  /* what there is without a mount */
	const struct fsi_udf *udf;	  /* its partitions; NULL: they are not known */
	struct fsi_udf_table_facts table; /* of a virtual partition */
	/* Whose the blocks of the volume are: those of the check where it counts in
	 * blocks of the same size. */
	struct fsi_owners *owners;
	struct fsi_owners volume_owners;
	struct fsi_owners metadata_owners; /* of the blocks of a metadata partition */
	struct fsi_check_text reason;	   /* why there is no mount */
	/* Into how many more pieces claims may be cut where blocks lie elsewhere, and
	 * whether that was too few. */
	uint64_t pieces_left;
	bool is_owner_missing;
	bool has_anchor;
	struct fsi_udf_anchor anchor; /* that leads to the volume */
	uint32_t anchor_block;
	uint16_t serial_number;			  /* of its tag */
	struct fsi_check_sequence sequences[2];	  /* main and reserve */
	const fsi_check_descriptors *descriptors; /* of the sequence that counts */
	/* Those that prevail; NULL: there is none. */
	const struct fsi_check_descriptor *primary;
	const struct fsi_check_descriptor *information;
	const struct fsi_check_descriptor *logical_volume;
	const struct fsi_check_descriptor *unallocated;
	struct fsi_udf_logical_volume volume;	       /* decoded, where there is one */
	uint16_t revision;			       /* 0: not known */
	uint32_t access;			       /* of the first partition */
	bool has_map[FSI_DISC_PARTITION_METADATA + 1]; /* by kind */
	uint8_t *integrity; /* the block of the descriptor that prevails, or NULL */
	uint32_t integrity_block;
	uint64_t next_unique_id;
	bool has_next_unique_id;
	uint32_t own_block; /* of the session, where it goes on from others; else 0 */
};

/* Whether a rule that began with a revision holds. */
static inline bool fsi_check_udf_since(const struct fsi_check_udf *udf, uint16_t revision)
{
	return udf->revision >= revision;
}

/* What a rule weighs that is a warning before a revision; 0: as in the catalogue. */
static inline enum fsi_severity fsi_check_udf_weight(const struct fsi_check_udf *udf,
						     uint16_t revision)
{
	return udf->revision >= revision ? (enum fsi_severity)0 : FSI_SEVERITY_WARNING;
}

/* The place of a structure of the volume. */
static inline struct fsi_check_place fsi_check_udf_place(const struct fsi_check_udf *udf,
							 uint32_t block,
							 const char *structure)
{
	return (struct fsi_check_place){
		.offset = (uint64_t)block * udf->block_size,
		.structure = structure,
	};
}

/* Read a block of the volume; false: it is not there, or cannot be read. */
bool fsi_check_udf_read(struct fsi_check_udf *udf, uint32_t block, uint8_t *buffer);

/* Room for a block; NULL: no memory, which is kept. */
uint8_t *fsi_check_udf_buffer(struct fsi_check_udf *udf);

/* Keep what import/udf_* ran out of; returns whether it succeeded. */
bool fsi_check_udf_ok(struct fsi_check_udf *udf, HRESULT hr);

/* Claim blocks of the volume, or of a partition (udf_space.c). */
void fsi_check_udf_claim(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 enum fsi_statement statement, uint32_t block, uint32_t count);
struct fsi_check_claim {
	enum fsi_owner_kind kind;
	enum fsi_statement statement;
	struct fsi_udf_address address;
	uint32_t blocks;
};
void fsi_check_udf_claim_space(struct fsi_check_udf *udf,
			       const struct fsi_check_place *place,
			       const struct fsi_check_claim *claim);

/* ---- elements (udf_elements.c, udf_text.c) ------------------------------ */

/* A field that must have a value; with more than 8 bytes it must be zero. */
struct fsi_check_field {
	enum fsi_statement statement;
	uint16_t offset;
	uint16_t size;
	uint32_t expected;
	const char *name;
};
#define FSI_CHECK_FIELD(statement, record, member, expected, name) \
	{ \
		statement, offsetof(struct record, member), \
			sizeof(((struct record *)NULL)->member), expected, name \
	}

/* Tell of each field whose value is another. */
void fsi_check_udf_fields(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			  const uint8_t *bytes, const struct fsi_check_field *fields,
			  size_t count);

/* A structure with a tag. */
struct fsi_check_tagged {
	const uint8_t *bytes;
	size_t available;	 /* bytes that there are */
	unsigned identifiers[2]; /* that it may have; the second one may be the first */
	uint32_t location;
	/* With all its parts, once they are known to be there; 0: not to be compared. */
	size_t size;
	enum fsi_statement missing; /* broken when another structure stands there */
};

/* Whether it is that structure, so that going on makes sense. */
bool fsi_check_udf_tag(struct fsi_check_udf *udf, const struct fsi_check_place *place,
		       const struct fsi_check_tagged *tagged);

/* Only whether the CRC covers all of it, when its size is known only later (U-025). */
void fsi_check_udf_crc_length(struct fsi_check_udf *udf,
			      const struct fsi_check_place *place, const uint8_t *bytes,
			      size_t size, enum fsi_statement statement);

/* What stands behind an identifier. */
enum fsi_check_suffix {
	FSI_CHECK_SUFFIX_FREE, /* of an application */
	FSI_CHECK_SUFFIX_IMPLEMENTATION,
	FSI_CHECK_SUFFIX_UDF,
	FSI_CHECK_SUFFIX_DOMAIN
};

/* U-057 to U-059. empty: what an empty one breaks; FSI_STATEMENT_COUNT: nothing. */
void fsi_check_udf_regid(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			 const struct fsi_udf_regid *regid, enum fsi_check_suffix suffix,
			 enum fsi_statement empty);

/* Text of a fixed length, a part of what place tells. */
bool fsi_check_udf_dstring(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			   const uint8_t *field, size_t size,
			   enum fsi_statement statement, bool may_be_empty);

bool fsi_check_udf_charspec(struct fsi_check_udf *udf,
			    const struct fsi_check_place *place,
			    const struct fsi_udf_charspec *field,
			    enum fsi_statement statement);

bool fsi_check_udf_time(struct fsi_check_udf *udf, const struct fsi_check_place *place,
			const struct fsi_udf_timestamp *field,
			enum fsi_statement statement, const char *name);

/* What is wrong with CS0 text as a phrase such as "has half a character"; NULL:
 * nothing. */
const char *fsi_check_udf_text_fault(const uint8_t *bytes, size_t length);

/* ---- the parts of a volume --------------------------------------------- */

/* Whether volume recognition tells of UDF; block sizes do not matter yet. */
bool fsi_check_udf_is_recognised(struct fsi_check *check);
void fsi_check_udf_recognition(struct fsi_check_udf *udf);
void fsi_check_udf_anchors(struct fsi_check_udf *udf);
void fsi_check_udf_sequences(struct fsi_check_udf *udf);
void fsi_check_udf_volume(struct fsi_check_udf *udf);
void fsi_check_udf_maps(struct fsi_check_udf *udf);
void fsi_check_udf_integrity(struct fsi_check_udf *udf);
void fsi_check_udf_file_set(struct fsi_check_udf *udf);
void fsi_check_udf_tables(struct fsi_check_udf *udf);
void fsi_check_udf_metadata(struct fsi_check_udf *udf, const struct fsi_udf_space *space,
			    const uint8_t *map);
/* The map of a partition reference, and where it stands. */
bool fsi_check_udf_map(const struct fsi_check_udf *udf, size_t number,
		       struct fsi_udf_map *ret_map, const uint8_t **ret_bytes);
void fsi_check_udf_space(struct fsi_check_udf *udf);

/* What walking over all entries comes to. */
struct fsi_check_totals {
	uint32_t file_count;  /* names of what is no directory */
	uint32_t entry_count; /* the same with each hard link once */
	uint32_t directory_count;
	uint64_t highest_unique_id;
};
void fsi_check_udf_tree(struct fsi_check_udf *udf, struct fsi_check_totals *ret_totals);

/* U-067, U-068 */
void fsi_check_udf_integrity_totals(struct fsi_check_udf *udf,
				    const struct fsi_check_totals *totals);

/* udf_map.c: claim in the image what is claimed in a metadata partition. */
void fsi_check_udf_show_metadata(struct fsi_check_udf *udf);

#endif
