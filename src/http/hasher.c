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

/* Who ran out of blocks sleeps until there are so many: to wake each other for
 * every block would cost a tenth of the whole. */
#define BATCH (OW_LIMIT_HASH_BLOCKS / 2)

/* What caller and worker share. Blocks first..first+ready-1 are the worker's,
 * all others the caller's, who fills the one behind them. */
struct worker {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t first;
    size_t ready;
    bool flushes; /* the caller waits until none is ready */
    bool ends;
    bool failed;
    struct block ring[OW_LIMIT_HASH_BLOCKS];
};

struct ow_hasher {
    EVP_MD_CTX *digest; /* the worker's alone while it has blocks */
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

/* The next block for the worker, or NULL when it is to end. */
static struct block *await_block(struct worker *worker)
{
    struct block *block = NULL;

    pthread_mutex_lock(&worker->mutex);
    if (worker->ready == 0)
        while (!worker->ends && (worker->ready == 0 ||
                                 (worker->ready < BATCH && !worker->flushes)))
            pthread_cond_wait(&worker->changed, &worker->mutex);
    if (worker->ready > 0)
        block = &worker->ring[worker->first];
    pthread_mutex_unlock(&worker->mutex);
    return block;
}

static void give_back(struct worker *worker, struct block *block, bool ok)
{
    pthread_mutex_lock(&worker->mutex);
    block->len = 0;
    worker->failed = worker->failed || !ok;
    worker->first = (worker->first + 1) % OW_LIMIT_HASH_BLOCKS;
    worker->ready--;
    if (worker->ready == (worker->flushes ? 0 : BATCH))
        pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

static void *work(void *arg)
{
    struct ow_hasher *hasher = arg;
    struct block *block;

    while ((block = await_block(hasher->worker)))
        give_back(hasher->worker, block,
                  EVP_DigestUpdate(hasher->digest, block->bytes, block->len) ==
                      1);
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
    pthread_cond_destroy(&worker->changed);
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
    pthread_cond_init(&hasher->worker->changed, NULL);
    if (start_thread(hasher) == 0) {
        hasher->alone = false;
        return;
    }
    free_worker(hasher->worker);
    hasher->worker = NULL;
}

/* The block that the caller fills; waits while the worker has them all. */
static struct block *open_block(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    if (worker->ready == OW_LIMIT_HASH_BLOCKS)
        while (worker->ready > BATCH)
            pthread_cond_wait(&worker->changed, &worker->mutex);
    size_t at = (worker->first + worker->ready) % OW_LIMIT_HASH_BLOCKS;
    pthread_mutex_unlock(&worker->mutex);
    return &worker->ring[at];
}

static void hand_over(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->ready++;
    if (worker->ready == BATCH)
        pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

static void feed_worker(struct worker *worker, const unsigned char *bytes,
                        size_t len)
{
    while (len > 0) {
        struct block *block = open_block(worker);
        size_t room = sizeof block->bytes - block->len;
        size_t n = len < room ? len : room;
        memcpy(block->bytes + block->len, bytes, n);
        block->len += n;
        bytes += n;
        len -= n;
        if (block->len == sizeof block->bytes)
            hand_over(worker);
    }
}

int ow_hasher_feed(struct ow_hasher *hasher, const void *bytes, size_t len)
{
    hasher->size += len;
    if (!hasher->worker && !hasher->alone &&
        hasher->size > OW_LIMIT_HASH_INLINE)
        start_worker(hasher);
    if (hasher->worker) {
        feed_worker(hasher->worker, bytes, len);
        return 0;
    }
    return EVP_DigestUpdate(hasher->digest, bytes, len) == 1 ? 0 : -ENOMEM;
}

/* Until all that was fed is in the digest. False: the worker has failed. */
static bool drain(struct worker *worker)
{
    if (open_block(worker)->len > 0)
        hand_over(worker);
    pthread_mutex_lock(&worker->mutex);
    worker->flushes = true;
    pthread_cond_signal(&worker->changed);
    while (worker->ready > 0)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    worker->flushes = false;
    bool ok = !worker->failed;
    pthread_mutex_unlock(&worker->mutex);
    return ok;
}

int ow_hasher_digest(struct ow_hasher *hasher,
                     unsigned char ret[OW_HASHER_SIZE])
{
    if (hasher->worker && !drain(hasher->worker))
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
    pthread_cond_signal(&worker->changed);
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
