#include <stdlib.h>
#include <string.h>

#include "hiberlet.h"

enum {
  BUCKETS = 256,
  FIRST_RETRY_MILLIS = 500,
  SLOWEST_RETRY_MILLIS = 300000,
  FIRST_RELIST_MILLIS = 1000,
  SLOWEST_RELIST_MILLIS = 60000,
  HEALTHY_MILLIS = 5000, /* a watch that lived this long proves that the API server is well */
};

/* An object, or what has still to be done about one that is gone. */
struct entry {
  char *namespace;
  char *name;
  char *object; /* its JSON, NULL when there is none */
  char *version;
  bool listed;   /* by the list under way */
  bool ready;    /* in the queue of those to reconcile */
  int64_t due;   /* when it becomes ready, 0: no such time */
  int64_t retry; /* how long to wait after one more failure */
  struct entry *next_in_bucket;
  struct entry *next_ready;
};

struct hb_controller {
  const hb_collection *in;
  const char *labels;
  hb_reconcile *reconcile;
  void *data;
  struct entry *buckets[BUCKETS];
  struct entry *first_ready;
  struct entry **last_ready;
  struct entry *working; /* whose reconcile is under way */
  bool in_reconcile;     /* the callback has not returned */
  bool over;             /* but has said how it went */
  int64_t again;         /* when to reconcile it once more; 0: not */
  bool synced;
  bool stopping;
  size_t listed;
  int64_t timer;
  int64_t timer_due; /* 0: there is no timer */
  int64_t watch_begun;
  int64_t relist;
};

static void relist(void *data);
static void pump(hb_controller *controller);

static struct entry **bucket(hb_controller *controller, const char *namespace, const char *name) {
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (; *namespace != '\0'; namespace++) hash = (hash ^ (unsigned char)*namespace) * 16777619u;
  for (; *name != '\0'; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
  return &controller->buckets[hash % BUCKETS];
}

static struct entry **find(hb_controller *controller, const char *namespace, const char *name) {
  struct entry **at = bucket(controller, namespace, name);
  while (*at != NULL && (strcmp((*at)->name, name) != 0 || strcmp((*at)->namespace, namespace) != 0)) {
    at = &(*at)->next_in_bucket;
  }
  return at;
}

static struct entry *entry_of(hb_controller *controller, const char *namespace, const char *name) {
  struct entry **at = find(controller, namespace, name);
  if (*at == NULL) {
    *at = hb_allocate(NULL, sizeof **at);
    **at = (struct entry){.namespace = hb_copy(hb_text_of(namespace)),
                          .name = hb_copy(hb_text_of(name)),
                          .retry = FIRST_RETRY_MILLIS};
  }
  return *at;
}

static void forget_object(struct entry *entry) {
  free(entry->object);
  free(entry->version);
  entry->object = entry->version = NULL;
}

/* Drops an entry that there is nothing more to do about. */
static void drop_if_over(hb_controller *controller, struct entry *entry) {
  if (entry->object != NULL || entry->ready || entry->due != 0) return;
  *find(controller, entry->namespace, entry->name) = entry->next_in_bucket;
  free(entry->namespace);
  free(entry->name);
  free(entry);
}

static void make_ready(hb_controller *controller, struct entry *entry) {
  entry->due = 0;
  if (entry->ready) return;
  entry->ready = true;
  entry->next_ready = NULL;
  *controller->last_ready = entry;
  controller->last_ready = &entry->next_ready;
}

static struct entry *take_ready(hb_controller *controller) {
  struct entry *entry = controller->first_ready;
  if (entry == NULL) return NULL;
  controller->first_ready = entry->next_ready;
  if (controller->first_ready == NULL) controller->last_ready = &controller->first_ready;
  entry->ready = false;
  return entry;
}

/* ---- The queue ---- */

static void stop_if_asked(const hb_controller *controller) {
  if (controller->stopping && controller->working == NULL) {
    hb_info("stopped");
    exit(0);
  }
}

static void begin(hb_controller *controller, struct entry *entry) {
  controller->working = entry;
  controller->over = false;
  hb_json *json = entry->object == NULL ? NULL : hb_json_read(hb_text_of(entry->object));
  hb_value object = json == NULL ? (hb_value){NULL, 0} : hb_json_root(json);
  controller->in_reconcile = true;
  controller->reconcile(controller, controller->data, entry->namespace, entry->name, object);
  controller->in_reconcile = false;
  hb_json_free(json);
}

static void ring(void *data);

static void make_due(hb_controller *controller, struct entry *entry, int64_t millis) {
  int64_t due = hb_monotonic_millis() + millis;
  if (entry->ready || (entry->due != 0 && entry->due <= due)) return;
  entry->due = due;
  if (controller->timer_due != 0 && controller->timer_due <= due) return;
  if (controller->timer_due != 0) hb_cancel(controller->timer);
  controller->timer_due = due;
  controller->timer = hb_timer(millis, ring, controller);
}

/* The one under way is over. */
static void finish(hb_controller *controller) {
  struct entry *entry = controller->working;
  controller->working = NULL;
  if (controller->again > 0) make_due(controller, entry, controller->again);
  drop_if_over(controller, entry);
}

/* Reconciles until one of them takes its time. */
static void pump(hb_controller *controller) {
  if (!controller->synced || controller->in_reconcile) return;
  for (;;) {
    if (controller->working != NULL && !controller->over) return;
    if (controller->working != NULL) finish(controller);
    stop_if_asked(controller);
    struct entry *entry = take_ready(controller);
    if (entry == NULL) return;
    begin(controller, entry);
  }
}

static void ring(void *data) {
  hb_controller *controller = data;
  controller->timer_due = 0;
  int64_t now = hb_monotonic_millis(), next = 0;
  for (int i = 0; i < BUCKETS; i++) {
    for (struct entry *at = controller->buckets[i]; at != NULL; at = at->next_in_bucket) {
      if (at->due == 0) continue;
      if (at->due <= now) make_ready(controller, at);
      if (at->due != 0 && (next == 0 || at->due < next)) next = at->due;
    }
  }
  if (next != 0) {
    controller->timer_due = next;
    controller->timer = hb_timer(next - now, ring, controller);
  }
  pump(controller);
}

void hb_enqueue(hb_controller *controller, const char *namespace, const char *name) {
  make_ready(controller, entry_of(controller, namespace, name));
  pump(controller);
}

void hb_done(hb_controller *controller, int64_t again_millis) {
  controller->working->retry = FIRST_RETRY_MILLIS;
  controller->again = again_millis;
  controller->over = true;
  pump(controller);
}

void hb_failed(hb_controller *controller, const char *reason) {
  struct entry *entry = controller->working;
  hb_warn("%s/%s: %s; trying again in %lld ms", entry->namespace, entry->name, reason,
          (long long)entry->retry);
  controller->again = entry->retry;
  entry->retry = entry->retry * 2 < SLOWEST_RETRY_MILLIS ? entry->retry * 2 : SLOWEST_RETRY_MILLIS;
  controller->over = true;
  pump(controller);
}

/* ---- The copy of the collection ---- */

/* What tells one state of one object from another. */
static char *version_of(hb_value object) {
  char *uid = hb_string(hb_get(object, "metadata", "uid"));
  char *version = hb_string(hb_get(object, "metadata", "resourceVersion"));
  hb_buffer both = {0};
  hb_format(&both, "%s %s", uid == NULL ? "" : uid, version == NULL ? "" : version);
  free(uid);
  free(version);
  return both.data;
}

/* Nobody reads the managed fields, and they may be most of an object. */
static char *trimmed(hb_value object) {
  char *copy = hb_copy(hb_raw(object));
  hb_json *json = hb_json_read(hb_text_of(copy));
  hb_value metadata = json == NULL ? object : hb_get(hb_json_root(json), "metadata");
  if (json != NULL && hb_exists(hb_get(metadata, "managedFields"))) {
    char *without = hb_with(metadata, "managedFields", hb_text_of("null"));
    free(copy);
    copy = without;
  }
  hb_json_free(json);
  return copy;
}

static void changed(hb_controller *controller, struct entry *entry, hb_value object) {
  char *version = version_of(object);
  /* After a crash of the host, changes are told again. */
  if (entry->version != NULL && strcmp(entry->version, version) == 0) {
    free(version);
    return;
  }
  forget_object(entry);
  entry->version = version;
  entry->object = trimmed(object);
  make_ready(controller, entry);
}

static void gone(hb_controller *controller, struct entry *entry) {
  if (entry->object == NULL) return;
  forget_object(entry);
  make_ready(controller, entry);
}

static struct entry *heard_of(hb_controller *controller, hb_value object) {
  char *namespace = hb_string(hb_get(object, "metadata", "namespace"));
  char *name = hb_string(hb_get(object, "metadata", "name"));
  struct entry *entry =
      name == NULL ? NULL : entry_of(controller, namespace == NULL ? "" : namespace, name);
  free(namespace);
  free(name);
  return entry;
}

static void on_object(void *data, hb_value object) {
  hb_controller *controller = data;
  struct entry *entry = heard_of(controller, object);
  if (entry == NULL) return;
  controller->listed++;
  entry->listed = true;
  changed(controller, entry, object);
}

static void on_change(void *data, const char *type, hb_value object) {
  hb_controller *controller = data;
  struct entry *entry = strcmp(type, "BOOKMARK") == 0 ? NULL : heard_of(controller, object);
  if (entry == NULL) return;
  if (strcmp(type, "DELETED") == 0) {
    gone(controller, entry);
    if (entry != controller->working) drop_if_over(controller, entry);
  } else {
    changed(controller, entry, object);
  }
  pump(controller);
}

/* What the list under way did not have is gone. */
static void sweep(hb_controller *controller) {
  for (int i = 0; i < BUCKETS; i++) {
    for (struct entry *at = controller->buckets[i]; at != NULL; at = at->next_in_bucket) {
      if (!at->listed) gone(controller, at);
      at->listed = false;
    }
  }
}

static void relist_later(hb_controller *controller) {
  hb_timer(controller->relist, relist, controller);
  controller->relist *= 2;
  if (controller->relist > SLOWEST_RELIST_MILLIS) controller->relist = SLOWEST_RELIST_MILLIS;
}

static void warn(const hb_controller *controller, hb_answer failure) {
  char *reason = hb_reason(failure);
  hb_warn("watching %s: %s", controller->in->resource.plural, reason);
  free(reason);
}

static void watch_ended(void *data, hb_answer failure, const char *version) {
  hb_controller *controller = data;
  (void)version;
  enum { GONE = 410 };
  if (failure.status != 200 && failure.status != GONE) {
    warn(controller, failure);
  } else if (hb_monotonic_millis() - controller->watch_begun >= HEALTHY_MILLIS) {
    controller->relist = FIRST_RELIST_MILLIS;
    relist(controller);
    return;
  }
  relist_later(controller);
}

static void list_ended(void *data, hb_answer failure, const char *version) {
  hb_controller *controller = data;
  if (failure.status != 200) {
    warn(controller, failure);
    relist_later(controller);
    return;
  }
  hb_info("listed %zu %s at resourceVersion %s", controller->listed,
          controller->in->resource.plural, version);
  sweep(controller);
  controller->synced = true;
  controller->watch_begun = hb_monotonic_millis();
  hb_watch(controller->in, controller->labels, version, on_change, watch_ended, controller);
  pump(controller);
}

static void relist(void *data) {
  hb_controller *controller = data;
  controller->listed = 0;
  for (int i = 0; i < BUCKETS; i++) { /* a list that failed may have come half way */
    for (struct entry *at = controller->buckets[i]; at != NULL; at = at->next_in_bucket) {
      at->listed = false;
    }
  }
  hb_list(controller->in, controller->labels, on_object, list_ended, controller);
}

static void stop(void *data) {
  hb_controller *controller = data;
  controller->stopping = true;
  stop_if_asked(controller); /* even before the first list */
}

hb_controller *hb_control(const hb_collection *in, const char *labels, hb_reconcile *reconcile,
                          void *data) {
  hb_controller *controller = hb_allocate(NULL, sizeof *controller);
  *controller = (hb_controller){.in = in,
                                .labels = labels,
                                .reconcile = reconcile,
                                .data = data,
                                .relist = FIRST_RELIST_MILLIS};
  controller->last_ready = &controller->first_ready;
  hb_on_stop(stop, controller);
  relist(controller);
  return controller;
}
