/* What is to be done with one resource: decided from what is, without asking anybody. */
#ifndef RING_PLAN_H
#define RING_PLAN_H

#include "hiberlet.h"

/* Label of a copy: the namespace that it was copied from. */
#define COPIED_FROM "example.hiberlet.io/copied-from"
/* Label of a copy: the namespace where the resource was made by somebody who is no operator. */
#define ORIGIN "example.hiberlet.io/origin"

/* A kind of object that a ring can carry. */
struct freight {
  hb_resource resource;
  const char *api_version;
  const char *kind;
  const char *field; /* what is copied */
};

/* The freight of that kind, TestResources when it is NULL; NULL when there is none. */
const struct freight *freight_of_kind(const char *kind);

/* What goes from which namespace to which. */
struct route {
  const struct freight *freight;
  const char *from;
  const char *to;
};

enum action { NOTHING, CREATE, UPDATE, DELETE, LEAVE_ALONE };

struct plan {
  enum action action;
  char *object; /* to create, or to update to; for free() */
};

/* Either may not exist. */
struct plan plan(const struct route *route, hb_value original, hb_value copy);

#endif
