#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static const hb_collection things = {{"x.io", "v1", "things"}, "n"};
static hb_controller *controller;
static char calls[1024];
static const char *failure;
static bool later;

static void reconcile(hb_controller *of, void *data, const char *namespace, const char *name,
                      hb_value object) {
  CHECK(data == &things);
  size_t used = strlen(calls);
  hb_text spec = hb_exists(object) ? hb_raw(hb_get(object, "spec")) : hb_text_of("gone");
  snprintf(calls + used, sizeof calls - used, "%s/%s=%.*s ", namespace, name, (int)spec.length,
           spec.data);
  if (later) return;
  if (failure == NULL) {
    hb_done(of, 0);
  } else {
    hb_failed(of, failure);
  }
}

void hb_main(void) {
  controller = hb_control(&things, "l=1", reconcile, (void *)&things);
  hb_enqueue(controller, "n", "orphan");
}

static void called(const char *wanted) {
  SAME(calls, wanted);
  calls[0] = '\0';
}

#define THING(name, version, spec)                                                                \
  "{\"metadata\":{\"namespace\":\"n\",\"name\":\"" name "\",\"uid\":\"u\",\"resourceVersion\":\"" \
  version "\",\"managedFields\":[{}]},\"spec\":" spec "}"
#define LIST(items) "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[" items "]}"
#define LINE(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"

/* Answers a list and its watch's head; returns the watch. */
static int64_t sync(const char *list) {
  struct sent request = sent();
  SAME(request.line, "GET /apis/x.io/v1/namespaces/n/things?limit=100&labelSelector=l%3D1");
  answer(request.operation, 200, list);
  wake();
  struct sent watch = sent();
  SAME(watch.line,
       "GET /apis/x.io/v1/namespaces/n/things?watch=true&labelSelector=l%3D1&resourceVersion=9");
  CHECK(watch.streams);
  head(watch.operation, 200);
  wake();
  return watch.operation;
}

static void nothing_is_reconciled_before_the_whole_list_is_in(void) {
  wake();
  struct sent first = sent();
  answer(first.operation, 200,
         "{\"metadata\":{\"continue\":\"c/1\"},\"items\":[" THING("a", "1", "1") "]}");
  wake();
  called("");
  struct sent second = sent();
  SAME(second.line,
       "GET /apis/x.io/v1/namespaces/n/things?limit=100&labelSelector=l%3D1&continue=c%2F1");
  answer(second.operation, 200, LIST(THING("b", "2", "2")));
  wake();
  called("n/orphan=gone n/a=1 n/b=2 ");
}

static int64_t changes_are_reconciled(void) {
  struct sent request = sent();
  head(request.operation, 200);
  chunk(request.operation, LINE("MODIFIED", THING("a", "3", "3")) "{\"type\":\"ADD");
  wake();
  called("n/a=3 ");
  chunk(request.operation, "ED\",\"object\":" THING("c", "4", "4") "}\n" LINE("BOOKMARK", THING("", "5", "5")));
  wake();
  called("n/c=4 ");
  chunk(request.operation, LINE("MODIFIED", THING("c", "4", "4"))); /* told twice */
  chunk(request.operation, LINE("DELETED", THING("c", "6", "4")));
  chunk(request.operation, LINE("DELETED", THING("never", "7", "4")));
  wake();
  called("n/c=gone ");
  return request.operation;
}

static void changes_meanwhile_are_merged(int64_t watch) {
  later = true;
  chunk(watch, LINE("MODIFIED", THING("a", "10", "10")));
  wake();
  called("n/a=10 ");
  chunk(watch, LINE("MODIFIED", THING("a", "11", "11")) LINE("MODIFIED", THING("a", "12", "12")));
  chunk(watch, LINE("MODIFIED", THING("b", "13", "13")));
  wake();
  called("");
  later = false;
  hb_done(controller, 0);
  called("n/a=12 n/b=13 ");
}

static void failures_are_tried_again_ever_more_slowly(int64_t watch) {
  failure = "alas";
  chunk(watch, LINE("MODIFIED", THING("a", "20", "20")));
  wake();
  called("n/a=20 ");
  CHECK(timer_millis() == 500);
  chunk(watch, LINE("MODIFIED", THING("a", "21", "21"))); /* does not wait for the timer */
  wake();
  called("n/a=21 ");
  failure = NULL;
  chunk(watch, LINE("MODIFIED", THING("a", "22", "22")));
  wake();
  called("n/a=22 ");
}

static void a_lost_position_lists_again_and_finds_what_was_missed(int64_t watch) {
  chunk(watch, LINE("ERROR", "{\"code\":410,\"message\":\"too old\"}") LINE("ADDED", "{}"));
  wake();
  CHECK(cancelled() == watch);
  CHECK(sent().operation == 0); /* it did not live long: no loop of lists */
  CHECK(timer_millis() == 1000);
  ring();
  wake();
  int64_t next = sync(LIST(THING("b", "13", "13") "," THING("d", "30", "30")));
  called("n/d=30 n/a=gone ");
  end(next);
  wake();
  CHECK(timer_millis() == 2000);
  ring();
  wake();
}

static void a_failed_list_is_tried_again(void) {
  fail(sent().operation, "lost with the host");
  wake();
  CHECK(timer_millis() == 4000);
  ring();
  wake();
  answer(sent().operation, 503, "{\"message\":\"away\"}");
  wake();
  CHECK(timer_millis() == 8000);
  ring();
  wake();
  sync(LIST(""));
  called("n/b=gone n/d=gone ");
}

static char *reason;

static void note(void *data, hb_answer with) {
  (void)data;
  reason = hb_ok(with) ? hb_copy(hb_text_of("ok")) : hb_reason(with);
}

static void reason_is(const char *wanted) {
  wake();
  SAME(reason, wanted);
  free(reason);
  reason = NULL;
}

static void requests_say_what_went_wrong(void) {
  hb_get_object(&things, "a b", note, NULL);
  struct sent request = sent();
  SAME(request.line, "GET /apis/x.io/v1/namespaces/n/things/a%20b");
  answer(request.operation, 404, "{\"message\":\"no such thing\"}");
  reason_is("the API server answered 404: no such thing");
  hb_delete(&things, "a", "u-1", note, NULL);
  request = sent();
  SAME(request.line, "DELETE /apis/x.io/v1/namespaces/n/things/a");
  SAME(request.body,
       "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"preconditions\":{\"uid\":\"u-1\"}}");
  fail(request.operation, "lost");
  reason_is("lost");
  hb_request("GET", "/a b", NULL, HB_NONE, note, NULL);
  reason_is("the host refused it (errno 28)");
  refuse(33);
  hb_patch(&things, "a", hb_text_of("{}"), note, NULL);
  reason_is("the host refused it (errno 33)");
  refuse(0);
  hb_apply(&things, "a", "me", hb_text_of("{}"), note, NULL);
  SAME(sent().line, "PATCH /apis/x.io/v1/namespaces/n/things/a?force=true&fieldManager=me");
}

static void stops_when_nothing_is_under_way(void) {
  later = true;
  hb_enqueue(controller, "n", "last");
  called("n/last=gone ");
  happen(0, STOP, "\0\0\0\0\0\0\0\0", 8);
  wake();
  fflush(stdout);
  hb_done(controller, 0); /* ends the program with code 0 */
  CHECK(false);
}

int main(void) {
  nothing_is_reconciled_before_the_whole_list_is_in();
  int64_t watch = changes_are_reconciled();
  changes_meanwhile_are_merged(watch);
  failures_are_tried_again_ever_more_slowly(watch);
  a_lost_position_lists_again_and_finds_what_was_missed(watch);
  a_failed_list_is_tried_again();
  requests_say_what_went_wrong();
  stops_when_nothing_is_under_way();
}
