//! The way from a call to its row, made when havoc is compiled.
use super::Signature;
use super::table::{FAMILIES, I386};
use havoc_arch::by_name::{self, ByName};
use havoc_arch::{Abi, names};

/// How many rows serve every ABI.
const COMMON: usize = by_name::total(&FAMILIES);

/// The rows that serve every ABI.
static ROWS: [&Signature; COMMON] = IN_ORDER;

const IN_ORDER: [&Signature; COMMON] = by_name::joined(&FAMILIES);

static COMMON_BY_NAME: ByName<COMMON> = ByName::new(names_of(&IN_ORDER));

/// Those of i386 alone.
static I386_BY_NAME: ByName<{ I386.len() }> = ByName::new(names_of(&by_name::joined(&[I386])));

const fn names_of<const N: usize>(rows: &[&'static Signature; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut place = 0;
    while place < N {
        names[place] = rows[place].name;
        place += 1;
    }
    names
}

/// For each number of an ABI the place of its row, where those of i386 alone stand behind all others; [`NO_ROW`] where there is
/// none.
type Places = [u16; names::TABLE_SIZE];

const NO_ROW: u16 = u16::MAX;

static X86_64_PLACES: Places = places(Abi::X86_64);
static AARCH64_PLACES: Places = places(Abi::Aarch64);
static I386_PLACES: Places = places(Abi::I386);

const fn places(abi: Abi) -> Places {
    let mut places = [NO_ROW; names::TABLE_SIZE];
    let mut number = 0;
    while number < names::TABLE_SIZE {
        if let Some(name) = names::name_of(abi, number as u32)
            && let Some(place) = place_of(name, matches!(abi, Abi::I386))
        {
            places[number] = place as u16;
        }
        number += 1;
    }
    places
}

/// Returns the place of the row of `name`; where i386 has one of its own, that one if it is preferred.
const fn place_of(name: &str, i386_is_preferred: bool) -> Option<usize> {
    let of_i386 = match I386_BY_NAME.place_of(name) {
        Some(place) => Some(COMMON + place),
        None => None,
    };
    if i386_is_preferred && of_i386.is_some() {
        return of_i386;
    }
    match COMMON_BY_NAME.place_of(name) {
        Some(place) => Some(place),
        None => of_i386,
    }
}

/// Returns the row at `place`.
fn row(place: usize) -> Option<&'static Signature> {
    match place.checked_sub(COMMON) {
        None => ROWS.get(place).copied(),
        Some(place) => I386.get(place),
    }
}

/// See [`super::of`].
pub(super) fn of(name: &str) -> Option<&'static Signature> {
    row(place_of(name, false)?)
}

/// See [`super::of_call`].
pub(super) fn of_call(abi: Abi, number: u32) -> Option<&'static Signature> {
    let places = match abi {
        Abi::X86_64 => &X86_64_PLACES,
        Abi::Aarch64 => &AARCH64_PLACES,
        Abi::I386 => &I386_PLACES,
        Abi::X32 | Abi::Arm => return None,
    };
    row(usize::from(*places.get(number as usize)?))
}
