//! What calls on semaphores and message queues read and write.
use crate::signature::Kind::*;
use crate::signature::names::structure;
use crate::signature::object::{Count, Object, at, field, layout, many, one, word};

/// struct sembuf, uapi/linux/sem.h; their number is the argument behind.
pub const SEMAPHORE_OPERATIONS: Object = many(
    &layout(
        6,
        6,
        &[
            field("sem_num", at(0, 2), Uint),
            field("sem_op", at(2, 2), Signed),
            field("sem_flg", at(4, 2), Flags(structure::SEMAPHORE)),
        ],
    ),
    Count::Argument(2),
);

/// struct mq_attr, uapi/linux/mqueue.h; of i386 struct compat_mq_attr.
pub const QUEUE: Object = one(&layout(
    64,
    32,
    &[
        field("mq_flags", word(0, 0), OpenBits),
        field("mq_maxmsg", word(8, 4), Signed),
        field("mq_msgsize", word(16, 8), Signed),
        field("mq_curmsgs", word(24, 12), Signed),
    ],
));
