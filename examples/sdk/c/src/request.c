#include <stdlib.h>

#include "loop.h"
#include "message.h"

struct call {
  int status;
  hb_buffer body;
  hb_on_answer *on_answer;
  void *data;
};

static void answer(struct call *call, hb_answer with) {
  call->on_answer(call->data, with);
  free(call->body.data);
  free(call);
}

static void hear(void *data, int32_t kind, hb_text payload) {
  struct call *call = data;
  if (kind == RESPONSE_HEAD) call->status = request_status(payload);
  if (kind == BODY_CHUNK) hb_append(&call->body, payload);
  if (kind == ERROR) answer(call, request_lost(payload));
  if (kind != END) return;
  hb_text body = call->status == 0 ? hb_text_of("the response has no status") : hb_text_in(&call->body);
  answer(call, (hb_answer){call->status, body, 0});
}

void hb_request(const char *method, const char *target, const char *media_type, hb_text body,
                hb_on_answer *on_answer, void *data) {
  struct call *call = hb_allocate(NULL, sizeof *call);
  *call = (struct call){.on_answer = on_answer, .data = data};
  loop_await(request_send(method, target, media_type, body, 0), hear, call);
}

bool hb_ok(hb_answer answer) { return answer.status >= 200 && answer.status < 300; }

char *hb_reason(hb_answer answer) {
  hb_buffer reason = {0};
  if (answer.status == 0) {
    hb_append(&reason, answer.body);
    return reason.data;
  }
  hb_json *status = hb_json_read(answer.body);
  char *message = status == NULL ? NULL : hb_string(hb_get(hb_json_root(status), "message"));
  hb_format(&reason, "the API server answered %d: %s", answer.status, message == NULL ? "" : message);
  free(message);
  hb_json_free(status);
  return reason.data;
}
