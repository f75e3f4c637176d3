/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between the revisions of UDF, in one table. */
#ifndef FSI_UDF_REVISION_H
#define FSI_UDF_REVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fsi_udf_entry_form;

struct fsi_udf_revision {
	uint16_t number;	     /* binary coded decimal, as in suffixes: 0x0102 */
	uint16_t tag_version;	     /* ECMA-167 3/7.2.2 */
	char standard_identifier[6]; /* ECMA-167 3/9.1.2 */
	char partition_contents[7];  /* OSTA UDF 2.2.14, ECMA-167 3/10.5.3 */
	uint16_t minimum_read;	     /* these three: OSTA UDF 2.2.6.4 */
	uint16_t minimum_write;
	uint16_t maximum_write;
	const struct fsi_udf_entry_form *entry_form; /* what describes a file */
	bool has_real_time_files;		     /* OSTA UDF 2.3.5.2.3 */
	bool has_metadata_partition;		     /* OSTA UDF 2.2.10 */
};

/* NULL when it is none that can be written. */
const struct fsi_udf_revision *fsi_udf_revision_find(uint32_t number);

#endif
