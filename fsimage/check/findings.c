/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of what is wrong with an image. */
#include "check/findings.h"

#include "base/arena.h"
#include "base/vector.h"
#include "error/fail.h"

#include <stdatomic.h>
#include <string.h>

struct fsi_findings {
	atomic_uint references;
	uint32_t kept_of_each;
	fsi_file_systems file_systems;
	struct fsi_arena texts;
	FSI_VECTOR(struct fsi_finding) items;
	uint64_t severities[FSI_SEVERITY_ERROR + 1];
	uint64_t statements[FSI_STATEMENT_COUNT];
};

HRESULT fsi_findings_create(uint32_t kept_of_each, fsi_findings **ret_findings)
{
	fsi_findings *findings = fsi_allocate_zeroed(1, sizeof(*findings));

	if (findings == NULL)
		return FSI_FAIL(E_OUTOFMEMORY);
	atomic_init(&findings->references, 1);
	findings->kept_of_each = kept_of_each;
	*ret_findings = findings;
	return S_OK;
}

fsi_findings *fsi_findings_add_ref(fsi_findings *findings)
{
	if (findings != NULL)
		atomic_fetch_add_explicit(&findings->references, 1, memory_order_relaxed);
	return findings;
}

void fsi_findings_release(fsi_findings *findings)
{
	if (findings == NULL || atomic_fetch_sub_explicit(&findings->references, 1,
							  memory_order_acq_rel) != 1)
		return;
	fsi_vector_free(&findings->items);
	fsi_arena_free(&findings->texts);
	fsi_free(findings);
}

/* ---- filling ----------------------------------------------------------- */

static bool keep_text(fsi_findings *findings, const char **text)
{
	if (*text == NULL || **text == '\0') {
		*text = "";
		return true;
	}
	*text = fsi_arena_copy(&findings->texts, *text, strlen(*text));
	return *text != NULL;
}

static HRESULT keep(fsi_findings *findings, const struct fsi_finding *finding)
{
	struct fsi_finding kept = *finding;

	if (!fsi_vector_reserve(&findings->items, 1) ||
	    !keep_text(findings, &kept.path) || !keep_text(findings, &kept.expected) ||
	    !keep_text(findings, &kept.found) || !keep_text(findings, &kept.message))
		return FSI_FAIL(E_OUTOFMEMORY);
	findings->items.items[findings->items.count++] = kept;
	return S_OK;
}

bool fsi_findings_keeps(const fsi_findings *findings, enum fsi_statement statement)
{
	return findings->statements[statement] < findings->kept_of_each;
}

HRESULT fsi_findings_add(fsi_findings *findings, enum fsi_statement statement,
			 const struct fsi_finding *finding)
{
	const struct fsi_statement_facts *facts = &fsi_statements[statement];
	struct fsi_finding added = *finding;

	added.statement = facts->number;
	added.rule = facts->text;
	if (added.severity == 0)
		added.severity = facts->severity;
	if (fsi_findings_keeps(findings, statement))
		FSI_TRY(keep(findings, &added));
	findings->statements[statement]++;
	findings->severities[added.severity]++;
	return S_OK;
}

void fsi_findings_add_file_system(fsi_findings *findings,
				  enum fsi_file_system file_system)
{
	findings->file_systems |= (fsi_file_systems)file_system;
}

uint64_t fsi_findings_total_of(const fsi_findings *findings, enum fsi_statement statement)
{
	return findings->statements[statement];
}

/* ---- the API ----------------------------------------------------------- */

HRESULT fsi_findings_get_count(fsi_findings *findings, size_t *ret_count)
{
	fsi_error_clear();
	if (findings == NULL || ret_count == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_count = findings->items.count;
	return S_OK;
}

HRESULT fsi_findings_get_item(fsi_findings *findings, size_t index,
			      const struct fsi_finding **ret_finding)
{
	fsi_error_clear();
	if (findings == NULL || ret_finding == NULL)
		return FSI_FAIL(E_POINTER);
	if (index >= findings->items.count)
		return FSI_FAIL(E_INVALIDARG);
	*ret_finding = &findings->items.items[index];
	return S_OK;
}

HRESULT fsi_findings_get_total(fsi_findings *findings, enum fsi_severity severity,
			       uint64_t *ret_total)
{
	fsi_error_clear();
	if (findings == NULL || ret_total == NULL)
		return FSI_FAIL(E_POINTER);
	if (severity < FSI_SEVERITY_NOTE || severity > FSI_SEVERITY_ERROR)
		return FSI_FAIL(IMAPI_E_INVALID_PARAM, "severity");
	*ret_total = findings->severities[severity];
	return S_OK;
}

HRESULT fsi_findings_get_statement_total(fsi_findings *findings, const char *statement,
					 uint64_t *ret_total)
{
	fsi_error_clear();
	if (findings == NULL || statement == NULL || ret_total == NULL)
		return FSI_FAIL(E_POINTER);
	for (size_t i = 0; i < FSI_STATEMENT_COUNT; i++) {
		if (strcmp(fsi_statements[i].number, statement) == 0) {
			*ret_total = findings->statements[i];
			return S_OK;
		}
	}
	return FSI_FAIL(IMAPI_E_INVALID_PARAM, "statement");
}

HRESULT fsi_findings_get_file_systems(fsi_findings *findings,
				      fsi_file_systems *ret_file_systems)
{
	fsi_error_clear();
	if (findings == NULL || ret_file_systems == NULL)
		return FSI_FAIL(E_POINTER);
	*ret_file_systems = findings->file_systems;
	return S_OK;
}
