/* LD_PRELOAD library that gives a load generator without proxy support a CONNECT tunnel: connect() to SHIM_TARGET_PORT
 * goes to 127.0.0.1:SHIM_PROXY_PORT instead, and returns once the proxy has answered 200 to CONNECT SHIM_AUTHORITY.
 * SHIM_AUTHORIZATION, where it is not empty, goes along as Proxy-Authorization. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

typedef int (*connect_fn)(int, const struct sockaddr *, socklen_t);

static int port_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->sa_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return -1;
}

/* Reads byte by byte up to the blank line, so that nothing of the tunnel's own bytes is swallowed. */
static int read_head(int fd, char *head, size_t size)
{
    size_t length = 0;
    while (length + 1 < size) {
        ssize_t got = read(fd, head + length, 1);
        if (got <= 0) return -1;
        head[++length] = '\0';
        if (length >= 4 && memcmp(head + length - 4, "\r\n\r\n", 4) == 0) return 0;
    }
    return -1;
}

static int open_tunnel(int fd, const char *authority)
{
    char line[512], head[2048];
    const char *said = getenv("SHIM_AUTHORIZATION");
    int proven = said && *said;
    int length = snprintf(line, sizeof line, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", authority, authority,
                          proven ? "Proxy-Authorization: " : "", proven ? said : "", proven ? "\r\n" : "");
    if (length <= 0 || (size_t)length >= sizeof line) return -1;
    if (write(fd, line, (size_t)length) != length) return -1;
    if (read_head(fd, head, sizeof head) != 0) return -1;
    if (strncmp(head, "HTTP/1.1 200", 12) != 0 && strncmp(head, "HTTP/1.0 200", 12) != 0) {
        fprintf(stderr, "connect-shim: the proxy answered %.60s\n", head);
        return -1;
    }
    return 0;
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    static connect_fn real_connect;
    const char *target = getenv("SHIM_TARGET_PORT"), *proxy = getenv("SHIM_PROXY_PORT");
    const char *authority = getenv("SHIM_AUTHORITY");
    struct timeval patience = {20, 0}, forever = {0, 0};
    struct sockaddr_in to = {0};
    int flags, outcome;

    if (!real_connect) real_connect = (connect_fn)dlsym(RTLD_NEXT, "connect");
    if (!target || !proxy || !authority || port_of(address) != atoi(target)) return real_connect(fd, address, size);
    if (address->sa_family != AF_INET) {
        errno = ECONNREFUSED;
        return -1;
    }
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)atoi(proxy));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    outcome = real_connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? open_tunnel(fd, authority) : -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
    fcntl(fd, F_SETFL, flags);
    if (outcome != 0) errno = ECONNREFUSED;
    return outcome;
}
