#include "../plan.h"

#include <stdlib.h>
#include <string.h>

#include "../../../sdk/c/test/host.h"

void hb_main(void) {}

#define LABELS(from, origin) \
  "{\"example.hiberlet.io/copied-from\":\"" from "\",\"example.hiberlet.io/origin\":\"" origin "\"}"
#define OBJECT(nonce, labels, more)                                                               \
  "{\"metadata\":{" more "\"name\":\"a\",\"resourceVersion\":\"7\",\"labels\":" labels "},\"spec\":" \
  "{\"nonce\":" nonce "}}"
#define ORIGINAL(nonce) OBJECT(nonce, "{}", "")
#define COPY(nonce) OBJECT(nonce, LABELS("ring-1", "ring-1"), "")

/* Checks what is to be done, NULL where there is no object. */
static void planned(const char *kind, const char *original, const char *copy, enum action action,
                    const char *object) {
  struct route route = {freight_of_kind(kind), "ring-1", "ring-2"};
  hb_json *first = original == NULL ? NULL : hb_json_read(hb_text_of(original));
  hb_json *second = copy == NULL ? NULL : hb_json_read(hb_text_of(copy));
  struct plan result = plan(&route, first == NULL ? (hb_value){NULL, 0} : hb_json_root(first),
                            second == NULL ? (hb_value){NULL, 0} : hb_json_root(second));
  CHECK(result.action == action);
  CHECK((result.object == NULL) == (object == NULL));
  if (object != NULL) SAME(result.object, object);
  free(result.object);
  hb_json_free(first);
  hb_json_free(second);
}

#define CREATED(origin)                                                                        \
  "{\"apiVersion\":\"example.hiberlet.io/v1\",\"kind\":\"TestResource\",\"metadata\":{"        \
  "\"namespace\":\"ring-2\",\"name\":\"a\",\"labels\":" LABELS("ring-1", origin) "},\"spec\":" \
  "{\"nonce\":1}}"

int main(void) {
  /* A copy tells where it came from, and a copy of a copy keeps the origin. */
  planned(NULL, ORIGINAL("1"), NULL, CREATE, CREATED("ring-1"));
  planned(NULL, OBJECT("1", LABELS("ring-0", "ring-0"), ""), NULL, CREATE, CREATED("ring-0"));
  /* The ring ends before the origin. */
  planned(NULL, OBJECT("1", LABELS("ring-0", "ring-2"), ""), NULL, NOTHING, NULL);
  planned(NULL, OBJECT("1", LABELS("ring-0", "ring-2"), ""), ORIGINAL("0"), NOTHING, NULL);
  /* Only what differs is updated. */
  planned(NULL, ORIGINAL("1"), COPY("1"), NOTHING, NULL);
  planned(NULL, ORIGINAL("2"), COPY("1"), UPDATE, COPY("2"));
  /* Its own copies are deleted, and no others. */
  planned(NULL, NULL, COPY("1"), DELETE, NULL);
  planned(NULL, NULL, ORIGINAL("1"), NOTHING, NULL);
  planned(NULL, NULL, OBJECT("1", LABELS("ring-9", "ring-9"), ""), NOTHING, NULL);
  planned(NULL, NULL, NULL, NOTHING, NULL);
  /* What is being deleted is as good as gone. */
  planned(NULL, OBJECT("1", "{}", "\"deletionTimestamp\":\"x\","), COPY("1"), DELETE, NULL);
  planned(NULL, OBJECT("1", "{}", "\"deletionTimestamp\":\"x\","), NULL, NOTHING, NULL);
  /* What somebody else made is left alone. */
  planned(NULL, ORIGINAL("1"), ORIGINAL("5"), LEAVE_ALONE, NULL);
  /* ConfigMaps, also those without data. */
  planned("ConfigMap", "{\"metadata\":{\"name\":\"a\"},\"data\":{\"nonce\":\"1\"}}", NULL, CREATE,
          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"namespace\":\"ring-2\","
          "\"name\":\"a\",\"labels\":" LABELS("ring-1", "ring-1") "},\"data\":{\"nonce\":\"1\"}}");
  planned("ConfigMap", ORIGINAL("1"), COPY("1"), NOTHING, NULL);
  CHECK(freight_of_kind("Secret") == NULL);
}
