/*
 * plugin_tls: a plugin that links OpenSSL, as Python's _ssl does: its program
 * does not know OpenSSL, and loads it RTLD_LOCAL. See client_loader.c.
 */
#include "config.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "plugin.h"

static int reach(const char *name, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    if (getaddrinfo(name, port, &hints, &list) != 0)
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM, 0);
    int result = connect(fd, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    return result == 0 ? fd : -1;
}

/* The last byte of the source address, or -1. */
int plugin_source(const char *name)
{
    struct sockaddr_in own;
    socklen_t len = sizeof(own);
    int fd = reach(name, "443");
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&own, &len) != 0)
        return -1;
    close(fd);
    return (int)(ntohl(own.sin_addr.s_addr) & 0xff);
}

void *plugin_prepare(const char *name)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *ssl = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_tlsext_host_name(ssl, name);
    SSL_set1_host(ssl, name);
    SSL_set_fd(ssl, reach(name, "443"));
    return ssl;
}

/* A tail call with optimisation: SSL_connect then sees our caller as its. */
int plugin_connect(void *ssl)
{
    return SSL_connect(ssl);
}

long plugin_result(void *ssl)
{
    long result = SSL_get_verify_result(ssl);
    close(SSL_get_fd(ssl));
    SSL_free(ssl);
    return result;
}

/* Found by this object's own RUNPATH alone; not a tail call. */
void *plugin_open(const char *name)
{
    static int count;
    void *opened = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    count += opened != NULL;
    return count > 0 ? opened : NULL;
}
