//! Secrets with certificates.

use crate::{base64, der};
use hiberlet::{ApiObject, Identity, Metadata};
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// Longer chains than that are not looked at to their end.
const MOST_CERTIFICATES: usize = 16;

/// A Secret of the type `kubernetes.io/tls`. Its key is not named here, and so not kept.
#[derive(Serialize, Deserialize)]
pub struct TlsSecret {
    metadata: Metadata,
    #[serde(default)]
    data: TlsData,
}

#[derive(Default, Serialize, Deserialize)]
struct TlsData {
    #[serde(rename = "tls.crt", default)]
    certificates: String,
}

impl ApiObject for TlsSecret {
    fn identity(&self) -> Identity<'_> {
        self.metadata.identity()
    }
}

impl TlsSecret {
    /// When the first certificate of the chain expires, or why that is not known.
    pub fn expires(&self) -> Result<SystemTime, &'static str> {
        let pem = base64::decode(&self.data.certificates)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or("tls.crt is no text in base64")?;
        let mut ends = Vec::new();
        for certificate in certificates(&pem).take(MOST_CERTIFICATES) {
            let end = base64::decode(certificate).and_then(|bytes| der::not_after(&bytes));
            ends.push(end.ok_or("tls.crt has a certificate that cannot be read")?);
        }
        ends.into_iter().min().ok_or("tls.crt has no certificate")
    }
}

/// What is between the lines that begin and end a certificate (RFC 7468).
fn certificates(pem: &str) -> impl Iterator<Item = &str> {
    pem.split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .map(|text| text.split("-----END CERTIFICATE-----").next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hiberlet::format_timestamp;
    use serde_json::json;

    const PEM: &str = include_str!("../test/chain.pem");

    fn expires(pem: &[u8]) -> Result<String, &'static str> {
        let value =
            json!({"metadata": {"name": "a"}, "data": {"tls.crt": encode(pem), "tls.key": "x"}});
        let secret: TlsSecret = serde_json::from_value(value).unwrap();
        secret.expires().map(format_timestamp)
    }

    fn encode(bytes: &[u8]) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for group in bytes.chunks(3) {
            let bits = (0..3).fold(0, |n, i| n << 8 | u32::from(*group.get(i).unwrap_or(&0)));
            for i in 0..4 {
                let digit = DIGITS[(bits >> (18 - 6 * i) & 63) as usize];
                text.push(if i <= group.len() { char::from(digit) } else { '=' });
            }
        }
        text
    }

    #[test]
    fn the_first_of_the_chain_counts() {
        assert_eq!(expires(PEM.as_bytes()), Ok("2029-03-04T05:06:07Z".into()));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(expires(b""), Err("tls.crt has no certificate"));
        assert_eq!(expires(b"\xff"), Err("tls.crt is no text in base64"));
        let broken = PEM.replacen("MII", "AAA", 1);
        assert_eq!(
            expires(broken.as_bytes()),
            Err("tls.crt has a certificate that cannot be read")
        );
        let none: TlsSecret = serde_json::from_value(json!({"metadata": {"name": "a"}})).unwrap();
        assert_eq!(none.expires(), Err("tls.crt has no certificate"));
    }
}
