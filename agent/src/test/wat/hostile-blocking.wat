;; Pretends that it was run through asyncify. The number of its first event says what it does wrong.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "hiberlet" "event_wait" (func $event_wait (param i32 i64) (result i32)))
  (memory (export "memory") 1)
  (global (export "hiberlet_stack") i32 (i32.const 1024))
  (data (i32.const 1024) "\10\04\00\00\00\05\00\00\00\00\00\00\00\00\00\00")
  (global $state (mut i32) (i32.const 0))
  (global $mode (mut i32) (i32.const 0))

  (func (export "asyncify_start_unwind") (param i32)
    (if (i32.eq (global.get $mode) (i32.const 6)) (then (unreachable)))
    ;; 1: it does not
    (if (i32.ne (global.get $mode) (i32.const 1)) (then (global.set $state (i32.const 1)))))
  (func (export "asyncify_stop_unwind")
    ;; 7: it does not
    (if (i32.ne (global.get $mode) (i32.const 7)) (then (global.set $state (i32.const 0)))))
  (func (export "asyncify_start_rewind") (param i32) (global.set $state (i32.const 2)))
  (func (export "asyncify_stop_rewind")
    ;; 8: it does not
    (if (i32.ne (global.get $mode) (i32.const 8)) (then (global.set $state (i32.const 0)))))
  (func (export "asyncify_get_state") (result i32) (global.get $state))

  (func (export "_start")
    (if (i32.eq (global.get $state) (i32.const 2))
      (then
        ;; 4: it does not come back to where it waited; 9: it calls something else on the way
        (if (i32.eq (global.get $mode) (i32.const 4)) (then (return)))
        (if (i32.eq (global.get $mode) (i32.const 9)) (then (drop (call $timer (i64.const 1)))))))
    (if (i32.eqz (global.get $mode))
      (then
        (drop (call $event_next (i32.const 0)))
        (drop (call $event_read (i32.const 16)))
        (global.set $mode (i32.load (i32.const 16)))))
    ;; 5: the room is elsewhere
    (if (i32.eq (global.get $mode) (i32.const 5)) (then (i32.store (i32.const 1028) (i32.const 0x7fffffff))))
    (drop (call $event_wait (i32.const 0) (i64.const -1)))
    ;; 2: it calls the host on its way out; 3: it does not come out; 10: it waits once more
    (if (i32.eq (global.get $mode) (i32.const 2)) (then (drop (call $timer (i64.const 1)))))
    (if (i32.eq (global.get $mode) (i32.const 3)) (then (loop $forever (br $forever))))
    (if (i32.eq (global.get $mode) (i32.const 10)) (then (drop (call $event_wait (i32.const 0) (i64.const -1)))))))
