/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of what is wrong with an image, from the side of who fills it. */
#ifndef FSI_CHECK_FINDINGS_H
#define FSI_CHECK_FINDINGS_H

#include "check/statements.h"

/* One reference. kept_of_each: how many findings of each statement are kept. */
HRESULT fsi_findings_create(uint32_t kept_of_each, fsi_findings **ret_findings);

/*
 * Add a finding; the texts are copied, NULL is "". statement and rule are those of
 * the catalogue; so is the severity when it is 0.
 */
HRESULT fsi_findings_add(fsi_findings *findings, enum fsi_statement statement,
			 const struct fsi_finding *finding);

/* Whether another finding of a statement would be kept. */
bool fsi_findings_keeps(const fsi_findings *findings, enum fsi_statement statement);

void fsi_findings_add_file_system(fsi_findings *findings,
				  enum fsi_file_system file_system);

/* With those that were not kept. */
uint64_t fsi_findings_total_of(const fsi_findings *findings,
			       enum fsi_statement statement);

#endif
