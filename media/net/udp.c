#include "media/net/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SOCKET_BUFFER_BYTES (4 * 1024 * 1024) /* about 100 ms of 300 Mbit/s; the kernel may allow less */
#define FREE_PORT_TRIES     16                /* a port free on one address may be taken on another */

struct batch {
    unsigned count;
    struct mmsghdr messages[UDP_BATCH];
    struct iovec vectors[UDP_BATCH];
    struct path paths[UDP_BATCH];
    uint8_t bytes[UDP_BATCH][UDP_DATAGRAM_BYTES];
};

struct udp_socket {
    int fd;
    struct batch outgoing;
};

struct udp {
    uint16_t port;
    unsigned socket_count;
    struct udp_socket *sockets;
    struct batch incoming;
    struct sockaddr_storage remotes[UDP_BATCH];
    struct udp_datagram datagrams[UDP_BATCH];
    struct udp_counters counters;
};

static void batch_init(struct batch *batch)
{
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        batch->vectors[i].iov_base = batch->bytes[i];
        batch->messages[i].msg_hdr.msg_iov = &batch->vectors[i];
        batch->messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static bool parse_address(const char *text, uint16_t port, struct path *path)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.any.sa_family = AF_UNSPEC};

    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
    } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
    }
    return path_set(path, 0, &address.any);
}

/* Only SO_*BUFFORCE, which needs CAP_NET_ADMIN, exceeds net.core.[rw]mem_max. Neither failing stops the service. */
static void enlarge_buffers(int fd)
{
    int bytes = SOCKET_BUFFER_BYTES;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) < 0) {
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    }
}

/* Returns the socket, or -1 with errno. */
static int bind_socket(const struct path *local)
{
    int family = local->remote.any.sa_family;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    int on = 1;
    if ((family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) ||
        bind(fd, &local->remote.any, path_remote_length(local)) < 0) {
        int bind_errno = errno;
        close(fd);
        errno = bind_errno;
        return -1;
    }
    enlarge_buffers(fd);
    return fd;
}

static uint16_t bound_port(int fd)
{
    struct sockaddr_in6 address = {0}; /* sin_port and sin6_port are at the same place */
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) {
        return 0;
    }
    return ntohs(address.sin6_port);
}

static void close_sockets(struct udp *udp)
{
    for (unsigned i = 0; i < udp->socket_count; i++) {
        close(udp->sockets[i].fd);
    }
    udp->socket_count = 0;
}

/* Binds all addresses to one port, the first address choosing it when `port` is 0. On failure nothing stays bound. */
static bool bind_all(struct udp *udp, const struct media_address *addresses, unsigned count, uint16_t port,
                     GError **error)
{
    udp->port = port;
    for (unsigned i = 0; i < count; i++) {
        struct path local;
        if (!parse_address(addresses[i].bind, udp->port, &local)) {
            g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG, "\"%s\" is not a numeric IPv4 or IPv6 address",
                        addresses[i].bind);
            close_sockets(udp);
            return false;
        }
        int fd = bind_socket(&local);
        if (fd < 0) {
            g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG, "cannot bind UDP port %u of %s: %s", udp->port,
                        addresses[i].bind, g_strerror(errno));
            close_sockets(udp);
            return false;
        }
        udp->sockets[i].fd = fd;
        udp->socket_count = i + 1;
        udp->port = bound_port(fd);
    }
    return true;
}

struct udp *udp_open(const struct media_address *addresses, unsigned count, uint16_t port, GError **error)
{
    struct udp *udp = g_new0(struct udp, 1);
    udp->sockets = g_new0(struct udp_socket, count);
    batch_init(&udp->incoming);
    for (unsigned i = 0; i < count; i++) {
        batch_init(&udp->sockets[i].outgoing);
    }

    unsigned tries = port == 0 ? FREE_PORT_TRIES : 1;
    while (!bind_all(udp, addresses, count, port, tries == 1 ? error : NULL)) {
        if (--tries == 0) {
            udp_close(udp);
            return NULL;
        }
    }
    return udp;
}

void udp_close(struct udp *udp)
{
    close_sockets(udp);
    g_free(udp->sockets);
    g_free(udp);
}

uint16_t udp_port(const struct udp *udp)
{
    return udp->port;
}

int udp_fd(const struct udp *udp, unsigned socket)
{
    return udp->sockets[socket].fd;
}

const struct udp_counters *udp_counters(const struct udp *udp)
{
    return &udp->counters;
}

unsigned udp_receive(struct udp *udp, unsigned socket, const struct udp_datagram **datagrams)
{
    struct batch *batch = &udp->incoming;
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        batch->vectors[i].iov_len = UDP_DATAGRAM_BYTES;
        batch->messages[i].msg_hdr.msg_name = &udp->remotes[i];
        batch->messages[i].msg_hdr.msg_namelen = sizeof udp->remotes[i];
    }
    int received = recvmmsg(udp->sockets[socket].fd, batch->messages, UDP_BATCH, 0, NULL);

    unsigned count = 0;
    for (int i = 0; i < received; i++) {
        struct udp_datagram *datagram = &udp->datagrams[count];
        if (batch->messages[i].msg_hdr.msg_flags & MSG_TRUNC) {
            udp->counters.too_long++;
        } else if (path_set(&datagram->path, socket, (const struct sockaddr *)&udp->remotes[i])) {
            datagram->bytes = batch->bytes[i];
            datagram->length = batch->messages[i].msg_len;
            count++;
        }
    }
    udp->counters.received += count;
    *datagrams = udp->datagrams;
    return count;
}

/* What the kernel does not take at once is lost: late media is worth less than the packets behind it. */
static void flush_socket(struct udp *udp, struct udp_socket *socket)
{
    struct batch *batch = &socket->outgoing;
    unsigned done = 0;
    while (done < batch->count) {
        int sent = sendmmsg(socket->fd, batch->messages + done, batch->count - done, 0);
        if (sent > 0) {
            udp->counters.sent += (unsigned)sent;
            done += (unsigned)sent;
        } else if (errno == EAGAIN) {
            udp->counters.send_failed += batch->count - done;
            done = batch->count;
        } else if (errno != EINTR) { /* this one cannot be sent: its address has no route, say */
            udp->counters.send_failed++;
            done++;
        }
    }
    batch->count = 0;
}

void udp_send(struct udp *udp, const struct path *path, const uint8_t *datagram, size_t length)
{
    if (length > UDP_DATAGRAM_BYTES || path->socket >= udp->socket_count) {
        udp->counters.send_failed++;
        return;
    }
    struct udp_socket *socket = &udp->sockets[path->socket];
    struct batch *batch = &socket->outgoing;
    unsigned i = batch->count++;
    memcpy(batch->bytes[i], datagram, length);
    batch->vectors[i].iov_len = length;
    batch->paths[i] = *path;
    batch->messages[i].msg_hdr.msg_name = &batch->paths[i].remote;
    batch->messages[i].msg_hdr.msg_namelen = path_remote_length(path);
    if (batch->count == UDP_BATCH) {
        flush_socket(udp, socket);
    }
}

void udp_flush(struct udp *udp)
{
    for (unsigned i = 0; i < udp->socket_count; i++) {
        if (udp->sockets[i].outgoing.count > 0) {
            flush_socket(udp, &udp->sockets[i]);
        }
    }
}
