//! User ids, as logs and reports write them.

/// A user id, split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserId<'a> {
    /// The user, without an identity store. May be empty.
    pub user_id: &'a str,
    /// The identity store, with its `d-`, where the source names one.
    pub identity_store_id: Option<&'a str>,
}

/// Splits a raw user id: trimmed, without `'` and `"` at either end, at the first dot if it begins with `d-` and
/// something follows the dot; else it is whole.
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
    fn only_an_identity_store_is_split_off() {
        for (raw, user_id, identity_store_id) in [
            (
                "d-0a1b2c3d4e.5f0e1111-2222",
                "5f0e1111-2222",
                Some("d-0a1b2c3d4e"),
            ),
            ("d-0a1b2c3d4e.a.b", "a.b", Some("d-0a1b2c3d4e")),
            (" \"d-0a1b2c3d4e.x'\t", "x", Some("d-0a1b2c3d4e")),
            ("5f0e1111-2222", "5f0e1111-2222", None),
            ("abc.def", "abc.def", None),
            ("d-123", "d-123", None),
            ("d-123.", "d-123.", None),
            ("D-123.x", "D-123.x", None),
            ("''", "", None),
            ("", "", None),
        ] {
            let expected = UserId {
                user_id,
                identity_store_id,
            };
            assert_eq!(split(raw), expected, "{raw}");
        }
    }
}
