#include <stdlib.h>

#include "message.h"

#define JSON "application/json"

static void ask(const char *method, hb_buffer *target, const char *media_type, hb_text body,
                hb_on_answer *on_answer, void *data) {
  hb_request(method, target->data, media_type, body, on_answer, data);
  free(target->data);
}

void hb_get_object(const hb_collection *in, const char *name, hb_on_answer *on_answer, void *data) {
  hb_buffer target = {0};
  request_path(&target, in, name);
  ask("GET", &target, NULL, HB_NONE, on_answer, data);
}

void hb_create(const hb_collection *in, hb_text object, hb_on_answer *on_answer, void *data) {
  hb_buffer target = {0};
  request_path(&target, in, NULL);
  ask("POST", &target, JSON, object, on_answer, data);
}

void hb_update(const hb_collection *in, const char *name, hb_text object, hb_on_answer *on_answer,
               void *data) {
  hb_buffer target = {0};
  request_path(&target, in, name);
  ask("PUT", &target, JSON, object, on_answer, data);
}

void hb_patch(const hb_collection *in, const char *name, hb_text patch, hb_on_answer *on_answer,
              void *data) {
  hb_buffer target = {0};
  request_path(&target, in, name);
  ask("PATCH", &target, "application/merge-patch+json", patch, on_answer, data);
}

void hb_apply(const hb_collection *in, const char *name, const char *manager, hb_text object,
              hb_on_answer *on_answer, void *data) {
  hb_buffer target = {0};
  request_path(&target, in, name);
  request_parameter(&target, "?force=true&", "fieldManager", manager);
  ask("PATCH", &target, "application/apply-patch+yaml", object, on_answer, data);
}

void hb_delete(const hb_collection *in, const char *name, const char *uid, hb_on_answer *on_answer,
               void *data) {
  hb_buffer target = {0}, options = {0};
  request_path(&target, in, name);
  hb_append(&options, hb_text_of("{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
                                 "\"preconditions\":{\"uid\":"));
  hb_append_json(&options, hb_text_of(uid));
  hb_append(&options, hb_text_of("}}"));
  ask("DELETE", &target, JSON, hb_text_in(&options), on_answer, data);
  free(options.data);
}

/* A list under way. */
struct listing {
  const hb_collection *in;
  char *labels;
  hb_on_object *on_object;
  hb_on_end *on_end;
  void *data;
};

static void ask_for_page(struct listing *listing, const char *next);

static void end_list(struct listing *listing, hb_answer failure, const char *version) {
  listing->on_end(listing->data, failure, version);
  free(listing->labels);
  free(listing);
}

static void hear_page(void *data, hb_answer answer) {
  struct listing *listing = data;
  if (answer.status != 200) {
    end_list(listing, answer, "");
    return;
  }
  hb_json *page = hb_json_read(answer.body);
  if (page == NULL) {
    end_list(listing, (hb_answer){0, hb_text_of("the answer to a list is not JSON"), 0}, "");
    return;
  }
  hb_value root = hb_json_root(page);
  for (hb_value item = hb_first(hb_get(root, "items")); hb_exists(item); item = hb_next(item)) {
    listing->on_object(listing->data, item);
  }
  char *next = hb_string(hb_get(root, "metadata", "continue"));
  char *version = hb_string(hb_get(root, "metadata", "resourceVersion"));
  if (next != NULL && *next != '\0') {
    ask_for_page(listing, next);
  } else {
    end_list(listing, (hb_answer){200, HB_NONE, 0}, version == NULL ? "" : version);
  }
  free(next);
  free(version);
  hb_json_free(page);
}

static void ask_for_page(struct listing *listing, const char *next) {
  hb_buffer target = {0};
  request_path(&target, listing->in, NULL);
  hb_append(&target, hb_text_of("?limit=100"));
  request_parameter(&target, "&", "labelSelector", listing->labels);
  request_parameter(&target, "&", "continue", next);
  ask("GET", &target, NULL, HB_NONE, hear_page, listing);
}

void hb_list(const hb_collection *in, const char *labels, hb_on_object *on_object,
             hb_on_end *on_end, void *data) {
  struct listing *listing = hb_allocate(NULL, sizeof *listing);
  *listing = (struct listing){in, hb_copy(hb_text_of(labels)), on_object, on_end, data};
  ask_for_page(listing, "");
}
