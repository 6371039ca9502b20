#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>
#include <stdlib.h>
#include <string.h>

#include "hiberlet.h"

/* Deeper than that, two values count as different. */
enum { MAX_DEPTH = 128 };

struct hb_json {
  hb_text text;
  int count;
  jsmntok_t tokens[];
};

static const hb_value nothing = {NULL, 0};

static const jsmntok_t *token(hb_value value) { return &value.json->tokens[value.token]; }

/* The parser lets more pass than RFC 8259: one root, and a value for each name, are checked here. */
static bool sound(const hb_json *json) {
  for (int i = 0; i < json->count; i++) {
    const jsmntok_t *at = &json->tokens[i];
    if (i == 0 ? at->type != JSMN_OBJECT && at->type != JSMN_ARRAY : at->parent < 0) return false;
    if (i == 0) continue;
    const jsmntok_t *parent = &json->tokens[at->parent];
    bool name = parent->type == JSMN_OBJECT;
    if (name && (at->type != JSMN_STRING || at->size != 1)) return false;
    if (!name && parent->type != JSMN_ARRAY && json->tokens[parent->parent].type != JSMN_OBJECT) {
      return false;
    }
  }
  return json->count > 0;
}

hb_json *hb_json_read(hb_text text) {
  if (text.length == 0 || text.length > INT32_MAX) return NULL;
  jsmn_parser parser;
  jsmn_init(&parser);
  int count = jsmn_parse(&parser, text.data, text.length, NULL, 0);
  if (count <= 0) return NULL;
  hb_json *json = hb_allocate(NULL, sizeof *json + (size_t)count * sizeof(jsmntok_t));
  json->text = text;
  jsmn_init(&parser);
  json->count = jsmn_parse(&parser, text.data, text.length, json->tokens, (unsigned)count);
  if (json->count == count && parser.pos == text.length && sound(json)) return json;
  free(json);
  return NULL;
}

void hb_json_free(hb_json *json) { free(json); }

hb_value hb_json_root(const hb_json *json) { return (hb_value){json, 0}; }

bool hb_exists(hb_value value) { return value.json != NULL; }

hb_text hb_raw(hb_value value) {
  if (!hb_exists(value)) return hb_text_of("null");
  const jsmntok_t *at = token(value);
  int quote = at->type == JSMN_STRING;
  return (hb_text){value.json->text.data + at->start - quote,
                   (size_t)(at->end - at->start + 2 * quote)};
}

/* What comes behind a value, all that is in it passed over. */
static int after(hb_value value) {
  int end = token(value)->end;
  int next = value.token + 1;
  while (next < value.json->count && value.json->tokens[next].start < end) next++;
  return next;
}

static hb_value child(hb_value parent, int index) {
  bool there = index < parent.json->count && parent.json->tokens[index].parent == parent.token;
  return there ? (hb_value){parent.json, index} : nothing;
}

hb_value hb_first(hb_value array) {
  if (!hb_exists(array) || token(array)->type != JSMN_ARRAY) return nothing;
  return child(array, array.token + 1);
}

hb_value hb_next(hb_value element) {
  hb_value parent = {element.json, token(element)->parent};
  return child(parent, after(element));
}

static hb_value first_name(hb_value object) {
  if (!hb_exists(object) || token(object)->type != JSMN_OBJECT) return nothing;
  return child(object, object.token + 1);
}

/* The name behind that name and its value. */
static hb_value next_name(hb_value object, hb_value name) {
  return child(object, after((hb_value){name.json, name.token + 1}));
}

static hb_value member(hb_value object, const char *name) {
  for (hb_value at = first_name(object); hb_exists(at); at = next_name(object, at)) {
    if (hb_is(at, name)) return (hb_value){at.json, at.token + 1};
  }
  return nothing;
}

hb_value hb_get_path(hb_value value, const char *const *names) {
  while (*names != NULL) value = member(value, *names++);
  return value;
}

static unsigned hex(const char *digits) {
  unsigned code = 0;
  for (int i = 0; i < 4; i++) {
    char c = digits[i];
    code = 16 * code + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return code;
}

static char *write_utf8(char *to, unsigned code) {
  if (code < 0x80) {
    *to++ = (char)code;
    return to;
  }
  int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  *to++ = (char)(lead[more] | code >> 6 * more);
  while (more-- > 0) *to++ = (char)(0x80 | (code >> 6 * more & 0x3F));
  return to;
}

/* The character of \uXXXX, or of two of them; half a character is U+FFFD. `at` is behind the u. */
static unsigned escaped(const char **at, const char *end) {
  if (end - *at < 4) {
    *at = end;
    return 0xFFFD;
  }
  unsigned code = hex(*at);
  *at += 4;
  if (code < 0xD800 || code > 0xDFFF) return code;
  if (code > 0xDBFF || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u') return 0xFFFD;
  unsigned low = hex(*at + 2);
  if (low < 0xDC00 || low > 0xDFFF) return 0xFFFD;
  *at += 6;
  return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

char *hb_string(hb_value value) {
  if (!hb_exists(value) || token(value)->type != JSMN_STRING) return NULL;
  static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
  const char *at = value.json->text.data + token(value)->start;
  const char *end = value.json->text.data + token(value)->end;
  char *string = hb_allocate(NULL, (size_t)(end - at) + 1); /* an escape is longer than what it means */
  char *to = string;
  while (at < end) {
    unsigned code = (unsigned char)*at++;
    if (code != '\\') {
      *to++ = (char)code;
      continue;
    }
    if (at == end) break;
    char name = *at++;
    const char *found = strchr(names, name);
    if (name == 'u') {
      code = escaped(&at, end);
      if (code == 0) {
        free(string);
        return NULL;
      }
      to = write_utf8(to, code);
    } else {
      *to++ = found != NULL ? meanings[found - names] : name;
    }
  }
  *to = '\0';
  return string;
}

bool hb_is(hb_value value, const char *string) {
  if (!hb_exists(value) || token(value)->type != JSMN_STRING) return false;
  hb_text raw = hb_raw(value);
  if (memchr(raw.data, '\\', raw.length) == NULL) {
    return hb_same((hb_text){raw.data + 1, raw.length - 2}, hb_text_of(string));
  }
  char *decoded = hb_string(value);
  bool same = decoded != NULL && strcmp(decoded, string) == 0;
  free(decoded);
  return same;
}

static bool is_null(hb_value value) {
  return !hb_exists(value) || hb_same(hb_raw(value), hb_text_of("null"));
}

static bool equal(hb_value one, hb_value other, int depth);

static bool equal_members(hb_value one, hb_value other, int depth) {
  if (token(one)->size != token(other)->size) return false;
  for (hb_value at = first_name(one); hb_exists(at); at = next_name(one, at)) {
    char *name = hb_string(at);
    hb_value theirs = name == NULL ? nothing : member(other, name);
    free(name);
    if (!hb_exists(theirs)) return false;
    if (!equal((hb_value){at.json, at.token + 1}, theirs, depth + 1)) return false;
  }
  return true;
}

static bool equal_elements(hb_value one, hb_value other, int depth) {
  hb_value a = hb_first(one), b = hb_first(other);
  while (hb_exists(a) && hb_exists(b)) {
    if (!equal(a, b, depth + 1)) return false;
    a = hb_next(a);
    b = hb_next(b);
  }
  return !hb_exists(a) && !hb_exists(b);
}

static bool equal(hb_value one, hb_value other, int depth) {
  if (is_null(one) || is_null(other)) return is_null(one) && is_null(other);
  if (token(one)->type != token(other)->type || depth == MAX_DEPTH) return false;
  switch (token(one)->type) {
    case JSMN_OBJECT:
      return equal_members(one, other, depth);
    case JSMN_ARRAY:
      return equal_elements(one, other, depth);
    case JSMN_STRING: {
      char *string = hb_string(one);
      bool same = string == NULL ? hb_same(hb_raw(one), hb_raw(other)) : hb_is(other, string);
      free(string);
      return same;
    }
    default:
      return hb_same(hb_raw(one), hb_raw(other));
  }
}

bool hb_equal(hb_value one, hb_value other) { return equal(one, other, 0); }

char *hb_with(hb_value object, const char *name, hb_text json) {
  hb_text document = object.json->text;
  hb_value old = member(object, name);
  hb_text replaced = hb_raw(old);
  hb_buffer result = {0};
  if (!hb_exists(old)) replaced = (hb_text){hb_raw(object).data + 1, 0};
  hb_append(&result, (hb_text){document.data, (size_t)(replaced.data - document.data)});
  if (!hb_exists(old)) {
    hb_append_json(&result, hb_text_of(name));
    hb_append(&result, hb_text_of(":"));
  }
  hb_append(&result, json);
  if (!hb_exists(old) && token(object)->size > 0) hb_append(&result, hb_text_of(","));
  const char *rest = replaced.data + replaced.length;
  hb_append(&result, (hb_text){rest, (size_t)(document.data + document.length - rest)});
  return result.data;
}
