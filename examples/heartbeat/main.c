/*
 * A heartbeat: writes the time into an annotation of a ConfigMap, over and over. Code that simply waits, and sleeps on disk
 * where it does.
 */
#include <stdlib.h>
#include <time.h>

#include "hiberlet_blocking.h"

static const char *setting(const char *name) {
  const char *value = getenv(name);
  if (value != NULL && *value != '\0') return value;
  hb_error("the environment variable %s is missing", name);
  exit(1);
}

static void beat(const char *target, int count) {
  char now[sizeof "2026-11-21T00:00:00Z"];
  time_t seconds = time(NULL);
  strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));
  hb_buffer patch = {0};
  hb_format(&patch,
            "{\"metadata\":{\"annotations\":{\"heartbeat.hiberlet.io/time\":\"%s\","
            "\"heartbeat.hiberlet.io/count\":\"%d\"}}}",
            now, count);
  hb_reply reply =
      hb_ask("PATCH", target, "application/merge-patch+json", hb_text_in(&patch));
  if (reply.status == 200) {
    hb_info("beat %d", count);
  } else {
    hb_warn("beat %d: status %d: %.200s", count, reply.status,
            reply.body.data == NULL ? "" : reply.body.data);
  }
  hb_reply_free(&reply);
  free(patch.data);
}

int main(void) {
  int seconds = atoi(setting("SECONDS"));
  if (seconds < 1) {
    hb_error("SECONDS is not a number above 0");
    return 1;
  }
  hb_buffer target = {0};
  hb_format(&target, "/api/v1/namespaces/%s/configmaps/%s", setting("NAMESPACE"), setting("NAME"));
  for (int count = 1;; count++) {
    beat(target.data, count);
    hb_sleep(1000 * (int64_t)seconds);
  }
}
