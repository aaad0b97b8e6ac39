//! What a pointer points to, by its table: structs, values, arrays.
use super::value::{Beside, Site, varying};
use super::{Decoder, Moment, Rest, list, text};
use crate::bytes::number_at;
use crate::record::Token;
use crate::signature::Kind;
use crate::signature::layout;
use crate::signature::object::{Condition, Count, Field, Item, Layout, Object, Place};

/// How many things of an array are read at most, where nothing is abbreviated. IOV_MAX, uapi/linux/uio.h.
pub(super) const MOST: usize = 1024;

impl Decoder<'_> {
    /// What stands at `address`; the address itself if that cannot be read.
    pub(super) fn object(self, object: &Object, address: u64, moment: Moment) -> Vec<Token> {
        if address == 0 {
            return vec![text("NULL")];
        }
        let size = object.item.size(self.view.abi);
        let count = match object.count {
            Count::One => {
                return match self.whole(address, size) {
                    Some(bytes) => self.item(&object.item, &bytes, moment),
                    None => vec![self.address(address)],
                };
            }
            Count::Sized { size: argument, least } => {
                let given = usize::try_from(self.arguments[usize::from(argument)]).unwrap_or(size).min(size);
                return match self.whole(address, given).filter(|_| given >= usize::from(least)) {
                    Some(mut bytes) => {
                        bytes.resize(size, 0);
                        self.item(&object.item, &bytes, moment)
                    }
                    None => vec![self.address(address)],
                };
            }
            Count::Exactly(count) => usize::from(count),
            Count::Argument(argument) => self.arguments[usize::from(argument)] as u32 as usize,
            Count::Result { most } => {
                let most = self.arguments[usize::from(most)] as u32 as usize;
                match moment {
                    Moment::Exit { count, .. } => usize::try_from(count).unwrap_or(most).min(most),
                    Moment::Entry => most,
                }
            }
        };
        let shown = count.min(self.items_shown());
        let bytes = self.look.bytes(address, shown * size).unwrap_or_default();
        let needed = if matches!(object.count, Count::Exactly(_)) { shown } else { count.min(1) };
        if bytes.len() < needed * size {
            return vec![self.address(address)];
        }
        let rest = self.rest(address, bytes.len() / size, shown, count, size);
        self.array(&object.item, &bytes, rest, moment)
    }

    /// What of `count` things at `address` is not shown, where `read` of those that are to be `shown` could be read.
    pub(super) fn rest(self, address: u64, read: usize, shown: usize, count: usize, size: usize) -> Rest {
        match read {
            _ if read >= count => Rest::Nothing,
            _ if read >= shown => Rest::More,
            _ => Rest::Unreadable(self.address(address.wrapping_add((read * size) as u64))),
        }
    }

    /// How many things of an array are shown.
    pub(super) fn items_shown(self) -> usize {
        if self.style.abbreviate { self.style.string_limit.min(MOST) } else { MOST }
    }

    /// As many things as `bytes` hold.
    fn array(self, item: &Item, bytes: &[u8], rest: Rest, moment: Moment) -> Vec<Token> {
        let size = item.size(self.view.abi);
        list(bytes.chunks_exact(size).map(|bytes| self.item(item, bytes, moment)), rest)
    }

    /// Exactly `size` bytes.
    pub(super) fn whole(self, address: u64, size: usize) -> Option<Vec<u8>> {
        self.look.bytes(address, size).filter(|bytes| address != 0 && bytes.len() == size)
    }

    pub(super) fn item(self, item: &Item, bytes: &[u8], moment: Moment) -> Vec<Token> {
        match item {
            Item::Struct(layout) => self.fields(layout, bytes, moment),
            Item::Value(place, kind) => self.part(*kind, *place, bytes, 0, Beside::Nothing, moment),
        }
    }

    /// A struct's fields in braces.
    pub(super) fn fields(self, layout: &Layout, bytes: &[u8], moment: Moment) -> Vec<Token> {
        let filled = layout.filled.and_then(|index| layout.fields.get(usize::from(index)));
        let moment = match (moment, filled) {
            (Moment::Exit { length, .. }, Some(field)) => {
                Moment::Exit { count: self.read(field.place, bytes), length }
            }
            _ => moment,
        };
        let beside = Beside::Fields { layout, bytes, abi: self.view.abi };
        let mut tokens = vec![text("{")];
        let mut abbreviated = false;
        for (index, field) in layout.fields.iter().enumerate() {
            if self.style.abbreviate && field.verbose {
                abbreviated = true;
                continue;
            }
            if !field.conditions.iter().all(|condition| self.holds(condition, bytes)) {
                continue;
            }
            if tokens.len() > 1 {
                tokens.push(text(", "));
            }
            if !field.name.is_empty() {
                tokens.push(text(format!("{}=", field.name)));
            }
            tokens.extend(self.part(field.kind, field.place, bytes, index, beside, moment));
        }
        if abbreviated {
            tokens.push(text(if tokens.len() > 1 { ", ..." } else { "..." }));
        }
        // A value that stands for the whole struct has no name, and no braces.
        if let [Field { name: "", .. }, ..] = layout.fields
            && self.holds(&layout.fields[0].conditions[0], bytes)
        {
            tokens.remove(0);
            return tokens;
        }
        tokens.push(text("}"));
        tokens
    }

    fn holds(self, condition: &Condition, bytes: &[u8]) -> bool {
        let bits = self.read(condition.place, bytes) & condition.mask;
        condition.values.contains(&bits) == condition.among
    }

    fn read(self, place: Place, bytes: &[u8]) -> u64 {
        let (offset, width) = place.of(self.view.abi);
        number_at(bytes, offset, width)
    }

    /// A part of a struct or array.
    fn part(
        self,
        kind: Kind,
        place: Place,
        bytes: &[u8],
        index: usize,
        beside: Beside<'_>,
        moment: Moment,
    ) -> Vec<Token> {
        let (offset, width) = place.of(self.view.abi);
        let part = bytes.get(offset..).unwrap_or_default();
        match kind {
            Kind::Struct(layout) => return self.fields(layout, part, moment),
            Kind::List(Object { item, count: Count::Exactly(count) }) => {
                let length = (item.size(self.view.abi) * usize::from(*count)).min(part.len());
                return self.array(item, &part[..length], Rest::Nothing, moment);
            }
            Kind::Characters => {
                let characters = &part[..part.len().min(width)];
                let end = characters.iter().position(|&byte| byte == 0).unwrap_or(characters.len());
                return vec![Token::Quoted { bytes: characters[..end].to_vec(), truncated: false }];
            }
            Kind::Varying(kind) => {
                let tokens = self.part(*kind, place, bytes, index, beside, moment);
                return tokens.into_iter().map(varying).collect();
            }
            _ => {}
        }
        let value = number_at(bytes, offset, width);
        // A sign stands in the field's own highest bit.
        let value = match (kind, width) {
            (Kind::Signed, 4) => i64::from(value as i32).cast_unsigned(),
            (Kind::Signed, 2) => i64::from(value as i16).cast_unsigned(),
            _ => value,
        };
        self.value(kind, Site { value, index, beside, moment })
    }

    /// The number that stands at `address`, if it can be read.
    pub(super) fn number_in(self, object: &Object, address: u64) -> Option<u64> {
        let bytes = self.whole(address, object.item.size(self.view.abi))?;
        Some(number_at(&bytes, 0, bytes.len()))
    }

    /// `[0 => 4096]`, if the number at `address` is another than `before`; `None` if it is not.
    pub(super) fn change(self, object: &Object, address: u64, before: u64) -> Option<Vec<Token>> {
        let now = self.number_in(object, address).filter(|now| *now != before)?;
        let Item::Value(place, kind) = object.item else { return None };
        let (_, width) = place.of(self.view.abi);
        let shown = |number: u64| {
            self.part(kind, place, &number.to_ne_bytes()[..width], 0, Beside::Nothing, Moment::Entry)
        };
        let mut tokens = vec![text("[")];
        tokens.extend(shown(before));
        tokens.push(text(" => "));
        tokens.extend(shown(now));
        tokens.push(text("]"));
        Some(tokens)
    }

    /// The flags of a struct clone_args that is there.
    pub(super) fn clone_flags(self, address: u64) -> Option<u64> {
        let size = self.arguments[1];
        self.whole(address, 8).filter(|_| size >= 64).map(|bytes| number_at(&bytes, 0, 8))
    }

    /// What clone3(2) wrote: ` => {parent_tid=[4712]}`.
    pub(super) fn clone_results(self, address: u64, flags: u64) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (flag, name, offset, object) in layout::CLONE_RESULTS {
            if flags & flag == 0 {
                continue;
            }
            let at = address.saturating_add(*offset as u64);
            let Some(pointer) = self.whole(at, 8).map(|bytes| number_at(&bytes, 0, 8)) else { continue };
            tokens.push(text(format!("{}{name}=", if tokens.is_empty() { " => {" } else { ", " })));
            tokens.extend(self.object(object, pointer, Moment::Exit { count: 0, length: None }));
        }
        if !tokens.is_empty() {
            tokens.push(text("}"));
        }
        tokens
    }
}
