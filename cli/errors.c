/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "fsimage errors": what result codes mean. */

#include "cli/commands.h"
#include "cli/message.h"

#include <fsimage/codes.h>
#include <fsimage/fsimage.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char errors_help[] =
	"Usage: fsimage errors [OPTION]... [CODE]...\n"
	"Tell what result codes mean: name, text, what is filled in, and what to do.\n"
	"Without a CODE all of them are listed, one on a line.\n"
	"  CODE is a name, or a value as a program shows it: 0xC0AAB131, c0aab131,\n"
	"  -1062555343 or 3232411953.\n"
	"      --json     as a JSON array\n"
	"      --help     show this and end\n"
	"      --version  show the version and end\n";

/* ---- finding ----------------------------------------------------------- */

/* A value of 32 bits, written in that base; NULL when it is not, or not a code. */
static const struct fsi_code *find_value(const char *text, int base)
{
	char *end = NULL;
	long long value = 0;

	errno = 0;
	value = strtoll(text, &end, base);
	if (errno != 0 || end == text || *end != '\0' || value < INT32_MIN ||
	    value > UINT32_MAX)
		return NULL;
	return fsi_code_from_value((HRESULT)(uint32_t)value);
}

static const struct fsi_code *find_code(const char *text)
{
	const char *digits = text[0] == '-' || text[0] == '+' ? text + 1 : text;
	const bool has_prefix =
		digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	const struct fsi_code *code = fsi_code_from_name(text);

	if (code != NULL || strspn(digits, "0123456789abcdefABCDEFxX") != strlen(digits))
		return code;
	if (has_prefix)
		return find_value(text, 16);
	code = find_value(text, 10);
	if (code == NULL)
		code = find_value(text, 16);
	return code;
}

/* ---- printing ---------------------------------------------------------- */

static const char *describe_insert(char type)
{
	switch (type) {
	case FSI_INSERT_STRING:
		return "string";
	case FSI_INSERT_INT64:
		return "int64";
	case FSI_INSERT_UINT32:
		return "uint32";
	default:
		return "?";
	}
}

static void print_line(const struct fsi_code *code)
{
	printf("0x%08" PRIX32 "  %s  %s\n", (uint32_t)code->value, code->name,
	       code->message);
}

static void print_all_of(const struct fsi_code *code)
{
	printf("%s\n", code->name);
	printf("  value    0x%08" PRIX32 " (%" PRId32 ")\n", (uint32_t)code->value,
	       code->value);
	printf("  header   %s\n", code->header);
	printf("  text     %s\n", code->message);
	for (const char *type = code->inserts; *type != '\0'; type++)
		printf("  %%%d       %s\n", (int)(type - code->inserts) + 1,
		       describe_insert(*type));
	if (code->advice[0] != '\0')
		printf("  advice   %s\n", code->advice);
}

static void print_object(const struct fsi_code *code)
{
	printf("{\"code\": %" PRId32 ", \"value\": \"0x%08" PRIX32 "\", \"name\": ",
	       code->value, (uint32_t)code->value);
	text_print_json(stdout, code->name);
	fputs(", \"header\": ", stdout);
	text_print_json(stdout, code->header);
	fputs(", \"message\": ", stdout);
	text_print_json(stdout, code->message);
	fputs(", \"inserts\": [", stdout);
	for (const char *type = code->inserts; *type != '\0'; type++)
		printf("%s\"%s\"", type > code->inserts ? ", " : "",
		       describe_insert(*type));
	fputs("], \"advice\": ", stdout);
	text_print_json(stdout, code->advice);
	fputs("}", stdout);
}

/* ---- the command ------------------------------------------------------- */

static void list_codes(bool json)
{
	for (size_t i = 0; i < fsi_code_get_count(); i++) {
		const struct fsi_code *code = fsi_code_get_item(i);

		if (!json)
			print_line(code);
		else if (i > 0)
			fputs(",\n", stdout);
		if (json)
			print_object(code);
	}
}

/* A negative value begins like an option but is none. */
static bool is_option(const char *word)
{
	return word[0] == '-' && !(word[1] >= '0' && word[1] <= '9');
}

struct arguments {
	char **codes; /* with a NULL behind the last */
	size_t count;
	bool json;
	bool options_end; /* "--" was there */
	bool end;	  /* --help or --version: nothing more to do */
};

static int take_argument(char *word, struct arguments *arguments)
{
	if (arguments->options_end || !is_option(word)) {
		arguments->codes[arguments->count++] = word;
	} else if (strcmp(word, "--") == 0) {
		arguments->options_end = true;
	} else if (strcmp(word, "--json") == 0) {
		arguments->json = true;
	} else if (strcmp(word, "--help") == 0) {
		fputs(errors_help, stdout);
		arguments->end = true;
	} else if (strcmp(word, "--version") == 0) {
		printf("fsimage %s\n", fsi_get_version());
		arguments->end = true;
	} else {
		return message_usage("errors", "there is no option '%s'", word);
	}
	return STATUS_DONE;
}

static int explain_codes(const struct arguments *arguments)
{
	int status = STATUS_DONE;
	size_t printed = 0;

	for (char **text = arguments->codes; *text != NULL; text++) {
		const struct fsi_code *code = find_code(*text);

		if (code == NULL) {
			status = message_error(
				"there is no result code '%s' ('fsimage errors' "
				"lists all)",
				*text);
			continue;
		}
		if (printed++ > 0)
			fputs(arguments->json ? ",\n" : "\n", stdout);
		if (arguments->json)
			print_object(code);
		else
			print_all_of(code);
	}
	return status;
}

static int print_codes(const struct arguments *arguments)
{
	int status = STATUS_DONE;

	if (arguments->json)
		fputs("[", stdout);
	if (arguments->count > 0)
		status = explain_codes(arguments);
	else
		list_codes(arguments->json);
	if (arguments->json)
		fputs("]\n", stdout);
	return status;
}

int errors_command(int argc, char **argv)
{
	struct arguments arguments = {.codes = calloc((size_t)argc + 1, sizeof(char *))};
	int status = STATUS_DONE;

	if (arguments.codes == NULL)
		return message_error("out of memory");
	for (int i = 1; i < argc && status == STATUS_DONE && !arguments.end; i++)
		status = take_argument(argv[i], &arguments);
	if (status == STATUS_DONE && !arguments.end)
		status = print_codes(&arguments);
	free(arguments.codes);
	return status;
}
