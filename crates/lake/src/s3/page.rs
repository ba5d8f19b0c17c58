//! A page of `ListObjectsV2`, and how it is read.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use super::failure::{Failure, Kind};
use super::get::unquoted;
use super::key::of_listing;

/// A page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Found>,
    /// What keys go on with, up to a slash, where the listing stops at slashes.
    pub(crate) folders: Vec<String>,
    /// Where the next page begins; `None`: this was the last.
    pub(crate) next: Option<String>,
}

/// An object of a page.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The whole key.
    pub(crate) key: String,
    pub(crate) size: u64,
    /// Without quotes; empty if there is none.
    pub(crate) etag: String,
    /// It cannot be read before it is restored.
    pub(crate) archived: bool,
}

/// What a page says of itself.
#[derive(Default)]
struct Said {
    truncated: bool,
    next: Option<String>,
    /// Keys are encoded: XML cannot hold every byte that a key may have.
    encoded: bool,
}

/// An object that is being read.
#[derive(Default)]
struct Draft {
    found: Found,
    /// It is archived, and being restored at the moment.
    restoring: bool,
    /// It is archived, and a copy is there.
    restored: bool,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    ///
    /// If it is no listing, or not a whole one: another try may bring it. If it goes on and does not say where: none will.
    pub(super) fn read(xml: &[u8]) -> Result<Self, Failure> {
        let mut reader = Reader::from_reader(xml);
        let mut page = Self::default();
        let mut said = Said::default();
        let mut object = Draft::default();
        let mut text = String::new();
        let mut depth = 0;
        loop {
            match reader.read_event().map_err(unreadable)? {
                Event::Start(tag) => {
                    depth += 1;
                    text.clear();
                    if depth == 1 && tag.local_name().as_ref() != b"ListBucketResult" {
                        return Err(unreadable("it is no listing"));
                    }
                }
                Event::Text(more) => text.push_str(&more.decode().map_err(unreadable)?),
                Event::CData(more) => text.push_str(&more.decode().map_err(unreadable)?),
                Event::GeneralRef(entity) => {
                    if let Some(char) = entity.resolve_char_ref().map_err(unreadable)? {
                        text.push(char);
                    } else {
                        let name = entity.decode().map_err(unreadable)?;
                        let known = resolve_predefined_entity(&name);
                        text.push_str(known.ok_or_else(|| unreadable("an unknown entity"))?);
                    }
                }
                Event::End(tag) => {
                    let name = tag.local_name();
                    match (depth, name.as_ref()) {
                        (2, b"IsTruncated") => said.truncated = text == "true",
                        (2, b"NextContinuationToken") => said.next = Some(text.clone()),
                        (2, b"EncodingType") => said.encoded = text == "url",
                        (2, b"Contents") => {
                            page.objects.push(std::mem::take(&mut object).done()?);
                        }
                        // Of `CommonPrefixes`.
                        (3, b"Prefix") => page.folders.push(text.clone()),
                        (3, b"Key") => object.found.key.clone_from(&text),
                        (3, b"Size") => object.found.size = text.parse().map_err(unreadable)?,
                        (3, b"ETag") => object.found.etag = unquoted(&text),
                        (3, b"StorageClass") => {
                            object.found.archived =
                                matches!(text.as_str(), "GLACIER" | "DEEP_ARCHIVE");
                        }
                        (4, b"IsRestoreInProgress") => object.restoring = text == "true",
                        (4, b"RestoreExpiryDate") => object.restored = true,
                        _ => {}
                    }
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Event::Eof => return Err(unreadable("it ends early")),
                _ => {}
            }
        }
        if said.encoded {
            let keys = page.objects.iter_mut().map(|object| &mut object.key);
            for key in keys.chain(&mut page.folders) {
                *key = of_listing(key);
            }
        }
        if said.truncated {
            page.next = Some(said.next.ok_or_else(Self::endless)?);
        }
        Ok(page)
    }

    pub(super) fn endless() -> Failure {
        Failure::new(
            Kind::Other,
            "the listing says that it goes on, but not where",
        )
    }
}

impl Draft {
    fn done(self) -> Result<Found, Failure> {
        if self.found.key.is_empty() {
            return Err(unreadable("an object without a key"));
        }
        Ok(Found {
            archived: self.found.archived && (self.restoring || !self.restored),
            ..self.found
        })
    }
}

fn unreadable(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::caused(Kind::Transient, "the listing cannot be read", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inner: &str) -> Result<Page, Failure> {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</ListBucketResult>"
        );
        Page::read(text.as_bytes())
    }

    #[test]
    fn objects_and_folders_are_as_they_are_said() {
        let page = read(
            "<Name>b</Name><Prefix>a/</Prefix><IsTruncated>true</IsTruncated>\n\
             <Contents><Key>a/&amp;&#xe9;<![CDATA[<]]></Key><ETag>&quot;e-1&quot;</ETag><Size>7</Size>\
             <Owner><ID>i</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>\
             <Contents><Key>a/2</Key><Size>0</Size></Contents>\
             <CommonPrefixes><Prefix>a/x/</Prefix></CommonPrefixes><Other/>\
             <NextContinuationToken>t</NextContinuationToken>",
        )
        .unwrap();
        let objects: Vec<_> = page
            .objects
            .iter()
            .map(|o| (o.key.as_str(), o.size, o.etag.as_str(), o.archived))
            .collect();
        assert_eq!(
            objects,
            [("a/&\u{e9}<", 7, "e-1", false), ("a/2", 0, "", false)]
        );
        assert_eq!(page.folders, ["a/x/"]);
        assert_eq!(page.next.as_deref(), Some("t"));
    }

    #[test]
    fn keys_are_decoded_if_they_are_said_to_be_encoded() {
        let inner = "<Contents><Key>a+%25</Key></Contents><CommonPrefixes><Prefix>%2F</Prefix></CommonPrefixes>";
        let plain = read(inner).unwrap();
        assert_eq!(
            (plain.objects[0].key.as_str(), plain.folders[0].as_str()),
            ("a+%25", "%2F")
        );
        let decoded = read(&format!("{inner}<EncodingType>url</EncodingType>")).unwrap();
        assert_eq!(
            (decoded.objects[0].key.as_str(), decoded.folders[0].as_str()),
            ("a %", "/")
        );
    }

    #[test]
    fn what_is_archived_is_readable_once_it_is_restored() {
        let expiry = "<RestoreExpiryDate>2030-01-01T00:00:00.000Z</RestoreExpiryDate>";
        let status = |doing: &str, rest: &str| {
            format!(
                "<RestoreStatus><IsRestoreInProgress>{doing}</IsRestoreInProgress>{rest}</RestoreStatus>"
            )
        };
        for (class, status, archived) in [
            ("GLACIER", String::new(), true),
            ("DEEP_ARCHIVE", status("true", ""), true),
            ("GLACIER", status("true", expiry), true),
            ("GLACIER", status("false", expiry), false),
            ("GLACIER_IR", String::new(), false),
        ] {
            let page = read(&format!(
                "<Contents><Key>a</Key>{status}<StorageClass>{class}</StorageClass></Contents>\
                 <Contents><Key>b</Key><StorageClass>GLACIER</StorageClass></Contents>"
            ))
            .unwrap();
            assert_eq!(page.objects[0].archived, archived, "{class} {status}");
            assert!(
                page.objects[1].archived,
                "the status of one is not that of the next"
            );
        }
    }

    #[test]
    fn what_is_no_whole_listing_is_an_error() {
        let whole = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        assert!(Page::read(whole.as_bytes()).is_ok());
        for cut in 0..whole.len() {
            let failure = Page::read(&whole.as_bytes()[..cut]).unwrap_err();
            assert_eq!(failure.kind, Kind::Transient, "{cut}");
        }
        for inner in [
            "<Contents><Size>1</Size></Contents>",
            "<Contents><Key>a</Key><Size>x</Size></Contents>",
            "<Contents><Key>&unknown;</Key></Contents>",
            "<Contents><Key>a</Contents></Key>",
        ] {
            assert_eq!(read(inner).unwrap_err().kind, Kind::Transient, "{inner}");
        }
        assert_eq!(
            Page::read(b"<html></html>").unwrap_err().kind,
            Kind::Transient
        );
        let endless = read("<IsTruncated>true</IsTruncated>").unwrap_err();
        assert_eq!(endless.kind, Kind::Other);
    }
}
