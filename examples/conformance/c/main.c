/* The conformance guest: does the tasks that the suite gives it and answers each (docs/conformance.md). */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wasi/api.h>

#include "hiberlet.h"

static const hb_collection config_maps = {{"", "v1", "configmaps"}, "conformance"};

/* A task that waits, or the first of them that is carried out. */
struct task {
  char *n;
  char *what;
  char *with;
  struct task *next;
};

static struct task *first;
static struct task **last = &first;
static bool busy;

/* What is known for the whole life. */
static uint32_t count;
static uint32_t sum;
static hb_buffer kept;
static int kept_times;
static int64_t monotonic;

/* The answers of `both`. */
static char *halves[2];

static void carry_out(void);
static void list(void);

static uint32_t add(uint32_t to, hb_text text) {
  for (size_t i = 0; i < text.length; i++) to = to * 31 + (unsigned char)text.data[i];
  return to;
}

static void drop_first(void) {
  struct task *done = first;
  first = done->next;
  if (first == NULL) last = &first;
  free(done->n);
  free(done->what);
  free(done->with);
  free(done);
}

static void fail(hb_answer answer) {
  char *reason = hb_reason(answer);
  hb_error("%s", reason);
  exit(1);
}

static void answered(void *data, hb_answer answer) {
  (void)data;
  if (!hb_ok(answer)) fail(answer);
  drop_first();
  busy = false;
  carry_out();
}

static void member(hb_buffer *object, const char *separator, const char *name, const char *value) {
  hb_format(object, "%s\"%s\":", separator, name);
  hb_append_json(object, hb_text_of(value));
}

static void finish(const char *result) {
  char number[16];
  count++;
  sum = add(sum, hb_text_of(result));
  hb_buffer patch = {0};
  hb_append(&patch, hb_text_of("{\"data\":{"));
  member(&patch, "", "n", first->n);
  member(&patch, ",", "result", result);
  snprintf(number, sizeof number, "%u", count);
  member(&patch, ",", "count", number);
  snprintf(number, sizeof number, "%u", sum);
  member(&patch, ",", "sum", number);
  hb_append(&patch, hb_text_of("}}"));
  hb_patch(&config_maps, "answer", hb_text_in(&patch), answered, NULL);
  free(patch.data);
}

static void finish_number(int64_t number) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)number);
  finish(text);
}

static void slept(void *data) {
  (void)data;
  finish("slept");
}

/* What a get found, for free(). */
static char *value_in(hb_answer answer) {
  enum { OK = 200, NOT_FOUND = 404 };
  hb_buffer other = {0};
  if (answer.status == OK) {
    hb_json *json = hb_json_read(answer.body);
    char *value = json == NULL ? NULL : hb_string(hb_get(hb_json_root(json), "data", "value"));
    hb_json_free(json);
    return value == NULL ? hb_copy(hb_text_of("")) : value;
  }
  if (answer.status == NOT_FOUND) return hb_copy(hb_text_of("none"));
  if (answer.status == 0) {
    hb_format(&other, "errno %d", answer.error);
  } else {
    hb_format(&other, "status %d", answer.status);
  }
  return other.data;
}

static void got(void *data, hb_answer answer) {
  (void)data;
  char *value = value_in(answer);
  finish(value);
  free(value);
}

static void got_half(void *data, hb_answer answer) {
  *(char **)data = value_in(answer);
  if (halves[0] == NULL || halves[1] == NULL) return;
  hb_buffer both = {0};
  hb_format(&both, "%s %s", halves[0], halves[1]);
  free(halves[0]);
  free(halves[1]);
  finish(both.data);
  free(both.data);
}

static void get_both(char *names) {
  char *space = strchr(names, ' ');
  *space = '\0';
  halves[0] = halves[1] = NULL;
  hb_get_object(&config_maps, names, got_half, &halves[0]);
  hb_get_object(&config_maps, space + 1, got_half, &halves[1]);
}

static void arguments(void) {
  size_t number, length;
  if (__wasi_args_sizes_get(&number, &length) != 0) return finish("");
  uint8_t **pointers = hb_allocate(NULL, (number + 1) * sizeof *pointers);
  uint8_t *bytes = hb_allocate(NULL, length + 1);
  hb_buffer joined = {0};
  hb_append(&joined, hb_text_of(""));
  if (__wasi_args_get(pointers, bytes) != 0) number = 0;
  for (size_t i = 0; i < number; i++) hb_format(&joined, i == 0 ? "%s" : " %s", (char *)pointers[i]);
  finish(joined.data);
  free(joined.data);
  free(pointers);
  free(bytes);
}

static void keep(const char *with) {
  for (int i = 0; i < 100; i++) hb_append(&kept, hb_text_of(with));
  kept_times++;
  finish_number(kept_times);
}

static void read_monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t nanos = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
  bool back = nanos < monotonic;
  monotonic = nanos;
  finish(back ? "back" : "forward");
}

static void say(const char *with) {
  printf("%s\n", with);
  fflush(stdout);
  fprintf(stderr, "%s\n", with);
  finish("logged");
}

static bool is(const char *what) { return strcmp(first->what, what) == 0; }

/* Begins the next task, unless one is under way. */
static void carry_out(void) {
  if (busy || first == NULL) return;
  busy = true;
  char *with = first->with;
  if (is("echo")) {
    finish(with);
  } else if (is("sleep")) {
    hb_timer(atoll(with), slept, NULL);
  } else if (is("keep")) {
    keep(with);
  } else if (is("kept")) {
    finish_number(add(0, hb_text_in(&kept)));
  } else if (is("get")) {
    hb_get_object(&config_maps, with, got, NULL);
  } else if (is("both")) {
    get_both(with);
  } else if (is("monotonic")) {
    read_monotonic();
  } else if (is("wall")) {
    finish_number(time(NULL));
  } else if (is("environment")) {
    const char *value = getenv(with);
    finish(value == NULL ? "none" : value);
  } else if (is("arguments")) {
    arguments();
  } else if (is("log")) {
    say(with);
  } else if (is("exit")) {
    exit(atoi(with));
  } else {
    finish("unknown");
  }
}

static char *text_of(hb_value task, const char *name) {
  char *text = hb_string(hb_get(task, "data", name));
  return text == NULL ? hb_copy(hb_text_of("")) : text;
}

static void changed(void *data, const char *type, hb_value object) {
  (void)data;
  if (strcmp(type, "ADDED") != 0 && strcmp(type, "MODIFIED") != 0) return;
  if (!hb_exists(hb_get(object, "data", "do"))) return;
  struct task *task = hb_allocate(NULL, sizeof *task);
  *task = (struct task){text_of(object, "n"), text_of(object, "do"), text_of(object, "with"), NULL};
  *last = task;
  last = &task->next;
  carry_out();
}

static void watch_ended(void *data, hb_answer failure, const char *version) {
  (void)data, (void)version;
  enum { OK = 200, GONE = 410 };
  if (failure.status != OK && failure.status != GONE) fail(failure);
  list();
}

static void passed_over(void *data, hb_value object) { (void)data, (void)object; }

static void listed(void *data, hb_answer failure, const char *version) {
  (void)data;
  if (!hb_ok(failure)) fail(failure);
  hb_watch(&config_maps, "", version, changed, watch_ended, NULL);
}

static void list(void) { hb_list(&config_maps, "", passed_over, listed, NULL); }

void hb_main(void) { list(); }
