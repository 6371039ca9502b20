//! HTTP/1.1 messages (RFC 9112) as the host takes and gives them.

use crate::Error;

/// A request to be written.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    /// The target in origin form, already percent-encoded.
    pub(crate) target: String,
    /// Media type and text.
    pub(crate) body: Option<(&'static str, String)>,
}

impl Request {
    /// The message. The host adds `Host` and the pod's credentials.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Error> {
        if !self.target.starts_with('/') || !self.target.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::Protocol(format!("{:?} is not a request target", self.target)));
        }
        let mut message = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        message.extend_from_slice(b"Accept: application/json\r\n");
        if let Some((media_type, body)) = &self.body {
            let fields =
                format!("Content-Type: {media_type}\r\nContent-Length: {}\r\n", body.len());
            message.extend_from_slice(fields.as_bytes());
        }
        message.extend_from_slice(b"\r\n");
        if let Some((_, body)) = &self.body {
            message.extend_from_slice(body.as_bytes());
        }
        Ok(message)
    }
}

/// The status code in a response's head.
pub(crate) fn status(head: &[u8]) -> Result<u16, Error> {
    std::str::from_utf8(head)
        .ok()
        .and_then(|head| head.strip_prefix("HTTP/1.1 "))
        .and_then(|rest| rest.get(..3))
        .and_then(|code| code.parse().ok())
        .filter(|code| (100..600).contains(code))
        .ok_or_else(|| Error::Protocol("the response has no status line".into()))
}

/// Percent-encodes what must not stand for itself in a path segment or a query value (RFC 3986).
pub(crate) fn encode_component(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_request_without_a_body() {
        let request = Request { method: "GET", target: "/api/v1/pods?limit=1".into(), body: None };
        assert_eq!(
            request.encode().unwrap(),
            b"GET /api/v1/pods?limit=1 HTTP/1.1\r\nAccept: application/json\r\n\r\n"
        );
    }

    #[test]
    fn writes_a_body_with_its_length() {
        let body = Some(("application/json", "{}".to_owned()));
        let request = Request { method: "POST", target: "/x".into(), body };
        assert_eq!(
            request.encode().unwrap(),
            b"POST /x HTTP/1.1\r\nAccept: application/json\r\n\
              Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn refuses_a_target_that_would_break_the_message() {
        for target in ["", "x", "/a b", "/a\r\nX: y", "/ä"] {
            let request = Request { method: "GET", target: target.into(), body: None };
            assert!(request.encode().is_err(), "{target:?}");
        }
    }

    #[test]
    fn reads_a_status() {
        assert_eq!(status(b"HTTP/1.1 404 Not Found\r\n\r\n").unwrap(), 404);
        assert_eq!(status(b"HTTP/1.1 200 \r\n\r\n").unwrap(), 200);
        for head in [&b""[..], b"HTTP/1.1", b"HTTP/1.1 xyz", b"SSH-2.0", b"HTTP/1.1 099 \r\n"] {
            assert!(status(head).is_err());
        }
    }

    #[test]
    fn encodes_what_has_a_meaning_in_an_address() {
        assert_eq!(encode_component("a-b_c.d~9"), "a-b_c.d~9");
        assert_eq!(encode_component("a/b?c=d&e,f ä%"), "a%2Fb%3Fc%3Dd%26e%2Cf%20%C3%A4%25");
    }
}
