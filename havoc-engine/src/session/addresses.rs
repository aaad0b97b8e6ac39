//! Addresses of sockets that a call is given in memory.
use crate::bytes::number_at;
use crate::kernel::{Kernel, LookError};
use crate::matcher::Sockets;
use crate::plan::Transport;
use crate::resource::socket_address;
use crate::signature::{self, Kind};
use crate::task::Tid;
use havoc_arch::{Abi, SyscallView};

/// sizeof(struct sockaddr_storage); the kernel takes no more, net/socket.c.
const LONGEST: u64 = 128;
/// UIO_MAXIOV of include/uapi/linux/uio.h: sendmmsg(2) sends no more at once.
const MAX_MESSAGES: u64 = 1024;

/// Adds the addresses that a call is given to `given`, and returns why some could not be read. `transport` is that of the
/// socket: an address does not say it.
pub(super) fn given<K: Kernel>(
    kernel: &mut K,
    tid: Tid,
    view: &SyscallView,
    transport: Option<Transport>,
    given: &mut Sockets,
) -> Vec<LookError> {
    let mut unread = Vec::new();
    let Some(signature) = signature::of_call(view.abi, view.number) else { return unread };
    let mut places = Vec::new();
    for (index, kind) in signature.arguments.iter().enumerate() {
        if let Kind::SocketAddress { length } = kind {
            places.push((view.args[index], view.args[usize::from(*length)]));
        }
    }
    let messages = match signature.name {
        "sendmsg" => 1,
        "sendmmsg" => view.args[2].min(MAX_MESSAGES) as usize,
        _ => 0,
    };
    let names = names_of_messages(kernel, tid, view.abi, view.args[1], messages);
    match names {
        Ok(names) => places.extend(names),
        Err(error) => unread.push(error),
    }
    for (address, length) in places.into_iter().filter(|(address, _)| *address != 0) {
        let mut bytes = vec![0; u64::from(length as u32).min(LONGEST) as usize];
        match kernel.read_memory(tid, address, &mut bytes) {
            Ok(read) => given.endpoints.extend(socket_address::parse(&bytes[..read], transport)),
            Err(error) => unread.push(error),
        }
    }
    unread
}

/// Returns msg_name and msg_namelen of some struct msghdr, or of struct mmsghdr, which begin with one:
/// include/uapi/linux/socket.h, socket(7).
fn names_of_messages<K: Kernel>(
    kernel: &mut K,
    tid: Tid,
    abi: Abi,
    messages: u64,
    count: usize,
) -> Result<Vec<(u64, u64)>, LookError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let width = abi.word_size();
    // Seven words, then the length of what was sent; a single one has six words and a half, and no more is read of it.
    let size = 8 * width;
    let mut bytes = vec![0; (count - 1) * size + 2 * width];
    let read = kernel.read_memory(tid, messages, &mut bytes)?;
    let whole = bytes[..read].chunks(size).filter(|message| message.len() >= 2 * width);
    Ok(whole.map(|message| (number_at(message, 0, width), number_at(message, width, 4))).collect())
}
