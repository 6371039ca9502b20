//! When pods are deleted.

use hiberlet::Error;
use std::time::{Duration, SystemTime};

const DAY: u64 = 86_400;

/// At which moments pods may be deleted: the next one, unless the reaper is told otherwise. It
/// counts in UTC, from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Every so many seconds.
    every: u64,
    /// The seconds of the day between which; a window may go past midnight.
    window: Option<(u64, u64)>,
}

impl Schedule {
    /// `every` in seconds, up to a day; `window` as in `22:00-05:30`. Empty: whenever a pod is due.
    pub fn parse(every: &str, window: &str) -> Result<Schedule, Error> {
        let every = match every {
            "" => 1,
            text => {
                text.parse().ok().filter(|every| (1..=DAY).contains(every)).ok_or_else(|| {
                    Error::Config(format!(
                        "EVERY_SECONDS is {text:?}, not a number from 1 to {DAY}"
                    ))
                })?
            }
        };
        let window = match window {
            "" => None,
            text => Some(span(text).ok_or_else(|| {
                Error::Config(format!("WINDOW is {text:?}, not a time of day such as 22:00-05:30"))
            })?),
        };
        Ok(Schedule { every, window })
    }

    /// When a pod that is due then is deleted. Who comes late makes up for what was missed at once,
    /// but not outside of the window. `None`: past the end of time.
    pub fn turn(&self, due: SystemTime, now: SystemTime) -> Option<SystemTime> {
        let turn = self.next(due)?;
        if turn >= now || self.is_open(now) {
            Some(turn)
        } else {
            self.next(now)
        }
    }

    /// The first moment that is not before that one.
    fn next(&self, time: SystemTime) -> Option<SystemTime> {
        let opening = if self.is_open(time) { time } else { self.opening(time)? };
        let turn = self.round_up(opening)?;
        // Rounding may lead past the window's end, and its opening is a turn in any case.
        if self.is_open(turn) {
            Some(turn)
        } else {
            self.opening(turn)
        }
    }

    fn is_open(&self, time: SystemTime) -> bool {
        let second = second_of_day(time);
        match self.window {
            None => true,
            Some((from, to)) if from < to => (from..to).contains(&second),
            Some((from, to)) => second >= from || second < to,
        }
    }

    /// When the window opens next.
    fn opening(&self, time: SystemTime) -> Option<SystemTime> {
        let from = self.window.map_or(0, |(from, _)| from);
        let wait = (from + DAY - second_of_day(time)) % DAY;
        whole_second(time)?.checked_add(Duration::from_secs(wait))
    }

    fn round_up(&self, time: SystemTime) -> Option<SystemTime> {
        if self.every == 1 {
            return Some(time);
        }
        let past = second_of_day(time) % self.every;
        let whole = whole_second(time)?;
        match past {
            0 if whole == time => Some(time),
            _ => whole.checked_add(Duration::from_secs(
                // The turns of a day end with it.
                (self.every - past).min(DAY - second_of_day(time)),
            )),
        }
    }
}

fn second_of_day(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() % DAY
}

/// Without its fraction of a second.
fn whole_second(time: SystemTime) -> Option<SystemTime> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(since.as_secs()))
}

fn span(text: &str) -> Option<(u64, u64)> {
    let (from, to) = text.split_once('-')?;
    let span = (time_of_day(from)?, time_of_day(to)?);
    (span.0 != span.1).then_some(span)
}

fn time_of_day(text: &str) -> Option<u64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    Some(two_digits(hours, 24)? * 3600 + two_digits(minutes, 60)? * 60)
}

fn two_digits(text: &str, end: u64) -> Option<u64> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number < end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hiberlet::{format_timestamp, parse_timestamp};

    fn at(time: &str) -> SystemTime {
        parse_timestamp(&format!("2026-11-{time}Z")).unwrap()
    }

    /// When a pod has its turn that is due then, asked at that time.
    fn turn(every: &str, window: &str, due: &str, now: &str) -> String {
        let schedule = Schedule::parse(every, window).unwrap();
        let turn = format_timestamp(schedule.turn(at(due), at(now)).unwrap());
        turn["2026-11-".len()..turn.len() - 1].to_owned()
    }

    #[test]
    fn without_a_schedule_a_pod_goes_when_it_is_due() {
        assert_eq!(turn("", "", "21T10:00:07", "21T09:00:00"), "21T10:00:07");
        assert_eq!(turn("", "", "21T10:00:07", "21T11:00:00"), "21T10:00:07");
    }

    #[test]
    fn pods_that_are_due_until_a_turn_go_together() {
        assert_eq!(turn("900", "", "21T10:00:01", "21T10:00:00"), "21T10:15:00");
        assert_eq!(turn("900", "", "21T10:15:00", "21T10:00:00"), "21T10:15:00");
        assert_eq!(turn("50000", "", "21T23:00:00", "21T10:00:00"), "22T00:00:00");
    }

    #[test]
    fn fractions_of_a_second_are_rounded_up() {
        let schedule = Schedule::parse("60", "").unwrap();
        let due = at("21T10:00:00") + Duration::from_millis(1);
        assert_eq!(schedule.turn(due, due), Some(at("21T10:01:00")));
    }

    #[test]
    fn a_window_may_go_past_midnight() {
        assert_eq!(turn("", "22:00-05:30", "21T10:00:00", "21T09:00:00"), "21T22:00:00");
        assert_eq!(turn("", "22:00-05:30", "21T23:00:00", "21T09:00:00"), "21T23:00:00");
        assert_eq!(turn("", "22:00-05:30", "22T05:29:59", "21T09:00:00"), "22T05:29:59");
        assert_eq!(turn("", "22:00-05:30", "22T05:30:00", "21T09:00:00"), "22T22:00:00");
        assert_eq!(turn("", "09:00-17:00", "21T17:00:00", "21T09:00:00"), "22T09:00:00");
    }

    #[test]
    fn what_was_missed_is_made_up_for_in_the_window() {
        assert_eq!(turn("", "22:00-05:30", "20T23:00:00", "21T23:00:00"), "20T23:00:00");
        assert_eq!(turn("", "22:00-05:30", "20T23:00:00", "21T10:00:00"), "21T22:00:00");
        assert_eq!(turn("3600", "", "21T10:00:01", "21T11:20:00"), "21T11:00:00");
    }

    #[test]
    fn a_turn_past_the_window_is_the_next_opening() {
        assert_eq!(turn("3600", "09:30-10:30", "21T10:10:00", "21T09:00:00"), "22T09:30:00");
        assert_eq!(turn("1800", "09:30-10:30", "21T08:10:00", "21T08:00:00"), "21T09:30:00");
    }

    #[test]
    fn refuses_what_is_no_schedule() {
        for every in ["0", "-1", "86401", "x"] {
            assert!(Schedule::parse(every, "").is_err(), "{every}");
        }
        for window in ["22:00", "22-05", "24:00-01:00", "05:60-06:00", "9:00-10:00", "09:00-09:00"]
        {
            assert!(Schedule::parse("", window).is_err(), "{window}");
        }
    }
}
