//! How long before its end a certificate is warned of.

use hiberlet::Error;
use std::time::{Duration, SystemTime};

/// Ascending and without repetition; the first is 0, the end itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds(Vec<Duration>);

/// Where a certificate stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Standing {
    /// The threshold that was crossed last.
    pub crossed: Option<Duration>,
    /// How long until the next one is.
    pub next: Option<Duration>,
}

impl Thresholds {
    /// Reads thresholds such as `30d,7d,12h`; units are `d`, `h`, `m` and `s`.
    pub fn parse(text: &str) -> Result<Thresholds, Error> {
        let thresholds: Option<Vec<Duration>> = text.split(',').map(duration).collect();
        let mut thresholds = thresholds.ok_or_else(|| {
            Error::Config(format!("WARN_BEFORE is {text:?}, not a list such as 30d,7d,12h"))
        })?;
        thresholds.push(Duration::ZERO);
        thresholds.sort_unstable();
        thresholds.dedup();
        Ok(Thresholds(thresholds))
    }

    /// Where a certificate that ends then stands now.
    pub fn standing(&self, end: SystemTime, now: SystemTime) -> Standing {
        let left = end.duration_since(now).unwrap_or_default();
        let crossed = self.0.iter().copied().find(|threshold| left <= *threshold);
        let next = self.0.iter().rev().find(|threshold| left > **threshold);
        Standing { crossed, next: next.map(|threshold| left - *threshold) }
    }
}

fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit = match text.chars().last()? {
        'd' => 86_400,
        'h' => 3600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    let number: u32 = text[..text.len() - 1].parse().ok()?;
    Some(Duration::from_secs(u64::from(number) * unit))
}

/// A time span for people: `30 days`, `12 hours`.
pub fn words(span: Duration) -> String {
    let seconds = span.as_secs();
    let (size, unit) = match seconds {
        172_800.. => (86_400, "days"),
        7200.. => (3600, "hours"),
        120.. => (60, "minutes"),
        _ => (1, "seconds"),
    };
    format!("{} {unit}", seconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn standing(left: Duration) -> Standing {
        let now = SystemTime::UNIX_EPOCH + 1000 * DAY;
        Thresholds::parse("7d, 30d").unwrap().standing(now + left, now)
    }

    #[test]
    fn waits_for_the_first_threshold() {
        assert_eq!(standing(40 * DAY), Standing { crossed: None, next: Some(10 * DAY) });
    }

    #[test]
    fn of_several_that_were_crossed_the_last_counts() {
        assert_eq!(standing(30 * DAY), Standing { crossed: Some(30 * DAY), next: Some(23 * DAY) });
        assert_eq!(standing(DAY), Standing { crossed: Some(7 * DAY), next: Some(DAY) });
    }

    #[test]
    fn the_end_is_the_last_threshold() {
        assert_eq!(standing(0 * DAY), Standing { crossed: Some(0 * DAY), next: None });
        let now = SystemTime::UNIX_EPOCH + DAY;
        let past = Thresholds::parse("7d").unwrap().standing(SystemTime::UNIX_EPOCH, now);
        assert_eq!(past, Standing { crossed: Some(Duration::ZERO), next: None });
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        for text in ["", "7", "d", "7d,", "-1d", "1.5h", "99999999999d", "7ä"] {
            assert!(Thresholds::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn tells_spans_in_words() {
        assert_eq!(words(30 * DAY), "30 days");
        assert_eq!(words(DAY), "24 hours");
        assert_eq!(words(Duration::from_secs(150)), "2 minutes");
        assert_eq!(words(Duration::from_secs(9)), "9 seconds");
    }
}
