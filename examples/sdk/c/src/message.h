/* HTTP/1.1 messages (RFC 9112) as the host takes and gives them. */
#ifndef HIBERLET_MESSAGE_H
#define HIBERLET_MESSAGE_H

#include "hiberlet.h"
#include "host.h"

/* Sends a message; returns what the host does. */
int64_t request_send(const char *method, const char *target, const char *media_type, hb_text body,
                     int32_t flags);

/* The status code in a response's head; 0 when there is none. */
int request_status(hb_text head);

/* What an ERROR's payload means. */
hb_answer request_lost(hb_text payload);

/* Appends the path of a collection, or of an object of it. */
void request_path(hb_buffer *target, const hb_collection *in, const char *name);

/* Appends a parameter of a query, unless its value is empty. */
void request_parameter(hb_buffer *target, const char *separator, const char *name,
                       const char *value);

#endif
