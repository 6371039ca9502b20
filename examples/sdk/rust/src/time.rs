//! Waiting.

use crate::abi::{self, Event};
use crate::operation::Operation;
use crate::Error;
use std::time::{Duration, SystemTime};

/// The longest timer that the host sets.
const MAX_TIMER: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Waits at least that long; time spent asleep on disk counts. At most 366 days, longer waits end
/// then.
///
/// # Panics
/// When 256 operations are under way and the host takes no more.
pub async fn sleep(delay: Duration) {
    if let Err(error) = try_sleep(delay).await {
        panic!("cannot set a timer: {error}");
    }
}

async fn try_sleep(delay: Duration) -> Result<(), Error> {
    match Operation::timer(delay.min(MAX_TIMER))?.next().await {
        Event::Error { errno, message } => Err(Error::Host { errno, message }),
        _ => Ok(()),
    }
}

/// The time of day. It may be set, and so go backwards.
pub fn wall_clock() -> SystemTime {
    abi::wall_clock()
}

/// Time since the controller's start, suspension included; never goes backwards.
pub(crate) fn monotonic() -> Duration {
    abi::monotonic()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::test::start;
    use crate::testing;

    #[test]
    fn sleeps_until_the_timer_is_due() {
        let running = start(sleep(Duration::from_secs(3)));
        testing::advance(Duration::from_millis(2999));
        assert_eq!(running.output(), None);
        testing::advance(Duration::from_millis(1));
        assert_eq!(running.output(), Some(()));
    }

    #[test]
    fn a_wait_too_long_for_the_host_is_cut() {
        start(sleep(Duration::MAX));
        assert_eq!(testing::next_timer(), Some(MAX_TIMER));
    }
}
