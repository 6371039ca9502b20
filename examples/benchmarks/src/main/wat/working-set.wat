;; A controller with as large a working set as it is told to have.
;;
;; Its first argument is how many KiB to write at the start of its life, multiples of 4; 0 writes none. It then waits for a
;; timer a year away. An event's payload is a command:
;;
;;    0  i32  0 fill, 1 touch, 2 sum
;;    4  i32  the first page of 4 KiB, counted from the beginning of the working set
;;    8  i32  how many pages
;;   12  i32  from one page to the next, in pages; for touch
;;   16  i64  seed
;;
;; Sum is answered by asking for a timer of so many milliseconds.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))

  ;; The first Wasm page is the program's own, the working set comes after it.
  (memory (export "memory") 1)
  (data (i32.const 0xf000) "What is in the module's image is in no snapshot.")
  (global $header i32 (i32.const 0))
  (global $command i32 (i32.const 64))
  (global $pointers i32 (i32.const 128))
  (global $arguments i32 (i32.const 256))
  (global $base i32 (i32.const 0x10000))
  (global $a_year i64 (i64.const 31536000000))
  (global $running (mut i32) (i32.const 0))

  (func (export "hiberlet_wake")
    (if (i32.eqz (global.get $running)) (then (call $begin)))
    (loop $more
      (if (i32.gt_s (call $event_next (global.get $header)) (i32.const 0))
        (then
          ;; Nothing but commands has a payload.
          (if (i32.load offset=12 (global.get $header)) (then (call $obey)))
          (br $more)))))

  (func $begin
    (global.set $running (i32.const 1))
    (call $fill (i32.const 0) (i32.shr_u (call $argument) (i32.const 2)) (i64.const 1))
    (drop (call $timer (global.get $a_year))))

  ;; The argument after the program's name, as a decimal number; 0 when there is none.
  (func $argument (result i32)
    (local $at i32) (local $digit i32) (local $number i32)
    (drop (call $args_sizes_get (global.get $header) (global.get $command)))
    (if (i32.lt_u (i32.load (global.get $header)) (i32.const 2)) (then (return (i32.const 0))))
    (drop (call $args_get (global.get $pointers) (global.get $arguments)))
    (local.set $at (i32.load offset=4 (global.get $pointers)))
    (block $end
      (loop $next
        (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
        (br_if $end (i32.gt_u (local.get $digit) (i32.const 9)))
        (local.set $number (i32.add (i32.mul (local.get $number) (i32.const 10)) (local.get $digit)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $number))

  (func $obey
    (local $what i32) (local $first i32) (local $pages i32)
    (drop (call $event_read (global.get $command)))
    (local.set $what (i32.load (global.get $command)))
    (local.set $first (i32.load offset=4 (global.get $command)))
    (local.set $pages (i32.load offset=8 (global.get $command)))
    (if (i32.eqz (local.get $what))
      (then (call $fill (local.get $first) (local.get $pages) (i64.load offset=16 (global.get $command)))))
    (if (i32.eq (local.get $what) (i32.const 1))
      (then
        (call $touch (local.get $first) (local.get $pages)
          (i32.load offset=12 (global.get $command)) (i64.load offset=16 (global.get $command)))))
    (if (i32.eq (local.get $what) (i32.const 2))
      (then (drop (call $timer (call $sum (local.get $first) (local.get $pages)))))))

  (func $address (param $page i32) (result i32)
    (i32.add (global.get $base) (i32.shl (local.get $page) (i32.const 12))))

  ;; Writes pages in full: of every 16 bytes 4 are random, so that LZ4 makes about half of it.
  (func $fill (param $first i32) (param $pages i32) (param $seed i64)
    (local $at i32) (local $end i32)
    (if (i32.eqz (local.get $pages)) (then (return)))
    (local.set $at (call $address (local.get $first)))
    (local.set $end (call $address (i32.add (local.get $first) (local.get $pages))))
    (call $reach (local.get $end))
    (loop $next
      (local.set $seed (call $random (local.get $seed)))
      (i32.store (local.get $at) (i32.wrap_i64 (local.get $seed)))
      (i32.store offset=4 (local.get $at) (local.get $first))
      (i64.store offset=8 (local.get $at) (i64.const 0x2020202073656c70))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Writes one word of each page.
  (func $touch (param $first i32) (param $pages i32) (param $stride i32) (param $seed i64)
    (loop $next
      (if (local.get $pages)
        (then
          (local.set $seed (call $random (local.get $seed)))
          (i64.store offset=2048 (call $address (local.get $first)) (local.get $seed))
          (local.set $first (i32.add (local.get $first) (local.get $stride)))
          (local.set $pages (i32.sub (local.get $pages) (i32.const 1)))
          (br $next)))))

  ;; A number of 32 bits that depends on every byte and its place.
  (func $sum (param $first i32) (param $pages i32) (result i64)
    (local $at i32) (local $end i32) (local $sum i64)
    (local.set $at (call $address (local.get $first)))
    (local.set $end (call $address (i32.add (local.get $first) (local.get $pages))))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $sum
            (i64.mul
              (i64.xor (i64.rotl (local.get $sum) (i64.const 5)) (i64.load (local.get $at)))
              (i64.const 0x9e3779b97f4a7c15)))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))))
    (i64.shr_u (local.get $sum) (i64.const 32)))

  ;; Xorshift.
  (func $random (param $x i64) (result i64)
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 13))))
    (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 7))))
    (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 17))))

  ;; Makes the memory large enough, or traps.
  (func $reach (param $end i32)
    (local $missing i32)
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (local.get $end) (i32.const 0xffff)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then
        (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (unreachable)))))))
