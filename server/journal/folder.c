/*
 * Which file systems may carry a ledger.
 */
#include "journal/journal.h"

#include <errno.h>
#include <sys/vfs.h>

struct remote_kind {
    uint32_t magic;
    const char *name;
};

/* On these a sync or a lock is a promise of another machine or program. */
static const struct remote_kind remote_kinds[] = {
    {0x6969, "NFS"},
    {0x517B, "SMB"},
    {0xFE534D42, "SMB2"},
    {0xFF534D42, "CIFS"},
    {0x65735546, "FUSE"},
    {0x01021997, "9p"},
    {0x5346414F, "AFS"},
    {0x6B414653, "AFS"},
    {0x73757245, "Coda"},
    {0x564C, "NCP"},
    {0x00C36400, "Ceph"},
    {0x7461636F, "OCFS2"},
    {0x01161970, "GFS2"},
    {0x0BD00BD0, "Lustre"},
    {0xAAD7AAEA, "PanFS"},
    {0x47504653, "GPFS"},
    {0x786F4256, "a VirtualBox folder"},
};

bool journal_folder_supported(const char *path, struct failure *failure)
{
    struct statfs fs;
    if (statfs(path, &fs))
        return fail(failure, FAULT_IO, errno, "cannot look at the folder %s", path);
    for (size_t i = 0; i < sizeof remote_kinds / sizeof *remote_kinds; i++)
        if ((uint32_t)fs.f_type == remote_kinds[i].magic)
            return fail(failure, FAULT_USE, 0,
                        "%s is on %s, which cannot promise that what is written stays written; "
                        "take a folder on a local disk",
                        path, remote_kinds[i].name);
    return true;
}
