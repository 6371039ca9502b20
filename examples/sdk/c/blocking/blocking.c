#include "hiberlet_blocking.h"

#include <stdlib.h>

#include "../src/message.h"

/* As event_next, but waits; 0 after that many milliseconds, -1 for no limit. */
int32_t HOST(event_wait)(struct host_event *event, int64_t millis);

/* Where the stack lies while the program waits: its first free byte, its end, and since when it waits
 * (docs/host-abi.md). The linker exports its address. */
struct stack_room {
  char *free;
  char *end;
  int64_t since;
  char room[4096];
} hiberlet_stack = {hiberlet_stack.room, hiberlet_stack.room + sizeof hiberlet_stack.room, 0, {0}};

/* Whether an event of that operation came, and not something else, or nothing in time. */
static bool hear(int64_t operation, int64_t millis, struct host_event *event) {
  if (host_event_wait(event, millis) != 1) return false;
  if (event->kind == STOP) exit(0);
  return event->operation == operation;
}

/* There is no answer, whatever came of it so far. */
static hb_reply lost(hb_buffer *body, hb_text why) {
  hb_reply reply = {0};
  free(body->data);
  hb_append(&reply.body, why);
  return reply;
}

hb_reply hb_ask(const char *method, const char *target, const char *media_type, hb_text body) {
  hb_reply reply = {0};
  int64_t operation = request_send(method, target, media_type, body, 0);
  if (operation < 0) return lost(&reply.body, hb_text_of("the host refused it"));
  for (;;) {
    struct host_event event;
    if (!hear(operation, -1, &event)) continue;
    char *bytes = hb_allocate(NULL, event.length + 1);
    host_event_read(bytes);
    hb_text payload = {bytes, event.length};
    if (event.kind == RESPONSE_HEAD) reply.status = request_status(payload);
    if (event.kind == BODY_CHUNK) hb_append(&reply.body, payload);
    if (event.kind == ERROR) reply = lost(&reply.body, request_lost(payload).body);
    free(bytes);
    if (event.kind == END || event.kind == ERROR) return reply;
  }
}

void hb_reply_free(hb_reply *reply) {
  free(reply->body.data);
  *reply = (hb_reply){0};
}

void hb_sleep(int64_t millis) {
  struct host_event event;
  int64_t until = hb_monotonic_millis() + millis;
  for (int64_t left = millis; left > 0; left = until - hb_monotonic_millis()) hear(0, left, &event);
}
