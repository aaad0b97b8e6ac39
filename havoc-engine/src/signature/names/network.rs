//! The flag words of calls on sockets and of System V and POSIX IPC. Names as strace spells them, values of the kernel's UAPI headers.
use super::Names;

/// Address families. include/linux/socket.h.
pub const FAMILY: Names = &[
    (0, "AF_UNSPEC"),
    (1, "AF_UNIX"),
    (2, "AF_INET"),
    (3, "AF_AX25"),
    (4, "AF_IPX"),
    (5, "AF_APPLETALK"),
    (6, "AF_NETROM"),
    (7, "AF_BRIDGE"),
    (8, "AF_ATMPVC"),
    (9, "AF_X25"),
    (0xa, "AF_INET6"),
    (0xb, "AF_ROSE"),
    (0xd, "AF_NETBEUI"),
    (0xe, "AF_SECURITY"),
    (0xf, "AF_KEY"),
    (0x10, "AF_NETLINK"),
    (0x11, "AF_PACKET"),
    (0x12, "AF_ASH"),
    (0x13, "AF_ECONET"),
    (0x14, "AF_ATMSVC"),
    (0x15, "AF_RDS"),
    (0x16, "AF_SNA"),
    (0x17, "AF_IRDA"),
    (0x18, "AF_PPPOX"),
    (0x19, "AF_WANPIPE"),
    (0x1a, "AF_LLC"),
    (0x1b, "AF_IB"),
    (0x1c, "AF_MPLS"),
    (0x1d, "AF_CAN"),
    (0x1e, "AF_TIPC"),
    (0x1f, "AF_BLUETOOTH"),
    (0x20, "AF_IUCV"),
    (0x21, "AF_RXRPC"),
    (0x22, "AF_ISDN"),
    (0x23, "AF_PHONET"),
    (0x24, "AF_IEEE802154"),
    (0x25, "AF_CAIF"),
    (0x26, "AF_ALG"),
    (0x27, "AF_NFC"),
    (0x28, "AF_VSOCK"),
    (0x29, "AF_KCM"),
    (0x2a, "AF_QIPCRTR"),
    (0x2b, "AF_SMC"),
    (0x2c, "AF_XDP"),
    (0x2d, "AF_MCTP"),
];

/// The socket type in the low four bits. include/linux/net.h.
pub const SOCKET_TYPE: Names = &[
    (1, "SOCK_STREAM"),
    (2, "SOCK_DGRAM"),
    (3, "SOCK_RAW"),
    (4, "SOCK_RDM"),
    (5, "SOCK_SEQPACKET"),
    (6, "SOCK_DCCP"),
    (0xa, "SOCK_PACKET"),
];

/// What may be added to a socket type, and the flags of accept4. include/linux/net.h.
pub const SOCKET_BITS: Names = &[(0x8_0000, "SOCK_CLOEXEC"), (0x800, "SOCK_NONBLOCK")];

/// Protocols of AF_INET and AF_INET6. uapi/linux/in.h.
pub const INTERNET_PROTOCOL: Names = &[
    (0, "IPPROTO_IP"),
    (1, "IPPROTO_ICMP"),
    (2, "IPPROTO_IGMP"),
    (6, "IPPROTO_TCP"),
    (0x11, "IPPROTO_UDP"),
    (0x29, "IPPROTO_IPV6"),
    (0x3a, "IPPROTO_ICMPV6"),
    (0x84, "IPPROTO_SCTP"),
    (0x88, "IPPROTO_UDPLITE"),
    (0xff, "IPPROTO_RAW"),
    (0x106, "IPPROTO_MPTCP"),
];

/// Protocols of AF_NETLINK. uapi/linux/netlink.h.
const NETLINK_PROTOCOL: Names = &[
    (0, "NETLINK_ROUTE"),
    (1, "NETLINK_UNUSED"),
    (2, "NETLINK_USERSOCK"),
    (3, "NETLINK_FIREWALL"),
    (4, "NETLINK_SOCK_DIAG"),
    (5, "NETLINK_NFLOG"),
    (6, "NETLINK_XFRM"),
    (7, "NETLINK_SELINUX"),
    (8, "NETLINK_ISCSI"),
    (9, "NETLINK_AUDIT"),
    (0xa, "NETLINK_FIB_LOOKUP"),
    (0xb, "NETLINK_CONNECTOR"),
    (0xc, "NETLINK_NETFILTER"),
    (0xd, "NETLINK_IP6_FW"),
    (0xe, "NETLINK_DNRTMSG"),
    (0xf, "NETLINK_KOBJECT_UEVENT"),
    (0x10, "NETLINK_GENERIC"),
    (0x12, "NETLINK_SCSITRANSPORT"),
    (0x13, "NETLINK_ECRYPTFS"),
    (0x14, "NETLINK_RDMA"),
    (0x15, "NETLINK_CRYPTO"),
    (0x16, "NETLINK_SMC"),
];

/// Protocols of AF_CAN. uapi/linux/can.h.
const CAN_PROTOCOL: Names = &[
    (1, "CAN_RAW"),
    (2, "CAN_BCM"),
    (3, "CAN_TP16"),
    (4, "CAN_TP20"),
    (5, "CAN_MCNET"),
    (6, "CAN_ISOTP"),
    (7, "CAN_J1939"),
];

/// Protocols of AF_BLUETOOTH. include/net/bluetooth/bluetooth.h.
const BLUETOOTH_PROTOCOL: Names = &[
    (0, "BTPROTO_L2CAP"),
    (1, "BTPROTO_HCI"),
    (2, "BTPROTO_SCO"),
    (3, "BTPROTO_RFCOMM"),
    (4, "BTPROTO_BNEP"),
    (5, "BTPROTO_CMTP"),
    (6, "BTPROTO_HIDP"),
    (7, "BTPROTO_AVDTP"),
    (8, "BTPROTO_ISO"),
];

/// Protocols of AF_SMC. include/net/smc.h.
const SMC_PROTOCOL: Names = &[(0, "SMCPROTO_SMC"), (1, "SMCPROTO_SMC6")];

/// Protocols by family: those of all others are numbers.
pub const PROTOCOLS: &[(u64, Names)] = &[
    (2, INTERNET_PROTOCOL),
    (0xa, INTERNET_PROTOCOL),
    (0x10, NETLINK_PROTOCOL),
    (0x1d, CAN_PROTOCOL),
    (0x1f, BLUETOOTH_PROTOCOL),
    (0x2b, SMC_PROTOCOL),
];

/// Protocols of AF_PACKET, in the host's order; the register has the network's. uapi/linux/if_ether.h.
pub const ETHERNET_PROTOCOL: Names = &[
    (1, "ETH_P_802_3"),
    (3, "ETH_P_ALL"),
    (4, "ETH_P_802_2"),
    (0x800, "ETH_P_IP"),
    (0x806, "ETH_P_ARP"),
    (0x8035, "ETH_P_RARP"),
    (0x8100, "ETH_P_8021Q"),
    (0x86dd, "ETH_P_IPV6"),
    (0x8847, "ETH_P_MPLS_UC"),
    (0x8863, "ETH_P_PPP_DISC"),
    (0x8864, "ETH_P_PPP_SES"),
    (0x888e, "ETH_P_PAE"),
    (0x88cc, "ETH_P_LLDP"),
];

/// Flags of send and recv. include/linux/socket.h.
pub const MESSAGE: Names = &[
    (1, "MSG_OOB"),
    (2, "MSG_PEEK"),
    (4, "MSG_DONTROUTE"),
    (8, "MSG_CTRUNC"),
    (0x10, "MSG_PROBE"),
    (0x20, "MSG_TRUNC"),
    (0x40, "MSG_DONTWAIT"),
    (0x80, "MSG_EOR"),
    (0x100, "MSG_WAITALL"),
    (0x200, "MSG_FIN"),
    (0x400, "MSG_SYN"),
    (0x800, "MSG_CONFIRM"),
    (0x1000, "MSG_RST"),
    (0x2000, "MSG_ERRQUEUE"),
    (0x4000, "MSG_NOSIGNAL"),
    (0x8000, "MSG_MORE"),
    (0x1_0000, "MSG_WAITFORONE"),
    (0x4_0000, "MSG_BATCH"),
    (0x400_0000, "MSG_ZEROCOPY"),
    (0x800_0000, "MSG_SPLICE_PAGES"),
    (0x2000_0000, "MSG_FASTOPEN"),
    (0x4000_0000, "MSG_CMSG_CLOEXEC"),
];

/// How shutdown shuts. include/linux/net.h (enum sock_shutdown_cmd).
pub const SHUTDOWN: Names = &[(0, "SHUT_RD"), (1, "SHUT_WR"), (2, "SHUT_RDWR")];

/// Levels of setsockopt. include/linux/socket.h.
pub const SOCKET_LEVEL: Names = &[
    (0, "SOL_IP"),
    (1, "SOL_SOCKET"),
    (6, "SOL_TCP"),
    (0x11, "SOL_UDP"),
    (0x29, "SOL_IPV6"),
    (0xff, "SOL_RAW"),
    (0x107, "SOL_PACKET"),
    (0x10e, "SOL_NETLINK"),
    (0x11a, "SOL_TLS"),
    (0x11f, "SOL_VSOCK"),
];

/// Options of level SOL_IP. uapi/linux/in.h.
const IP_OPTION: Names = &[
    (1, "IP_TOS"),
    (2, "IP_TTL"),
    (3, "IP_HDRINCL"),
    (4, "IP_OPTIONS"),
    (5, "IP_ROUTER_ALERT"),
    (6, "IP_RECVOPTS"),
    (7, "IP_RETOPTS"),
    (8, "IP_PKTINFO"),
    (9, "IP_PKTOPTIONS"),
    (0xa, "IP_MTU_DISCOVER"),
    (0xb, "IP_RECVERR"),
    (0xc, "IP_RECVTTL"),
    (0xd, "IP_RECVTOS"),
    (0xe, "IP_MTU"),
    (0xf, "IP_FREEBIND"),
    (0x10, "IP_IPSEC_POLICY"),
    (0x11, "IP_XFRM_POLICY"),
    (0x12, "IP_PASSSEC"),
    (0x13, "IP_TRANSPARENT"),
    (0x14, "IP_ORIGDSTADDR"),
    (0x15, "IP_MINTTL"),
    (0x16, "IP_NODEFRAG"),
    (0x17, "IP_CHECKSUM"),
    (0x18, "IP_BIND_ADDRESS_NO_PORT"),
    (0x19, "IP_RECVFRAGSIZE"),
    (0x1a, "IP_RECVERR_RFC4884"),
    (0x20, "IP_MULTICAST_IF"),
    (0x21, "IP_MULTICAST_TTL"),
    (0x22, "IP_MULTICAST_LOOP"),
    (0x23, "IP_ADD_MEMBERSHIP"),
    (0x24, "IP_DROP_MEMBERSHIP"),
    (0x25, "IP_UNBLOCK_SOURCE"),
    (0x26, "IP_BLOCK_SOURCE"),
    (0x27, "IP_ADD_SOURCE_MEMBERSHIP"),
    (0x28, "IP_DROP_SOURCE_MEMBERSHIP"),
    (0x29, "IP_MSFILTER"),
    (0x2a, "MCAST_JOIN_GROUP"),
    (0x2b, "MCAST_BLOCK_SOURCE"),
    (0x2c, "MCAST_UNBLOCK_SOURCE"),
    (0x2d, "MCAST_LEAVE_GROUP"),
    (0x2e, "MCAST_JOIN_SOURCE_GROUP"),
    (0x2f, "MCAST_LEAVE_SOURCE_GROUP"),
    (0x30, "MCAST_MSFILTER"),
    (0x31, "IP_MULTICAST_ALL"),
    (0x32, "IP_UNICAST_IF"),
    (0x33, "IP_LOCAL_PORT_RANGE"),
];

/// Options of level SOL_UDP. uapi/linux/udp.h.
const UDP_OPTION: Names = &[
    (1, "UDP_CORK"),
    (0x64, "UDP_ENCAP"),
    (0x65, "UDP_NO_CHECK6_TX"),
    (0x66, "UDP_NO_CHECK6_RX"),
    (0x67, "UDP_SEGMENT"),
    (0x68, "UDP_GRO"),
];

/// Options of level SOL_IPV6. uapi/linux/in6.h.
const IPV6_OPTION: Names = &[
    (1, "IPV6_ADDRFORM"),
    (2, "IPV6_2292PKTINFO"),
    (3, "IPV6_2292HOPOPTS"),
    (4, "IPV6_2292DSTOPTS"),
    (5, "IPV6_2292RTHDR"),
    (6, "IPV6_2292PKTOPTIONS"),
    (7, "IPV6_CHECKSUM"),
    (8, "IPV6_2292HOPLIMIT"),
    (0x10, "IPV6_UNICAST_HOPS"),
    (0x11, "IPV6_MULTICAST_IF"),
    (0x12, "IPV6_MULTICAST_HOPS"),
    (0x13, "IPV6_MULTICAST_LOOP"),
    (0x14, "IPV6_ADD_MEMBERSHIP"),
    (0x15, "IPV6_DROP_MEMBERSHIP"),
    (0x16, "IPV6_ROUTER_ALERT"),
    (0x17, "IPV6_MTU_DISCOVER"),
    (0x18, "IPV6_MTU"),
    (0x19, "IPV6_RECVERR"),
    (0x1a, "IPV6_V6ONLY"),
    (0x1b, "IPV6_JOIN_ANYCAST"),
    (0x1c, "IPV6_LEAVE_ANYCAST"),
    (0x1d, "IPV6_MULTICAST_ALL"),
    (0x20, "IPV6_FLOWLABEL_MGR"),
    (0x21, "IPV6_FLOWINFO_SEND"),
    (0x22, "IPV6_IPSEC_POLICY"),
    (0x23, "IPV6_XFRM_POLICY"),
    (0x31, "IPV6_RECVPKTINFO"),
    (0x32, "IPV6_PKTINFO"),
    (0x33, "IPV6_RECVHOPLIMIT"),
    (0x34, "IPV6_HOPLIMIT"),
    (0x35, "IPV6_RECVHOPOPTS"),
    (0x36, "IPV6_HOPOPTS"),
    (0x37, "IPV6_RTHDRDSTOPTS"),
    (0x38, "IPV6_RECVRTHDR"),
    (0x39, "IPV6_RTHDR"),
    (0x3a, "IPV6_RECVDSTOPTS"),
    (0x3b, "IPV6_DSTOPTS"),
    (0x3c, "IPV6_RECVPATHMTU"),
    (0x3d, "IPV6_PATHMTU"),
    (0x3e, "IPV6_DONTFRAG"),
    (0x42, "IPV6_RECVTCLASS"),
    (0x43, "IPV6_TCLASS"),
    (0x46, "IPV6_AUTOFLOWLABEL"),
    (0x48, "IPV6_ADDR_PREFERENCES"),
    (0x49, "IPV6_MINHOPCOUNT"),
    (0x4a, "IPV6_ORIGDSTADDR"),
    (0x4b, "IPV6_TRANSPARENT"),
    (0x4c, "IPV6_UNICAST_IF"),
    (0x4d, "IPV6_RECVFRAGSIZE"),
    (0x4e, "IPV6_FREEBIND"),
];

/// Options of level SOL_PACKET. uapi/linux/if_packet.h.
const PACKET_OPTION: Names = &[
    (1, "PACKET_ADD_MEMBERSHIP"),
    (2, "PACKET_DROP_MEMBERSHIP"),
    (3, "PACKET_RECV_OUTPUT"),
    (5, "PACKET_RX_RING"),
    (6, "PACKET_STATISTICS"),
    (7, "PACKET_COPY_THRESH"),
    (8, "PACKET_AUXDATA"),
    (9, "PACKET_ORIGDEV"),
    (0xa, "PACKET_VERSION"),
    (0xb, "PACKET_HDRLEN"),
    (0xc, "PACKET_RESERVE"),
    (0xd, "PACKET_TX_RING"),
    (0xe, "PACKET_LOSS"),
    (0xf, "PACKET_VNET_HDR"),
    (0x10, "PACKET_TX_TIMESTAMP"),
    (0x11, "PACKET_TIMESTAMP"),
    (0x12, "PACKET_FANOUT"),
    (0x13, "PACKET_TX_HAS_OFF"),
    (0x14, "PACKET_QDISC_BYPASS"),
    (0x15, "PACKET_ROLLOVER_STATS"),
    (0x16, "PACKET_FANOUT_DATA"),
    (0x17, "PACKET_IGNORE_OUTGOING"),
    (0x18, "PACKET_VNET_HDR_SZ"),
];

/// Options of level SOL_NETLINK. uapi/linux/netlink.h.
const NETLINK_OPTION: Names = &[
    (1, "NETLINK_ADD_MEMBERSHIP"),
    (2, "NETLINK_DROP_MEMBERSHIP"),
    (3, "NETLINK_PKTINFO"),
    (4, "NETLINK_BROADCAST_ERROR"),
    (5, "NETLINK_NO_ENOBUFS"),
    (6, "NETLINK_RX_RING"),
    (7, "NETLINK_TX_RING"),
    (8, "NETLINK_LISTEN_ALL_NSID"),
    (9, "NETLINK_LIST_MEMBERSHIPS"),
    (0xa, "NETLINK_CAP_ACK"),
    (0xb, "NETLINK_EXT_ACK"),
    (0xc, "NETLINK_GET_STRICT_CHK"),
];

/// Options of level SOL_SOCKET. uapi/asm-generic/socket.h.
const SOCKET_OPTION: Names = &[
    (1, "SO_DEBUG"),
    (2, "SO_REUSEADDR"),
    (3, "SO_TYPE"),
    (4, "SO_ERROR"),
    (5, "SO_DONTROUTE"),
    (6, "SO_BROADCAST"),
    (7, "SO_SNDBUF"),
    (8, "SO_RCVBUF"),
    (9, "SO_KEEPALIVE"),
    (0xa, "SO_OOBINLINE"),
    (0xb, "SO_NO_CHECK"),
    (0xc, "SO_PRIORITY"),
    (0xd, "SO_LINGER"),
    (0xe, "SO_BSDCOMPAT"),
    (0xf, "SO_REUSEPORT"),
    (0x10, "SO_PASSCRED"),
    (0x11, "SO_PEERCRED"),
    (0x12, "SO_RCVLOWAT"),
    (0x13, "SO_SNDLOWAT"),
    (0x14, "SO_RCVTIMEO_OLD"),
    (0x15, "SO_SNDTIMEO_OLD"),
    (0x19, "SO_BINDTODEVICE"),
    (0x1a, "SO_ATTACH_FILTER"),
    (0x1b, "SO_DETACH_FILTER"),
    (0x1c, "SO_PEERNAME"),
    (0x1d, "SO_TIMESTAMP_OLD"),
    (0x1e, "SO_ACCEPTCONN"),
    (0x1f, "SO_PEERSEC"),
    (0x20, "SO_SNDBUFFORCE"),
    (0x21, "SO_RCVBUFFORCE"),
    (0x22, "SO_PASSSEC"),
    (0x23, "SO_TIMESTAMPNS_OLD"),
    (0x24, "SO_MARK"),
    (0x25, "SO_TIMESTAMPING_OLD"),
    (0x26, "SO_PROTOCOL"),
    (0x27, "SO_DOMAIN"),
    (0x28, "SO_RXQ_OVFL"),
    (0x2a, "SO_PEEK_OFF"),
    (0x2b, "SO_NOFCS"),
    (0x2c, "SO_LOCK_FILTER"),
    (0x2e, "SO_BUSY_POLL"),
    (0x2f, "SO_MAX_PACING_RATE"),
    (0x31, "SO_INCOMING_CPU"),
    (0x32, "SO_ATTACH_BPF"),
    (0x39, "SO_COOKIE"),
    (0x3c, "SO_ZEROCOPY"),
    (0x3d, "SO_TXTIME"),
    (0x4d, "SO_PEERPIDFD"),
];

/// Options of level SOL_TCP. uapi/linux/tcp.h.
const TCP_OPTION: Names = &[
    (1, "TCP_NODELAY"),
    (2, "TCP_MAXSEG"),
    (3, "TCP_CORK"),
    (4, "TCP_KEEPIDLE"),
    (5, "TCP_KEEPINTVL"),
    (6, "TCP_KEEPCNT"),
    (7, "TCP_SYNCNT"),
    (8, "TCP_LINGER2"),
    (9, "TCP_DEFER_ACCEPT"),
    (0xa, "TCP_WINDOW_CLAMP"),
    (0xb, "TCP_INFO"),
    (0xc, "TCP_QUICKACK"),
    (0xd, "TCP_CONGESTION"),
    (0xe, "TCP_MD5SIG"),
    (0x12, "TCP_USER_TIMEOUT"),
    (0x17, "TCP_FASTOPEN"),
    (0x18, "TCP_TIMESTAMP"),
    (0x19, "TCP_NOTSENT_LOWAT"),
    (0x1e, "TCP_FASTOPEN_CONNECT"),
    (0x1f, "TCP_ULP"),
];

/// The key that means a new object. uapi/linux/ipc.h.
pub const IPC_KEY: Names = &[(0, "IPC_PRIVATE")];

/// Flags of msgget, semget and shmget above the permission bits. uapi/linux/ipc.h, uapi/linux/shm.h.
pub const IPC: Names = &[(0x200, "IPC_CREAT"), (0x400, "IPC_EXCL"), (0x800, "IPC_NOWAIT")];

/// Flags of shmget above the permission bits. uapi/linux/shm.h.
pub const SHM_GET: Names =
    &[(0x200, "IPC_CREAT"), (0x400, "IPC_EXCL"), (0x800, "SHM_HUGETLB"), (0x1000, "SHM_NORESERVE")];

/// Flags of shmat. uapi/linux/shm.h.
pub const SHM_AT: Names =
    &[(0x1000, "SHM_RDONLY"), (0x2000, "SHM_RND"), (0x4000, "SHM_REMAP"), (0x8000, "SHM_EXEC")];

/// Commands of shmctl. uapi/linux/ipc.h, uapi/linux/shm.h.
pub const SHM_COMMAND: Names = &[
    (0, "IPC_RMID"),
    (1, "IPC_SET"),
    (2, "IPC_STAT"),
    (3, "IPC_INFO"),
    (0xb, "SHM_LOCK"),
    (0xc, "SHM_UNLOCK"),
    (0xd, "SHM_STAT"),
    (0xe, "SHM_INFO"),
    (0xf, "SHM_STAT_ANY"),
];

/// Commands of semctl. uapi/linux/ipc.h, uapi/linux/sem.h.
pub const SEM_COMMAND: Names = &[
    (0, "IPC_RMID"),
    (1, "IPC_SET"),
    (2, "IPC_STAT"),
    (3, "IPC_INFO"),
    (0xb, "GETPID"),
    (0xc, "GETVAL"),
    (0xd, "GETALL"),
    (0xe, "GETNCNT"),
    (0xf, "GETZCNT"),
    (0x10, "SETVAL"),
    (0x11, "SETALL"),
    (0x12, "SEM_STAT"),
    (0x13, "SEM_INFO"),
    (0x14, "SEM_STAT_ANY"),
];

/// Commands of msgctl. uapi/linux/ipc.h, uapi/linux/msg.h.
pub const MSG_COMMAND: Names = &[
    (0, "IPC_RMID"),
    (1, "IPC_SET"),
    (2, "IPC_STAT"),
    (3, "IPC_INFO"),
    (0xb, "MSG_STAT"),
    (0xc, "MSG_INFO"),
    (0xd, "MSG_STAT_ANY"),
];

/// Flags of msgsnd and msgrcv. uapi/linux/msg.h, uapi/linux/ipc.h.
pub const MSG_QUEUE: Names =
    &[(0x800, "IPC_NOWAIT"), (0x1000, "MSG_NOERROR"), (0x2000, "MSG_EXCEPT"), (0x4000, "MSG_COPY")];

/// The call that socketcall makes. uapi/linux/net.h.
pub const SOCKET_CALL: Names = &[
    (1, "SYS_SOCKET"),
    (2, "SYS_BIND"),
    (3, "SYS_CONNECT"),
    (4, "SYS_LISTEN"),
    (5, "SYS_ACCEPT"),
    (6, "SYS_GETSOCKNAME"),
    (7, "SYS_GETPEERNAME"),
    (8, "SYS_SOCKETPAIR"),
    (9, "SYS_SEND"),
    (10, "SYS_RECV"),
    (11, "SYS_SENDTO"),
    (12, "SYS_RECVFROM"),
    (13, "SYS_SHUTDOWN"),
    (14, "SYS_SETSOCKOPT"),
    (15, "SYS_GETSOCKOPT"),
    (16, "SYS_SENDMSG"),
    (17, "SYS_RECVMSG"),
    (18, "SYS_ACCEPT4"),
    (19, "SYS_RECVMMSG"),
    (20, "SYS_SENDMMSG"),
];

/// The call that ipc makes. uapi/linux/ipc.h.
pub const IPC_CALL: Names = &[
    (1, "SEMOP"),
    (2, "SEMGET"),
    (3, "SEMCTL"),
    (4, "SEMTIMEDOP"),
    (11, "MSGSND"),
    (12, "MSGRCV"),
    (13, "MSGGET"),
    (14, "MSGCTL"),
    (21, "SHMAT"),
    (22, "SHMDT"),
    (23, "SHMGET"),
    (24, "SHMCTL"),
];

/// Options by level.
pub const SOCKET_OPTIONS: &[(u64, Names)] = &[
    (0, IP_OPTION),
    (1, SOCKET_OPTION),
    (6, TCP_OPTION),
    (0x11, UDP_OPTION),
    (0x29, IPV6_OPTION),
    (0x107, PACKET_OPTION),
    (0x10e, NETLINK_OPTION),
];

/// What getsockopt calls otherwise, of level SOL_SOCKET. uapi/asm-generic/socket.h.
pub const SOCKET_OPTION_READ: Names = &[(0x1a, "SO_GET_FILTER")];
