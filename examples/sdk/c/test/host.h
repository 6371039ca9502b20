/* A host made of memory, for unit tests on the machine that builds. */
#ifndef HIBERLET_TEST_HOST_H
#define HIBERLET_TEST_HOST_H

#include "hiberlet.h"
#include "../src/host.h"

/* A check that stays in however the test is compiled. */
#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
void check(bool holds, const char *condition, const char *file, int line);
/* That two strings are equal. */
#define SAME(found, wanted) same(found, wanted, __FILE__, __LINE__)
void same(const char *found, const char *wanted, const char *file, int line);

/* A request that was sent and not yet looked at; operation 0 when there is none. */
struct sent {
  int64_t operation;
  bool streams;
  char line[256]; /* method and target */
  char body[1024];
};
struct sent sent(void);

/* Puts an event into the queue. */
void happen(int64_t operation, int32_t kind, const char *payload, size_t length);
/* An answer as a whole; the head of one; a part of its body; its end; a failure. */
void answer(int64_t operation, int status, const char *body);
void head(int64_t operation, int status);
void chunk(int64_t operation, const char *text);
void end(int64_t operation);
void fail(int64_t operation, const char *reason);

/* Lets the guest run until it is idle. */
void wake(void);

/* How long the timer that was set last waits, -1 when there is none; ring() lets it ring. */
int64_t timer_millis(void);
void ring(void);

/* What was cancelled last, 0 for nothing. */
int64_t cancelled(void);
/* Refuse whatever is asked for with that errno, 0: refuse nothing. */
void refuse(int errno_of_refusal);

/* How many bytes exec_write takes before it answers AGAIN; what was written to it; the exit code. */
void exec_room(uint32_t bytes);
const char *exec_output(void);
int exec_code(void);
/* What exec_read gives, and whether that is all. */
void exec_input(const char *text, bool at_end);

#endif
