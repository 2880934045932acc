//! `winmail.dat` (MS-OXTNEF): what an Exchange server packs a mail's files into. Lenient: checksums, versions and
//! unknown attributes are passed over, and what was read before a flaw is kept.
//!
//! ```text
//! 78 9F 3E 22, key (2) | level (1), id (4), length (4), data, checksum (2) | …
//! ```

use super::attachment::{Attachment, LIMIT};
use super::charset;

const SIGNATURE: u32 = 0x223E_9F78;
const BODY: u32 = 0x0002_800C;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const ATTACH_BEGINS: u32 = 0x0006_9002;
const ATTACH_DATA: u32 = 0x0006_800F;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;
/// MAPI properties: the long name, the type, the bytes, the words as text.
const LONG_NAME: u16 = 0x3707;
const DISPLAY_NAME: u16 = 0x3001;
const MIME_TAG: u16 = 0x370E;
const OBJECT: u16 = 0x3701;
const PLAIN: u16 = 0x1000;

/// What a `winmail.dat` holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packed {
    /// Its files.
    pub files: Vec<Attachment>,
    /// Its words, where they are not in the mail itself.
    pub text: Option<String>,
}

/// Unpacks it; `None` when it is none.
pub fn unpack(bytes: &[u8]) -> Option<Packed> {
    let mut read = Read(bytes);
    if read.u32()? != SIGNATURE {
        return None;
    }
    read.take(2)?;
    let mut packed = Packed::default();
    while let Some((id, data)) = attribute(&mut read) {
        match id {
            BODY => packed.text = Some(words(data)),
            MESSAGE_PROPERTIES => {
                let text = properties(data).into_iter().find(|property| property.id == PLAIN);
                packed.text = packed.text.or(text.map(|property| property.words()));
            }
            ATTACH_BEGINS if packed.files.len() < LIMIT => packed.files.push(Attachment::default()),
            _ => {
                if let Some(file) = packed.files.last_mut() {
                    describe(file, id, data);
                }
            }
        }
    }
    packed.files.retain(|file| !file.bytes.is_empty());
    packed.files.iter_mut().for_each(Attachment::tidy);
    packed.text = packed.text.filter(|text| !text.trim().is_empty());
    Some(packed)
}

fn describe(file: &mut Attachment, id: u32, data: &[u8]) {
    match id {
        ATTACH_DATA => file.bytes = data.to_vec(),
        ATTACH_TITLE if file.name.is_empty() => file.name = words(data),
        ATTACH_PROPERTIES => {
            for property in properties(data) {
                match property.id {
                    LONG_NAME => file.name = property.words(),
                    DISPLAY_NAME if file.name.is_empty() => file.name = property.words(),
                    MIME_TAG => file.declared = property.words(),
                    // An embedded object begins with the class it is of.
                    OBJECT if file.bytes.is_empty() => {
                        file.bytes = property.value.get(16..).unwrap_or_default().to_vec();
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn attribute<'a>(read: &mut Read<'a>) -> Option<(u32, &'a [u8])> {
    read.take(1)?;
    let id = read.u32()?;
    let length = usize::try_from(read.u32()?).ok()?;
    // The last one may be cut short: what is there of it is something.
    let data = read.take(length.min(read.0.len()))?;
    let _checksum = read.take(2);
    Some((id, data))
}

fn words(data: &[u8]) -> String {
    charset::decode(data, None).trim_end_matches('\0').to_owned()
}

struct Property<'a> {
    id: u16,
    wide: bool,
    value: &'a [u8],
}

impl Property<'_> {
    fn words(&self) -> String {
        if !self.wide {
            return words(self.value);
        }
        let units: Vec<u16> =
            self.value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
    }
}

/// The properties of a list of them, as far as they can be read.
fn properties(data: &[u8]) -> Vec<Property<'_>> {
    let mut read = Read(data);
    let (count, mut found) = (read.u32().unwrap_or(0).min(1000), Vec::new());
    for _ in 0..count {
        match property(&mut read) {
            Some(property) => found.push(property),
            None => break,
        }
    }
    found
}

/// The flag of a property with several values.
const SEVERAL: u16 = 0x1000;

fn property<'a>(read: &mut Read<'a>) -> Option<Property<'a>> {
    let (kind, id) = (read.u16()?, read.u16()?);
    if id >= 0x8000 {
        read.take(16)?;
        if read.u32()? == 0 {
            read.take(4)?
        } else {
            read.padded()?
        };
    }
    let plain = kind & !SEVERAL;
    let fixed = match plain {
        0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => Some(4),
        0x0005..=0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        0x000D | 0x001E | 0x001F | 0x0102 => None,
        _ => return None,
    };
    let count = if kind & SEVERAL != 0 || fixed.is_none() { read.u32()? } else { 1 };
    let mut value: &[u8] = &[];
    for _ in 0..count.min(1000) {
        value = match fixed {
            Some(length) => read.take(length)?,
            None => read.padded()?,
        };
    }
    Some(Property { id, wide: plain == 0x001F, value })
}

/// Little-endian, within bounds.
struct Read<'a>(&'a [u8]);

impl<'a> Read<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }
    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
    /// A length, so many bytes, and up to a multiple of four.
    fn padded(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let value = self.take(length)?;
        let padding = length.next_multiple_of(4) - length;
        self.take(padding.min(self.0.len()))?;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(id: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![2];
        bytes.extend(id.to_le_bytes());
        bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        bytes.extend(data);
        bytes.extend([0, 0]);
        bytes
    }

    fn sample() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_le_bytes().to_vec();
        bytes.extend([1, 0]);
        bytes.extend(attribute(BODY, b"see the files\0"));
        bytes.extend(attribute(ATTACH_BEGINS, &[0; 14]));
        bytes.extend(attribute(ATTACH_TITLE, b"RENT~1.PDF\0"));
        bytes.extend(attribute(ATTACH_DATA, b"%PDF-1.7"));
        let name: Vec<u8> = "عقد.pdf\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut list = 2u32.to_le_bytes().to_vec();
        list.extend([0x03, 0, 0xFD, 0x3F, 0xE8, 4, 0, 0]);
        list.extend([0x1F, 0, 0x07, 0x37, 1, 0, 0, 0]);
        list.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        list.extend(&name);
        bytes.extend(attribute(ATTACH_PROPERTIES, &list));
        bytes.extend(attribute(ATTACH_BEGINS, &[0; 14]));
        bytes.extend(attribute(ATTACH_TITLE, b"..\\b.txt\0"));
        bytes.extend(attribute(ATTACH_DATA, b"b"));
        bytes
    }

    #[test]
    fn files_come_out() {
        let packed = unpack(&sample()).unwrap();
        let files: Vec<_> = packed.files.iter().map(|f| (f.name.as_str(), f.bytes.as_slice())).collect();
        assert_eq!(files, [("عقد.pdf", b"%PDF-1.7".as_slice()), ("b.txt", b"b")]);
        assert_eq!(packed.text.as_deref(), Some("see the files"));
    }

    #[test]
    fn what_was_there_before_it_was_cut_is_kept() {
        let whole = sample();
        for end in 0..whole.len() {
            let _ = unpack(&whole[..end]);
        }
        assert_eq!(unpack(&whole[..whole.len() - 3]).unwrap().files.len(), 1);
        assert_eq!(unpack(b"PK"), None);
    }
}
