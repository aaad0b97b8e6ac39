//! What happened, as data, and how it is written.
pub mod decode;
mod event;
mod signal_text;
mod sink;
mod stable;
mod stamp;
mod statuses;
mod text;
mod token;
mod wording;

pub use crate::task::LogicalPath;
pub use event::{CallRecord, Event, InjectionRecord, LeftAlone, SideRecord, What};
pub use sink::{Discard, Sink};
pub use stable::StableSink;
pub use stamp::{Absolute, Digits, Stamps};
pub use statuses::Statuses;
pub use text::TextSink;
pub use token::{Look, Style, Token, escape_name, quote};
pub use wording::{StraceText, Wording};
