/*
 * Programs in C that simply wait: an ordinary main(), which asks and sleeps in the middle of its code, and hibernates
 * there. The module goes through Binaryen's wasm-opt --asyncify (build/c.sh). What libc sleeps in, poll_oneoff, hibernates
 * too; but only what is here hears that the controller is to end: it ends it, with code 0.
 */
#ifndef HIBERLET_BLOCKING_H
#define HIBERLET_BLOCKING_H

#include "hiberlet.h"

/* What came of a request, for hb_reply_free(). Status 0: there was no answer, and the body says why. */
typedef struct {
  int status;
  hb_buffer body;
} hb_reply;

/* Sends an HTTP request to the API server, as the pod's service account, and waits for the answer. The target is in
 * origin form and percent-encoded; `media_type` is NULL when there is no body. */
hb_reply hb_ask(const char *method, const char *target, const char *media_type, hb_text body);
void hb_reply_free(hb_reply *reply);

/* Waits that long, the time asleep included. */
void hb_sleep(int64_t millis);

#endif
