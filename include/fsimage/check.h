/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extension: checking finished images, before they are burned or trusted. Where the
 * validation of IIsoImageManager looks for a volume descriptor, this looks at every
 * copy of every structure.
 *
 *     fsi_image_manager_create(&manager);
 *     fsi_image_manager_set_path(manager, "disc.iso");
 *     fsi_image_manager_check(manager, NULL, &findings);
 *     fsi_findings_get_count(findings, &count);
 *     for (size_t i = 0; i < count; i++) {
 *             fsi_findings_get_item(findings, i, &finding);
 *             …
 *     }
 *
 * What is read from an image is not trusted: however it is made, no call crashes,
 * runs on without end, or takes more memory than a small multiple of what the
 * structures themselves take on the disc.
 *
 * Findings may be read by several threads at once; a manager is used by one
 * thread at a time.
 */
#ifndef FSIMAGE_CHECK_H
#define FSIMAGE_CHECK_H

#include <fsimage/image_manager.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counted: _add_ref and _release accept NULL. */
typedef struct fsi_findings fsi_findings;

/* ---- findings (extension) ---------------------------------------------- */

enum fsi_severity {
	FSI_SEVERITY_NOTE = 1,	  /**< worth to know: some systems show it otherwise */
	FSI_SEVERITY_WARNING = 2, /**< legal or tolerated, but harmful or unusual */
	FSI_SEVERITY_ERROR = 3	  /**< against the standard of the file system */
};

/** The place of a finding that is none of a byte: there is no such place. */
#define FSI_FINDING_NO_OFFSET UINT64_MAX

/** One thing that is wrong with an image. Texts are UTF-8, "" when there is none. */
struct fsi_finding {
	const char *statement; /**< that does not hold, such as "U-017" */
	const char *rule;      /**< the same in words */
	enum fsi_severity severity;
	enum fsi_file_system file_system; /**< NONE: the image as a whole, or several */
	/** Of the first byte concerned, from the start of the image, or NO_OFFSET. */
	uint64_t offset;
	const char *path;     /**< in the file system, of what is concerned */
	const char *expected; /**< what ought to be there */
	const char *found;    /**< what is there */
	const char *message;  /**< a sentence */
};

/** @return findings, with one more reference */
FSI_API fsi_findings *fsi_findings_add_ref(fsi_findings *findings);

/** Give up one reference. @param findings  NULL is accepted */
FSI_API void fsi_findings_release(fsi_findings *findings);

/**
 * How many findings can be had one by one. Of those of one statement, no more
 * are kept than the options of the check said.
 *
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_findings_get_count(fsi_findings *findings, size_t *ret_count);

/**
 * One of the findings: those of the volume come before those of its files.
 *
 * @param index        from 0
 * @param ret_finding  borrowed from findings
 * @return S_OK; E_POINTER; E_INVALIDARG when there are not as many
 */
FSI_API HRESULT fsi_findings_get_item(fsi_findings *findings, size_t index,
				      const struct fsi_finding **ret_finding);

/**
 * How many findings of a severity there were, with those that were not kept.
 *
 * @return S_OK; E_POINTER; IMAPI_E_INVALID_PARAM (severity)
 */
FSI_API HRESULT fsi_findings_get_total(fsi_findings *findings, enum fsi_severity severity,
				       uint64_t *ret_total);

/**
 * The same of a statement, whatever their severity.
 *
 * @param statement  such as "U-017"
 * @return S_OK; E_POINTER; IMAPI_E_INVALID_PARAM (statement) when there is no such
 */
FSI_API HRESULT fsi_findings_get_statement_total(fsi_findings *findings,
						 const char *statement,
						 uint64_t *ret_total);

/**
 * The file systems that were found and looked at.
 *
 * @return S_OK; E_POINTER
 */
FSI_API HRESULT fsi_findings_get_file_systems(fsi_findings *findings,
					      fsi_file_systems *ret_file_systems);

/* ---- checking (extension of IIsoImageManager) --------------------------- */

/** How to check; zeroed but for size: as it is usual. */
struct fsi_check_options {
	size_t size; /**< sizeof(struct fsi_check_options) */
	/** First block of the session to check, where the image has several. */
	uint32_t session_block;
	/** How many blocks there are up to the end of that session; 0: all. */
	uint32_t block_count;
	/** The anchor of UDF to begin with, where it is not at its usual place; else 0.
	 */
	uint32_t anchor_block;
	/** How many findings of one statement are kept; 0: 20. */
	uint32_t kept_of_each;
	/**
	 * The interchange level of ISO 9660 that the image is meant to keep, which
	 * is not recorded: 1 to 3; 0: 3.
	 */
	uint32_t iso9660_level;
};

/**
 * Look at every structure of every file system of the image.
 *
 * @param options       borrowed; NULL: defaults
 * @param ret_findings  one reference; that there are any is no failure
 * @return S_OK; E_POINTER; E_OUTOFMEMORY; E_INVALIDARG for a wrong size member;
 *         IMAPI_E_INVALID_PARAM (iso9660_level) above 3;
 *         IMAPI_E_IMAGEMANAGER_NO_IMAGE when neither a path nor a stream was set;
 *         what the stream returns for its size
 */
FSI_API HRESULT fsi_image_manager_check(fsi_image_manager *manager,
					const struct fsi_check_options *options,
					fsi_findings **ret_findings);

#ifdef __cplusplus
}
#endif

#endif
