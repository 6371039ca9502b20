//! Just enough of DER (X.690) to find a certificate's end in it (RFC 5280, section 4.1).

use hiberlet::parse_timestamp;
use std::time::SystemTime;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The `notAfter` of a certificate; `None` when these bytes are none.
pub fn not_after(certificate: &[u8]) -> Option<SystemTime> {
    let (to_be_signed, _) = element(certificate, SEQUENCE)?;
    let (mut fields, _) = element(to_be_signed, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields, VERSION)?.1;
    }
    let (_serial_number, fields) = element(fields, INTEGER)?;
    let (_signature_algorithm, fields) = element(fields, SEQUENCE)?;
    let (_issuer, fields) = element(fields, SEQUENCE)?;
    let (validity, _) = element(fields, SEQUENCE)?;
    let (_, rest) = time(validity)?;
    time(rest).map(|(not_after, _)| not_after)
}

/// The content of the element at the beginning, which must be of this type, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        // Four bytes of length are more than any Secret has.
        0x81..=0x84 => {
            let count = usize::from(length & 0x7f);
            let digits = rest.get(..count)?;
            (digits.iter().fold(0, |n, &byte| n << 8 | usize::from(byte)), &rest[count..])
        }
        _ => return None,
    };
    (first == tag && length <= rest.len()).then(|| rest.split_at(length))
}

/// The time at the beginning, and what follows it.
fn time(bytes: &[u8]) -> Option<(SystemTime, &[u8])> {
    let (text, century, rest) = match *bytes.first()? {
        UTC_TIME => {
            let (text, rest) = element(bytes, UTC_TIME)?;
            // RFC 5280, 4.1.2.5.1: years from 50 on are of the 20th century.
            (text, if *text.first()? >= b'5' { "19" } else { "20" }, rest)
        }
        _ => {
            let (text, rest) = element(bytes, GENERALIZED_TIME)?;
            (text, "", rest)
        }
    };
    let text = format!("{century}{}", std::str::from_utf8(text).ok()?);
    Some((timestamp(&text)?, rest))
}

/// `20261121010203Z` as a time.
fn timestamp(text: &str) -> Option<SystemTime> {
    let part = |from: usize, to: usize| text.get(from..to);
    let date = format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let clock = format!("{}:{}:{}", part(8, 10)?, part(10, 12)?, part(12, 14)?);
    parse_timestamp(&format!("{date}T{clock}{}", text.get(14..)?))
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use hiberlet::format_timestamp;

    fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let mut bytes = if length < 128 {
            vec![tag, length as u8]
        } else {
            vec![tag, 0x82, (length >> 8) as u8, length as u8]
        };
        bytes.extend_from_slice(content);
        bytes
    }

    /// A certificate as far as it is read, with a time of this type.
    pub fn certificate(tag: u8, not_after: &str) -> Vec<u8> {
        let validity = [wrap(UTC_TIME, b"250101000000Z"), wrap(tag, not_after.as_bytes())].concat();
        let fields = [
            wrap(VERSION, &wrap(INTEGER, &[2])),
            wrap(INTEGER, &[7; 20]),
            wrap(SEQUENCE, &[1; 11]),
            wrap(SEQUENCE, &[2; 200]),
            wrap(SEQUENCE, &validity),
            wrap(SEQUENCE, &[]),
        ];
        wrap(SEQUENCE, &wrap(SEQUENCE, &fields.concat()))
    }

    fn end(certificate: &[u8]) -> Option<String> {
        not_after(certificate).map(format_timestamp)
    }

    #[test]
    fn finds_the_end() {
        let short = certificate(UTC_TIME, "261121010203Z");
        assert_eq!(end(&short).as_deref(), Some("2026-11-21T01:02:03Z"));
        let past = certificate(UTC_TIME, "991231235959Z");
        assert_eq!(end(&past).as_deref(), Some("1999-12-31T23:59:59Z"));
        let long = certificate(GENERALIZED_TIME, "99991231235959Z");
        assert_eq!(end(&long).as_deref(), Some("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn a_certificate_cut_or_changed_anywhere_is_no_panic() {
        let whole = certificate(UTC_TIME, "261121010203Z");
        for length in 0..whole.len() - 4 {
            assert_eq!(end(&whole[..length]), None, "{length}");
        }
        for at in 0..whole.len() {
            for value in [0, 0x7f, 0x80, 0x81, 0x84, 0x85, 0xff] {
                let mut changed = whole.clone();
                changed[at] = value;
                end(&changed);
            }
        }
    }

    #[test]
    fn refuses_times_that_are_none() {
        for text in ["2611210102Z", "261121010203", "261121010203+0100", "26112101020äZ"] {
            assert_eq!(end(&certificate(UTC_TIME, text)), None, "{text}");
        }
        assert_eq!(end(&certificate(SEQUENCE, "261121010203Z")), None);
    }
}
