/*
 * java: makes Java programs trust the session's CA. Java knows no variable for
 * roots, only a property that names another trust store, and a variable by
 * which properties come to every JVM: JAVA_TOOL_OPTIONS. (JDK_JAVA_OPTIONS
 * would reach the java command alone, and none before Java 9. Both make Java
 * say so on stderr.)
 *
 * Does nothing where no Java is to be found: neither JAVA_HOME nor a java on
 * PATH.
 */
#ifndef OW_TLS_JAVA_H
#define OW_TLS_JAVA_H

#include "base/str.h"
#include "tls/trust.h"

/* What ow_trust_prepare was given, and found out. All borrowed. */
struct ow_java {
    const char *dir;
    struct ow_str ca_pem;
    const char *system_roots; /* a file of PEM; NULL if there is none */
    ow_trust_look_up_fn look_up;
    ow_trust_add_fn add;
    void *context;
};

/*
 * Writes dir/java.jks: the store that the user's options name, else Java's own
 * cacerts, else the system's roots, plus the CA. 0, or a negative errno with a
 * sentence.
 */
int ow_java_prepare(const struct ow_java *java, struct ow_err *err);

#endif
