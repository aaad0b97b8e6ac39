// odd_names DIR: files whose names are awkward, each mapped, msynced and fsynced, and files reached in awkward ways:
// `with space: msync: ok`, `with space: fsync: ok`, …, `open relative: ok`. Bytes outside printable ASCII are shown as \n or \xNN.
// `gone` was deleted before its calls, `old name` renamed to `new name`, `really (deleted)` is there under just this name.
#include "testee.h"
#include <sys/stat.h>

static const char *escaped(const char *name)
{
    static char text[1024];
    char *end = text;
    for (; *name && end < text + sizeof text - 8; name++) {
        unsigned char byte = (unsigned char)*name;
        if (byte == '\n')
            end += sprintf(end, "\\n");
        else if (byte == '\\' || byte < 0x20 || byte > 0x7e)
            end += sprintf(end, "\\x%02x", byte);
        else
            *end++ = (char)byte;
    }
    *end = '\0';
    return text;
}

// Maps NAME, lets `change` do something to its name, then makes the calls.
static void sync_file(const char *name, void (*change)(const char *))
{
    int fd = open_file(".", name);
    char *map = map_file(".", name, NULL);
    if (change)
        change(name);
    say("%s: msync: %s", escaped(name), outcome(msync(map, FILE_LENGTH, MS_SYNC)));
    say("%s: fsync: %s", escaped(name), outcome(fsync(fd)));
    munmap(map, FILE_LENGTH);
    close(fd);
}

static void delete(const char *name)
{
    if (unlink(name) != 0)
        give_up("unlink");
}

static void rename_it(const char *name)
{
    if (rename(name, "new name") != 0)
        give_up("rename");
}

static void report_open(const char *how, int fd)
{
    say("%s: %s", how, outcome(fd < 0 ? -1 : 0));
    if (fd >= 0)
        close(fd);
}

int main(int count, char **arguments)
{
    watchdog();
    if (count != 2) {
        dprintf(STDERR_FILENO, "usage: odd_names DIR\n");
        return 2;
    }
    if (chdir(arguments[1]) != 0)
        give_up("chdir %s", arguments[1]);
    sync_file("plain.bin", NULL);
    sync_file("with space", NULL);
    sync_file("with\nnewline", NULL);
    sync_file("\xff\xfe", NULL);
    sync_file("back\\slash", NULL);
    sync_file("gone", delete);
    sync_file("really (deleted)", NULL);
    sync_file("gone (deleted)", delete);
    sync_file("old name", rename_it);

    if (mkdir("sub", 0755) != 0 && errno != EEXIST)
        give_up("mkdir sub");
    close(open_file("sub", "file"));
    unlink("link");
    unlink("hard link");
    if (symlink("sub/file", "link") != 0 || link("sub/file", "hard link") != 0)
        give_up("link");
    int directory = open("sub", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        give_up("open sub");

    report_open("open relative", open("sub/file", O_RDONLY | O_CLOEXEC));
    report_open("open with dots", open("./sub/../sub//file", O_RDONLY | O_CLOEXEC));
    report_open("open symbolic link", open("link", O_RDONLY | O_CLOEXEC));
    report_open("open hard link", open("hard link", O_RDONLY | O_CLOEXEC));
    report_open("openat directory", openat(directory, "file", O_RDONLY | O_CLOEXEC));
    if (chdir("sub") != 0)
        give_up("chdir sub");
    report_open("open after chdir", open("file", O_RDONLY | O_CLOEXEC));
    report_open("open above", open("../sub/file", O_RDONLY | O_CLOEXEC));
    char path[PATH_MAX + 16];
    if (!getcwd(path, PATH_MAX))
        give_up("getcwd");
    strcat(path, "/file");
    report_open("open absolute", open(path, O_RDONLY | O_CLOEXEC));
    report_open("open what is not there", open("missing", O_RDONLY | O_CLOEXEC));
    return 0;
}
