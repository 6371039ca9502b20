/* The host's functions (docs/host-abi.md); a unit test brings its own. */
#ifndef HIBERLET_HOST_H
#define HIBERLET_HOST_H

#include <stdint.h>

#ifdef __wasm__
#define HOST(name) __attribute__((import_module("hiberlet"), import_name(#name))) host_##name
#else
#define HOST(name) host_##name
#endif

struct host_event {
  int64_t operation;
  int32_t kind;
  uint32_t length;
};

enum {
  RESPONSE_HEAD = 1,
  BODY_CHUNK = 2,
  END = 3,
  ERROR = 4,
  TIMER = 7,
  EXEC = 8,
  STOP = 9,
  READY = 11,
};

enum { HOST_AGAIN = -6, HOST_STREAM = 1 };

int64_t HOST(http_request)(const void *message, uint32_t length, int32_t flags);
int64_t HOST(timer)(int64_t millis);
int32_t HOST(cancel)(int64_t operation);
int32_t HOST(event_next)(struct host_event *event);
int32_t HOST(event_read)(void *payload);
int32_t HOST(exec_read)(int64_t operation, void *bytes, uint32_t length);
int32_t HOST(exec_write)(int64_t operation, int32_t stream, const void *bytes, uint32_t length);
int32_t HOST(exec_exit)(int64_t operation, int32_t code);

#endif
