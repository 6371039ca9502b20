#include "message.h"

#include <stdlib.h>
#include <string.h>

static bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void encode(hb_buffer *buffer, const char *text) {
  for (; *text != '\0'; text++) {
    if (is_letter_or_digit(*text) || strchr("-._~", *text) != NULL) {
      hb_append(buffer, (hb_text){text, 1});
    } else {
      hb_format(buffer, "%%%02X", (unsigned char)*text);
    }
  }
}

void request_path(hb_buffer *target, const hb_collection *in, const char *name) {
  const hb_resource *resource = &in->resource;
  if (*resource->group == '\0') {
    hb_format(target, "/api/%s", resource->version);
  } else {
    hb_format(target, "/apis/%s/%s", resource->group, resource->version);
  }
  if (*in->namespace != '\0') {
    hb_append(target, hb_text_of("/namespaces/"));
    encode(target, in->namespace);
  }
  hb_format(target, "/%s", resource->plural);
  if (name != NULL) {
    hb_append(target, hb_text_of("/"));
    encode(target, name);
  }
}

void request_parameter(hb_buffer *target, const char *separator, const char *name,
                       const char *value) {
  if (*value == '\0') return;
  hb_format(target, "%s%s=", separator, name);
  encode(target, value);
}

/* Anything else would break the message. */
static bool is_target(const char *target) {
  if (*target != '/') return false;
  for (; *target != '\0'; target++) {
    if (*target <= ' ' || *target > '~') return false;
  }
  return true;
}

int64_t request_send(const char *method, const char *target, const char *media_type, hb_text body,
                     int32_t flags) {
  enum { INVALID = -28 };
  if (!is_target(target)) return INVALID;
  hb_buffer message = {0};
  hb_format(&message, "%s %s HTTP/1.1\r\nAccept: application/json\r\n", method, target);
  if (media_type != NULL) {
    hb_format(&message, "Content-Type: %s\r\nContent-Length: %zu\r\n", media_type, body.length);
  }
  hb_append(&message, hb_text_of("\r\n"));
  if (media_type != NULL) hb_append(&message, body);
  int64_t operation = host_http_request(message.data, (uint32_t)message.length, flags);
  free(message.data);
  return operation;
}

int request_status(hb_text head) {
  if (head.length < 12 || memcmp(head.data, "HTTP/1.1 ", 9) != 0) return 0;
  int status = atoi((char[]){head.data[9], head.data[10], head.data[11], '\0'});
  return status >= 100 && status < 600 ? status : 0;
}

hb_answer request_lost(hb_text payload) {
  int32_t error = 0;
  bool told = payload.length > sizeof error;
  if (payload.length >= sizeof error) memcpy(&error, payload.data, sizeof error);
  hb_text reason = {payload.data + sizeof error, payload.length - sizeof error};
  return (hb_answer){0, told ? reason : hb_text_of("the host gave no reason"), error};
}
