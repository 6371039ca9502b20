;; Carries out one command, on a terminal: tells every size that the terminal takes, repeats what is
;; typed, and exits with 3 when an end of transmission (Ctrl-D) is typed.
(module
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "hiberlet" "exec_read" (func $exec_read (param i64 i32 i32) (result i32)))
  (import "hiberlet" "exec_write" (func $exec_write (param i64 i32 i32 i32) (result i32)))
  (import "hiberlet" "exec_exit" (func $exec_exit (param i64 i32) (result i32)))
  ;; Header at 0, payload at 1024, what is typed at 2048, what is told at 4096.
  (memory (export "memory") 1)
  (global $operation (mut i64) (i64.const 0))

  (func $write (param $bytes i32) (param $count i32)
    (drop (call $exec_write (global.get $operation) (i32.const 1)
      (local.get $bytes) (local.get $count))))

  ;; Puts a number of five digits before an address.
  (func $digits (param $number i32) (param $end i32) (local $left i32)
    (local.set $left (i32.const 5))
    (loop $next
      (local.set $end (i32.sub (local.get $end) (i32.const 1)))
      (i32.store8 (local.get $end)
        (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
      (local.set $number (i32.div_u (local.get $number) (i32.const 10)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $next (local.get $left))))

  ;; [columns x rows]
  (func $tell_size
    (i32.store8 (i32.const 4096) (i32.const 91))
    (call $digits (i32.load (i32.const 1024)) (i32.const 4102))
    (i32.store8 (i32.const 4102) (i32.const 120))
    (call $digits (i32.load (i32.const 1028)) (i32.const 4108))
    (i32.store8 (i32.const 4108) (i32.const 93))
    (call $write (i32.const 4096) (i32.const 13)))

  (func $repeat (local $count i32) (local $byte i32)
    (loop $more
      (local.set $count
        (call $exec_read (global.get $operation) (i32.const 2048) (i32.const 1024)))
      (if (i32.gt_s (local.get $count) (i32.const 0))
        (then
          (call $write (i32.const 2048) (local.get $count))
          (local.set $byte
            (i32.load8_u (i32.add (i32.const 2047) (local.get $count))))
          (if (i32.eq (local.get $byte) (i32.const 4))
            (then (drop (call $exec_exit (global.get $operation) (i32.const 3))) (return)))
          (br $more)))))

  (func (export "hiberlet_wake") (local $kind i32)
    (loop $more
      (if (i32.gt_s (call $event_next (i32.const 0)) (i32.const 0))
        (then
          (drop (call $event_read (i32.const 1024)))
          (local.set $kind (i32.load (i32.const 8)))
          (if (i32.eq (local.get $kind) (i32.const 8))
            (then
              (global.set $operation (i64.load (i32.const 0)))
              (call $repeat)))
          (if (i32.eq (local.get $kind) (i32.const 10)) (then (call $tell_size)))
          (if (i32.eq (local.get $kind) (i32.const 11)) (then (call $repeat)))
          (br $more))))))
