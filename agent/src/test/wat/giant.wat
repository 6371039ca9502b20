;; Asks in its initialiser for one object, grows its memory for the answer's body when it comes, and writes the sum of the
;; body's bytes and its length to its log: two i64, after the events that it has seen, a byte each.
(module
  (import "hiberlet" "http_request" (func $http_request (param i32 i32 i32) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "GET /api/v1/namespaces/conformance/configmaps/giant HTTP/1.1\r\n\r\n")

  (func $write (param $at i32) (param $length i32)
    (i32.store (i32.const 32) (local.get $at))
    (i32.store (i32.const 36) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 40))))

  ;; What is asked for is not there before the initialiser has returned.
  (func (export "_initialize")
    (drop (call $http_request (i32.const 1024) (i32.const 64) (i32.const 0)))
    (if (call $event_next (i32.const 0)) (then (unreachable))))

  (func $body (local $at i32) (local $end i32) (local $sum i64)
    (if (i32.eq (i32.const -1)
          (memory.grow (i32.add (i32.shr_u (i32.load (i32.const 12)) (i32.const 16)) (i32.const 1))))
      (then (unreachable)))
    ;; One byte too far: nothing is read.
    (if (i32.ne (i32.const -21)
          (call $event_read
            (i32.add (i32.const 1)
              (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.load (i32.const 12))))))
      (then (unreachable)))
    (local.set $at
      (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.load (i32.const 12))))
    (local.set $end (i32.add (local.get $at) (call $event_read (local.get $at))))
    (i64.store (i32.const 56) (i64.extend_i32_u (i32.load (i32.const 12))))
    (loop $more
      (local.set $sum (i64.add (local.get $sum) (i64.load8_u (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $at) (local.get $end))))
    (i64.store (i32.const 48) (local.get $sum))
    (call $write (i32.const 48) (i32.const 16)))

  (func (export "hiberlet_wake")
    (loop $more
      (if (call $event_next (i32.const 0))
        (then
          (call $write (i32.const 8) (i32.const 1))
          (if (i32.eq (i32.load (i32.const 8)) (i32.const 2)) (then (call $body)))
          (br $more))))))
