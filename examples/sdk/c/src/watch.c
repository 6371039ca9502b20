#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "message.h"

struct watch {
  int64_t operation;
  int status;
  hb_buffer rest; /* what there is of a line, or of the body of an error */
  hb_on_change *on_change;
  hb_on_end *on_end;
  void *data;
};

static void end(struct watch *watch, hb_answer failure) {
  watch->on_end(watch->data, failure, "");
  free(watch->rest.data);
  free(watch);
}

/* Tells one line; returns whether the watch goes on. The host is told when it does not. */
static bool hear_line(struct watch *watch, hb_text line) {
  hb_json *json = hb_json_read(line);
  hb_value root = json == NULL ? (hb_value){NULL, 0} : hb_json_root(json);
  hb_value object = hb_get(root, "object");
  char *type = hb_string(hb_get(root, "type"));
  bool sound = type != NULL && hb_exists(object);
  bool change = sound && strcmp(type, "ERROR") != 0;
  if (change) {
    watch->on_change(watch->data, type, object);
  } else {
    hb_text code = hb_raw(hb_get(object, "code"));
    host_cancel(watch->operation);
    loop_forget(watch->operation);
    end(watch, sound ? (hb_answer){atoi(code.data), hb_raw(object), 0}
                     : (hb_answer){0, hb_text_of("a line of the watch makes no sense"), 0});
  }
  free(type);
  hb_json_free(json);
  return change;
}

static void hear_lines(struct watch *watch) {
  size_t from = 0;
  const char *newline;
  while (from < watch->rest.length &&
         (newline = memchr(watch->rest.data + from, '\n', watch->rest.length - from)) != NULL) {
    hb_text line = {watch->rest.data + from, (size_t)(newline - watch->rest.data) - from};
    if (line.length > 0 && !hear_line(watch, line)) return;
    from += line.length + 1;
  }
  memmove(watch->rest.data, watch->rest.data + from, watch->rest.length - from);
  watch->rest.length -= from;
}

static void hear(void *data, int32_t kind, hb_text payload) {
  struct watch *watch = data;
  if (kind == RESPONSE_HEAD) watch->status = request_status(payload);
  if (kind == BODY_CHUNK) {
    hb_append(&watch->rest, payload);
    if (watch->status == 200) hear_lines(watch);
  }
  if (kind == END) end(watch, (hb_answer){watch->status, hb_text_in(&watch->rest), 0});
  if (kind == ERROR) end(watch, request_lost(payload));
}

void hb_watch(const hb_collection *in, const char *labels, const char *since,
              hb_on_change *on_change, hb_on_end *on_end, void *data) {
  struct watch *watch = hb_allocate(NULL, sizeof *watch);
  *watch = (struct watch){.on_change = on_change, .on_end = on_end, .data = data};
  hb_buffer target = {0};
  request_path(&target, in, NULL);
  hb_append(&target, hb_text_of("?watch=true"));
  request_parameter(&target, "&", "labelSelector", labels);
  request_parameter(&target, "&", "resourceVersion", since);
  watch->operation = request_send("GET", target.data, NULL, HB_NONE, HOST_STREAM);
  free(target.data);
  loop_await(watch->operation, hear, watch);
}
