# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-or-later
# What tools/run and tools/check have in common; to be sourced, with top set.

# What building takes, on Debian 12 and its relatives.
build_packages=(gcc libc6-dev make autoconf automake libtool pkg-config
	libburn-dev libisofs-dev libxxhash-dev zlib1g-dev
	libfuse3-dev nbdkit-plugin-dev)

# Prints those of its arguments that are not installed.
missing_packages() {
	local installed package

	# It fails when it does not know one of them, which is not an error here.
	installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
		sed -n 's/ installed$//p') || true
	for package; do
		grep -qxF -- "$package" <<<"$installed" || printf '%s\n' "$package"
	done
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "$0: as root, please: $*" >&2
		return 1
	fi
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

# install_packages LOG PACKAGE...: installs what is missing, if anything is.
install_packages() {
	local log=$1 missing
	shift

	# Elsewhere than on Debian, configure says what is missing.
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0

	echo "Installing ${missing[*]} ..." >&2
	{
		apt_install "${missing[@]}" ||
			{ as_root apt-get update -qq && apt_install "${missing[@]}"; }
	} </dev/null >"$log" 2>&1 || {
		cat "$log" >&2
		echo "${0##*/}: these packages can't be installed: ${missing[*]}" >&2
		return 1
	}
}

# Whether configure and Makefile.in are as new as what they are made from.
is_bootstrapped() {
	[ -e "$top/configure" ] &&
		[ -e "$top/build-aux/ltmain.sh" ] && [ -e "$top/Makefile.in" ] &&
		[ -z "$(find "$top" -maxdepth 2 \( -name '*.am' -o -name configure.ac \) \
			-newer "$top/Makefile.in" -print -quit)" ]
}

# bootstrap [--force]: makes configure. Of several that try at once, one does.
bootstrap() (
	exec {lock}<"$top"
	flock "$lock"
	if [ "${1-}" = --force ] || ! is_bootstrapped; then
		cd "$top" && mkdir -p m4 && autoreconf -fi {lock}<&-
	fi
)

# A make that started us is not to speak to those that we start.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
