#include <stdlib.h>
#include <string.h>

#include "loop.h"

enum { NOT_EXITED = -1, CHUNK = 4096 };

/* Output that was not taken yet. */
struct output {
  int stream;
  hb_buffer text;
  size_t taken;
  struct output *next;
};

struct hb_exec {
  int64_t operation;
  bool gone; /* its client has gone: nobody waits for it any more */
  int code;
  bool busy; /* a callback runs: the command is not freed before it returns */
  bool at_end;
  hb_on_input *on_input;
  void *data;
  struct output *first;
};

static hb_command *handler;

static void release(hb_exec *exec) {
  while (exec->first != NULL) {
    struct output *output = exec->first;
    exec->first = output->next;
    free(output->text.data);
    free(output);
  }
  free(exec);
}

/* Whether nothing waits to be taken. */
static bool write_out(hb_exec *exec) {
  while (exec->first != NULL && !exec->gone) {
    struct output *output = exec->first;
    while (output->taken < output->text.length) {
      int32_t count =
          host_exec_write(exec->operation, output->stream, output->text.data + output->taken,
                          (uint32_t)(output->text.length - output->taken));
      if (count < 0) return count != HOST_AGAIN;
      output->taken += (size_t)count;
    }
    exec->first = output->next;
    free(output->text.data);
    free(output);
  }
  return true;
}

static void read_in(hb_exec *exec) {
  char bytes[CHUNK];
  while (exec->on_input != NULL && !exec->at_end && exec->code == NOT_EXITED) {
    int32_t count = exec->gone ? 0 : host_exec_read(exec->operation, bytes, sizeof bytes);
    if (count < 0) return;
    exec->at_end = count == 0;
    exec->on_input(exec, exec->data, (hb_text){bytes, (size_t)count});
  }
}

/* Goes on as far as it can without waiting. */
static void advance(hb_exec *exec) {
  if (exec->busy) return;
  exec->busy = true;
  read_in(exec);
  exec->busy = false;
  if (!write_out(exec) || exec->code == NOT_EXITED) return;
  if (!exec->gone) host_exec_exit(exec->operation, exec->code);
  loop_forget(exec->operation);
  release(exec);
}

static void hear(void *data, int32_t kind, hb_text payload) {
  hb_exec *exec = data;
  (void)payload;
  if (kind == ERROR) exec->gone = true;
  if (kind == ERROR || kind == READY) advance(exec);
}

static void begin(int64_t operation, hb_text payload) {
  hb_exec *exec = hb_allocate(NULL, sizeof *exec);
  *exec = (hb_exec){.operation = operation, .code = NOT_EXITED};
  loop_await(operation, hear, exec);
  enum { FLAGS = 4 };
  const char *words = payload.data + FLAGS, *end = payload.data + payload.length;
  int count = 0;
  for (const char *at = words; at < end; at += strlen(at) + 1) count++;
  char **arguments = hb_allocate(NULL, ((size_t)count + 1) * sizeof *arguments);
  count = 0;
  for (const char *at = words; at < end; at += strlen(at) + 1) arguments[count++] = (char *)at;
  arguments[count] = NULL;
  exec->busy = true;
  handler(exec, count, arguments);
  exec->busy = false;
  free(arguments);
  advance(exec);
}

void hb_on_exec(hb_command *command) {
  handler = command;
  loop_begin_command = begin;
}

void hb_exec_read(hb_exec *exec, hb_on_input *on_input, void *data) {
  exec->on_input = on_input;
  exec->data = data;
  advance(exec);
}

void hb_exec_write(hb_exec *exec, int stream, hb_text text) {
  struct output *output = hb_allocate(NULL, sizeof *output);
  *output = (struct output){.stream = stream};
  hb_append(&output->text, text);
  struct output **last = &exec->first;
  while (*last != NULL) last = &(*last)->next;
  *last = output;
  advance(exec);
}

void hb_exec_exit(hb_exec *exec, int code) {
  exec->code = code;
  advance(exec);
}
