/*
 * say: one line on a stderr that may not be read. Who does not read it must not
 * keep the host, and with it all programs of the session, waiting: then the
 * line is left out; the journal has what there is to know.
 *
 *     struct ow_say say;
 *     ow_say_init(&say);
 *     ow_say_line(&say, STDERR_FILENO, "no rule answers GET ...");
 */
#ifndef OW_HOST_SAY_H
#define OW_HOST_SAY_H

/* Programs whose stderr is not read, so many at once. */
#define OW_SAY_FULL 16

struct ow_say {
    int full[OW_SAY_FULL]; /* descriptors that were not read at last, or -1 */
    unsigned next;         /* the place for another one */
};

void ow_say_init(struct ow_say *say);

/*
 * "offwire: LINE" in one write, so that lines of processes do not mix; what is
 * too long is cut. Of a pipe most is left for what is said at the end of a run,
 * and for the program's own. One who reads slowly is waited for, a moment and
 * once. 0, or -EAGAIN: it was left out.
 */
int ow_say_line(struct ow_say *say, int fd, const char *line);

#endif
