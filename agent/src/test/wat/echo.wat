;; Carries out commands, up to 32 at once: what comes in goes out, to the last byte, and then the
;; command exits with the length of its first argument.
(module
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "hiberlet" "exec_read" (func $exec_read (param i64 i32 i32) (result i32)))
  (import "hiberlet" "exec_write" (func $exec_write (param i64 i32 i32 i32) (result i32)))
  (import "hiberlet" "exec_exit" (func $exec_exit (param i64 i32) (result i32)))
  ;; Header at 0, payload at 1024. From page 2 on, a page for each command: operation (i64 at 0,
  ;; 0 for none), bytes that wait to be written (i32 at 8), the first of them (i32 at 12), the exit
  ;; code (i32 at 16), the bytes from 1024 on.
  (memory (export "memory") 34)

  ;; The page of an operation; 0 finds a free one.
  (func $page (param $operation i64) (result i32) (local $page i32)
    (local.set $page (i32.const 65536))
    (loop $next
      (local.set $page (i32.add (local.get $page) (i32.const 65536)))
      (if (i32.ge_u (local.get $page) (i32.const 2228224)) (then unreachable))
      (br_if $next (i64.ne (i64.load (local.get $page)) (local.get $operation))))
    (local.get $page))

  ;; Copies until it has to wait.
  (func $copy (param $page i32) (local $buffer i32) (local $count i32)
    (local.set $buffer (i32.add (local.get $page) (i32.const 1024)))
    (loop $more
      (if (i32.eqz (i32.load offset=8 (local.get $page)))
        (then
          (local.set $count
            (call $exec_read (i64.load (local.get $page)) (local.get $buffer) (i32.const 8192)))
          (if (i32.lt_s (local.get $count) (i32.const 0)) (then (return)))
          (if (i32.eqz (local.get $count))
            (then
              (drop (call $exec_exit (i64.load (local.get $page)) (i32.load offset=16 (local.get $page))))
              (i64.store (local.get $page) (i64.const 0))
              (return)))
          (i32.store offset=8 (local.get $page) (local.get $count))
          (i32.store offset=12 (local.get $page) (local.get $buffer))))
      (local.set $count
        (call $exec_write (i64.load (local.get $page)) (i32.const 1)
          (i32.load offset=12 (local.get $page)) (i32.load offset=8 (local.get $page))))
      (if (i32.lt_s (local.get $count) (i32.const 0)) (then (return)))
      (i32.store offset=8 (local.get $page)
        (i32.sub (i32.load offset=8 (local.get $page)) (local.get $count)))
      (i32.store offset=12 (local.get $page)
        (i32.add (i32.load offset=12 (local.get $page)) (local.get $count)))
      (br $more)))

  (func $length (param $text i32) (result i32) (local $end i32)
    (local.set $end (local.get $text))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (local.get $text)))

  (func $begin (param $operation i64) (local $page i32)
    (local.set $page (call $page (i64.const 0)))
    (i64.store (local.get $page) (local.get $operation))
    (i32.store offset=8 (local.get $page) (i32.const 0))
    (i32.store offset=16 (local.get $page) (call $length (i32.const 1028)))
    (call $copy (local.get $page)))

  (func (export "hiberlet_wake") (local $kind i32) (local $operation i64)
    (loop $more
      (if (i32.gt_s (call $event_next (i32.const 0)) (i32.const 0))
        (then
          (drop (call $event_read (i32.const 1024)))
          (local.set $operation (i64.load (i32.const 0)))
          (local.set $kind (i32.load (i32.const 8)))
          (if (i32.eq (local.get $kind) (i32.const 8)) (then (call $begin (local.get $operation))))
          (if (i32.eq (local.get $kind) (i32.const 11))
            (then (call $copy (call $page (local.get $operation)))))
          (if (i32.eq (local.get $kind) (i32.const 4))
            (then (i64.store (call $page (local.get $operation)) (i64.const 0))))
          (br $more))))))
