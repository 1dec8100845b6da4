#include "signaling/ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union endpoint {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static socklen_t endpoint_of(const char *address, uint16_t port, union endpoint *endpoint)
{
    memset(endpoint, 0, sizeof *endpoint);
    if (inet_pton(AF_INET, address, &endpoint->four.sin_addr) == 1) {
        endpoint->four.sin_family = AF_INET;
        endpoint->four.sin_port = htons(port);
        return sizeof endpoint->four;
    }
    endpoint->six.sin6_family = AF_INET6;
    endpoint->six.sin6_port = htons(port);
    return inet_pton(AF_INET6, address, &endpoint->six.sin6_addr) == 1 ? sizeof endpoint->six : 0;
}

static const char *remedy(int reason)
{
    switch (reason) {
    case EADDRINUSE:
        return "another process has it; stop that one or choose another port";
    case EADDRNOTAVAIL:
        return "this machine has no such address; `ip address` lists those it has";
    case EACCES:
        return "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher one or grant it";
    default:
        return "choose another address or port";
    }
}

bool port_check(int type, const char *address, uint16_t port, GError **error)
{
    union endpoint endpoint;
    const socklen_t length = endpoint_of(address, port, &endpoint);
    const int descriptor = length > 0 ? socket(endpoint.any.sa_family, type | SOCK_CLOEXEC, 0) : -1;
    int reason = length > 0 ? errno : EINVAL;
    bool bound = false;
    if (descriptor >= 0) {
        const int on = 1;
        if (type == SOCK_STREAM) {
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on,
                       sizeof on); /* as the server: TIME_WAIT is no hindrance */
        }
        bound = bind(descriptor, &endpoint.any, length) == 0;
        bound = bound && (type != SOCK_STREAM || listen(descriptor, 1) == 0);
        reason = errno;
        close(descriptor);
    }
    if (!bound) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(reason), "%s port %u on %s: %s; %s",
                    type == SOCK_STREAM ? "TCP" : "UDP", port, address, g_strerror(reason), remedy(reason));
    }
    return bound;
}
