#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE = 64, NOT_EXITED = -1 };

static struct {
  struct host_event header;
  char *payload;
} events[QUEUE], current;
static int first_event, event_count;

static struct sent requests[QUEUE];
static int first_request, request_count;

static int64_t last_operation, last_timer, last_cancelled, last_millis = -1;
static int refusal;
static uint32_t room = UINT32_MAX;
static char output[4096];
static char input[4096];
static bool input_ends = true;
static int code = NOT_EXITED;

void hiberlet_wake(void);

void check(bool holds, const char *condition, const char *file, int line) {
  if (holds) return;
  fprintf(stderr, "%s:%d: %s does not hold\n", file, line, condition);
  exit(1);
}

void same(const char *found, const char *wanted, const char *file, int line) {
  if (found != NULL && strcmp(found, wanted) == 0) return;
  fprintf(stderr, "%s:%d: found  %s\n   wanted %s\n", file, line, found, wanted);
  exit(1);
}

void happen(int64_t operation, int32_t kind, const char *payload, size_t length) {
  CHECK(event_count < QUEUE);
  int at = event_count++;
  events[at].header = (struct host_event){operation, kind, (uint32_t)length};
  events[at].payload = hb_copy((hb_text){payload, length});
}

void head(int64_t operation, int status) {
  char text[64];
  int length = snprintf(text, sizeof text, "HTTP/1.1 %d Whatever\r\n\r\n", status);
  happen(operation, RESPONSE_HEAD, text, (size_t)length);
}

void chunk(int64_t operation, const char *text) {
  happen(operation, BODY_CHUNK, text, strlen(text));
}

void end(int64_t operation) { happen(operation, END, "", 0); }

void answer(int64_t operation, int status, const char *body) {
  head(operation, status);
  chunk(operation, body);
  end(operation);
}

void fail(int64_t operation, const char *reason) {
  char payload[256] = {29};
  snprintf(payload + 4, sizeof payload - 4, "%s", reason);
  happen(operation, ERROR, payload, 4 + strlen(reason));
}

void wake(void) {
  hiberlet_wake();
  free(current.payload);
  current.payload = NULL;
  first_event = event_count = 0;
}

int32_t host_event_next(struct host_event *event) {
  if (first_event == event_count) return 0;
  free(current.payload);
  current.payload = events[first_event].payload;
  *event = current.header = events[first_event++].header;
  return 1;
}

int32_t host_event_read(void *payload) {
  memcpy(payload, current.payload, current.header.length);
  return (int32_t)current.header.length;
}

int64_t host_http_request(const void *message, uint32_t length, int32_t flags) {
  if (refusal != 0) return -refusal;
  CHECK(request_count < QUEUE);
  struct sent *request = &requests[request_count++];
  char *text = hb_copy((hb_text){message, length});
  char *line_end = strstr(text, " HTTP/1.1\r\n");
  char *body = strstr(text, "\r\n\r\n");
  CHECK(line_end != NULL && body != NULL);
  *line_end = '\0';
  request->operation = ++last_operation;
  request->streams = flags == HOST_STREAM;
  snprintf(request->line, sizeof request->line, "%s", text);
  snprintf(request->body, sizeof request->body, "%s", body + 4);
  free(text);
  return last_operation;
}

struct sent sent(void) {
  if (first_request == request_count) {
    first_request = request_count = 0;
    return (struct sent){0};
  }
  return requests[first_request++];
}

int64_t host_timer(int64_t millis) {
  if (refusal != 0) return -refusal;
  last_millis = millis;
  return last_timer = ++last_operation;
}

int64_t timer_millis(void) { return last_millis; }

void ring(void) {
  CHECK(last_millis >= 0);
  last_millis = -1;
  happen(last_timer, TIMER, "", 0);
}

int32_t host_cancel(int64_t operation) {
  last_cancelled = operation;
  return 0;
}

int64_t cancelled(void) { return last_cancelled; }

void refuse(int errno_of_refusal) { refusal = errno_of_refusal; }

int32_t host_exec_read(int64_t operation, void *bytes, uint32_t length) {
  (void)operation;
  size_t count = strlen(input);
  CHECK(count <= length);
  if (count == 0) return input_ends ? 0 : HOST_AGAIN;
  memcpy(bytes, input, count);
  input[0] = '\0';
  return (int32_t)count;
}

int32_t host_exec_write(int64_t operation, int32_t stream, const void *bytes, uint32_t length) {
  (void)operation;
  CHECK(stream == 1 || stream == 2);
  if (room == 0) return HOST_AGAIN;
  uint32_t count = length < room ? length : room;
  if (room != UINT32_MAX) room -= count;
  strncat(output, bytes, count);
  return (int32_t)count;
}

int32_t host_exec_exit(int64_t operation, int32_t exit_code) {
  (void)operation;
  CHECK(code == NOT_EXITED);
  code = exit_code;
  return 0;
}

void exec_room(uint32_t bytes) { room = bytes; }

const char *exec_output(void) { return output; }

int exec_code(void) { return code; }

void exec_input(const char *text, bool at_end) {
  snprintf(input, sizeof input, "%s", text);
  input_ends = at_end;
}
