#include "loop.h"

#include <stdlib.h>

struct waiting {
  int64_t operation; /* below 0 for a refusal, of which no two are the same */
  int32_t errno_of_refusal;
  loop_handler *handler;
  void *data;
  struct waiting *next;
};

static struct waiting *first;
static hb_on_event *stop_handler;
static void *stop_data;

void (*loop_begin_command)(int64_t operation, hb_text payload);

void loop_await(int64_t operation, loop_handler *handler, void *data) {
  static int64_t refusals;
  struct waiting *waiting = hb_allocate(NULL, sizeof *waiting);
  *waiting = (struct waiting){operation, 0, handler, data, first};
  if (operation <= 0) {
    waiting->operation = --refusals;
    waiting->errno_of_refusal = (int32_t)-operation;
  }
  first = waiting;
}

void *loop_forget(int64_t operation) {
  for (struct waiting **at = &first; *at != NULL; at = &(*at)->next) {
    if ((*at)->operation == operation) {
      struct waiting *found = *at;
      void *data = found->data;
      *at = found->next;
      free(found);
      return data;
    }
  }
  return NULL;
}

static void tell(const struct waiting *found, int32_t kind, hb_text payload) {
  struct waiting waiting = *found; /* the handler may forget it */
  if (kind == END || kind == ERROR || kind == TIMER) loop_forget(found->operation);
  waiting.handler(waiting.data, kind, payload);
}

static void stop(void) {
  if (stop_handler == NULL) exit(0);
  stop_handler(stop_data);
}

static void dispatch(const struct host_event *event, hb_text payload) {
  if (event->kind == STOP) {
    stop();
    return;
  }
  for (struct waiting *at = first; at != NULL; at = at->next) {
    if (at->operation == event->operation) {
      tell(at, event->kind, payload);
      return;
    }
  }
  if (event->kind == EXEC) {
    if (loop_begin_command != NULL) {
      loop_begin_command(event->operation, payload);
    } else {
      host_cancel(event->operation);
    }
  }
}

/* Tells one refusal, if there is any. */
static bool tell_refusal(void) {
  for (struct waiting *at = first; at != NULL; at = at->next) {
    if (at->operation < 0) {
      hb_buffer payload = {0};
      hb_append(&payload, (hb_text){(char *)&at->errno_of_refusal, sizeof at->errno_of_refusal});
      hb_format(&payload, "the host refused it (errno %d)", at->errno_of_refusal);
      tell(at, ERROR, hb_text_in(&payload));
      free(payload.data);
      return true;
    }
  }
  return false;
}

static void drain(void) {
  struct host_event event;
  do {
    while (host_event_next(&event) == 1) {
      char *payload = hb_allocate(NULL, event.length + 1);
      host_event_read(payload);
      payload[event.length] = '\0';
      dispatch(&event, (hb_text){payload, event.length});
      free(payload);
    }
  } while (tell_refusal());
}

#ifdef __wasm__
__attribute__((export_name("hiberlet_wake")))
#endif
void hiberlet_wake(void) {
  static bool begun;
  if (!begun) {
    begun = true;
    hb_main();
  }
  drain();
}

void hb_on_stop(hb_on_event *on_stop, void *data) {
  stop_handler = on_stop;
  stop_data = data;
}
