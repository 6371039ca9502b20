/*
 * Records, in a process that this library is preloaded into, what a power cut now would leave of a
 * folder: for every file the length at its last sync, for every folder its entries at its last sync.
 * Files that are unlinked or replaced are kept in a graveyard, as the removal of their name may not
 * have reached the disk yet. Syncs do not go to the disk: what is on it is up to the test.
 *
 * The journal, one record a line:
 *   S INODE LENGTH      a file was synced
 *   D PATH              a folder was synced; these were its entries, until a line with a dot
 *   E INODE NAME
 *   .
 *
 * Environment: POWERCUT_FOLDER, POWERCUT_JOURNAL, POWERCUT_GRAVEYARD; POWERCUT_LIES, a suffix of
 * files whose syncs are said to have been done and were not, as by a bad disk.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder, *graveyard, *lies;
static int journal = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what) {
  perror(what);
  abort();
}

__attribute__((constructor)) static void begin(void) {
  folder = getenv("POWERCUT_FOLDER");
  graveyard = getenv("POWERCUT_GRAVEYARD");
  lies = getenv("POWERCUT_LIES");
  const char *path = getenv("POWERCUT_JOURNAL");
  if (folder && graveyard && path) {
    journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0) fail("POWERCUT_JOURNAL");
  }
}

static int is_watched(const char *path) {
  if (journal < 0) return 0;
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int is_lied_about(const char *path) {
  size_t length = strlen(path);
  return lies && length >= strlen(lies) && strcmp(path + length - strlen(lies), lies) == 0;
}

/* One write, so that a kill leaves a record whole or, at the very end, cut short. */
static void record(const char *text, size_t length) {
  if (write(journal, text, length) != (ssize_t)length) fail("journal");
}

static void record_folder(const char *path) {
  DIR *entries = opendir(path);
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  if (!entries || !out) fail(path);
  fprintf(out, "D %s\n", path);
  for (struct dirent *entry; (entry = readdir(entries));) {
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
      fprintf(out, "E %llu %s\n", (unsigned long long)entry->d_ino, entry->d_name);
    }
  }
  fputs(".\n", out);
  fclose(out);
  closedir(entries);
  record(text, length);
  free(text);
}

static int synced(int fd) {
  char link[64], path[PATH_MAX], text[64];
  struct stat file;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0 || fstat(fd, &file)) return -1;
  path[length] = 0;
  if (!is_watched(path) || is_lied_about(path)) return 0;
  pthread_mutex_lock(&lock);
  if (S_ISDIR(file.st_mode)) {
    record_folder(path);
  } else {
    record(text, snprintf(text, sizeof text, "S %llu %lld\n", (unsigned long long)file.st_ino,
                          (long long)file.st_size));
  }
  pthread_mutex_unlock(&lock);
  return 0;
}

int fsync(int fd) { return synced(fd); }
int fdatasync(int fd) { return synced(fd); }

/* A second name keeps the file, and its number from being used again. */
static void bury(const char *path) {
  char grave[PATH_MAX];
  struct stat file;
  if (!is_watched(path) || lstat(path, &file) || !S_ISREG(file.st_mode)) return;
  snprintf(grave, sizeof grave, "%s/%llu", graveyard, (unsigned long long)file.st_ino);
  link(path, grave);
}

int unlink(const char *path) {
  static int (*next)(const char *);
  if (!next) next = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  bury(path);
  return next(path);
}

int rename(const char *from, const char *to) {
  static int (*next)(const char *, const char *);
  if (!next) next = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  bury(to);
  return next(from, to);
}
