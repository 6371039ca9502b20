/*
 * Kubernetes controllers in C that sleep on disk: the guest side of the host ABI `hiberlet:v1`.
 *
 * A controller is an event loop of callbacks. Whatever is asked of the host (an answer, a change, a
 * timer) is told to a callback later; when none runs, the host may write the controller to disk and
 * drop it from memory. Everything runs on one thread, and no callback is called inside of another,
 * or of the call that it belongs to.
 *
 * Delivery is at least once: after a crash of the host a controller goes on from its last snapshot
 * and is told again what it was told since, so reconcilers must be able to repeat.
 */
#ifndef HIBERLET_H
#define HIBERLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The controller's beginning, which its author writes. It starts things and returns. */
void hb_main(void);

/* ---- Text ------------------------------------------------------------------------------------ */

/* Bytes that belong to somebody else. `data` is NULL when there are none; no NUL need follow. */
typedef struct {
  const char *data;
  size_t length;
} hb_text;

#define HB_NONE ((hb_text){NULL, 0})

hb_text hb_text_of(const char *string);
bool hb_same(hb_text one, hb_text other);

/* A copy with a NUL behind it, for free(). */
char *hb_copy(hb_text text);

/* A text that grows: begin with {0}, end with free(buffer.data). There is a NUL behind it. */
typedef struct {
  char *data;
  size_t length;
  size_t capacity;
} hb_buffer;

void hb_append(hb_buffer *buffer, hb_text text);
void hb_format(hb_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Appends a JSON string, its quotes included. */
void hb_append_json(hb_buffer *buffer, hb_text string);
hb_text hb_text_in(const hb_buffer *buffer);

/* Memory from here is never NULL: a controller that has none left says so and ends with code 1. */
void *hb_allocate(void *old, size_t size);

/* ---- JSON (RFC 8259) ------------------------------------------------------------------------- */

/* A document that was read. The text that it was read from must live as long. */
typedef struct hb_json hb_json;

/* A value of a document; one that does not exist counts as null. */
typedef struct {
  const hb_json *json;
  int token;
} hb_value;

/* NULL when the text is no JSON object or array, or has a NUL in it. For hb_json_free(). */
hb_json *hb_json_read(hb_text text);
void hb_json_free(hb_json *json);
hb_value hb_json_root(const hb_json *json);

/* The value below `value` at these names of members, as in hb_get(pod, "metadata", "name"). */
#define hb_get(value, ...) hb_get_path(value, (const char *const[]){__VA_ARGS__, NULL})
hb_value hb_get_path(hb_value value, const char *const *names);

/* The elements of an array: for (hb_value e = hb_first(array); hb_exists(e); e = hb_next(e)). */
hb_value hb_first(hb_value array);
hb_value hb_next(hb_value element);

bool hb_exists(hb_value value);
/* Whether it is that string. */
bool hb_is(hb_value value, const char *string);
/* A string's characters, for free(); NULL when it is none, or has a NUL in it. */
char *hb_string(hb_value value);
/* The JSON text of a value, as it stands in the document. */
hb_text hb_raw(hb_value value);
/* Whether two values are the same, in whatever order their members are. */
bool hb_equal(hb_value one, hb_value other);
/* The document of an object with one of the object's members set to a JSON text, for free(). */
char *hb_with(hb_value object, const char *name, hb_text json);

/* ---- Requests -------------------------------------------------------------------------------- */

/* What came of a request. Status 0: there was no answer, and the body says why. */
typedef struct {
  int status;
  hb_text body; /* until the callback returns */
  int error;    /* with status 0: the host's errno, 0 when it is none of the host's */
} hb_answer;

typedef void hb_on_answer(void *data, hb_answer answer);

/* An HTTP request to the API server, as the pod's service account. The target is in origin form and
 * percent-encoded; `media_type` is NULL when there is no body. What is passed is copied. */
void hb_request(const char *method, const char *target, const char *media_type, hb_text body,
                hb_on_answer *on_answer, void *data);

/* Whether an answer is a success, 2xx. */
bool hb_ok(hb_answer answer);
/* What a failure says, for people and for free(). */
char *hb_reason(hb_answer answer);

/* ---- Collections of the API server ----------------------------------------------------------- */

typedef struct {
  const char *group; /* "" for the core group */
  const char *version;
  const char *plural;
} hb_resource;

/* The objects of one namespace; of all, or of none, when `namespace` is "". */
typedef struct {
  hb_resource resource;
  const char *namespace;
} hb_collection;

void hb_get_object(const hb_collection *in, const char *name, hb_on_answer *on_answer, void *data);
void hb_create(const hb_collection *in, hb_text object, hb_on_answer *on_answer, void *data);
/* Replaces an object; its resourceVersion, if it has one, must still be the current one. */
void hb_update(const hb_collection *in, const char *name, hb_text object, hb_on_answer *on_answer,
               void *data);
/* A JSON merge patch (RFC 7386). */
void hb_patch(const hb_collection *in, const char *name, hb_text patch, hb_on_answer *on_answer,
              void *data);
/* Server-side apply, by force: these fields are `manager`'s from now on. */
void hb_apply(const hb_collection *in, const char *name, const char *manager, hb_text object,
              hb_on_answer *on_answer, void *data);
/* Deletes the object of that uid and no later one of the same name. */
void hb_delete(const hb_collection *in, const char *name, const char *uid, hb_on_answer *on_answer,
               void *data);

typedef void hb_on_object(void *data, hb_value object);
/* `failure` has status 200 when all is well; a list tells its resourceVersion then, a watch "". */
typedef void hb_on_end(void *data, hb_answer failure, const char *resource_version);

/* Lists all that have these labels ("" for all), in pages. */
void hb_list(const hb_collection *in, const char *labels, hb_on_object *on_object,
             hb_on_end *on_end, void *data);

typedef void hb_on_change(void *data, const char *type, hb_value object);
/* Everything that happens after a moment that a list told: ADDED, MODIFIED, DELETED, BOOKMARK. A
 * clean end, or a failure with status 410, means that the position was lost: list again. */
void hb_watch(const hb_collection *in, const char *labels, const char *since,
              hb_on_change *on_change, hb_on_end *on_end, void *data);

/* ---- Controllers ----------------------------------------------------------------------------- */

typedef struct hb_controller hb_controller;

/* Brings one object to what it should be. `object` does not exist when it is gone, and is there until
 * this returns. It ends, now or later, with hb_done() or hb_failed(), until when the names are there;
 * the next one is not begun before. */
typedef void hb_reconcile(hb_controller *controller, void *data, const char *namespace,
                          const char *name, hb_value object);

/* Follows a collection, which it lists again whenever the watch has lost its position, and
 * reconciles what is new, different or gone, from the first list on. Changes that come meanwhile are
 * merged into one more call. It lives as long as the program, `in` and `labels` must, too; at the
 * host's STOP it finishes what is under way, and ends the program. */
hb_controller *hb_control(const hb_collection *in, const char *labels, hb_reconcile *reconcile,
                          void *data);
/* Asks for a reconcile of an object that need not exist. */
void hb_enqueue(hb_controller *controller, const char *namespace, const char *name);
/* It is done. Reconciles it again after that many milliseconds even if it does not change; 0: not. */
void hb_done(hb_controller *controller, int64_t again_millis);
/* It failed, and is tried again later, the later the more often that happened. */
void hb_failed(hb_controller *controller, const char *reason);

/* ---- Time, the end, the log ------------------------------------------------------------------ */

typedef void hb_on_event(void *data);

/* Calls once after at least that long, the time asleep included. Returns what hb_cancel() takes. */
int64_t hb_timer(int64_t millis, hb_on_event *on_event, void *data);
/* Forgets a timer; its callback is not called any more. */
void hb_cancel(int64_t operation);
/* Since the controller's beginning, the time asleep included. */
int64_t hb_monotonic_millis(void);

/* Called when the host asks the controller to end, which it does by exit(). Without it, STOP is
 * exit(0). */
void hb_on_stop(hb_on_event *on_stop, void *data);

/* One line in the pod's log each. */
void hb_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void hb_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void hb_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- Commands of kubectl exec ---------------------------------------------------------------- */

/* A command that is being carried out. It lives until hb_exec_exit(), which every command must come
 * to: when its client has gone meanwhile, its input is at its end and what it writes is nobody's. */
typedef struct hb_exec hb_exec;

typedef void hb_command(hb_exec *exec, int count, char *const *arguments);
/* Input as it comes; a length of 0 is its end. */
typedef void hb_on_input(hb_exec *exec, void *data, hb_text input);

/* Has commands carried out. Several may be under way at once. A program that never calls this does
 * not import what it takes, and the host refuses commands in its name. */
void hb_on_exec(hb_command *command);
/* Without it, input is not read. */
void hb_exec_read(hb_exec *exec, hb_on_input *on_input, void *data);
/* Writes to the client's output (1) or errors (2): copied, and taken by the client in its time. */
void hb_exec_write(hb_exec *exec, int stream, hb_text text);
/* Ends the command, 0 to 255, once all that was written has been taken. */
void hb_exec_exit(hb_exec *exec, int code);

#endif
