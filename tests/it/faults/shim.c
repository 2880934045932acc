/*
 * A disk that fails, is full, or loses what was not synced: preloaded (LD_PRELOAD) into the real binary by tests/it/faults.
 * And a clock that jumps.
 *
 * It stands between the program and the C library for the files below $SHIM_FOLDER, and does what these tell:
 *
 *   SHIM_FAIL_AT    the n-th operation that changes or syncs a file fails, once
 *   SHIM_FAIL_AS    how: ENOSPC, EIO, EINTR, or "torn": half of a write is made, and the next one fails with ENOSPC
 *   SHIM_COUNT      a file that says, when the process ends or the fault came, how many operations there were
 *   SHIM_FULL       while this file is there, nothing grows: ENOSPC
 *   SHIM_JOURNAL    a file to which every change and every sync is written, from which a test rebuilds what a power cut
 *                   would have left (see cut.rs for the records)
 *   SHIM_CLOCK      a file with a number: so many seconds the clock is ahead (not the one that only measures time)
 *   SHIM_DEAF       syncs of files whose name ends so are neither made nor written to the journal: a disk that lies
 *
 * Linux, glibc or musl. An operation and its record are one under a lock, so the journal is in the order of the changes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder, *full, *count_file, *deaf, *how = "";
static long fail_at = -1, count;
static int journal = -1, ahead = -1, torn, fired;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *), (*real_unlink)(const char *), (*real_mkdir)(const char *, mode_t);

static void said(void) {
    char text[64];
    if (!count_file) return;
    int n = snprintf(text, sizeof text, "%ld %d\n", count, fired);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0) {
        (void)!syscall(SYS_write, fd, text, (size_t)n);
        syscall(SYS_close, fd);
    }
}

__attribute__((constructor)) static void begin(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    folder = getenv("SHIM_FOLDER");
    full = getenv("SHIM_FULL");
    count_file = getenv("SHIM_COUNT");
    deaf = getenv("SHIM_DEAF");
    if (getenv("SHIM_FAIL_AT")) fail_at = atol(getenv("SHIM_FAIL_AT"));
    if (getenv("SHIM_FAIL_AS")) how = getenv("SHIM_FAIL_AS");
    if (getenv("SHIM_CLOCK")) ahead = (int)syscall(SYS_openat, AT_FDCWD, getenv("SHIM_CLOCK"), O_RDONLY | O_CLOEXEC);
    if (getenv("SHIM_JOURNAL"))
        journal = (int)syscall(SYS_openat, AT_FDCWD, getenv("SHIM_JOURNAL"),
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

__attribute__((destructor)) static void end(void) { said(); }

static int below(const char *path) {
    size_t n = folder ? strlen(folder) : 0;
    return n && !strncmp(path, folder, n) && path[n] == '/';
}

/* Whether the descriptor is a file (or folder) of ours, and its path. */
static int ours(int fd, char path[PATH_MAX]) {
    char link[64];
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return below(path) || !strcmp(path, folder);
}

static void whole(const char *path, char out[PATH_MAX]) {
    if (path[0] == '/' || !getcwd(out, PATH_MAX / 2)) {
        snprintf(out, PATH_MAX, "%s", path);
        return;
    }
    size_t n = strlen(out);
    snprintf(out + n, PATH_MAX - n, "/%s", path);
}

/* One record: kind, inode, offset, length of the path, length of the data; path; data. */
static void record(char kind, uint64_t inode, int64_t offset, const char *path, const void *data, size_t n) {
    if (journal < 0) return;
    struct __attribute__((packed)) {
        char kind;
        uint64_t inode;
        int64_t offset;
        uint32_t path, data;
    } head = {kind, inode, offset, (uint32_t)strlen(path), (uint32_t)n};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)data, n}};
    if (syscall(SYS_writev, journal, parts, 3) < 0) abort();
}

static uint64_t inode(int fd) {
    struct stat about;
    return fstat(fd, &about) ? 0 : about.st_ino;
}

static int ends(const char *path, const char *with) {
    size_t n = strlen(path), m = strlen(with);
    return n >= m && !strcmp(path + n - m, with);
}

/* Counts one operation; the errno with which it is to fail, 0 for none. With `half` only half of it is to be made. */
static int fault(int writes, size_t n, int *half) {
    if (torn && writes) {
        torn = 0;
        return ENOSPC;
    }
    if (++count != fail_at) return 0;
    fired = 1;
    said();
    if (!strcmp(how, "EIO")) return EIO;
    if (!strcmp(how, "EINTR")) return EINTR;
    if (!strcmp(how, "torn") && writes && n > 1) {
        *half = 1;
        torn = 1;
        return 0;
    }
    return ENOSPC;
}

static int grows(int fd, off_t to) {
    struct stat about;
    return full && !syscall(SYS_access, full, F_OK) && !fstat(fd, &about) && S_ISREG(about.st_mode) &&
           to > about.st_size;
}

static ssize_t put(int fd, const void *data, size_t n, off_t at, int seeks) {
    char path[PATH_MAX];
    if (!ours(fd, path)) return seeks ? real_write(fd, data, n) : real_pwrite(fd, data, n, at);
    pthread_mutex_lock(&lock);
    int half = 0, why = 0;
    off_t from = seeks ? lseek(fd, 0, SEEK_CUR) : at;
    if (grows(fd, from + (off_t)n))
        why = ENOSPC;
    else
        why = fault(1, n, &half);
    ssize_t done = -1;
    if (!why) {
        size_t part = half ? n / 2 : n;
        done = seeks ? real_write(fd, data, part) : real_pwrite(fd, data, part, at);
        if (done > 0) record('W', inode(fd), from, path, data, (size_t)done);
    }
    pthread_mutex_unlock(&lock);
    if (why) errno = why;
    return done;
}

ssize_t write(int fd, const void *data, size_t n) { return put(fd, data, n, 0, 1); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return put(fd, data, n, at, 0); }
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) { return put(fd, data, n, at, 0); }

ssize_t writev(int fd, const struct iovec *parts, int n) {
    char path[PATH_MAX];
    if (!ours(fd, path)) return real_writev(fd, parts, n);
    /* As the system may do it: the first part that holds something, and the caller comes again. */
    for (int i = 0; i < n; i++)
        if (parts[i].iov_len) return put(fd, parts[i].iov_base, parts[i].iov_len, 0, 1);
    return 0;
}

static int cut(int fd, off_t to) {
    char path[PATH_MAX];
    if (!ours(fd, path)) return real_ftruncate(fd, to);
    pthread_mutex_lock(&lock);
    int half = 0, why = grows(fd, to) ? ENOSPC : fault(0, 0, &half), done = -1;
    if (!why && !(done = real_ftruncate(fd, to))) record('T', inode(fd), to, path, "", 0);
    pthread_mutex_unlock(&lock);
    if (why) errno = why;
    return done;
}

int ftruncate(int fd, off_t to) { return cut(fd, to); }
int ftruncate64(int fd, off64_t to) { return cut(fd, to); }

static int synced(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat about;
    if (!ours(fd, path)) return real(fd);
    pthread_mutex_lock(&lock);
    int half = 0, why = fault(0, 0, &half), done = -1;
    if (!why && deaf && ends(path, deaf))
        done = 0;
    else if (!why && !(done = real(fd)) && !fstat(fd, &about))
        record(S_ISDIR(about.st_mode) ? 'D' : 'S', about.st_ino, 0, path, "", 0);
    pthread_mutex_unlock(&lock);
    if (why) errno = why;
    return done;
}

int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int rename(const char *from, const char *to) {
    char a[PATH_MAX], b[PATH_MAX];
    whole(from, a);
    whole(to, b);
    pthread_mutex_lock(&lock);
    int done = real_rename(from, to);
    if (!done && below(b)) record('R', 0, 0, a, b, strlen(b));
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) {
    char a[PATH_MAX];
    whole(path, a);
    pthread_mutex_lock(&lock);
    int done = real_unlink(path);
    if (!done && below(a)) record('U', 0, 0, a, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    char a[PATH_MAX];
    whole(path, a);
    pthread_mutex_lock(&lock);
    int done = real_mkdir(path, mode);
    if (!done && below(a)) record('M', 0, 0, a, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}

/* How many seconds the clock is ahead at this moment. */
static time_t jumped(void) {
    char text[32];
    ssize_t n = ahead < 0 ? 0 : (ssize_t)syscall(SYS_pread64, ahead, text, sizeof text - 1, 0);
    if (n <= 0) return 0;
    text[n] = 0;
    return (time_t)atoll(text);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = (int)syscall(SYS_clock_gettime, which, now);
    if (!done && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += jumped();
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int done = (int)syscall(SYS_gettimeofday, now, zone);
    if (!done) now->tv_sec += jumped();
    return done;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
