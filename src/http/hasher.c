/*
 * hasher: SHA-256 of a long run of bytes, beside the caller. See hasher.h.
 * Called by body.c; calls OpenSSL, which hashes with the CPU's own
 * instructions where it has them.
 */
#include "config.h"

#include "http/hasher.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct block {
    size_t len;
    unsigned char bytes[OW_LIMIT_HASH_BLOCK];
};

/* The worker is woken for so many blocks at once: for each one alone it would
 * cost a tenth of the whole. */
#define BATCH (OW_LIMIT_HASH_BLOCKS / 2)

/* What caller and worker share. Blocks first..first+ready-1 wait to be hashed,
 * in this order; the one behind them is the caller's, who fills it. */
struct worker {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work; /* for the worker, who sleeps */
    pthread_cond_t room; /* for the caller, who waits */
    size_t first;
    size_t ready;
    bool busy;   /* one of them is hashing the first block */
    bool sleeps; /* the worker does, and nobody has called it */
    bool waits;  /* the caller does */
    bool ends;
    bool failed;
    struct block ring[OW_LIMIT_HASH_BLOCKS];
};

struct ow_hasher {
    EVP_MD_CTX *digest; /* with a worker: of who is busy */
    uint64_t size;
    struct worker *worker; /* NULL: hashed in the caller */
    bool alone;            /* no thread could be made; not tried again */
};

struct ow_hasher *ow_hasher_new(void)
{
    struct ow_hasher *hasher = calloc(1, sizeof *hasher);

    if (!hasher)
        return NULL;
    hasher->digest = EVP_MD_CTX_new();
    if (!hasher->digest ||
        EVP_DigestInit_ex(hasher->digest, EVP_sha256(), NULL) != 1)
        return ow_hasher_free(hasher);
    return hasher;
}

/* The first block goes into the digest. With the mutex held, but for that. */
static void hash_first(struct ow_hasher *hasher)
{
    struct worker *worker = hasher->worker;
    struct block *block = &worker->ring[worker->first];

    worker->busy = true;
    pthread_mutex_unlock(&worker->mutex);
    int ok = EVP_DigestUpdate(hasher->digest, block->bytes, block->len);
    pthread_mutex_lock(&worker->mutex);
    worker->busy = false;
    worker->failed = worker->failed || ok != 1;
    block->len = 0;
    worker->first = (worker->first + 1) % OW_LIMIT_HASH_BLOCKS;
    worker->ready--;
}

static void *work(void *arg)
{
    struct ow_hasher *hasher = arg;
    struct worker *worker = hasher->worker;

    pthread_mutex_lock(&worker->mutex);
    while (!worker->ends) {
        while (worker->ready > 0 && !worker->busy && !worker->ends) {
            hash_first(hasher);
            if (worker->waits)
                pthread_cond_signal(&worker->room);
        }
        worker->sleeps = true;
        while (worker->sleeps && !worker->ends)
            pthread_cond_wait(&worker->work, &worker->mutex);
    }
    pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

/* Signals are the loop's matter. */
static int start_thread(struct ow_hasher *hasher)
{
    sigset_t all, kept;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    int error = pthread_create(&hasher->worker->thread, NULL, work, hasher);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    return -error;
}

static void free_worker(struct worker *worker)
{
    pthread_cond_destroy(&worker->room);
    pthread_cond_destroy(&worker->work);
    pthread_mutex_destroy(&worker->mutex);
    free(worker);
}

static void start_worker(struct ow_hasher *hasher)
{
    hasher->worker = calloc(1, sizeof *hasher->worker);
    hasher->alone = true;
    if (!hasher->worker)
        return;
    pthread_mutex_init(&hasher->worker->mutex, NULL);
    pthread_cond_init(&hasher->worker->work, NULL);
    pthread_cond_init(&hasher->worker->room, NULL);
    if (start_thread(hasher) == 0) {
        hasher->alone = false;
        return;
    }
    free_worker(hasher->worker);
    hasher->worker = NULL;
}

/* Until no more than so many blocks are left. With the mutex held. What the
 * worker has had no time for the caller does, who would have to wait for it. */
static void work_off(struct ow_hasher *hasher, size_t left)
{
    struct worker *worker = hasher->worker;

    while (worker->ready > left) {
        if (!worker->busy) {
            hash_first(hasher);
            continue;
        }
        worker->waits = true;
        pthread_cond_wait(&worker->room, &worker->mutex);
        worker->waits = false;
    }
}

/* The block that the caller fills. */
static struct block *open_block(struct ow_hasher *hasher)
{
    struct worker *worker = hasher->worker;

    pthread_mutex_lock(&worker->mutex);
    work_off(hasher, OW_LIMIT_HASH_BLOCKS - 1);
    size_t at = (worker->first + worker->ready) % OW_LIMIT_HASH_BLOCKS;
    pthread_mutex_unlock(&worker->mutex);
    return &worker->ring[at];
}

static void hand_over(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->ready++;
    bool calls = worker->sleeps && worker->ready >= BATCH;
    if (calls)
        worker->sleeps = false;
    pthread_mutex_unlock(&worker->mutex);
    /* Who is called with the mutex held would wait for it at once. */
    if (calls)
        pthread_cond_signal(&worker->work);
}

static void feed_worker(struct ow_hasher *hasher, const unsigned char *bytes,
                        size_t len)
{
    while (len > 0) {
        struct block *block = open_block(hasher);
        size_t room = sizeof block->bytes - block->len;
        size_t n = len < room ? len : room;
        memcpy(block->bytes + block->len, bytes, n);
        block->len += n;
        bytes += n;
        len -= n;
        if (block->len == sizeof block->bytes)
            hand_over(hasher->worker);
    }
}

int ow_hasher_feed(struct ow_hasher *hasher, const void *bytes, size_t len)
{
    hasher->size += len;
    if (!hasher->worker && !hasher->alone &&
        hasher->size > OW_LIMIT_HASH_INLINE)
        start_worker(hasher);
    if (hasher->worker) {
        feed_worker(hasher, bytes, len);
        return 0;
    }
    return EVP_DigestUpdate(hasher->digest, bytes, len) == 1 ? 0 : -ENOMEM;
}

/* Until all that was fed is in the digest. False: the hash has failed. */
static bool drain(struct ow_hasher *hasher)
{
    struct worker *worker = hasher->worker;

    if (open_block(hasher)->len > 0)
        hand_over(worker);
    pthread_mutex_lock(&worker->mutex);
    work_off(hasher, 0);
    bool ok = !worker->failed;
    pthread_mutex_unlock(&worker->mutex);
    return ok;
}

int ow_hasher_digest(struct ow_hasher *hasher,
                     unsigned char ret[OW_HASHER_SIZE])
{
    if (hasher->worker && !drain(hasher))
        return -ENOMEM;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    int ok = copy && EVP_MD_CTX_copy_ex(copy, hasher->digest) == 1 &&
             EVP_DigestFinal_ex(copy, ret, NULL) == 1;
    EVP_MD_CTX_free(copy);
    return ok ? 0 : -ENOMEM;
}

static void end_worker(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->ends = true;
    pthread_cond_signal(&worker->work);
    pthread_mutex_unlock(&worker->mutex);
    pthread_join(worker->thread, NULL);
    free_worker(worker);
}

struct ow_hasher *ow_hasher_free(struct ow_hasher *hasher)
{
    if (!hasher)
        return NULL;
    if (hasher->worker)
        end_worker(hasher->worker);
    EVP_MD_CTX_free(hasher->digest);
    free(hasher);
    return NULL;
}
