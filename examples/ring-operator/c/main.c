/*
 * The ring operator: copies the TestResources of one namespace into the next.
 *
 * Each resource of IN_NAMESPACE is created, updated and deleted under the same name in
 * OUT_NAMESPACE. Operators whose namespaces form a ring hand a resource all the way round; it stops
 * before the namespace that it came from. With KIND=ConfigMap the ring carries ConfigMaps.
 */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static struct route route;
static hb_collection originals;
static hb_collection copies;
static hb_controller *controller;

/* The one resource that is reconciled at the moment. */
static struct {
  const char *name;
  char *original; /* its JSON, NULL when it is gone */
  const char *done;
} current;

static void fail(hb_answer answer) {
  char *reason = hb_reason(answer);
  hb_failed(controller, reason);
  free(reason);
}

static void written(void *data, hb_answer answer) {
  (void)data;
  enum { NOT_FOUND = 404 };
  bool deleted_already = strcmp(current.done, "deleted") == 0 && answer.status == NOT_FOUND;
  if (!hb_ok(answer) && !deleted_already) {
    fail(answer);
    return;
  }
  hb_info("%s: %s in %s", current.name, current.done, route.to);
  hb_done(controller, 0);
}

static void carry_out(struct plan plan, hb_value copy) {
  hb_text object = hb_text_of(plan.object);
  switch (plan.action) {
    case CREATE:
      current.done = "created";
      hb_create(&copies, object, written, NULL);
      break;
    case UPDATE:
      current.done = "updated";
      hb_update(&copies, current.name, object, written, NULL);
      break;
    case DELETE: {
      char *uid = hb_string(hb_get(copy, "metadata", "uid"));
      current.done = "deleted";
      hb_delete(&copies, current.name, uid == NULL ? "" : uid, written, NULL);
      free(uid);
      break;
    }
    case LEAVE_ALONE:
      hb_warn("%s: the one in %s is not a copy of this one; left alone", current.name, route.to);
      hb_done(controller, 0);
      break;
    case NOTHING:
      hb_done(controller, 0);
      break;
  }
}

static void compare(void *data, hb_answer answer) {
  (void)data;
  enum { NOT_FOUND = 404 };
  hb_json *copy = hb_ok(answer) ? hb_json_read(answer.body) : NULL;
  if (copy == NULL && answer.status != NOT_FOUND) {
    fail(answer);
    return;
  }
  hb_json *original = current.original == NULL ? NULL : hb_json_read(hb_text_of(current.original));
  hb_value there = copy == NULL ? (hb_value){NULL, 0} : hb_json_root(copy);
  struct plan planned =
      plan(&route, original == NULL ? (hb_value){NULL, 0} : hb_json_root(original), there);
  carry_out(planned, there);
  free(planned.object);
  hb_json_free(original);
  hb_json_free(copy);
}

static void reconcile(hb_controller *of, void *data, const char *namespace, const char *name,
                      hb_value original) {
  (void)of, (void)data, (void)namespace;
  free(current.original);
  current.name = name;
  current.original = hb_exists(original) ? hb_copy(hb_raw(original)) : NULL;
  hb_get_object(&copies, name, compare, NULL);
}

/* What was deleted while no operator ran is known by its copy alone. */
static void found_copy(void *data, hb_value copy) {
  (void)data;
  char *name = hb_string(hb_get(copy, "metadata", "name"));
  if (name != NULL) hb_enqueue(controller, route.from, name);
  free(name);
}

static void found_copies(void *data, hb_answer failure, const char *version) {
  (void)data, (void)version;
  if (hb_ok(failure)) return;
  char *reason = hb_reason(failure);
  hb_error("listing the copies in %s: %s", route.to, reason);
  exit(1);
}

static const char *setting(const char *name) {
  const char *value = getenv(name);
  if (value == NULL || *value == '\0') {
    hb_error("the environment variable %s is missing", name);
    exit(1);
  }
  return value;
}

void hb_main(void) {
  route = (struct route){freight_of_kind(getenv("KIND")), setting("IN_NAMESPACE"),
                         setting("OUT_NAMESPACE")};
  if (route.freight == NULL) {
    hb_error("KIND is \"%s\"; a ring carries TestResource or ConfigMap", getenv("KIND"));
    exit(1);
  }
  if (strcmp(route.from, route.to) == 0) {
    hb_error("IN_NAMESPACE and OUT_NAMESPACE are both %s", route.from);
    exit(1);
  }
  hb_info("copying each %s from %s to %s", route.freight->kind, route.from, route.to);
  originals = (hb_collection){route.freight->resource, route.from};
  copies = (hb_collection){route.freight->resource, route.to};
  controller = hb_control(&originals, "", reconcile, NULL);
  hb_buffer own = {0};
  hb_format(&own, COPIED_FROM "=%s", route.from);
  hb_list(&copies, own.data, found_copy, found_copies, NULL);
  free(own.data);
}
