/* Runs one fuzz target over files and folders, under any compiler: usage: replay_TARGET PATH… */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "fuzz_input.h"

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    struct sl_buf bytes = {0};
    for (;;) {
        size_t got = fread(sl_buf_reserve(&bytes, 4096), 1, 4096, file);
        bytes.len += got;
        if (got == 0)
            break;
    }
    fclose(file);
    LLVMFuzzerTestOneInput((const uint8_t *)bytes.bytes, bytes.len);
    sl_buf_release(&bytes);
    return 0;
}

static int run_folder(const char *path, unsigned *n)
{
    DIR *folder = opendir(path);
    if (!folder)
        return run_file(path);
    int failed = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder))) {
        char file[4096];
        struct stat status;
        int len = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (len < 0 || (size_t)len >= sizeof file || stat(file, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        failed |= run_file(file);
        ++*n;
    }
    closedir(folder);
    return failed;
}

int main(int argc, char **argv)
{
    unsigned n = 0;
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= run_folder(argv[i], &n);
    printf("%u inputs\n", n);
    return failed || n == 0;
}
