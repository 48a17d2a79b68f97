/*
 * embedding: see embedding.h. Called by lua_bytes.c.
 *
 * Each word, each three letters in a row within one, and each pair of words
 * adds to some of the dimensions, which follow from a hash. What is common to
 * all texts adds to all, so that no two are strangers.
 */
#include "config.h"

#include "plan/embedding.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

/* Dimensions that a feature adds to, of the longest vector. */
#define SPREAD 64
/* What all texts have in common, beside features that count about one. */
#define COMMON 0.08f

/* What a feature counts. */
#define WORD       1.0f
#define SHORT_WORD 0.35f /* up to two letters: most are in every text */
#define LETTERS    0.3f
#define PAIR       0.4f

struct vector {
    float *at;
    size_t n;
};

/* splitmix64: each call gives another number of the same sequence. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void add(struct vector *v, uint64_t feature, float weight)
{
    for (int i = 0; i < SPREAD; i++) {
        uint64_t drawn = next(&feature);
        size_t at = (drawn >> 1) % OW_EMBEDDING_MAX;
        if (at < v->n)
            v->at[at] += drawn & 1 ? weight : -weight;
    }
}

/* Letters of other alphabets are bytes from 0x80 on. */
static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static unsigned char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a')
                                : (unsigned char)c;
}

static uint64_t hash(uint64_t seed, struct ow_str text)
{
    for (size_t i = 0; i < text.len; i++)
        seed = (seed ^ lower(text.ptr[i])) * OW_HASH_PRIME;
    return seed;
}

static uint64_t add_word(struct vector *v, struct ow_str word, uint64_t before)
{
    uint64_t own = hash(OW_HASH_BEGIN, word);

    add(v, own, word.len <= 2 ? SHORT_WORD : WORD);
    if (before)
        add(v, before * OW_HASH_PRIME ^ own, PAIR);
    for (size_t i = 0; i + 3 <= word.len; i++)
        add(v, hash(~OW_HASH_BEGIN, (struct ow_str){word.ptr + i, 3}), LETTERS);
    return own;
}

/* Newton's way: what libm has for it costs 300 KiB that nothing else needs. */
static double root(double square)
{
    double guess = square > 1 ? square : 1;

    for (int i = 0; i < 64; i++)
        guess = (guess + square / guess) / 2;
    return guess;
}

static void make_unit(struct vector *v)
{
    double sum = 0;

    for (size_t i = 0; i < v->n; i++)
        sum += (double)v->at[i] * v->at[i];
    double length = root(sum);
    for (size_t i = 0; i < v->n; i++)
        v->at[i] = (float)(v->at[i] / length);
}

void ow_embedding_make(struct ow_str text, float *ret, size_t n)
{
    struct vector v = {ret, n};
    uint64_t before = 0;

    for (size_t i = 0; i < n; i++)
        ret[i] = COMMON;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && is_letter(lower(text.ptr[end])))
            end++;
        if (end > at)
            before =
                add_word(&v, (struct ow_str){text.ptr + at, end - at}, before);
        at = end + 1;
    }
    make_unit(&v);
}
