// syncs_in_order DIR ORDER: makes DIR/x.db and DIR/y.db durable by the calls that the letters of ORDER stand for: f fsync, d fdatasync, m msync,
// s sync_file_range, on x.db, and the capital letters on y.db: `x.db fsync: ok`, `y.db msync: EIO`.
#include "testee.h"

int main(int count, char **arguments)
{
    watchdog();
    if (count != 3) {
        dprintf(STDERR_FILENO, "usage: syncs_in_order DIR ORDER\n");
        return 2;
    }
    static const char *const names[] = {"x.db", "y.db"};
    int fds[2];
    char *maps[2];
    for (int i = 0; i < 2; i++) {
        fds[i] = open_file(arguments[1], names[i]);
        maps[i] = map_file(arguments[1], names[i], NULL);
    }
    for (const char *letter = arguments[2]; *letter; letter++) {
        int which = *letter < 'a';
        const char *call;
        int result;
        switch (*letter | 0x20) {
        case 'f': call = "fsync", result = fsync(fds[which]); break;
        case 'd': call = "fdatasync", result = fdatasync(fds[which]); break;
        case 'm': call = "msync", result = msync(maps[which], FILE_LENGTH, MS_SYNC); break;
        case 's': call = "sync_file_range", result = sync_file_range(fds[which], 0, 0, SYNC_FILE_RANGE_WRITE); break;
        default: errno = EINVAL; give_up("letter %c", *letter);
        }
        say("%s %s: %s", names[which], call, outcome_name(result));
    }
    return 0;
}
