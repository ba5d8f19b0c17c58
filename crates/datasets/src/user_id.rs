//! User ids: one written form for one person.

/// A user id, split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserId<'a> {
    /// The user within the identity store.
    pub user_id: &'a str,
    /// The identity store, with its `d-`.
    pub identity_store_id: Option<&'a str>,
}

/// Splits `d-<store>.<user>` at the first dot, white space and then stray quotes around it removed.
/// Anything else (`abc.def`, `d-123`, `d-123.`) stays whole.
pub fn split(raw: &str) -> UserId<'_> {
    let id = raw.trim().trim_matches(['\'', '"']);
    match id.split_once('.') {
        Some((store, user)) if store.starts_with("d-") && !user.is_empty() => UserId {
            user_id: user,
            identity_store_id: Some(store),
        },
        _ => UserId {
            user_id: id,
            identity_store_id: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_prefixed_ids_are_split() {
        for (raw, user_id, identity_store_id) in [
            ("d-0a1b2c3d4e.5f0e-1", "5f0e-1", Some("d-0a1b2c3d4e")),
            (" \"d-0a.5f.6a\" ", "5f.6a", Some("d-0a")),
            ("'5f0e-1'", "5f0e-1", None),
            ("abc.def", "abc.def", None),
            ("d-123", "d-123", None),
            ("d-123.", "d-123.", None),
            ("", "", None),
        ] {
            assert_eq!(
                split(raw),
                UserId {
                    user_id,
                    identity_store_id
                },
                "{raw}"
            );
        }
    }
}
