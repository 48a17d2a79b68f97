/*
 * Embeddings: unit length, the same for the same text, and near where texts
 * are alike.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/embedding.h"

#define N 1536

static double cosine(const char *a, const char *b, size_t n)
{
    float left[OW_EMBEDDING_MAX], right[OW_EMBEDDING_MAX];
    double sum = 0;

    ow_embedding_make(ow_str_from(a), left, n);
    ow_embedding_make(ow_str_from(b), right, n);
    for (size_t i = 0; i < n; i++)
        sum += (double)left[i] * right[i];
    return sum;
}

static void embedding_has_unit_length(void **state)
{
    static const size_t sizes[] = {1, 2, 256, N, OW_EMBEDDING_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double same = cosine("a cat sat", "a cat sat", sizes[i]);
        assert_true(same > 0.9999 && same < 1.0001);
    }
    double empty = cosine("", "", N);
    assert_true(empty > 0.9999 && empty < 1.0001);
}

static void embedding_is_near_where_texts_are_alike(void **state)
{
    static const char cat[] = "The cat sat on the mat.";

    (void)state;
    double same = cosine(cat, "THE CAT SAT ON THE MAT", N);
    double near = cosine(cat, "A cat is sitting on a mat", N);
    double kin = cosine("transcribing", "transcription", N);
    double far = cosine(cat, "Quarterly revenue grew by nine percent", N);
    assert_true(same > 0.99);
    assert_true(near > 0.3);
    assert_true(kin > 0.3);
    assert_true(far < 0.2);
    assert_true(far > -0.1);
}

static void embedding_in_short_is_the_begin_of_a_long_one(void **state)
{
    float tall[OW_EMBEDDING_MAX], small[256];

    (void)state;
    ow_embedding_make(OW_STR("hello world"), tall, OW_EMBEDDING_MAX);
    ow_embedding_make(OW_STR("hello world"), small, 256);
    double ratio = (double)small[0] / tall[0];
    for (size_t i = 1; i < 256; i++) {
        double difference = (double)small[i] - ratio * tall[i];
        assert_true(difference < 1e-5 && difference > -1e-5);
    }
}

static void embedding_knows_other_alphabets(void **state)
{
    (void)state;
    assert_true(cosine("кошка сидит", "кошка спит", N) >
                cosine("кошка сидит", "отчёт готов", N));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedding_has_unit_length),
        cmocka_unit_test(embedding_is_near_where_texts_are_alike),
        cmocka_unit_test(embedding_in_short_is_the_begin_of_a_long_one),
        cmocka_unit_test(embedding_knows_other_alphabets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
