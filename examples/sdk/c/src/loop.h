/* Who is waiting for what. */
#ifndef HIBERLET_LOOP_H
#define HIBERLET_LOOP_H

#include "hiberlet.h"
#include "host.h"

/* Told every event of an operation. After END, ERROR or TIMER the operation is forgotten. */
typedef void loop_handler(void *data, int32_t kind, hb_text payload);

/* Waits for an operation that the host returned. A refusal, which is negative, becomes an ERROR that
 * is told as soon as everything else was. */
void loop_await(int64_t operation, loop_handler *handler, void *data);

/* Stops waiting, and returns the handler's data; nothing is told to the host. */
void *loop_forget(int64_t operation);

/* What hb_on_exec() brings along. */
extern void (*loop_begin_command)(int64_t operation, hb_text payload);

#endif
