/* neighbour: a library that only its neighbour's RUNPATH finds. */
int neighbour(void);

int neighbour(void)
{
    return 1;
}
