;; A controller that bears witness to everything that happens to it. It lists a log, watches it, folds every event into
;; sixteen numbers on as many pages, and tells the server how far it has come and what the numbers make. Every sign of a
;; state that is not the one it left off with is a trap, and the function that traps names what is wrong.
;;
;; A list's body:  id, version, position, milliseconds of a beat, sixteen numbers; u64 each.
;; A watch's line: {"type":"MODIFIED","object":{"metadata":{"resourceVersion":"R"},"prev":"P","data":"D"}}, 16 hex digits each.
;; A report:       POST /ack/ID/POSITION/CHECKSUM/KIND, 16 hex digits each; KIND is 0 for an event, 1 for a beat, 2 for a repetition.
(module
  (import "hiberlet" "http_request" (func $http_request (param i32 i32 i32) (result i64)))
  (import "hiberlet" "timer" (func $timer (param i64) (result i64)))
  (import "hiberlet" "cancel" (func $cancel (param i64) (result i32)))
  (import "hiberlet" "event_next" (func $event_next (param i32) (result i32)))
  (import "hiberlet" "event_read" (func $event_read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

  ;; 0x0000 header of the event      0x0040 position   0x0048 times initialised
  ;; 0x0100 requests                 0x1000 what was read
  ;; 0x2000 reports under way: operation and beat of each, 8 of 16 bytes
  ;; 0x3000 a word that is now as in the image, now not
  ;; 0x4000 sixteen numbers, 4096 bytes apart
  ;; beyond 0x20000, once the memory has grown: numbers that come and go, at 128 of every fourth page
  (memory (export "memory") 2)
  (data (i32.const 0x100) "GET /log HTTP/1.1\r\n\r\n")
  (data (i32.const 0x140) "GET /log?watch=true&resourceVersion=0000000000000000 HTTP/1.1\r\n\r\n")
  (data (i32.const 0x1a0)
    "POST /ack/0000000000000000/0000000000000000/0000000000000000/0 HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
  (data (i32.const 0x3000) "\11\00\00\00")
  (data (i32.const 0x7000) "\ff\ff\ff\ff\ff\ff\ff\ffan image")
  (data (i32.const 0xb000) "\01\00\00\00\00\00\00\00an image")

  (type $parity (func (result i32)))
  (table $grown 1 funcref)
  (elem (table $grown) (i32.const 0) func $even)
  (elem declare func $odd)

  (global $begun (mut i32) (i32.const 0))
  (global $stopping (mut i32) (i32.const 0))
  (global $good (mut i32) (i32.const 0))
  (global $taken (mut i32) (i32.const 0))
  (global $owed (mut i32) (i32.const 0))
  (global $toggled (mut i32) (i32.const 0))
  (global $id (mut i64) (i64.const 0))
  (global $version (mut i64) (i64.const 0))
  (global $position (mut i64) (i64.const 0))
  (global $mix (mut i64) (i64.const 0))
  (global $period (mut i64) (i64.const 0))
  (global $beats (mut i64) (i64.const 0))
  (global $listed_at (mut i64) (i64.const 0))
  (global $list (mut i64) (i64.const 0))
  (global $watch (mut i64) (i64.const 0))
  (global $retry (mut i64) (i64.const 0))
  (global $beat (mut i64) (i64.const 0))
  (global $snooze (mut i64) (i64.const 0))

  ;; What is wrong, by name.
  (func $initialised_twice_or_never unreachable)
  (func $position_of_another_moment unreachable)
  (func $page_is_not_the_images unreachable)
  (func $page_of_another_moment unreachable)
  (func $grown_pages_of_another_moment unreachable)
  (func $table_of_another_moment unreachable)
  (func $unknown_operation unreachable)
  (func $refused_request unreachable)
  (func $cannot_cancel_what_is_pending unreachable)
  (func $answer_never_came unreachable)
  (func $list_of_another_controller unreachable)
  (func $bookmark_that_nobody_asked_for unreachable)
  (func $event_lost unreachable)
  (func $event_seen_before unreachable)
  (func $no_room_to_grow unreachable)

  (func $even (type $parity) (i32.const 0))
  (func $odd (type $parity) (i32.const 1))

  (func (export "_initialize")
    (i32.store (i32.const 0x48) (i32.add (i32.load (i32.const 0x48)) (i32.const 1))))

  (func (export "hiberlet_wake")
    (call $check)
    (if (i32.eqz (global.get $begun))
      (then
        (global.set $begun (i32.const 1))
        (call $begin_list)))
    (loop $more
      (if (call $event_next (i32.const 0))
        (then
          (call $event (i64.load (i32.const 0)) (i32.load (i32.const 8)) (i32.load (i32.const 12)))
          (br $more)))))

  ;; Everything that is kept twice must agree.
  (func $check
    (local $page i32) (local $sum i64)
    (if (i32.ne (i32.load (i32.const 0x48)) (i32.const 1))
      (then (call $initialised_twice_or_never)))
    (if (i64.ne (i64.load (i32.const 0x40)) (global.get $position))
      (then (call $position_of_another_moment)))
    (if (i64.ne (i64.load (i32.const 0x7008)) (i64.const 0x6567616d69206e61)) ;; "an image"
      (then (call $page_is_not_the_images)))
    (if (i64.ne (i64.load (i32.const 0xb008)) (i64.const 0x6567616d69206e61))
      (then (call $page_is_not_the_images)))
    (if (i32.ne (i32.load (i32.const 0x3000)) (i32.xor (i32.const 0x11) (global.get $toggled)))
      (then (call $page_of_another_moment)))
    (local.set $page (i32.const 0x20000))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $page) (i32.mul (memory.size) (i32.const 65536))))
        (local.set $sum
          (i64.xor (local.get $sum) (i64.load offset=128 (local.get $page))))
        (local.set $page (i32.add (local.get $page) (i32.const 16384)))
        (br $next)))
    (if (i64.ne (local.get $sum) (global.get $mix))
      (then (call $grown_pages_of_another_moment)))
    (if (i32.ne (table.size $grown) (i32.sub (memory.size) (i32.const 1)))
      (then (call $table_of_another_moment)))
    (if
      (i32.ne
        (call_indirect $grown (type $parity) (i32.sub (table.size $grown) (i32.const 1)))
        (i32.and (memory.size) (i32.const 1)))
      (then (call $table_of_another_moment))))

  (func $event (param $op i64) (param $kind i32) (param $length i32)
    (if (i32.eq (local.get $kind) (i32.const 9))
      (then
        (global.set $stopping (i32.const 1))
        (if (i64.eqz (i64.and (global.get $id) (i64.const 1))) (then (call $proc_exit (i32.const 0))))
        (return)))
    (if (i64.eq (local.get $op) (global.get $list))
      (then (call $list_event (local.get $kind) (local.get $length)) (return)))
    (if (i64.eq (local.get $op) (global.get $watch))
      (then (call $watch_event (local.get $kind) (local.get $length)) (return)))
    (if (i64.eq (local.get $op) (global.get $beat))
      (then (call $on_beat) (return)))
    (if (i64.eq (local.get $op) (global.get $retry))
      (then
        (global.set $retry (i64.const 0))
        (call $begin_list)
        (return)))
    (if (i64.eq (local.get $op) (global.get $snooze))
      (then (global.set $snooze (i64.const 0)) (return)))
    (call $report_event (call $find_report (local.get $op)) (local.get $kind) (local.get $length)))

  (func $on_beat
    (local $report i32)
    (global.set $beats (i64.add (global.get $beats) (i64.const 1)))
    (global.set $beat (call $accepted (call $timer (global.get $period))))
    (if (i64.ne (global.get $list) (i64.const 0))
      (then (call $require_young (global.get $listed_at))))
    (local.set $report (i32.const 0x2000))
    (loop $next
      (if (i64.ne (i64.load (local.get $report)) (i64.const 0))
        (then (call $require_young (i64.load offset=8 (local.get $report)))))
      (local.set $report (i32.add (local.get $report) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $report) (i32.const 0x2080))))
    (call $report (i32.const 0x31)))

  (func $require_young (param $asked_at i64)
    (if (i64.gt_u (i64.sub (global.get $beats) (local.get $asked_at)) (i64.const 30))
      (then (call $answer_never_came))))

  (func $accepted (param $op i64) (result i64)
    (if (i64.le_s (local.get $op) (i64.const 0)) (then (call $refused_request)))
    (local.get $op))

  ;; The list.

  (func $begin_list
    (if (global.get $stopping) (then (return)))
    (global.set $good (i32.const 0))
    (global.set $taken (i32.const 0))
    (global.set $listed_at (global.get $beats))
    (global.set $list
      (call $accepted (call $http_request (i32.const 0x100) (i32.const 21) (i32.const 0)))))

  (func $list_event (param $kind i32) (param $length i32)
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (global.set $good (call $is_ok (local.get $length))) (return)))
    (if (i32.eq (local.get $kind) (i32.const 2))
      (then
        (if (global.get $good) (then (call $take_list)))
        (return)))
    (global.set $list (i64.const 0))
    (if (i32.and (i32.eq (local.get $kind) (i32.const 3)) (global.get $taken))
      (then (call $begin_watch))
      (else (global.set $retry (call $accepted (call $timer (i64.const 1000)))))))

  (func $is_ok (param $length i32) (result i32)
    (if (i32.gt_u (local.get $length) (i32.const 4096)) (then (return (i32.const 0))))
    (drop (call $event_read (i32.const 0x1000)))
    (i32.eq (i32.load8_u (i32.const 0x1009)) (i32.const 0x32)))

  (func $take_list
    (local $slot i32)
    (drop (call $event_read (i32.const 0x1000)))
    (if
      (i32.and
        (i64.ne (global.get $id) (i64.const 0))
        (i64.ne (global.get $id) (i64.load (i32.const 0x1000))))
      (then (call $list_of_another_controller)))
    (global.set $taken (i32.const 1))
    (global.set $id (i64.load (i32.const 0x1000)))
    (global.set $version (i64.load (i32.const 0x1008)))
    (call $move_to (i64.load (i32.const 0x1010)))
    (global.set $period (i64.load (i32.const 0x1018)))
    (loop $next
      (i64.store
        (call $number (local.get $slot))
        (i64.load offset=0x1020 (i32.shl (local.get $slot) (i32.const 3))))
      (local.set $slot (i32.add (local.get $slot) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $slot) (i32.const 16))))
    (if (i64.eqz (global.get $beat))
      (then (global.set $beat (call $accepted (call $timer (global.get $period))))))
    (call $report (i32.const 0x30)))

  (func $number (param $slot i32) (result i32)
    (i32.add (i32.const 0x4000) (i32.shl (local.get $slot) (i32.const 12))))

  (func $move_to (param $position i64)
    (global.set $position (local.get $position))
    (i64.store (i32.const 0x40) (local.get $position)))

  ;; The watch.

  (func $begin_watch
    (if (global.get $stopping) (then (return)))
    (global.set $good (i32.const 0))
    (call $write_hex (i32.const 0x164) (global.get $version))
    (global.set $watch
      (call $accepted (call $http_request (i32.const 0x140) (i32.const 65) (i32.const 1)))))

  (func $watch_event (param $kind i32) (param $length i32)
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (global.set $good (call $is_ok (local.get $length))) (return)))
    (if (i32.eq (local.get $kind) (i32.const 2))
      (then
        (if (global.get $good) (then (call $line)))
        (return)))
    (global.set $watch (i64.const 0))
    (call $begin_list))

  (func $line
    (local $type i32)
    (drop (call $event_read (i32.const 0x1000)))
    (local.set $type (i32.load8_u (i32.const 0x1009)))
    (if (i32.eq (local.get $type) (i32.const 0x42)) (then (call $bookmark_that_nobody_asked_for)))
    (if (i32.eq (local.get $type) (i32.const 0x4d))
      (then
        (call $apply
          (call $read_hex (i32.const 0x103c))
          (call $read_hex (i32.const 0x1057))
          (call $read_hex (i32.const 0x1071))))))

  (func $apply (param $version i64) (param $previous i64) (param $data i64)
    (local $slot i32)
    (if (i64.ne (local.get $previous) (global.get $position))
      (then
        (if (i64.le_u (local.get $version) (global.get $position))
          (then (call $event_seen_before)))
        (call $event_lost)))
    (local.set $slot
      (call $number (i32.and (i32.wrap_i64 (local.get $data)) (i32.const 15))))
    (i64.store (local.get $slot)
      (i64.add
        (i64.mul
          (i64.rotl (i64.xor (i64.load (local.get $slot)) (local.get $data)) (i64.const 13))
          (i64.const 0x9e3779b97f4a7c15))
        (local.get $version)))
    (call $move_to (local.get $version))
    (call $toggle)
    (call $grow (local.get $data))
    (call $mix_in (local.get $data))
    (call $snooze (local.get $data))
    (call $report (i32.const 0x30)))

  (func $toggle
    (global.set $toggled (i32.xor (global.get $toggled) (i32.const 1)))
    (i32.store (i32.const 0x3000) (i32.xor (i32.load (i32.const 0x3000)) (i32.const 1))))

  (func $grow (param $data i64)
    (if
      (i32.and
        (i64.eqz (i64.and (local.get $data) (i64.const 0x1f0)))
        (i32.lt_u (memory.size) (i32.const 5)))
      (then
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (call $no_room_to_grow)))
        (drop
          (table.grow $grown
            (select (result funcref)
              (ref.func $odd)
              (ref.func $even)
              (i32.and (memory.size) (i32.const 1)))
            (i32.const 1))))))

  (func $mix_in (param $data i64)
    (local $at i32)
    (if (i32.eq (memory.size) (i32.const 2)) (then (return)))
    (local.set $at
      (i32.add
        (i32.const 0x20000)
        (i32.shl
          (i32.wrap_i64
            (i64.rem_u
              (i64.shr_u (local.get $data) (i64.const 20))
              (i64.extend_i32_u
                (i32.shl (i32.sub (memory.size) (i32.const 2)) (i32.const 2)))))
          (i32.const 14))))
    (global.set $mix
      (i64.xor
        (global.get $mix)
        (i64.xor (i64.load offset=128 (local.get $at)) (local.get $data))))
    (i64.store offset=128 (local.get $at) (local.get $data)))

  (func $snooze (param $data i64)
    (if (i64.ne (i64.and (i64.shr_u (local.get $data) (i64.const 12)) (i64.const 7)) (i64.const 0))
      (then (return)))
    (if (i64.ne (global.get $snooze) (i64.const 0))
      (then
        (if (call $cancel (global.get $snooze)) (then (call $cannot_cancel_what_is_pending)))))
    (global.set $snooze
      (call $accepted (call $timer (i64.mul (global.get $period) (i64.const 2))))))

  ;; Reports.

  (func $report (param $kind i32)
    (local $slot i32)
    (if (i32.or (global.get $stopping) (i64.eqz (global.get $id))) (then (return)))
    (local.set $slot (call $find_report (i64.const 0)))
    (if (i32.eqz (local.get $slot))
      (then (global.set $owed (i32.const 1)) (return)))
    (call $write_hex (i32.const 0x1aa) (global.get $id))
    (call $write_hex (i32.const 0x1bb) (global.get $position))
    (call $write_hex (i32.const 0x1cc) (call $checksum))
    (i32.store8 (i32.const 0x1dd) (local.get $kind))
    (i64.store (local.get $slot)
      (call $accepted (call $http_request (i32.const 0x1a0) (i32.const 94) (i32.const 0))))
    (i64.store offset=8 (local.get $slot) (global.get $beats)))

  (func $checksum (result i64)
    (local $slot i32) (local $sum i64)
    (loop $next
      (local.set $sum
        (i64.rotl
          (i64.mul
            (i64.xor (local.get $sum) (i64.load (call $number (local.get $slot))))
            (i64.const 0xff51afd7ed558ccd))
          (i64.const 17)))
      (local.set $slot (i32.add (local.get $slot) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $slot) (i32.const 16))))
    (local.get $sum))

  ;; Where a report under way is noted, or the first free place for 0; 0 when there is none.
  (func $find_report (param $op i64) (result i32)
    (local $at i32)
    (local.set $at (i32.const 0x2000))
    (loop $next
      (if (i64.eq (i64.load (local.get $at)) (local.get $op)) (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 0x2080))))
    (i32.const 0))

  (func $report_event (param $report i32) (param $kind i32) (param $length i32)
    (if (i32.eqz (local.get $report)) (then (call $unknown_operation)))
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then
        (if (i32.eqz (call $is_ok (local.get $length))) (then (global.set $owed (i32.const 1))))
        (return)))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then (return)))
    (if (i32.eq (local.get $kind) (i32.const 4)) (then (global.set $owed (i32.const 1))))
    (i64.store (local.get $report) (i64.const 0))
    (if (global.get $owed)
      (then
        (global.set $owed (i32.const 0))
        (call $report (i32.const 0x32)))))

  ;; Numbers as 16 hexadecimal digits.

  (func $write_hex (param $at i32) (param $value i64)
    (local $shift i64) (local $digit i32)
    (local.set $shift (i64.const 60))
    (loop $next
      (local.set $digit
        (i32.wrap_i64
          (i64.and (i64.shr_u (local.get $value) (local.get $shift)) (i64.const 15))))
      (i32.store8 (local.get $at)
        (i32.add
          (local.get $digit)
          (select (i32.const 0x57) (i32.const 0x30) (i32.gt_u (local.get $digit) (i32.const 9)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $shift (i64.sub (local.get $shift) (i64.const 4)))
      (br_if $next (i64.ge_s (local.get $shift) (i64.const 0)))))

  (func $read_hex (param $at i32) (result i64)
    (local $value i64) (local $end i32) (local $digit i32)
    (local.set $end (i32.add (local.get $at) (i32.const 16)))
    (loop $next
      (local.set $digit (i32.load8_u (local.get $at)))
      (local.set $value
        (i64.or
          (i64.shl (local.get $value) (i64.const 4))
          (i64.extend_i32_u
            (i32.sub
              (local.get $digit)
              (select (i32.const 0x57) (i32.const 0x30)
                (i32.gt_u (local.get $digit) (i32.const 0x39)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $value)))
