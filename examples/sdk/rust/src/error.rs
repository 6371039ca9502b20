//! What can go wrong.

use serde_json::Value;
use std::fmt;

/// Why something could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The host refused or lost the operation. The number is an errno of WASI preview 1.
    Host {
        /// The errno, above 0.
        errno: i32,
        /// The host's explanation; may be empty.
        message: String,
    },
    /// The API server answered with a failure.
    Api {
        /// The HTTP status.
        code: u16,
        /// The machine-readable reason, as in `AlreadyExists`; may be empty.
        reason: String,
        /// The explanation for people.
        message: String,
    },
    /// The answer made no sense.
    Protocol(String),
    /// The controller is configured wrongly.
    Config(String),
}

impl Error {
    /// The failure that an answer with an error status tells of: a `Status` object, or any text.
    pub(crate) fn from_answer(code: u16, body: &[u8]) -> Error {
        match serde_json::from_slice::<Value>(body) {
            Ok(status) => Error::from_status(code, &status),
            Err(_) => Error::Api {
                code,
                reason: String::new(),
                message: String::from_utf8_lossy(body).trim().chars().take(200).collect(),
            },
        }
    }

    /// The failure that a `Status` object tells of; `code` counts where it has none.
    pub(crate) fn from_status(code: u16, status: &Value) -> Error {
        let text = |name: &str| status[name].as_str().unwrap_or_default().to_owned();
        Error::Api {
            code: status["code"].as_u64().and_then(|c| u16::try_from(c).ok()).unwrap_or(code),
            reason: text("reason"),
            message: text("message"),
        }
    }

    /// The object does not exist (404).
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    /// Somebody else was faster (409): the object exists, has changed, or is another one by now.
    pub fn is_conflict(&self) -> bool {
        self.code() == Some(409)
    }

    /// The resource version or the list's continuation is too old (410).
    pub fn is_gone(&self) -> bool {
        self.code() == Some(410)
    }

    fn code(&self) -> Option<u16> {
        match self {
            Error::Api { code, .. } => Some(*code),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Host { errno, message } if message.is_empty() => {
                write!(f, "the host answered with errno {errno}")
            }
            Error::Host { errno, message } => write!(f, "{message} (errno {errno})"),
            Error::Api { code, reason, message } if reason.is_empty() => {
                write!(f, "the API server answered {code}: {message}")
            }
            Error::Api { code, reason, message } => {
                write!(f, "the API server answered {code} {reason}: {message}")
            }
            Error::Protocol(message) | Error::Config(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_status_object() {
        let body =
            br#"{"kind":"Status","code":409,"reason":"AlreadyExists","message":"it is there"}"#;
        let error = Error::from_answer(400, body);
        assert!(error.is_conflict());
        assert_eq!(error.to_string(), "the API server answered 409 AlreadyExists: it is there");
    }

    #[test]
    fn takes_any_other_text_as_it_is() {
        let error = Error::from_answer(502, b"bad gateway\n");
        assert_eq!(error.to_string(), "the API server answered 502: bad gateway");
    }
}
