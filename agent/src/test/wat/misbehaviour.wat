;; Misbehaves in the way that its event's payload (an i32) asks for.
(module
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (type $procedure (func))
  (memory (export "memory") 1)
  (table 4 funcref)
  (elem (i32.const 0) func $nothing $number)

  (func $nothing)
  (func $number (result i32) (i32.const 1))

  (func $loop_br (loop $again (br $again)))
  (func $loop_br_if (loop $again (br_if $again (i32.const 1))))
  (func $loop_br_table (local $i i32)
    (loop $again
      (local.set $i (i32.xor (local.get $i) (i32.const 1)))
      (br_table $again $again (local.get $i))))
  (func $loop_call (loop $again (call $nothing) (br $again)))
  (func $loop_call_indirect
    (loop $again (call_indirect (type $procedure) (i32.const 0)) (br $again)))
  (func $loop_host_call (loop $again (drop (call $timer (i64.const 1))) (br $again)))
  (func $fork (param $depth i32)
    (if (local.get $depth)
      (then
        (call $fork (i32.sub (local.get $depth) (i32.const 1)))
        (call $fork (i32.sub (local.get $depth) (i32.const 1))))))
  (func $sleep
    ;; One subscription: the monotonic clock, an hour.
    (i32.store (i32.const 1040) (i32.const 1))
    (i64.store (i32.const 1048) (i64.const 3600000000000))
    (drop (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 4096))))
  (func $recurse (param i64) (result i64)
    (i64.add (call $recurse (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func $recurse_with_host_calls (param i64) (result i64)
    (drop (call $timer (local.get 0)))
    (i64.add (call $recurse_with_host_calls (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func $greedy
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (drop (call $timer (i64.extend_i32_s (memory.size))))
    (drop (call $timer (i64.extend_i32_s (memory.grow (i32.const 0x7fffffff)))))
    (drop (call $timer (i64.extend_i32_s (table.grow 0 (ref.null func) (i32.const 0x7ffffff0))))))

  (func $run (param $mode i32)
    (block $exit (block $greedy (block $indirect (block $bounds (block $divide (block $trap
    (block $deep_host (block $deep (block $sleep (block $fork (block $host (block $callind
    (block $call (block $table (block $if (block $br
      (br_table $br $if $table $call $callind $host $fork $sleep
                $deep $deep_host $trap $divide $bounds $indirect $greedy $exit
                (local.get $mode)))
      (call $loop_br) return)
      (call $loop_br_if) return)
      (call $loop_br_table) return)
      (call $loop_call) return)
      (call $loop_call_indirect) return)
      (call $loop_host_call) return)
      (call $fork (i32.const 60)) return)
      (call $sleep) return)
      (drop (call $recurse (i64.const 1))) return)
      (drop (call $recurse_with_host_calls (i64.const 1))) return)
      unreachable)
      (drop (i32.div_s (i32.const 1) (i32.load (i32.const 60000)))) return)
      (drop (i32.load (i32.const 65534))) return)
      (call_indirect (type $procedure) (i32.const 1)) return)
      (call $greedy) return)
    (call $proc_exit (i32.const 3)))

  (func (export "hiberlet_wake")
    (if (call $event_next (i32.const 0))
      (then
        (drop (call $event_read (i32.const 16)))
        (call $run (i32.load (i32.const 16)))))))
