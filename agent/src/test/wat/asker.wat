;; Asks the API server for its namespaces, again 20 ms after each answer. Writes the head of each answer to its log, and
;; exits with 7 after the third; tells its errors what went wrong, and exits with 9. When it is to stop it exits with 5.
(module
  (import "hiberlet" "http_request" (func $http_request (param i32 i32 i32) (result i64)))
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (data (i32.const 1024) "GET /api/v1/namespaces HTTP/1.1\r\n\r\n")
  (data (i32.const 1536) "asked\n")

  (func $write (param $descriptor i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 32) (local.get $at))
    (i32.store (i32.const 36) (local.get $length))
    (drop (call $fd_write (local.get $descriptor) (i32.const 32) (i32.const 1) (i32.const 40))))

  (func $ask (export "_initialize")
    (if (i64.lt_s (call $http_request (i32.const 1024) (i32.const 35) (i32.const 0)) (i64.const 1))
      (then (unreachable)))
    (call $write (i32.const 2) (i32.const 1536) (i32.const 6)))

  ;; How many answers there were is at 16.
  (func $answered
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (if (i32.eq (i32.load (i32.const 16)) (i32.const 3)) (then (call $proc_exit (i32.const 7))))
    (drop (call $timer (i64.const 20))))

  ;; The payload of the current event, from a place in it.
  (func $tell (param $descriptor i32) (param $from i32)
    (call $write (local.get $descriptor) (i32.add (i32.const 65536) (local.get $from))
      (i32.sub (call $event_read (i32.const 65536)) (local.get $from))))

  (func (export "hiberlet_wake") (local $kind i32)
    (loop $more
      (if (call $event_next (i32.const 0))
        (then
          (local.set $kind (i32.load (i32.const 8)))
          (if (i32.eq (local.get $kind) (i32.const 1)) (then (call $tell (i32.const 1) (i32.const 0))))
          (if (i32.eq (local.get $kind) (i32.const 3)) (then (call $answered)))
          (if (i32.eq (local.get $kind) (i32.const 4))
            (then
              (call $tell (i32.const 2) (i32.const 4))
              (call $proc_exit (i32.const 9))))
          (if (i32.eq (local.get $kind) (i32.const 7)) (then (call $ask)))
          (if (i32.eq (local.get $kind) (i32.const 9)) (then (call $proc_exit (i32.const 5))))
          (br $more))))))
