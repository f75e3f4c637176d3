# shellcheck shell=bash disable=SC2034,SC2154,SC2207
# SPDX-License-Identifier: GPL-2.0-or-later
# What bash completes after "fsimage", with the functions of bash-completion.

# The last word of a list with commas, each of the words given offered once.
_fsimage_list() {
	local done="" name

	[[ $cur != *,* ]] || done=${cur%,*},
	for name; do
		if [[ ,$done != *,$name,* && $done$name == "$cur"* ]]; then
			COMPREPLY+=("$done$name")
		fi
	done
	compopt -o nospace
}

# The value of an option; fails when the word before takes none.
_fsimage_value() {
	case $prev in
	-o | --output | --unix | --fuse | --previous | --drive) _filedir ;;
	--working-directory) _filedir -d ;;
	-f | --file-systems) _fsimage_list iso9660 joliet udf ;;
	--iso-names) _fsimage_list long lowercase relaxed multidot no-version ;;
	--iso-level) COMPREPLY=($(compgen -W "1 2 3 4" -- "$cur")) ;;
	--udf-revision)
		COMPREPLY=($(compgen -W "1.02 1.50 2.00 2.01 2.50 2.60" -- "$cur"))
		;;
	--capacity) COMPREPLY=($(compgen -W "650M 700M 4.7G 8.5G 25G 50G 100G 128G" -- "$cur")) ;;
	--boot)
		cur=${cur##*:}
		_filedir
		;;
	--hybrid)
		# A word behind a space is not its value.
		[[ $split == true ]] || return 1
		COMPREPLY=($(compgen -W "mbr gpt both" -- "$cur"))
		;;
	--mbr-template) _filedir ;;
	--reflink) COMPREPLY=($(compgen -W "auto always never" -- "$cur")) ;;
	--rules) COMPREPLY=($(compgen -W "linux imapi" -- "$cur")) ;;
	-C | --directory) _filedir -d ;;
	--view | --import) COMPREPLY=($(compgen -W "udf joliet iso9660" -- "$cur")) ;;
	-V | --volume | --session | --session-start | --remove | --move | --exclude | --boot-catalog | --boot-load-size) ;;
	*) return 1 ;;
	esac
}

_fsimage_create() {
	_fsimage_value && return
	case $cur in
	-*)
		COMPREPLY=($(compgen -W "--output --volume --file-systems --iso-level
			--iso-names --joliet-long --omit-large-files
			--udf-revision --redundant-metadata --posix --udf-holes
			--reflink --align-large-files --deduplicate --capacity --stage --working-directory --rules --restricted-names --boot --boot-catalog
			--boot-info-table --boot-load-size --hybrid --mbr-template --previous
			--session-start --import --exclude --follow-links --strict --force
			--quiet --verbose --json --help --version" -- "$cur"))
		;;
	*)
		# Of TARGET=SOURCE the source is to be found here.
		cur=${cur#*=}
		_filedir
		;;
	esac
}

_fsimage_append() {
	local -a others

	# What describes files is the same; what only a first session has is not.
	_fsimage_create
	[[ $cur == -* ]] || return
	mapfile -t others < <(printf '%s\n' "${COMPREPLY[@]}" |
		grep -vxE -e '--(output|force|reflink|udf-revision|boot.*|hybrid|mbr-template|previous|session-start)')
	COMPREPLY=("${others[@]}" $(compgen -W "--drive --remove --move --import --quiet
		--verbose --json --help --version" -- "$cur"))
}

_fsimage_revert() {
	_fsimage_value && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--session --drive --import --volume --rules
			--redundant-metadata --quiet --verbose --json --help --version" -- "$cur"))
	else
		_filedir
	fi
}

_fsimage_serve() {
	local -a others

	# What describes an image is the same; where it goes is not.
	_fsimage_create
	[[ $cur == -* ]] || return
	mapfile -t others < <(printf '%s\n' "${COMPREPLY[@]}" |
		grep -vxE -e '--(output|force)')
	COMPREPLY=("${others[@]}" $(compgen -W "--unix --fuse --quiet --verbose --json
		--help --version" -- "$cur"))
}

_fsimage_info() {
	_fsimage_value && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--session --json --help --version" -- "$cur"))
	else
		_filedir
	fi
}

_fsimage_ls() {
	_fsimage_value && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--long --recursive --view --session --json --help
			--version" -- "$cur"))
	else
		_filedir
	fi
}

_fsimage_extract() {
	_fsimage_value && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--directory --view --session --force --quiet --verbose
			--json --help --version" -- "$cur"))
	else
		_filedir
	fi
}

_fsimage_check() {
	_fsimage_value && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--iso-level --session --json --help --version" -- "$cur"))
	else
		_filedir
	fi
}

_fsimage_map() {
	_fsimage_value && return
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--output --force --session --help --version" -- "$cur"))
	else
		_filedir
	fi
}

_fsimage_errors() {
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "--json --help --version" -- "$cur"))
	else
		# The second column of the list: names say more than values.
		COMPREPLY=($(compgen -W "$("${words[0]}" errors 2>/dev/null |
			awk '{ print $2 }')" -- "${cur^^}"))
	fi
}

_fsimage() {
	local cur prev words cword split

	_init_completion -s || return
	if [[ $cword -eq 1 ]]; then
		COMPREPLY=($(compgen -W "create append revert serve info ls extract check map errors help --help
			--version" -- "$cur"))
		return
	fi
	case ${words[1]} in
	create) _fsimage_create ;;
	append) _fsimage_append ;;
	revert) _fsimage_revert ;;
	serve) _fsimage_serve ;;
	info) _fsimage_info ;;
	ls) _fsimage_ls ;;
	extract) _fsimage_extract ;;
	check) _fsimage_check ;;
	map) _fsimage_map ;;
	errors) _fsimage_errors ;;
	help) COMPREPLY=($(compgen -W "create append revert serve info ls extract check map
		errors" -- "$cur")) ;;
	esac
} &&
	complete -F _fsimage fsimage
