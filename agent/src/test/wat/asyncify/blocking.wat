;; A program that waits in the middle of its code, several calls deep, and keeps its state in locals. The numbers of its
;; events are added up, and the sum is reported, by asking for a timer; then some mean more:
;; 0 it returns; 1000 it sleeps for half a second and reports how many events the poll had; 2000 it waits for half a second and
;; reports whether something came; 3000 it waits with much more on the stack than there is room for; 4000 it exits with 4.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_wait" (func $event_wait (param i32 i64) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global (export "hiberlet_stack") i32 (i32.const 1024))
  ;; The room's first free byte, its end, and since when it waits.
  (data (i32.const 1024) "\10\04\00\00\f0\07\00\00\00\00\00\00\00\00\00\00")

  (func $report (param $value i32)
    (drop (call $timer (i64.extend_i32_s (local.get $value)))))

  ;; Waits that many calls deep, and answers what the wait did plus that number.
  (func $deep (param $depth i32) (param $millis i64) (result i32)
    (if (result i32) (i32.eqz (local.get $depth))
      (then (call $event_wait (i32.const 0) (local.get $millis)))
      (else
        (i32.add (i32.const 1)
          (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $millis))))))

  (func $sleep (param $millis i64) (result i32)
    (i64.store (i32.const 2048) (i64.const 42))
    (i32.store8 offset=8 (i32.const 2048) (i32.const 0))
    (i32.store offset=16 (i32.const 2048) (i32.const 1))
    (i64.store offset=24 (i32.const 2048) (i64.mul (local.get $millis) (i64.const 1000000)))
    (drop (call $poll_oneoff (i32.const 2048) (i32.const 4096) (i32.const 1) (i32.const 60)))
    (i32.load (i32.const 60)))

  (func (export "_start") (local $sum i32) (local $number i32)
    (block $over
      (loop $more
        (if (i32.ne (call $deep (i32.const 3) (i64.const -1)) (i32.const 4)) (then (unreachable)))
        (drop (call $event_read (i32.const 16)))
        (local.set $number (i32.load (i32.const 16)))
        (local.set $sum (i32.add (local.get $sum) (local.get $number)))
        (call $report (local.get $sum))
        (br_if $over (i32.eqz (local.get $number)))
        (if (i32.eq (local.get $number) (i32.const 1000)) (then (call $report (call $sleep (i64.const 500)))))
        (if (i32.eq (local.get $number) (i32.const 2000)) (then (call $report (call $deep (i32.const 0) (i64.const 500)))))
        (if (i32.eq (local.get $number) (i32.const 3000)) (then (drop (call $deep (i32.const 100) (i64.const -1)))))
        (if (i32.eq (local.get $number) (i32.const 4000)) (then (call $proc_exit (i32.const 4))))
        (br $more)))))
