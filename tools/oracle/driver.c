/*
 * driver: process 1 of the sandbox in batched mode. Runs many commands, each in a fresh shell with a fresh tree.
 *
 *   driver ROUND...            each ROUND is the status all stubs end with, `0` or `1`
 *
 * Reads `SHELL LENGTH\n` and LENGTH bytes of text for every command, and writes one JSON line for each run:
 *   {"round":0,"status":0,"timed_out":false,"log":[what the stubs logged]}
 * Being process 1 it inherits orphans, cannot be killed from inside, and ends everything that is left between runs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOG "/.o/run/log"
#define MOST_LOG (256 * 1024)

static const double RUN_SECONDS = 4, REST_SECONDS = 0.3;

static const struct { const char *path, *text; } FILES[] = {
  {"/w/a.txt", "alpha\n"}, {"/w/b.txt", "beta\n"}, {"/w/src/main.c", "int main(){}\n"}, {"/w/src/util.py", "print(1)\n"},
  {"/w/sub dir/c d.txt", "gamma\n"}, {"/w/.env", "SECRET=x\n"}, {"/w/Makefile", "all:\n\techo hi\n"},
  {"/w/cmds.sh", "rm -rf from-script\n"}, {"/w/names", "rm\n-rf\nfrom-names\n"}, {"/w/.git/config", "[core]\n"},
  {"/home/u/.bashrc", "# rc\n"}, {"/home/u/.ssh/id_rsa", "key\n"}, {"/home/u/notes.txt", "n\n"},
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return;
  ssize_t r = write(fd, text, strlen(text));
  (void)r;
  close(fd);
}

/* Empties a folder, other file systems below it included: there are none. */
static void empty(const char *path) {
  char below[4096];
  chmod(path, 0777);
  DIR *dir = opendir(path);
  if (!dir) return;
  struct dirent *e;
  while ((e = readdir(dir))) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    snprintf(below, sizeof below, "%s/%s", path, e->d_name);
    if (unlink(below) != 0) { empty(below); rmdir(below); }
  }
  closedir(dir);
}

static void reset(void) {
  empty("/w"); empty("/home/u"); empty("/tmp");
  mkdir("/w/src", 0777); mkdir("/w/sub dir", 0777); mkdir("/w/.git", 0777); mkdir("/home/u/.ssh", 0777);
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) write_file(FILES[i].path, FILES[i].text);
  int r = symlink("/etc/passwd", "/w/link-out");
  (void)r;
  write_file(LOG, "");
}

static void start(const char *shell, const char *text) {
  char path[64];
  struct rlimit limit;
  setsid();
  if (chdir("/w") != 0) _exit(126);
  int null = open("/dev/null", O_RDWR);
  dup2(null, 0); dup2(null, 1); dup2(null, 2);
  if (null > 2) close(null);
  limit.rlim_cur = limit.rlim_max = 200; setrlimit(RLIMIT_NPROC, &limit);
  limit.rlim_cur = limit.rlim_max = 2 << 20; setrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit.rlim_max = 2; setrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = limit.rlim_max = 2000000000; setrlimit(RLIMIT_AS, &limit);
  for (int s = 1; s < 32; s++) signal(s, SIG_DFL);
  snprintf(path, sizeof path, "/.o/real/%s", shell);
  execl(path, shell, "-c", text, (char *)NULL);
  _exit(127);
}

/* Waits until nothing is left or time is up; returns whether the shell itself was cut off. */
static int finish(pid_t shell, int *status) {
  double until = now() + RUN_SECONDS, pause = 0.0002;
  int ended = 0, cut = 0;
  *status = -1;
  while (1) {
    int s;
    pid_t p = waitpid(-1, &s, WNOHANG);
    if (p < 0) return cut;
    if (p == shell) {
      ended = 1;
      *status = WIFEXITED(s) ? WEXITSTATUS(s) : 128 + WTERMSIG(s);
      until = now() + REST_SECONDS;
    }
    if (p > 0) continue;
    if (now() > until) {
      cut = cut || !ended;
      kill(-1, SIGKILL);
    }
    struct timespec t = {0, (long)(pause * 1e9)};
    nanosleep(&t, NULL);
    if (pause < 0.005) pause *= 1.3;
  }
}

static void report(int round, int status, int cut) {
  static char log[MOST_LOG + 1];
  int fd = open(LOG, O_RDONLY | O_CLOEXEC);
  ssize_t n = 0, r;
  while (fd >= 0 && n < MOST_LOG && (r = read(fd, log + n, (size_t)(MOST_LOG - n))) > 0) n += r;
  if (fd >= 0) close(fd);
  while (n > 0 && log[n - 1] != '\n') n--;
  printf("{\"round\":%d,\"status\":%d,\"timed_out\":%s,\"log\":[", round, status, cut ? "true" : "false");
  int first = 1;
  for (ssize_t i = 0; i < n;) {
    ssize_t j = i;
    while (log[j] != '\n') j++;
    if (log[i] == '{' && log[j - 1] == '}') { /* the command under test may write here too */
      if (!first) putchar(',');
      first = 0;
      fwrite(log + i, 1, (size_t)(j - i), stdout);
    }
    i = j + 1;
  }
  printf("]}\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  char shell[32];
  size_t length;
  for (int s = 1; s < 32; s++) signal(s, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  umask(0);
  while (scanf("%31s %zu", shell, &length) == 2) {
    getchar();
    char *text = malloc(length + 1);
    if (!text || fread(text, 1, length, stdin) != length) return 1;
    text[length] = 0;
    for (int i = 1; i < argc; i++) {
      int status;
      reset();
      write_file("/.o/run/rc", argv[i]);
      pid_t child = fork();
      if (child == 0) start(shell, text);
      if (child < 0) return 1;
      int cut = finish(child, &status);
      report(atoi(argv[i]), status, cut);
    }
    free(text);
  }
  return 0;
}
