/*
 * stub: stands in for every program inside the oracle's sandbox.
 *
 * Each call appends ONE JSON line {"k":"exec","argv":[...],"exe":"...","cwd":"...","pid":N} to the log, then
 *   - skips the options of a launcher that cannot really run in here (sudo, su, chroot, ...) and runs the rest,
 *   - runs the real program if a real one of that name was put under /.o/real (env, xargs, find, ...:
 *     programs that only start other programs, which are stubs again), or
 *   - ends having done nothing, with the status of this run (the oracle runs everything twice, 0 and 1,
 *     so that both sides of && and || are seen).
 * argv bytes are written as \u00XX when they are not printable ASCII, so any byte string survives.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

static char buf[1 << 16];
static size_t len;

static void put(const char *s, size_t n) {
  if (len + n < sizeof buf) { memcpy(buf + len, s, n); len += n; }
}
static void puts0(const char *s) { put(s, strlen(s)); }
static void jstr(const char *s) {
  char e[8];
  put("\"", 1);
  for (; *s; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\') { e[0] = '\\'; e[1] = (char)c; put(e, 2); }
    else if (c < 32 || c > 126) put(e, (size_t)snprintf(e, sizeof e, "\\u%04x", c));
    else put((const char *)&c, 1);
  }
  put("\"", 1);
}

/* Launchers that cannot really run in here: their options are skipped as they do it, and the rest is run. */
static const struct { const char *name, *valued; } LAUNCHERS[] = {
  {"sudo", "ugpCchrtTUDR"}, {"doas", "uaC"}, {"busybox", ""}, {"strace", "abeEIoOpPsSuUX"}, {"chroot", ""},
  {"nsenter", "tSG"}, {"unshare", "SG"}, {"watch", "n"},
};

static void run(char **argv) {
  if (!argv[0]) exit(0);
  execvp(argv[0], argv);
  exit(127);
}

/* Runs words as a text of the shell, as watch, parallel and ssh do. */
static int shell(char **words, const char *more, int wait) {
  static char text[1 << 16];
  size_t n = 0;
  int status = 0, placed = 0;
  for (; *words; words++) {
    char *mark = more ? strstr(*words, "{}") : NULL;
    if (mark) {
      placed = 1;
      n += (size_t)snprintf(text + n, sizeof text - n, "%.*s%s%s ", (int)(mark - *words), *words, more, mark + 2);
    } else n += (size_t)snprintf(text + n, sizeof text - n, "%s ", *words);
    if (n >= sizeof text) exit(126);
  }
  if (more && !placed) snprintf(text + n, sizeof text - n, "%s", more);
  char *argv[] = {"sh", "-c", text, NULL};
  if (!wait) run(argv);
  pid_t child = fork();
  if (child == 0) run(argv);
  waitpid(child, &status, 0);
  return status;
}

/* Skips the options in front; those of one letter in `valued` take the next word. */
static int skip(int i, int argc, char **argv, const char *valued) {
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    if (strcmp(argv[i], "--") == 0) return i + 1;
    if (!argv[i][2] && strchr(valued, argv[i][1])) i++;
  }
  return i;
}

static void launch(const char *base, int argc, char **argv) {
  int i = 1;
  if (strcmp(base, "ssh") == 0) {
    i = skip(1, argc, argv, "BbcDEeFIiJLlmOopQRSWw") + 1;
    if (i < argc) shell(argv + i, NULL, 0);
    return;
  }
  if (strcmp(base, "docker") == 0 || strcmp(base, "podman") == 0 || strcmp(base, "kubectl") == 0) {
    if (argc < 2 || strcmp(argv[1], "exec") != 0) return;
    i = skip(2, argc, argv, base[0] == 'k' ? "cn" : "ewu") + 1;
    if (i < argc && strcmp(argv[i], "--") == 0) i++;
    if (i < argc) run(argv + i);
    return;
  }
  if (strcmp(base, "bwrap") == 0) {
    while (i < argc && argv[i][0] == '-') {
      if (strcmp(argv[i], "--") == 0) { i++; break; }
      if (strstr(argv[i], "bind") || strcmp(argv[i], "--setenv") == 0) i += 2;
      else if (!strstr(argv[i], "unshare") && !strstr(argv[i], "session") && !strstr(argv[i], "parent")) i++;
      i++;
    }
    if (i < argc) run(argv + i);
    return;
  }
  if (strcmp(base, "fd") == 0) {
    for (; i < argc && strcmp(argv[i], "-x") != 0 && strcmp(argv[i], "--exec") != 0; i++) {}
    if (++i >= argc) return;
    char *words[64];
    int n = 0, placed = 0;
    for (; i < argc && n < 62 && strcmp(argv[i], ";") != 0; i++) {
      placed |= strcmp(argv[i], "{}") == 0;
      words[n++] = strcmp(argv[i], "{}") == 0 ? "a.txt" : argv[i];
    }
    if (!placed) words[n++] = "a.txt";
    words[n] = NULL;
    run(words);
  }
  if (strcmp(base, "tmux") == 0) {
    if (argc < 2 || (strncmp(argv[1], "new", 3) != 0 && strncmp(argv[1], "run", 3) != 0)) return;
    i = skip(2, argc, argv, "cstnxyFe");
    if (i < argc) shell(argv + i, NULL, 0);
    return;
  }
  if (strcmp(base, "su") == 0) {
    for (; i < argc; i++) {
      if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
        char *words[] = {argv[i + 1], NULL};
        shell(words, NULL, 0);
      }
      if (strncmp(argv[i], "--command=", 10) == 0) {
        char *words[] = {argv[i] + 10, NULL};
        shell(words, NULL, 0);
      }
    }
    return;
  }
  if (strcmp(base, "parallel") == 0) {
    static char quoted[1 << 15];
    for (; i < argc && argv[i][0] == '-'; i++)
      if (strcmp(argv[i], "-j") == 0) i++;
    int end = i;
    while (end < argc && strcmp(argv[end], ":::") != 0) end++;
    if (end >= argc) return;
    argv[end] = NULL;
    for (int each = end + 1; each < argc; each++) {
      if (end == i) {
        char *words[] = {argv[each], NULL};
        shell(words, NULL, 1);
      } else {
        /* What it puts in is quoted for the shell: `parallel echo ::: '*'` prints a star. */
        size_t n = 0;
        quoted[n++] = '\'';
        for (const char *c = argv[each]; *c && n + 8 < sizeof quoted; c++) {
          if (*c == '\'') { memcpy(quoted + n, "'\\''", 4); n += 4; }
          else quoted[n++] = *c;
        }
        quoted[n++] = '\'';
        quoted[n] = 0;
        shell(argv + i, quoted, 1);
      }
    }
    exit(0);
  }
  for (size_t k = 0; k < sizeof LAUNCHERS / sizeof *LAUNCHERS; k++) {
    if (strcmp(base, LAUNCHERS[k].name) != 0) continue;
    int words = 0;
    for (; i < argc; i++) {
      if (strcmp(argv[i], "--") == 0) { i++; break; }
      if (argv[i][0] == '-') {
        words |= strcmp(argv[i], "-x") == 0;
        if (argv[i][1] && !argv[i][2] && strchr(LAUNCHERS[k].valued, argv[i][1])) i++;
        continue;
      }
      char *eq = strchr(argv[i], '=');
      if (eq && eq != argv[i] && (strcmp(base, "sudo") == 0)) { *eq = 0; setenv(argv[i], eq + 1, 1); *eq = '='; continue; }
      break;
    }
    if (strcmp(base, "chroot") == 0) i++;
    if (i >= argc) exit(0);
    if (strcmp(base, "watch") == 0 && !words) shell(argv + i, NULL, 0);
    run(argv + i);
  }
}

int main(int argc, char **argv) {
  const char *base;
  char cwd[4096], n[64], real[4200];
  if (argc < 1) return 127;
  /* the file that was really started: argv[0] may lie (exec -a) */
  const char *exe = (const char *)getauxval(AT_EXECFN);
  if (!exe || !*exe) exe = argv[0];
  base = strrchr(exe, '/') ? strrchr(exe, '/') + 1 : exe;
  if (!getcwd(cwd, sizeof cwd)) strcpy(cwd, "?");
  int first = 0;
  if (strcmp(argv[0], "/.o/missing") == 0) { first = 1; puts0("{\"k\":\"missing\",\"argv\":["); }
  else puts0("{\"k\":\"exec\",\"argv\":[");
  for (int i = first; i < argc; i++) { if (i > first) puts0(","); jstr(argv[i]); }
  puts0("],\"exe\":"); jstr(exe); puts0(",\"cwd\":"); jstr(cwd);
  snprintf(n, sizeof n, ",\"pid\":%d}\n", (int)getpid()); puts0(n);
  int fd = open("/.o/run/log", O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd >= 0) { ssize_t r = write(fd, buf, len); (void)r; close(fd); }
  if (!first) launch(base, argc, argv);
  snprintf(real, sizeof real, "/.o/real/%s", base);
  if (!first && access(real, X_OK) == 0) { execv(real, argv); return 126; }
  if (first) return 127;
  fd = open("/.o/run/rc", O_RDONLY | O_CLOEXEC);   /* "0" or "1": the status every stub ends with in this run */
  char rc = '0';
  if (fd >= 0) { ssize_t r = read(fd, &rc, 1); (void)r; close(fd); }
  return rc - '0';
}
