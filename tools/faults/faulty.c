/*
 * Makes the disk fail, or hang, and the clock jump, under a program that was started with
 * LD_PRELOAD=faulty.so. Only what goes to files below COUNTERSIGN_FAULTY_FOLDER counts and fails, and of those
 * none whose path holds COUNTERSIGN_FAULTY_SKIP, where that is set.
 *
 * The file COUNTERSIGN_FAULTY_CONTROL is mapped into both sides; the one that tests writes its orders there:
 *
 *   0  count    operations so far, by this side
 *   1  from     the first operation that fails, counted from 1; 0: none
 *   2  to       the last one
 *   3  error    errno of the failure; 0: a write is done by half, and what follows of it fails with ENOSPC;
 *               -1: the process is killed before the operation
 *   4  delay    milliseconds each fsync and fdatasync takes longer
 *   5  clock    nanoseconds that are added to the time of day
 *   6  failed   operations that failed, by this side
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { COUNT, FROM, TO, ERROR, DELAY, CLOCK, FAILED, WORDS };

static volatile int64_t *orders;
static char folder[4096];
static size_t folder_length;
static const char *skipped;

__attribute__((constructor)) static void begin(void) {
  const char *control = getenv("COUNTERSIGN_FAULTY_CONTROL");
  const char *below = getenv("COUNTERSIGN_FAULTY_FOLDER");
  if (control == NULL || below == NULL || strlen(below) >= sizeof folder) return;
  int file = open(control, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, WORDS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return;
  strcpy(folder, below);
  folder_length = strlen(folder);
  skipped = getenv("COUNTERSIGN_FAULTY_SKIP");
  orders = mapped;
}

static int below(const char *path) {
  return orders != NULL && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/'
      && (skipped == NULL || strstr(path, skipped) == NULL);
}

static int ours(int file) {
  char link[64], path[4096];
  if (orders == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}

/* 0: go on; 1: fail with errno; 2: do half. */
static int next(void) {
  int64_t number = __atomic_add_fetch(&orders[COUNT], 1, __ATOMIC_SEQ_CST);
  int64_t from = orders[FROM];
  if (from == 0 || number < from || number > orders[TO]) return 0;
  __atomic_add_fetch(&orders[FAILED], 1, __ATOMIC_SEQ_CST);
  if (orders[ERROR] == -1) raise(SIGKILL);
  if (orders[ERROR] == 0) {
    if (number == from) return 2;
    errno = ENOSPC;
    return 1;
  }
  errno = (int)orders[ERROR];
  return 1;
}

static int verdict(int file) {
  return ours(file) ? next() : 0;
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(ssize_t, write, int, const void *, size_t);
  int how = verdict(file);
  return how == 1 ? -1 : real(file, bytes, how == 2 ? (count + 1) / 2 : count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  int how = verdict(file);
  return how == 1 ? -1 : real(file, bytes, how == 2 ? (count + 1) / 2 : count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
  int how = verdict(file);
  return how == 1 ? -1 : real(file, bytes, how == 2 ? (count + 1) / 2 : count, at);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(ssize_t, writev, int, const struct iovec *, int);
  int how = verdict(file);
  if (how == 1) return -1;
  if (how == 2 && count > 0) return write(file, parts[0].iov_base, parts[0].iov_len);
  return real(file, parts, count);
}

static void slow(int file) {
  if (orders == NULL || orders[DELAY] == 0 || !ours(file)) return;
  struct timespec wait = {orders[DELAY] / 1000, orders[DELAY] % 1000 * 1000000};
  nanosleep(&wait, NULL);
}

int fsync(int file) {
  REAL(int, fsync, int);
  slow(file);
  return verdict(file) == 1 ? -1 : real(file);
}

int fdatasync(int file) {
  REAL(int, fdatasync, int);
  slow(file);
  return verdict(file) == 1 ? -1 : real(file);
}

int ftruncate(int file, off_t length) {
  REAL(int, ftruncate, int, off_t);
  return verdict(file) == 1 ? -1 : real(file, length);
}

int ftruncate64(int file, off64_t length) {
  REAL(int, ftruncate64, int, off64_t);
  return verdict(file) == 1 ? -1 : real(file, length);
}

int posix_fallocate(int file, off_t at, off_t length) {
  REAL(int, posix_fallocate, int, off_t, off_t);
  return verdict(file) == 1 ? errno : real(file, at, length);
}

int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  return below(to) && next() == 1 ? -1 : real(from, to);
}

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  return below(path) && next() == 1 ? -1 : real(path);
}

int clock_gettime(clockid_t which, struct timespec *now) {
  REAL(int, clock_gettime, clockid_t, struct timespec *);
  int result = real(which, now);
  if (result == 0 && orders != NULL && orders[CLOCK] != 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
    int64_t total = now->tv_nsec + orders[CLOCK] % 1000000000;
    now->tv_sec += orders[CLOCK] / 1000000000 + total / 1000000000;
    now->tv_nsec = total % 1000000000;
    if (now->tv_nsec < 0) {
      now->tv_nsec += 1000000000;
      now->tv_sec -= 1;
    }
  }
  return result;
}
