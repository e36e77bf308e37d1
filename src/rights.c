/* rights.c - files that are opened as the user of -Z, while we are still root */
#include "config.h"
#include "rights.h"
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

struct rights rights_lend(const char *user)
{
	struct rights rights = { .gid = getegid() };
	const struct passwd *pw;

	if (user == NULL || geteuid() != 0)
		return rights;
	pw = getpwnam(user);
	if (pw == NULL) /* said when the interface is opened */
		return rights;
	rights.lent = setegid(pw->pw_gid) == 0 && seteuid(pw->pw_uid) == 0;
	if (!rights.lent)
		(void)!setegid(rights.gid);
	return rights;
}

/* That it failed is said, too, when the interface cannot be opened. */
void rights_return(const struct rights *rights)
{
	if (rights->lent)
		(void)!(seteuid(0) == 0 && setegid(rights->gid) == 0);
}
