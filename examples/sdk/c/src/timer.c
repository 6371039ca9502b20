#include <stdlib.h>

#include "loop.h"

struct timer {
  hb_on_event *on_event;
  void *data;
};

static void ring(void *data, int32_t kind, hb_text payload) {
  struct timer timer = *(struct timer *)data;
  (void)payload;
  free(data);
  if (kind != TIMER) {
    hb_error("the host has no timer left for this controller");
    exit(1);
  }
  timer.on_event(timer.data);
}

int64_t hb_timer(int64_t millis, hb_on_event *on_event, void *data) {
  struct timer *timer = hb_allocate(NULL, sizeof *timer);
  *timer = (struct timer){on_event, data};
  int64_t operation = host_timer(millis);
  loop_await(operation, ring, timer);
  return operation;
}

void hb_cancel(int64_t operation) {
  if (operation <= 0) return;
  host_cancel(operation);
  free(loop_forget(operation));
}
