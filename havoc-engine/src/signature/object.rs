//! What a pointer points to: structs, values and arrays of them, as tables that one decoder reads.
use super::Kind;
use havoc_arch::Abi;

/// What stands where an argument points to.
#[derive(Debug, PartialEq, Eq)]
pub struct Object {
    /// One of it.
    pub item: Item,
    /// How many.
    pub count: Count,
}

/// One thing in memory.
#[derive(Debug, PartialEq, Eq)]
pub enum Item {
    /// A struct, shown as `{name=value, ...}`.
    Struct(&'static Layout),
    /// A value of this width (its place begins at 0).
    Value(Place, Kind),
}

/// How many things stand one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// One, shown without brackets.
    One,
    /// One whose size the caller says in argument `size`: what it does not have is 0, and below `least` bytes it is not
    /// looked at.
    Sized {
        /// Index of the size.
        size: u8,
        /// The size of the struct's first version.
        least: u16,
    },
    /// This many, in brackets.
    Exactly(u8),
    /// As many as argument `0…5` says.
    Argument(u8),
    /// As many as the result says, and no more than argument `most` says.
    Result {
        /// Index of the upper bound.
        most: u8,
    },
}

/// A struct. The fields stand in the order in which they are shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// How long it is, on x86_64, aarch64 and i386.
    pub size: [u16; 3],
    /// What is shown of it.
    pub fields: &'static [Field],
    /// Index of the field that says how many bytes of the struct's buffers are filled, where it is not the result.
    pub filled: Option<u8>,
}

/// A field of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Where it is.
    pub place: Place,
    /// What it is. Where a [`Kind`] names another argument, it is here another field of the same struct.
    pub kind: Kind,
    /// Whether it is left out where structs are abbreviated.
    pub verbose: bool,
    /// All must hold, else it is not shown.
    pub conditions: &'static [Condition],
}

/// A look at another part of the same struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The part.
    pub place: Place,
    /// The bits of it that count.
    pub mask: u64,
    /// The values that those are compared with.
    pub values: &'static [u64],
    /// Whether they must be one of these, or none.
    pub among: bool,
}

/// Where a field is and how many bytes it has, on x86_64, aarch64 and i386.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    offset: [u16; 3],
    width: [u16; 3],
}

impl Place {
    /// Returns where it begins in a struct of this ABI, and its width.
    #[must_use]
    pub fn of(self, abi: Abi) -> (usize, usize) {
        (usize::from(self.offset[column(abi)]), usize::from(self.width[column(abi)]))
    }
}

/// Which column of a table holds for this ABI.
fn column(abi: Abi) -> usize {
    match abi {
        Abi::X86_64 | Abi::X32 => 0,
        Abi::Aarch64 => 1,
        Abi::I386 | Abi::Arm => 2,
    }
}

impl Layout {
    /// Returns how many bytes the struct has.
    #[must_use]
    pub fn size(&self, abi: Abi) -> usize {
        usize::from(self.size[column(abi)])
    }
}

impl Item {
    /// Returns how many bytes it has.
    #[must_use]
    pub fn size(&self, abi: Abi) -> usize {
        match self {
            Item::Struct(layout) => layout.size(abi),
            Item::Value(place, _) => place.of(abi).1,
        }
    }
}

/// The same place everywhere.
pub(super) const fn at(offset: u16, width: u16) -> Place {
    Place { offset: [offset; 3], width: [width; 3] }
}

/// As wide everywhere, at one place in 64-bit ABIs and at another in 32-bit ones.
pub(super) const fn by_word(wide: u16, narrow: u16, width: u16) -> Place {
    Place { offset: [wide, wide, narrow], width: [width; 3] }
}

/// A long or a pointer.
pub(super) const fn word(wide: u16, narrow: u16) -> Place {
    Place { offset: [wide, wide, narrow], width: [8, 8, 4] }
}

/// On x86_64, aarch64 and i386: offset and width.
pub(super) const fn each(x86_64: (u16, u16), aarch64: (u16, u16), i386: (u16, u16)) -> Place {
    Place { offset: [x86_64.0, aarch64.0, i386.0], width: [x86_64.1, aarch64.1, i386.1] }
}

/// A field that is always shown.
pub(super) const fn field(name: &'static str, place: Place, kind: Kind) -> Field {
    Field { name, place, kind, verbose: false, conditions: &[] }
}

impl Field {
    /// The same, left out where structs are abbreviated.
    pub(super) const fn verbose(self) -> Field {
        Field { verbose: true, ..self }
    }

    /// The same, shown where all of these hold.
    pub(super) const fn when(self, conditions: &'static [Condition]) -> Field {
        Field { conditions, ..self }
    }
}

/// The bits are one of these values.
pub(super) const fn is(place: Place, mask: u64, values: &'static [u64]) -> Condition {
    Condition { place, mask, values, among: true }
}

/// The bits are none of these values.
pub(super) const fn is_not(place: Place, mask: u64, values: &'static [u64]) -> Condition {
    Condition { place, mask, values, among: false }
}

/// A struct of this size on 64-bit and on 32-bit ABIs.
pub(super) const fn layout(wide: u16, narrow: u16, fields: &'static [Field]) -> Layout {
    Layout { size: [wide, wide, narrow], fields, filled: None }
}

/// One struct.
pub(super) const fn one(layout: &'static Layout) -> Object {
    Object { item: Item::Struct(layout), count: Count::One }
}

/// So many structs.
pub(super) const fn many(layout: &'static Layout, count: Count) -> Object {
    Object { item: Item::Struct(layout), count }
}

/// One value in brackets.
pub(super) const fn value(width: u16, kind: Kind) -> Object {
    Object { item: Item::Value(at(0, width), kind), count: Count::Exactly(1) }
}
