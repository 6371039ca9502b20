#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hiberlet.h"

void *hb_allocate(void *old, size_t size) {
  void *memory = realloc(old, size);
  if (memory == NULL) {
    hb_error("no memory left");
    exit(1);
  }
  return memory;
}

hb_text hb_text_of(const char *string) {
  return (hb_text){string, string == NULL ? 0 : strlen(string)};
}

bool hb_same(hb_text one, hb_text other) {
  return one.length == other.length &&
         (one.length == 0 || memcmp(one.data, other.data, one.length) == 0);
}

char *hb_copy(hb_text text) {
  char *copy = hb_allocate(NULL, text.length + 1);
  if (text.length > 0) memcpy(copy, text.data, text.length);
  copy[text.length] = '\0';
  return copy;
}

/* Makes room for that much more, and a NUL. */
static char *reserve(hb_buffer *buffer, size_t length) {
  size_t needed = buffer->length + length + 1;
  if (needed > buffer->capacity) {
    buffer->capacity = needed > 2 * buffer->capacity ? needed : 2 * buffer->capacity;
    buffer->data = hb_allocate(buffer->data, buffer->capacity);
  }
  return buffer->data + buffer->length;
}

void hb_append(hb_buffer *buffer, hb_text text) {
  char *end = reserve(buffer, text.length);
  if (text.length > 0) memcpy(end, text.data, text.length);
  end[text.length] = '\0';
  buffer->length += text.length;
}

static void format(hb_buffer *buffer, const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length <= 0) return;
  vsnprintf(reserve(buffer, (size_t)length), (size_t)length + 1, format, arguments);
  buffer->length += (size_t)length;
}

void hb_format(hb_buffer *buffer, const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  format(buffer, text, arguments);
  va_end(arguments);
}

void hb_append_json(hb_buffer *buffer, hb_text string) {
  hb_append(buffer, hb_text_of("\""));
  for (size_t i = 0; i < string.length; i++) {
    unsigned char c = (unsigned char)string.data[i];
    if (c == '"' || c == '\\') {
      hb_append(buffer, (hb_text){(char[]){'\\', (char)c}, 2});
    } else if (c < 0x20) {
      hb_format(buffer, "\\u%04x", c);
    } else {
      hb_append(buffer, (hb_text){&string.data[i], 1});
    }
  }
  hb_append(buffer, hb_text_of("\""));
}

hb_text hb_text_in(const hb_buffer *buffer) { return (hb_text){buffer->data, buffer->length}; }

/* One write for the whole line. */
static void log_line(const char *level, const char *text, va_list arguments) {
  hb_buffer line = {0};
  hb_append(&line, hb_text_of(level));
  format(&line, text, arguments);
  hb_append(&line, hb_text_of("\n"));
  fwrite(line.data, 1, line.length, stdout);
  fflush(stdout);
  free(line.data);
}

void hb_info(const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  log_line("INFO  ", text, arguments);
  va_end(arguments);
}

void hb_warn(const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  log_line("WARN  ", text, arguments);
  va_end(arguments);
}

void hb_error(const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  log_line("ERROR ", text, arguments);
  va_end(arguments);
}
