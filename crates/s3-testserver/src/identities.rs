//! Who asks: access keys, and roles that may be taken on for temporary ones (`AssumeRole` of STS).

use std::collections::BTreeMap;

use crate::encoding::decode;
use crate::http::{Message, Response};

/// An access key.
#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    pub(crate) secret: String,
    /// Of a temporary key: what has to come with every request.
    pub(crate) token: Option<String>,
    /// Whose it is: an access key of its own, or the ARN of a role.
    pub(crate) whose: String,
}

/// Keys and roles.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    keys: BTreeMap<String, AccessKey>,
    /// By ARN: who may take it on.
    roles: BTreeMap<String, String>,
}

impl Identities {
    /// Adds a key that is its own identity.
    pub(crate) fn add_key(&mut self, id: &str, secret: &str) {
        let key = AccessKey {
            secret: secret.to_owned(),
            token: None,
            whose: id.to_owned(),
        };
        self.keys.insert(id.to_owned(), key);
    }

    /// Adds a role.
    pub(crate) fn add_role(&mut self, arn: &str, trusted: &str) {
        self.roles.insert(arn.to_owned(), trusted.to_owned());
    }

    /// A key by its id.
    pub(crate) fn key(&self, id: &str) -> Option<&AccessKey> {
        self.keys.get(id)
    }

    /// `AssumeRole`: a temporary key for the role, if the one who asks may take it on.
    pub(crate) fn assume_role(&mut self, message: &Message, who: &str) -> Response {
        let form = String::from_utf8_lossy(&message.body);
        let field = |name: &str| {
            let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(n, _)| *n == name)
                .map(|(_, value)| decode(value, true))
        };
        let arn = field("RoleArn").unwrap_or_default();
        if field("Action").as_deref() != Some("AssumeRole")
            || self.roles.get(&arn).is_none_or(|trusted| trusted != who)
        {
            return refused();
        }
        let number = self.keys.len();
        let (id, secret, token) = (
            format!("ROLEKEY{number}"),
            format!("role secret {number}"),
            format!("role token {number}"),
        );
        let text = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
             <AssumedRoleUser><AssumedRoleId>AROATEST:session</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>\
             <Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
             <SessionToken>{token}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
             </AssumeRoleResult></AssumeRoleResponse>"
        );
        let key = AccessKey {
            secret,
            token: Some(token),
            whose: arn,
        };
        self.keys.insert(id, key);
        Response::xml(&text)
    }
}

/// STS's errors are one level deeper than those of S3.
fn refused() -> Response {
    let text = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                <Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error>\
                <RequestId>TEST</RequestId></ErrorResponse>";
    Response {
        status: 403,
        ..Response::xml(text)
    }
}
