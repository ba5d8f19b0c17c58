//! The check of a request's signature (AWS Signature Version 4 in the `Authorization` header).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::encoding::{decode, encode, hex};
use crate::http::Message;
use crate::identities::Identities;

/// Who signed a request, and for where.
pub(crate) struct Signed {
    /// Whose key it was.
    pub(crate) who: String,
    /// The region of its credential scope.
    pub(crate) region: String,
}

/// Checks a request's signature; or says why it is refused: the code of the error.
pub(crate) fn check(message: &Message, known: &Identities) -> Result<Signed, &'static str> {
    let header = message.header("authorization").ok_or("AccessDenied")?;
    let field = |name: &str| {
        let (_, rest) = header.split_once(name)?;
        Some(rest.split(',').next()?.trim())
    };
    let scope = field("Credential=").ok_or("AuthorizationHeaderMalformed")?;
    let signed = field("SignedHeaders=").ok_or("AuthorizationHeaderMalformed")?;
    let signature = field("Signature=").ok_or("AuthorizationHeaderMalformed")?;
    let (who, scope) = scope
        .split_once('/')
        .ok_or("AuthorizationHeaderMalformed")?;
    let key = known.key(who).ok_or("InvalidAccessKeyId")?;
    if message.header("x-amz-security-token") != key.token.as_deref() {
        return Err("InvalidToken");
    }
    let parts: Vec<&str> = scope.split('/').collect();
    let &[day, region, service, end] = parts.as_slice() else {
        return Err("AuthorizationHeaderMalformed");
    };
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        message.header("x-amz-date").unwrap_or_default(),
        hex(&Sha256::digest(canonical(message, signed)))
    );
    let mut derived = hmac(format!("AWS4{}", key.secret).as_bytes(), day);
    for part in [region, service, end] {
        derived = hmac(&derived, part);
    }
    if hex(&hmac(&derived, &to_sign)) != signature {
        return Err("SignatureDoesNotMatch");
    }
    Ok(Signed {
        who: key.whose.clone(),
        region: region.to_owned(),
    })
}

fn canonical(message: &Message, signed: &str) -> String {
    let (path, query) = message
        .target
        .split_once('?')
        .unwrap_or((&message.target, ""));
    let path = encode(&decode(path, false), false);
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let again = |text| encode(&decode(text, false), true);
            format!("{}={}", again(name), again(value))
        })
        .collect();
    pairs.sort();
    let mut text = format!("{}\n{path}\n{}\n", message.method, pairs.join("&"));
    for name in signed.split(';') {
        let values: Vec<_> = message
            .headers
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        writeln!(text, "{name}:{}", values.join(",")).unwrap();
    }
    // STS's clients do not send the hash that they sign.
    let hash = message
        .header("x-amz-content-sha256")
        .map_or_else(|| hex(&Sha256::digest(&message.body)), ToOwned::to_owned);
    format!("{text}\n{signed}\n{hash}")
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new_with_prefix(block.map(|b| b ^ 0x36))
        .chain_update(text)
        .finalize();
    let outer = Sha256::new_with_prefix(block.map(|b| b ^ 0x5c)).chain_update(inner);
    outer.finalize().to_vec()
}
