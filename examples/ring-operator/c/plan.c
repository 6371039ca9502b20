#include "plan.h"

#include <stdlib.h>
#include <string.h>

static const struct freight freights[] = {
    {{"example.hiberlet.io", "v1", "testresources"}, "example.hiberlet.io/v1", "TestResource", "spec"},
    /* For clusters in which nobody may install a CRD. */
    {{"", "v1", "configmaps"}, "v1", "ConfigMap", "data"},
};

const struct freight *freight_of_kind(const char *kind) {
  for (size_t i = 0; i < sizeof freights / sizeof *freights; i++) {
    if (kind == NULL || strcmp(kind, freights[i].kind) == 0) return &freights[i];
  }
  return NULL;
}

static hb_value label(hb_value object, const char *name) {
  return hb_get(object, "metadata", "labels", name);
}

static char *origin(const struct route *route, hb_value original) {
  char *labelled = hb_string(label(original, ORIGIN));
  return labelled != NULL ? labelled : hb_copy(hb_text_of(route->from));
}

static void append_member(hb_buffer *object, const char *name, hb_text value) {
  hb_append_json(object, hb_text_of(name));
  hb_append(object, hb_text_of(":"));
  hb_append(object, value);
}

static void append_string(hb_buffer *object, const char *name, const char *value) {
  hb_buffer string = {0};
  hb_append_json(&string, hb_text_of(value));
  append_member(object, name, hb_text_in(&string));
  free(string.data);
}

static char *copy_of(const struct route *route, hb_value original, const char *origin) {
  hb_buffer copy = {0};
  hb_append(&copy, hb_text_of("{"));
  append_string(&copy, "apiVersion", route->freight->api_version);
  hb_append(&copy, hb_text_of(","));
  append_string(&copy, "kind", route->freight->kind);
  hb_append(&copy, hb_text_of(",\"metadata\":{"));
  append_string(&copy, "namespace", route->to);
  hb_append(&copy, hb_text_of(","));
  append_member(&copy, "name", hb_raw(hb_get(original, "metadata", "name")));
  hb_append(&copy, hb_text_of(",\"labels\":{"));
  append_string(&copy, COPIED_FROM, route->from);
  hb_append(&copy, hb_text_of(","));
  append_string(&copy, ORIGIN, origin);
  hb_append(&copy, hb_text_of("}},"));
  append_member(&copy, route->freight->field, hb_raw(hb_get(original, route->freight->field)));
  hb_append(&copy, hb_text_of("}"));
  return copy.data;
}

/* The update carries the copy's resourceVersion, so it never undoes what it has not seen. */
static struct plan update(const char *field, hb_value original, hb_value copy) {
  hb_value wanted = hb_get(original, field);
  if (hb_equal(wanted, hb_get(copy, field))) return (struct plan){NOTHING, NULL};
  return (struct plan){UPDATE, hb_with(copy, field, hb_raw(wanted))};
}

struct plan plan(const struct route *route, hb_value original, hb_value copy) {
  bool ours = hb_is(label(copy, COPIED_FROM), route->from);
  /* A resource being deleted is as good as gone; its copy goes along, not after it. */
  if (!hb_exists(original) || hb_exists(hb_get(original, "metadata", "deletionTimestamp"))) {
    return (struct plan){ours ? DELETE : NOTHING, NULL};
  }
  struct plan result = {NOTHING, NULL};
  char *came_from = origin(route, original);
  if (strcmp(came_from, route->to) == 0) {
    result.action = NOTHING;
  } else if (!hb_exists(copy)) {
    result = (struct plan){CREATE, copy_of(route, original, came_from)};
  } else if (!ours) {
    result.action = LEAVE_ALONE;
  } else {
    result = update(route->freight->field, original, copy);
  }
  free(came_from);
  return result;
}
