;; Does what it is told: every event's payload is a command of four little-endian numbers, the
;; function to call (i32 at 0) and its arguments (i32 at 4, i32 at 8, i64 at 16). It reports each
;; result by asking for a timer of that many milliseconds.
(module
  (import "hiberlet" "http_request" (func $http_request (param i32 i32 i32) (result i64)))
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "cancel" (func $cancel (param i64) (result i32)))
  (import "hiberlet" "exec_read" (func $exec_read (param i64 i32 i32) (result i32)))
  (import "hiberlet" "exec_write" (func $exec_write (param i64 i32 i32 i32) (result i32)))
  (import "hiberlet" "exec_exit" (func $exec_exit (param i64 i32) (result i32)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $third (mut i32) (i32.const 0))

  (func $report (param $value i64)
    (drop (call $timer (local.get $value))))

  (func $run
    (local $a i32) (local $b i32) (local $c i64)
    (local.set $a (i32.load (i32.const 132)))
    (local.set $b (i32.load (i32.const 136)))
    (local.set $c (i64.load (i32.const 144)))
    (block $stdin (block $exit (block $write (block $peek (block $next (block $read (block $cancel (block $timer (block $http
      (br_table $http $timer $cancel $read $next $peek $write $exit $stdin (i32.load (i32.const 128))))
      ;; http
      (call $report (call $http_request (local.get $a) (local.get $b) (i32.wrap_i64 (local.get $c))))
      return)
      ;; timer
      (call $report (call $timer (local.get $c)))
      return)
      ;; cancel
      (call $report (i64.extend_i32_s (call $cancel (local.get $c))))
      return)
      ;; read
      (call $report (i64.extend_i32_s (call $event_read (local.get $a))))
      return)
      ;; next
      (call $report (i64.extend_i32_s (call $event_next (local.get $a))))
      return)
      ;; peek: what the memory holds at a
      (call $report (i64.load (local.get $a)))
      return)
      ;; write: the operation is in the upper half of c, the stream in the lower one
      (call $report (i64.extend_i32_s (call $exec_write
        (i64.shr_u (local.get $c) (i64.const 32)) (i32.wrap_i64 (local.get $c))
        (local.get $a) (local.get $b))))
      return)
      ;; exit
      (call $report (i64.extend_i32_s (call $exec_exit (local.get $c) (local.get $a))))
      return)
    ;; stdin
    (call $report (i64.extend_i32_s
      (call $exec_read (local.get $c) (local.get $a) (local.get $b)))))

  (func (export "hiberlet_wake")
    ;; An event of the wake before must be gone.
    (call $report (i64.extend_i32_s (call $event_read (i32.const 128))))
    (loop $more
      (if (i32.gt_s (call $event_next (i32.const 64)) (i32.const 0))
        (then
          (drop (call $event_read (i32.const 128)))
          (call $run)
          (br $more))))))
