/* SPDX-License-Identifier: GPL-2.0-or-later */
/* under way */
int main(void)
{
	return 0;
}
